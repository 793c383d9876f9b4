"""A text is held against its sources: what each claim rests on, and what the rules say of it."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from runbooks.bootstrap import assemble
from runbooks.checks import MOST_KEPT
from runbooks.config import Settings
from runbooks.errors import NoDraft, UnreadableDocument
from runbooks.evidence import EvidenceReport
from runbooks.findings import findings_of
from runbooks.lint import Finding
from runbooks.service import RunbookService
from runbooks.store.port import Collection
from runbooks.unsaved import Person
from tests.world import World

KIM = Person("local:kim")
MARKDOWN = ("suggestion_content", "runbook_snippet", "markdown_content")
INVENTED = "The pod `zebra-cache-7` restarted 4711 times."


def findings(world: World, name: str) -> list[Finding]:
    """What the checks say of the text that is stored."""
    return list(world.service.findings(name)[1])


def report(world: World, name: str) -> EvidenceReport:
    """What each claim of the stored text rests on."""
    return world.service.evidence_report(name)


def add(world: World, name: str, sentence: str) -> str:
    """Give the stored text with one more line in its summary."""
    draft = world.read(name).slot.draft
    assert draft is not None
    return draft.markdown_content.replace("## Summary\n", f"## Summary\n\n{sentence}\n", 1)


@pytest.fixture
def drafted(world: World) -> str:
    """A suggestion with a draft by the machine."""
    name = world.suggest()
    world.service.generate(name, "local:ana")
    return name


def test_a_draft_of_the_machine_rests_on_its_sources(world: World, drafted: str) -> None:
    """Every claim has a source, and several come from the trace and the pattern."""
    found = report(world, drafted)
    assert found.unsupported == ()
    assert found.counts["trace"] > 0
    assert found.counts["pattern"] > 0


def test_what_a_machine_made_up_is_unsupported(world: World, drafted: str) -> None:
    """A name and a number that no source has are listed with their line."""
    text = add(world, drafted, INVENTED)
    world.foreign_write(drafted, {MARKDOWN: text})
    line = text.split("\n").index(INVENTED) + 1
    told = {(traced.claim.text, traced.claim.line) for traced in report(world, drafted).unsupported}
    assert {("zebra-cache-7", line), ("4711", line)} <= {(t.split()[0], at) for t, at in told}


def test_what_a_person_adds_rests_on_that_person(world: World, drafted: str) -> None:
    """Compared with the newest generated text; what that said keeps its own source."""
    before = report(world, drafted).counts
    text = add(world, drafted, INVENTED)
    world.service.save(drafted, text, world.revision(drafted), KIM)
    world.service.save(drafted, text + "\n", world.revision(drafted), KIM)
    found = report(world, drafted)
    people = {traced.claim.text for traced in found.claims if traced.support.kind == "person"}
    assert "zebra-cache-7" in people
    assert found.unsupported == ()
    assert found.counts["trace"] == before["trace"]


def test_a_text_that_a_person_began_has_no_excuse(world: World, good_text: str) -> None:
    """Where nothing was generated there is nothing to compare with: what has no source shows."""
    name = world.suggest()
    world.service.save(name, good_text + f"\n{INVENTED}\n", "none", KIM)
    assert "zebra-cache-7" in {traced.claim.text for traced in report(world, name).unsupported}


def test_the_rules_know_the_sources(world: World, drafted: str) -> None:
    """A foreign id, a cause stated as a fact and an invented number are warned of."""
    trace = f"{1:032x}"
    world.put(Collection.PATTERNS, trace, {"confidence": 0.4})
    sentence = f"It was caused by zebra-cache-service in {'ab' * 16}, 4711 times."
    world.foreign_write(drafted, {MARKDOWN: add(world, drafted, sentence)})
    told = {finding.id: finding.severity for finding in findings(world, drafted)}
    assert {told.get(rule) for rule in ("RB502", "RB503", "RB504")} == {"W"}


def test_knowing_the_sources_blocks_nothing_more(world: World, drafted: str) -> None:
    """The findings that block are those of the gate, whatever the sources say."""
    world.foreign_write(drafted, {MARKDOWN: "# Half a page\n\n`rm -rf /var` in `cafe0000cafe0000`"})
    slot = world.read(drafted).slot
    gate = [finding for finding in findings_of(slot) if finding.severity == "E"]
    assert [f for f in findings(world, drafted) if f.severity == "E"] == gate
    assert gate


def with_services(world: World, file: Path) -> RunbookService:
    """A service over the same store that knows what this services file says."""
    settings = Settings(_env_file=None, RUNBOOK_SERVICES_FILE=file)  # type: ignore[call-arg]
    return assemble(world.store, world.drafter, settings)


def test_channels_are_those_of_the_services_file(
    world: World, drafted: str, tmp_path: Path
) -> None:
    """With a file another channel is warned of; without one any channel may be right."""
    file = tmp_path / "services.yaml"
    file.write_text('services:\n  flight-agent:\n    escalation_channel: "#flights"\n')
    service = with_services(world, file)
    draft = world.read(drafted).slot.draft
    assert draft is not None
    text = draft.markdown_content.replace("#team-llm-ops", "#nobody")
    world.foreign_write(drafted, {MARKDOWN: text})
    assert "RB403" in {finding.id for finding in service.findings(drafted)[1]}
    assert "RB403" not in {finding.id for finding in findings(world, drafted)}


def about_the_owner(found: Iterable[Finding]) -> str:
    """What RB006 says, "" when it says nothing."""
    return next((finding.message for finding in found if finding.id == "RB006"), "")


def test_a_service_without_a_row_is_told_with_its_default_contact(
    world: World, drafted: str
) -> None:
    """The draft says that its channel is nobody's own, RB006 that a row is missing (CONTRACT §4)."""
    draft = world.read(drafted).slot.draft
    assert draft is not None
    assert "#team-llm-ops (the default contact: the services file has no row" in (
        draft.markdown_content
    )
    assert about_the_owner(findings(world, drafted)) == (
        "No owner is named, and flight-agent has no row in the services file."
    )


def test_an_owner_who_is_only_the_default_one_is_told(
    world: World, drafted: str, tmp_path: Path
) -> None:
    """Whom the default row names did not say that this service is theirs; a row of its own does."""
    file = tmp_path / "services.yaml"
    file.write_text("default:\n  owner: SRE Guild\n")
    service = with_services(world, file)
    revision = world.revision(drafted)
    made = service.generate(drafted, "local:ana", force=True, revision=revision)
    text = str(made.snippet["markdown_content"])
    assert "**Owner**: SRE Guild" in text
    assert "(owner: SRE Guild) (the default contact: the services file has no row" in text
    assert about_the_owner(service.findings(drafted)[1]) == (
        "The owner is the default one: flight-agent has no row in the services file."
    )
    file.write_text("services:\n  flight-agent:\n    owner: SRE Guild\n")
    listed = with_services(world, file)
    assert about_the_owner(listed.findings(drafted)[1]) == ""


def hints(world: World, name: str) -> set[str]:
    """The rules that inform about the stored text."""
    return {finding.id for finding in findings(world, name) if finding.severity == "I"}


def test_an_edit_without_a_word_on_why_is_told(world: World, drafted: str) -> None:
    """RB505 informs until somebody who saved said why; the text of the machine needs no reason."""
    assert "RB505" not in hints(world, drafted)
    world.service.save(drafted, add(world, drafted, "More."), world.revision(drafted), KIM)
    assert "RB505" in hints(world, drafted)
    text = add(world, drafted, "Still more.")
    world.service.save(drafted, text, world.revision(drafted), KIM, "step 2 was wrong")
    assert "RB505" not in hints(world, drafted)


def test_a_reason_from_before_a_new_draft_does_not_count(world: World, drafted: str) -> None:
    """What was said of a text that was replaced says nothing about the next edit."""
    world.service.save(drafted, add(world, drafted, "A."), world.revision(drafted), KIM, "so")
    world.service.generate(drafted, KIM.actor, force=True)
    world.service.save(drafted, add(world, drafted, "B."), world.revision(drafted), KIM)
    assert "RB505" in hints(world, drafted)


def test_tools_of_the_house_are_known_on_the_page_and_in_the_queue(
    world: World, tmp_path: Path, good_text: str
) -> None:
    """RB304 warns of a program nowhere known; the services file makes it known everywhere."""
    block = "```sh\nshopctl drain --all\n```"
    text = good_text.replace("## Escalation", f"Run this last:\n\n{block}\n\n## Escalation")
    file = tmp_path / "services.yaml"
    file.write_text("tools: [shopctl]\n")
    settings = Settings(_env_file=None, RUNBOOK_SERVICES_FILE=file)  # type: ignore[call-arg]
    knowing = assemble(world.store, world.drafter, settings)
    warnings = []
    name = world.suggest()
    for service in (world.service, knowing):
        text += "\n"
        service.save(name, text, world.revision(name), KIM)
        assert ("RB304" in {f.id for f in service.findings(name)[1]}) is (service is not knowing)
        warnings.append(service.peek(name).entry.findings_w)
    assert warnings[0] == warnings[1] + 1


def test_a_text_is_checked_once(world: World, drafted: str) -> None:
    """The same text and evidence give the kept answer, another text or evidence a new one."""
    service, first = world.service, world.read(drafted)
    evidence = service.evidence(first)
    kept = service.checked(first, evidence)
    assert service.checked(world.read(drafted), service.evidence(first)) is kept
    assert service.checked(first, replace(evidence, hash="another")) is not kept
    service.save(drafted, add(world, drafted, "More."), first.slot.revision, KIM)
    assert service.checked(world.read(drafted), evidence) is not kept


def test_kept_answers_are_bounded(world: World) -> None:
    """The oldest answer makes room; it is made anew when asked for."""
    name = world.suggest()
    world.service.save(name, "# Short\n", "none", KIM)
    suggestion = world.read(name)
    evidence = world.service.evidence(suggestion)
    first = world.service.checked(suggestion, evidence)
    for number in range(MOST_KEPT):
        world.service.checked(suggestion, replace(evidence, hash=str(number)))
    assert world.service.checked(suggestion, evidence) is not first


def test_what_has_no_text_has_no_report(world: World) -> None:
    """Nothing drafted, and a shape that is not known, are said and not called clean."""
    name = world.suggest()
    with pytest.raises(NoDraft):
        world.service.evidence_report(name)
    world.foreign_write(name, {("suggestion_content", "runbook_snippet"): {"other": "shape"}})
    with pytest.raises(UnreadableDocument):
        world.service.findings(name)
    suggestion = world.read(name)
    assert world.service.checked(suggestion, world.service.evidence(suggestion)).findings == ()
