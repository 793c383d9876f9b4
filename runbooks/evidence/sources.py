"""All sources of one draft, read once and ready to be searched."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from runbooks.drafting import choosing
from runbooks.drafting.catalogue import Catalogue, built_in
from runbooks.drafting.facts import gather
from runbooks.drafting.port import Evidence
from runbooks.evidence.counted import counted_passages
from runbooks.evidence.index import Index
from runbooks.evidence.passages import Passage, told_passages, trace_passages
from runbooks.evidence.wordings import Wordings, queries, texts
from runbooks.evidence.words import GENERIC, stems


@dataclass(frozen=True)
class Sources:
    """The sources of one draft; make them once per evidence.

    `everything` is traces, counts, patterns, suggestion and services row. `told` is what a cause
    may rest on: all that but the bare traces, and the meaning of the catalogue's causes that fit.
    `catalogue` is the whole catalogue. `told_stems` are the stems of each passage in `told`.
    """

    everything: Index
    told: Index
    catalogue: Index
    wordings: Wordings
    service: str
    ids: tuple[str, ...]
    confidence: float | None
    partial: bool
    told_stems: tuple[frozenset[str], ...]
    all_told: frozenset[str]

    def again(self) -> "Sources":
        """The same sources for one more text, with all of the work that one may take."""
        return replace(self, everything=self.everything.again(), catalogue=self.catalogue.again())


def sources_of(evidence: Evidence, catalogue: Catalogue | None = None) -> Sources:
    """Read all sources of a draft; bounded, deterministic, raises on no shape of evidence."""
    used = catalogue or built_in()
    facts = gather(evidence)
    causes = tuple(match.name for match in choosing.causes(used, evidence, facts))
    traces, told = trace_passages(evidence), told_passages(evidence)
    counted = counted_passages(facts, len(evidence.trace_ids))
    pattern = evidence.canonical
    index = Index([*told.listed, *counted.listed, *_meanings(used, causes)])
    told_stems = tuple(frozenset(stems(passage.text, GENERIC)) for passage in index.passages)
    return Sources(
        everything=Index([*traces.listed, *counted.listed, *told.listed]),
        told=index,
        catalogue=_catalogue_index(_Held(used)),
        wordings=Wordings(used, evidence, facts, causes),
        service=evidence.service,
        ids=(*evidence.trace_ids, *evidence.pattern_ids),
        confidence=pattern.confidence if pattern else None,
        told_stems=told_stems,
        all_told=frozenset().union(*told_stems),
        partial=traces.partial or told.partial or facts.partial,
    )


def _meanings(catalogue: Catalogue, causes: tuple[str, ...]) -> Iterator[Passage]:
    for name in causes:
        cause = catalogue.causes[name]
        for text in (cause.meaning, *cause.fix):
            yield Passage("catalogue", f"diagnostics catalogue, cause {name}", text)


@dataclass(frozen=True, eq=False)
class _Held:
    """A catalogue as a key: the same object is the same catalogue."""

    catalogue: Catalogue

    def __hash__(self) -> int:
        return id(self.catalogue)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.catalogue is self.catalogue


@lru_cache(maxsize=4)
def _catalogue_index(held: _Held) -> Index:
    """Make the whole catalogue searchable: its sentences, its commands and its causes."""
    catalogue = held.catalogue
    found = [
        Passage("catalogue", source, " ".join(text.split())) for source, text in texts(catalogue)
    ]
    for source, query in queries(catalogue):
        found += [
            Passage("catalogue", source, " ".join(str(getattr(query, kind)).split()))
            for kind in query.kinds
        ]
        if query.by:
            found.append(Passage("catalogue", source, f"--group-by={query.by}"))
    for name, cause in catalogue.causes.items():
        found += [
            Passage("catalogue", f"diagnostics catalogue, cause {name}", text)
            for text in (cause.meaning, *cause.fix, cause.escalate or "")
        ]
    return Index(passage for passage in found if passage.text)
