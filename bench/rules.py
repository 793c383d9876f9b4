"""A table per rule: its cases by hand, and its hits on drafts and on real texts of others.

python -m bench.rules                  the table
python -m bench.rules RULE [COUNT]     up to COUNT (40) hits of a rule on real texts, to be read

Needs the folder ../shared/data with real traces and incident reports; without it only the cases
by hand and the sample are counted.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from runbooks.drafting.offline import OfflineDrafter  # noqa: E402
from runbooks.drafting.port import Evidence  # noqa: E402
from runbooks.evidence import sources_of  # noqa: E402
from runbooks.lint import RULES, Finding, LintContext, Profile, lint  # noqa: E402
from tests.unit.drafting.evidence import request, rows, sample, tau, tau_patterns  # noqa: E402
from tests.unit.lint.cases import CASES  # noqa: E402

SHARED = ROOT.parent / "shared"
MOST_READ = 40


@dataclass(frozen=True)
class Page:
    """One text with its findings."""

    name: str
    text: str
    findings: tuple[Finding, ...]


def drafts(made: Iterable[Evidence]) -> list[Page]:
    """Offline drafts with what the review page knows of their sources."""
    drafter = OfflineDrafter()
    pages = []
    for found in made:
        text = drafter.draft(request(found)).markdown
        context = LintContext(
            trace_ids=found.trace_ids,
            pattern_ids=found.pattern_ids,
            confidence=found.canonical.confidence if found.canonical else None,
            evidence_text=sources_of(found).everything.text,
            channels=(found.row.escalation_channel,),
        )
        pages.append(page(found.suggestion.suggestion_id, text, context, "evalforge"))
    return pages


def page(name: str, text: str, context: LintContext | None, profile: Profile) -> Page:
    """Check one text."""
    return Page(name, text, tuple(lint(text, context, profile)))


def corpora() -> Iterator[tuple[str, list[Page]]]:
    """The texts by where they come from."""
    data = SHARED / "data"
    if data.is_dir():
        yield "tau 19", drafts(tau(data))
        yield "tau 60", drafts(tau_patterns(data))
    yield "sample", drafts(sample())
    if data.is_dir():
        yield (
            "incidents",
            [
                page(
                    str(row["incident_id"]),
                    f"# {row['title']}\n\n{row['description']}",
                    None,
                    "generic",
                )
                for row in rows(data / "incidents.jsonl")
            ],
        )
        seeds = sorted((SHARED / "seeds").glob("*.md"))
        yield (
            "seeds",
            [page(path.name, path.read_text(encoding="utf-8"), None, "generic") for path in seeds],
        )


def by_hand() -> tuple[Counter[tuple[str, bool]], list[str]]:
    """How many cases of each kind hold, and those that do not."""
    held: Counter[tuple[str, bool]] = Counter()
    wrong = []
    for case in CASES:
        if (case.rule in case.found()) is case.hits:
            held[case.rule, case.hits] += 1
        else:
            wrong.append(f"{case.rule}: {'missed' if case.hits else 'false alarm'}")
    return held, wrong


def table(texts: list[tuple[str, list[Page]]]) -> None:
    """Print one row per rule: cases that hold of all, then findings (texts) per corpus."""
    held, wrong = by_hand()
    wanted = Counter((case.rule, case.hits) for case in CASES)
    names = [f"{name} ({len(pages)})" for name, pages in texts]
    print(f"{'rule':7}{'must hit':>10}{'must not':>10}", *(f"{name:>16}" for name in names))
    for rule, entry in RULES.items():
        sides = [f"{held[rule, side]}/{wanted[rule, side]}" for side in (True, False)]
        cells = [_cell(rule, pages) for _, pages in texts]
        print(f"{rule:5}{entry.severity:2}{sides[0]:>10}{sides[1]:>10}", end=" ")
        print(*(f"{cell:>16}" for cell in cells))
    print(
        "cells: findings (texts that have one); ours as evalforge, incidents and seeds as generic"
    )
    print(f"{len(CASES)} cases by hand, {len(wrong)} do not hold", *wrong, sep="\n  ")


def _cell(rule: str, pages: list[Page]) -> str:
    hits = [sum(finding.id == rule for finding in page.findings) for page in pages]
    texts = sum(1 for count in hits if count)
    return f"{sum(hits)} ({texts})" if texts else "."


def read(rule: str, most: int, texts: list[tuple[str, list[Page]]]) -> None:
    """Print hits of a rule with their lines, evenly over all texts."""
    hits = [
        (corpus, page, finding)
        for corpus, pages in texts
        for page in pages
        for finding in page.findings
        if finding.id == rule
    ]
    print(f"{rule} {RULES[rule].what}: {len(hits)} hits")
    step = max(1, len(hits) // most)
    for corpus, page, finding in hits[::step][:most]:
        line = page.text.split("\n")[finding.line - 1]
        begin = max(0, (finding.start or 0) - 100)
        print(f"- {corpus} {page.name}:{finding.line} {finding.severity} [{finding.text[:80]!r}]")
        print(f"    {finding.message}\n    {line[begin : begin + 300]}")


def main(arguments: list[str]) -> None:
    """Print the table, or the hits of one rule."""
    texts = list(corpora())
    if arguments:
        most = int(arguments[1]) if len(arguments) > 1 else MOST_READ
        read(arguments[0], most, texts)
    else:
        table(texts)


if __name__ == "__main__":
    main(sys.argv[1:])
