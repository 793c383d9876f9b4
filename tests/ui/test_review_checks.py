"""Findings, fixes and the evidence check on the review page."""

import pytest

from runbooks import checks
from runbooks.clock import utc_now
from runbooks.lint import Fix
from runbooks.revision import revision
from runbooks.store.port import Collection
from tests.ui.test_review_page import KIM, Page
from tests.world import GOOD, World
from workbench import review_state
from workbench.components import evidence_check
from workbench.components.fixes import fixed

PROMPT = GOOD.replace("   pup traces search", "   $ pup traces search")
MARKDOWN = ("suggestion_content", "runbook_snippet", "markdown_content")
INVENTED = "The pod `zebra-cache-7` restarted 4711 times."


def page_of(world: World, text: str) -> Page:
    """The page of a suggestion whose runbook a person wrote."""
    sid = world.suggest()
    world.service.save(sid, text, "none", KIM)
    return Page(world, sid)


def fix_button(page: Page):
    """The button of the only fix that is offered."""
    [button] = [b for b in page.at.button if b.key and b.key.startswith("rv_fix_")]
    return button


def type_(page: Page, text: str) -> None:
    """Have a text in the editor that the browser sent and nobody saved."""
    page.desk.typed = review_state.Typed(text, utc_now())
    page.app.run()


# --- the evidence check --------------------------------------------------------------------------


def test_claims_are_shown_with_their_sources(world: World) -> None:
    """Counts are there at once; each supported claim has its source and the passage there."""
    sid = world.suggest()
    world.service.generate(sid, KIM.actor)
    text = Page(world, sid).text
    assert "Evidence check" in text
    assert "</strong> from traces" in text
    assert "claims with their sources" in text
    assert "without a source" not in text
    assert f"trace {1:032x}" in text


def test_claims_without_a_source_are_listed_and_warned_of(world: World) -> None:
    """Line and kind are named, the approval warns of them, and nothing is blocked."""
    text = GOOD + f"\n{INVENTED}\n"
    page = page_of(world, text)
    line = text.split("\n").index(INVENTED) + 1
    assert f'line {line}, name</span> <code class="rv-code">zebra-cache-7</code>' in page.text
    assert "no source.** Check before you approve" in page.text
    assert f"line {line}, name: zebra-cache-7" in page.text.replace("\\", "")
    page.click("approve")
    assert page.stored.status == "approved"


def test_an_overstated_cause_is_listed(world: World) -> None:
    """Stated as a fact although the pattern is not sure of it."""
    sid = world.suggest()
    trace = f"{1:032x}"
    world.put(Collection.PATTERNS, trace, {"confidence": 0.4})
    cause = "The failure was caused by a loop that has no stop when a tool gives nothing."
    world.service.save(sid, GOOD.replace("## Symptoms", f"{cause}\n\n## Symptoms"), "none", KIM)
    text = Page(world, sid).text
    assert ">Overstated<" in text
    assert "overstated" in text


def test_markup_in_a_claim_is_text(world: World) -> None:
    """What a model wrote between backticks is shown and never acts."""
    page = page_of(world, GOOD + "\nSee `<img src=x onerror=alert(7)>` and `zebra-<b>x</b>-7`.\n")
    assert "<img src=x" not in "".join(html_of(page))
    assert "zebra-<b>" not in "".join(html_of(page))
    assert "zebra-&lt;b&gt;x" in "".join(html_of(page))


def html_of(page: Page) -> list[str]:
    """Every piece of HTML on the page but the rendered runbook."""
    bodies = [str(e.proto.body) for e in page.app._elements() if e.type == "html"]
    return [body for body in bodies if "runbook-preview" not in body]


def test_many_claims_are_folded(world: World) -> None:
    """The first fifty are shown, the others stand behind a click."""
    names = "".join(f"- the pod `zebra-cache-{number}` fell\n" for number in range(90))
    page = page_of(world, GOOD + "\n" + names)
    [panel] = [body for body in html_of(page) if "without a source" in body]
    shown, fold, rest = panel.partition(" more</summary>")
    assert fold
    assert shown.count(">No source<") == evidence_check.AT_ONCE
    assert rest.count(">No source<") >= 40


def test_a_click_traces_nothing_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found out about a text is kept while text and sources stay the same."""
    page = page_of(world, GOOD)
    calls = []
    trace = checks.trace_claims
    monkeypatch.setattr(checks, "trace_claims", lambda *a, **k: calls.append(a) or trace(*a, **k))
    for name in (*review_state.TABS, review_state.PREVIEW):
        page.tab(name)
    assert not calls
    page.tab("Edit").write(GOOD + "\nmore\n").save()
    assert len(calls) == 1


# --- fixes ---------------------------------------------------------------------------------------


def test_a_fix_goes_into_the_editor_and_saves_nothing(world: World) -> None:
    """One click corrects the text in the editor; the stored one stays until it is saved."""
    page = page_of(world, PROMPT)
    before = page.stored.slot.revision
    fix_button(page).click()
    page.app.run()
    assert page.editor.look() == GOOD
    assert page.desk.typed.text == GOOD
    assert page.stored.slot.revision == before
    assert [u.text for u in world.service.peek(page.sid).unsaved] == [GOOD]
    page.save()
    assert page.stored.slot.draft.markdown_content == GOOD
    assert not [b for b in page.at.button if b.key and b.key.startswith("rv_fix_")]


def test_a_fix_keeps_what_is_being_typed(world: World) -> None:
    """It is made on top of the unsaved text, whose other lines stay."""
    page = page_of(world, PROMPT)
    type_(page, PROMPT + "\nmy own line\n")
    fix_button(page).click()
    page.app.run()
    assert page.desk.typed.text == GOOD + "\nmy own line\n"


def test_findings_and_fixes_are_of_the_text_as_typed(world: World) -> None:
    """A fix follows its line; what was typed away is not offered, and what was typed in is."""
    page = page_of(world, PROMPT)
    assert "as typed" not in page.text
    type_(page, "one line more\n" + PROMPT)
    assert page.text.count("Of the text **as typed**, not saved.") == 2
    fix_button(page).click()
    page.app.run()
    assert page.desk.typed.text == "one line more\n" + GOOD
    assert not [b for b in page.at.button if b.key and b.key.startswith("rv_fix_")]
    type_(page, GOOD + f"\n{INVENTED}\n\n```\nrm -rf /var\n```\n")
    assert "blocks approval" in page.text
    assert "zebra-cache-7" in page.text
    assert page.stored.slot.draft.markdown_content == PROMPT


def test_what_a_person_types_into_a_draft_is_the_persons(world: World) -> None:
    """As after saving, it needs no source; the lines that nobody touched do."""
    sid = world.suggest()
    world.service.generate(sid, KIM.actor)
    page = Page(world, sid)
    type_(page, f"{page.desk.screen.draft.markdown_content}\n{INVENTED}\n")
    assert "</strong> by a person" in page.text
    assert "without a source" not in page.text


def test_a_text_too_long_to_be_checked_leaves_the_saved_one_s_findings(world: World) -> None:
    """And that is said."""
    page = page_of(world, PROMPT)
    type_(page, PROMPT + "x" * 60_000)
    assert page.text.count("Of the **saved** text") == 2
    fix_button(page)


def test_a_fix_for_what_was_typed_over_meanwhile_is_refused(world: World) -> None:
    """Typed at the moment of the click, on the line that the fix is for: the text wins."""
    page = page_of(world, PROMPT)
    page.tab("Edit")
    later = PROMPT.replace("$ pup", "$ dog")
    fix_button(page).click()
    page.write(later)
    page.app.run()
    assert page.desk.typed.text == later
    assert "Nothing was corrected" in page.text


def test_a_fix_made_for_another_text_is_refused(world: World) -> None:
    """Somebody saved another text: the page shows the old one, and its fixes are off."""
    page = page_of(world, PROMPT)
    world.service.save(page.sid, GOOD + "\ntheirs\n", page.stored.slot.revision, KIM)
    page.app.run()
    assert fix_button(page).disabled
    assert revision(page.stored.slot.raw) != page.desk.screen.revision


@pytest.mark.parametrize("text", ["a\nc\n", "", "x\na\nb\n", "a"])
def test_an_insertion_needs_its_line_unchanged(text: str) -> None:
    """A fix that replaces nothing would fit anywhere; the line around it must be the same."""
    insertion = Fix("Name the language", 2, 0, 2, 0, "", "sh")
    assert fixed("a\nb\n", "a\nb\nmore", insertion) == "a\nshb\nmore"
    assert fixed("a\nb\n", text, insertion) is None


# --- the strict gate -----------------------------------------------------------------------------


def test_a_strict_gate_offers_no_way_round(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """What blocks is listed, and there is nothing to write a reason into."""
    monkeypatch.setenv("RUNBOOK_GATE_STRICT", "1")
    page = page_of(request.getfixturevalue("world"), "# Half a page\n\n`rm -rf /var`\n")
    assert "This blocks approval" in page.text
    assert "no reason passes what the checks block" in page.text
    assert not page.has("approve")
    assert page.has("reject")
