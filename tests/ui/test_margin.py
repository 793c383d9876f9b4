"""Findings and sources beside the text in Preview: at their block, and a fix by one click."""

import re
import time

from runbooks.checks import Checked
from runbooks.evidence import claims_in
from runbooks.evidence.report import EvidenceReport, Support, Traced
from runbooks.lint import lint
from tests.ui.test_review_checks import INVENTED, page_of, type_
from tests.ui.test_review_page import KIM, Page
from tests.world import GOOD, World
from workbench.components import margin


def paper(page: Page) -> str:
    """The HTML of the runbook in Preview."""
    bodies = [str(e.proto.body) for e in page.app._elements() if e.type == "html"]
    return next(body for body in bodies if "rv-beside" in body)


def marks(html: str) -> list[tuple[str, str]]:
    """Each mark, and the beginning of what it stands before."""
    return re.findall(r'<details class="rv-mark".*?</div></details>(.{0,200})', html, re.DOTALL)


def test_a_claim_without_a_source_is_marked_at_its_paragraph(world: World) -> None:
    """The sign says so in words, too, and a click shows the claim."""
    html = paper(page_of(world, GOOD + f"\n{INVENTED}\n"))
    mark = re.search(
        r"<details class=\"rv-mark\"(?:(?!<details class=\"rv-mark).)*<p>The pod", html
    )
    assert mark
    assert "without a source" in mark.group()
    assert "zebra-cache-7" in mark.group()
    assert ">No source<" in mark.group()


def test_a_finding_is_marked_at_its_step(world: World) -> None:
    """What is wrong, why, and the fix stand beside the code that it concerns."""
    text = GOOD.replace("   pup traces search", "   $ pup traces search")
    html = paper(page_of(world, text))
    mark = re.search(
        r"<details class=\"rv-mark\"(?:(?!<details class=\"rv-mark).)*<pre[^>]*><code[^>]*>\$ pup",
        html,
        re.S,
    )
    assert mark
    assert "The prompt is copied with the command" in mark.group()
    assert "Pasted with its prompt it does not run." in mark.group()
    assert 'data-rv-fix="0"' in mark.group()


def test_a_source_is_one_click_away(world: World) -> None:
    """A mark holds the passage of the trace that a claim comes from."""
    sid = world.suggest()
    world.service.generate(sid, KIM.actor)
    html = paper(Page(world, sid))
    assert "with a source" in html
    assert "trace 00000000…" in html
    assert '<div class="rv-quote">' in html


def test_the_marks_are_counted_above_the_text(world: World) -> None:
    """Each sign is explained once, with how many there are in the draft."""
    html = paper(page_of(world, GOOD + f"\n{INVENTED}\n"))
    legend = html[html.index("rv-legend") : html.index("</p>")]
    assert re.search(r"<strong>\d+</strong> without a source", legend)
    assert re.search(r"<strong>\d+</strong> with a source", legend)


def test_what_is_typed_has_marks_of_its_own(world: World) -> None:
    """Preview shows what was typed, with what the checks say of that; the saved one is a click."""
    page = page_of(world, GOOD)
    type_(page, GOOD + "\nOur own words.\n\n```\nrm -rf /var\n```\n")
    html = paper(page)
    assert "Our own words." in html
    assert "<strong>1</strong> blocks approval" in html[: html.index("</p>")]
    page.at.session_state[f"rv_which_{page.desk.round}"] = "What is saved"
    page.app.run()
    assert "Our own words." not in paper(page)
    assert "blocks approval" not in paper(page)


def test_markup_in_a_claim_is_text_in_the_margin() -> None:
    """What a model wrote is escaped in the mark as it is in the text."""
    text = GOOD + "\nSee `zebra-<img src=x onerror=alert(7)>-7` and `$ rm -rf <b>`.\n"
    report = EvidenceReport(
        tuple(Traced(claim, Support("unsupported")) for claim in claims_in(text))
    )
    made = margin.beside(text, Checked(tuple(lint(text)), report))
    assert "<img" not in made.html
    assert "<b>" not in made.html


def test_thousands_of_claims_stay_bounded() -> None:
    """The doubtful ones come first, and the page stays small."""
    text = (
        GOOD + "\n" + "".join(f"- the pod `zebra-cache-{number}` fell\n" for number in range(3_000))
    )
    claims = claims_in(text)
    found = Support("trace", "trace 1", "x" * 300)
    traced = tuple(
        Traced(claim, Support("unsupported") if number % 2 else found)
        for number, claim in enumerate(claims)
    )
    begin = time.process_time()
    made = margin.beside(text, Checked((), EvidenceReport(traced)))
    assert time.process_time() - begin < 5
    assert made.html.count('class="rv-said"') == margin.MOST
    assert f"<strong>{len(EvidenceReport(traced).unsupported)}</strong> without" in made.legend


def test_what_a_person_added_has_a_sign_of_its_own(world: World) -> None:
    """It is neither unsupported nor taken from a source: somebody stands for it."""
    sid = world.suggest()
    world.service.generate(sid, KIM.actor)
    text = world.read(sid).slot.draft.markdown_content
    world.service.save(sid, f"{text}\n{INVENTED}\n", world.revision(sid), KIM)
    html = paper(Page(world, sid))
    mark = re.search(
        r"<details class=\"rv-mark\"(?:(?!<details class=\"rv-mark).)*<p>The pod", html
    )
    assert mark
    assert "by a person" in mark.group()
    assert "edited after generation" in mark.group()
    assert "without a source" not in mark.group()
