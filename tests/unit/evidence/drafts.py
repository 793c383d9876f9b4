"""Drafts with their evidence, as the product makes them, and what tracing says of planted ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runbooks.drafting.offline import OfflineDrafter
from runbooks.drafting.port import Evidence
from runbooks.evidence import EvidenceReport, Sources, Traced, sources_of, trace_claims
from tests.unit.drafting.evidence import request, sample, tau
from tests.unit.evidence.planting import Half, Plant, Planted, planted

SEED = 20_261_120
HALF_OF_TWENTY = 10
RETOLD = Path(__file__).with_name("retold")


@dataclass(frozen=True)
class Draft:
    """A draft, what it was made from, and the sources of that."""

    evidence: Evidence
    markdown: str
    sources: Sources


@dataclass(frozen=True)
class Harvest:
    """What became of the false facts of one draft: found, missed, and what was flagged besides."""

    found: tuple[Plant, ...]
    missed: tuple[Plant, ...]
    besides: tuple[Traced, ...]


def drafts(shared: Path) -> list[Draft]:
    """All drafts of the tau-bench runs and of the sample, by the offline drafter."""
    drafter = OfflineDrafter()
    return [
        Draft(found, drafter.draft(request(found)).markdown, sources_of(found))
        for found in (*tau(shared), *sample())
    ]


def twenty(shared: Path) -> tuple[list[Draft], list[Draft]]:
    """Twenty drafts, every second one of each kind: ten to try the rules on, ten held back."""
    made = drafts(shared)[::2]
    return made[0:20:2], made[1:21:2]


def harvest(draft: Draft, half: Half, seed: int) -> Harvest:
    """Plant five false facts in a draft and see which of them are flagged."""
    text = planted(draft.markdown, draft.evidence, seed, half)
    report = trace_claims(text.markdown, draft.evidence, sources=draft.sources)
    hit = {p for p in text.plants for t in report.unsupported if _on(t, p, text) and _fits(t, p)}
    return Harvest(
        found=tuple(plant for plant in text.plants if plant in hit),
        missed=tuple(plant for plant in text.plants if plant not in hit),
        besides=tuple(
            traced
            for traced in report.unsupported
            if not any(_on(traced, plant, text) for plant in text.plants)
        ),
    )


def _on(traced: Traced, plant: Plant, text: Planted) -> bool:
    """Whether a claim lies on the false words."""
    line, start, end = text.place(plant)
    return traced.claim.line == line and traced.claim.start < end and traced.claim.end > start


def _fits(traced: Traced, plant: Plant) -> bool:
    """Whether a false cause is flagged as a cause, and any other fact as itself."""
    return (plant.kind == "cause") == (traced.claim.kind == "cause")


def retold() -> list[tuple[str, Evidence, str]]:
    """Runbooks that people wrote in their own words from the sample's evidence, all true."""
    by_id = {found.suggestion.suggestion_id: found for found in sample()}
    return [
        (path.stem, by_id[path.stem], path.read_text(encoding="utf-8"))
        for path in sorted(RETOLD.glob("*.md"))
    ]


def written() -> list[tuple[str, Evidence, str]]:
    """The runbooks that come with the sample, written by hand and true."""
    by_id = {found.suggestion.suggestion_id: found for found in sample()}
    texts = [
        (name, draft.markdown_content)
        for name, found in by_id.items()
        if (draft := found.suggestion.slot.draft) is not None
    ]
    return [(name, by_id[name], text) for name, text in texts]


def flagged_share(reports: Sequence[EvidenceReport]) -> float:
    """The share of all claims that is unsupported."""
    return sum(len(r.unsupported) for r in reports) / sum(len(r.claims) for r in reports)
