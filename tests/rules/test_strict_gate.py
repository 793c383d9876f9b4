"""RUNBOOK_GATE_STRICT: what blocks stays blocked, whatever reason is written."""

import pytest

from runbooks.bootstrap import assemble
from runbooks.config import Settings
from runbooks.errors import BlockingFindings, StrictGate
from runbooks.service import RunbookService
from runbooks.unsaved import Person
from tests.world import World

KIM = Person("local:kim")
BAD = "# Half a page\n\n`rm -rf /var`\n"


@pytest.fixture
def strict(world: World) -> RunbookService:
    """A service over the same store whose gate is strict."""
    settings = Settings(_env_file=None, RUNBOOK_GATE_STRICT="1")  # type: ignore[call-arg]
    return assemble(world.store, world.drafter, settings, clock=world.clock)


def test_no_reason_passes_a_finding_that_blocks(world: World, strict: RunbookService) -> None:
    """It stays pending and the error names the findings; with the usual gate the reason counts."""
    name = world.suggest()
    seen = strict.save(name, BAD, "none", KIM).slot.revision
    with pytest.raises(StrictGate) as blocked:
        strict.approve(name, seen, KIM.actor, override_reason="known, for one hour")
    assert isinstance(blocked.value, BlockingFindings)
    assert blocked.value.code == "blocking_findings"
    assert any(finding.startswith("RB002") for finding in blocked.value.findings)
    assert world.read(name).status == "pending"
    service = world.service
    decided = service.approve(name, seen, KIM.actor, override_reason="known, for one hour")
    assert decided.status == "approved"


def test_a_text_that_nothing_blocks_is_approved(
    world: World, strict: RunbookService, good_text: str
) -> None:
    """Warnings and notes are no E-findings."""
    name = world.suggest()
    seen = strict.save(name, good_text, "none", KIM).slot.revision
    assert strict.approve(name, seen, KIM.actor).status == "approved"


def test_a_template_may_still_be_passed_with_a_reason(world: World, strict: RunbookService) -> None:
    """That a draft asks for a person is no finding: the person may answer with a reason."""
    name = world.suggest(source_traces=[{"trace_id": "f" * 32}])
    strict.generate(name, KIM.actor)
    seen = world.revision(name)
    with pytest.raises(BlockingFindings) as blocked:
        strict.approve(name, seen, KIM.actor)
    assert not isinstance(blocked.value, StrictGate)
    assert strict.approve(name, seen, KIM.actor, override_reason="we know it").status == "approved"
