"""How many false facts are flagged, how many true ones too, and how long it takes.

python bench/evidence.py                 the open half of the plants, the drafts, the time
python bench/evidence.py --held          the held-back half as well
python bench/evidence.py --foreign       sentences of real incidents, planted into drafts that
                                         they are not true of, as well
Needs the folder ../shared/data with real traces; without it only the sample is measured.
"""

import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from runbooks.drafting.offline import OfflineDrafter  # noqa: E402
from runbooks.drafting.port import Evidence  # noqa: E402
from runbooks.evidence import Sources, sources_of, trace_claims  # noqa: E402
from runbooks.lint import LintContext, lint  # noqa: E402
from runbooks.lint.parsing import parse_document  # noqa: E402
from tests.unit.drafting.evidence import evidence, request, rows, sample, tau  # noqa: E402
from tests.unit.evidence.adversary import HELD, TRICKS, Play, tricks  # noqa: E402
from tests.unit.evidence.drafts import Draft, drafts, harvest, retold, twenty, written  # noqa: E402
from tests.unit.evidence.planting import Half  # noqa: E402

SHARED = ROOT.parent / "shared" / "data"
RUNS = 40
SEEDS = 10
TEXT_SIZE = 10_240
TRACES_SIZE = 100_000
_MARKUP = re.compile(r"[`*_<>\[\]|#\\{}\"•]|--")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_FOREIGN = {
    "cause": re.compile(r"\b(?:root cause|caused by|because|due to)\b"),
    "number": re.compile(
        r"(?<![\w.,-])\d[\d,]*(?:\.\d+)? ?(?:ms|seconds?|minutes?|hours?|%|GB|MB|TB|requests|users"
        r"|errors|servers|connections)\b"
    ),
    "file": re.compile(r"(?<!\S)[\w./-]+\.(?:php|py|js|ya?ml|json|conf|sql|sh|cfg|java|go|rb)\b"),
}


def planted(made: list[Draft], half: Half, seeds: int) -> None:
    """Print how many of the planted facts are flagged."""
    found: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    besides = 0
    for seed in range(seeds):
        for number, draft in enumerate(made):
            result = harvest(draft, half, 1_000 * seed + number)
            found.update(plant.kind for plant in result.found)
            missed.update(plant.kind for plant in result.missed)
            besides += len(result.besides)
    kinds = ", ".join(f"{kind} {found[kind]}/{found[kind] + missed[kind]}" for kind in found)
    total = sum(found.values()) + sum(missed.values())
    print(f"{half} half: {sum(found.values())} of {total} false facts flagged ({kinds});", end=" ")
    print(f"{besides} other claims flagged")


def unplanted(made: list[Draft]) -> None:
    """Print how many claims of true texts are flagged."""
    reports = [trace_claims(d.markdown, d.evidence, sources=d.sources) for d in made]
    _share(f"{len(made)} drafts as generated", reports)
    told = [*retold(), *written()]
    reports = [trace_claims(text, found) for _, found, text in told]
    _share(f"{len(told)} runbooks by people and in other words", reports)


def _share(name: str, reports: list) -> None:  # type: ignore[type-arg]
    claims = sum(len(report.claims) for report in reports)
    flagged = sum(len(report.unsupported) for report in reports)
    over = sum(len(report.overstated) for report in reports)
    print(
        f"{name}: {flagged} of {claims} claims flagged ({flagged / claims:.1%}), {over} overstated"
    )


def nearly(made: list[Draft], name: str, plays: Mapping[str, Play], seeds: int) -> None:
    """Print how many of the facts that are nearly true are flagged, by kind."""
    found: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for seed in range(seeds):
        for number, draft in enumerate(made[1::2]):
            for trick in tricks(draft, made, 100 * seed + number, plays):
                report = trace_claims(trick.text, draft.evidence, sources=draft.sources)
                found[trick.kind] += trick.caught_by(report)
                tried[trick.kind] += 1
    kinds = ", ".join(f"{kind} {found[kind]}/{count}" for kind, count in tried.items())
    print(f"nearly true, {name}: {sum(found.values())} of {sum(tried.values())} flagged ({kinds})")


def foreign(made: list[Draft]) -> None:
    """Print how many facts of other incidents are flagged, one at a time."""
    for kind, shape in _FOREIGN.items():
        found = total = 0
        for number, (sentence, token) in enumerate(_sentences(shape)):
            draft = made[number % len(made)]
            if token.lower() in draft.sources.everything.text:
                continue
            item = f"\n- {sentence}\n"
            text = draft.markdown.replace("\n## Escalation", f"{item}\n## Escalation")
            line = text[: text.index(item) + 1].count("\n") + 1
            start = 0 if kind == "cause" else 2 + sentence.index(token)
            report = trace_claims(text, draft.evidence, sources=draft.sources)
            total += 1
            found += any(
                traced.claim.line == line
                and traced.claim.start < start + max(len(token), 3)
                and traced.claim.end > start
                and (kind == "cause") == (traced.claim.kind == "cause")
                for traced in report.unsupported
            )
        print(f"foreign {kind}: {found} of {total} flagged")


def _sentences(shape: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Sentences of other incidents that fit, without their markup, and the words that fit."""
    told = [str(row.get("description")) for row in rows(SHARED / "incidents.jsonl")]
    told += ["; ".join(map(str, _listed(row))) for row in rows(SHARED / "k8s_scenarios.jsonl")]
    for text in told:
        for sentence in _SENTENCE.split(" ".join(_MARKUP.sub(" ", text).split())):
            match = shape.search(sentence)
            if match and 20 < len(sentence) < 400:
                yield sentence, match.group()


def _listed(row: dict[str, object]) -> list[object]:
    expected = row.get("expected")
    return expected if isinstance(expected, list) else []


def large(made: list[Evidence]) -> tuple[str, Evidence]:
    """A runbook of 10 kB and evidence with 100 kB of traces."""
    traces = [trace for found in made for trace in found.traces]
    taken, size = [], 0
    for trace in traces:
        if size < TRACES_SIZE:
            taken.append({"trace_id": trace.trace_id, "service_name": trace.service_name,
                          "trace_payload": trace.payload})  # fmt: skip
            size += len(json.dumps(trace.payload, default=str))
    first = made[0]
    pattern = first.patterns[0].model_dump(mode="json")
    found = evidence({"suggestion_id": "s-1"}, [pattern], taken, first.row)
    drafter = OfflineDrafter()
    text = "\n".join(drafter.draft(request(each)).markdown for each in made[:3])[:TEXT_SIZE]
    print(f"{len(text):,} characters of runbook, {size:,} of {len(taken)} traces:")
    return text, found


def timed(name: str, work: Callable[[], object]) -> None:
    """Print the median and the worst time of a piece of work, and its processor time.

    On a machine that does other work besides only the latter can be compared.
    """
    work()
    times, own = [], []
    for _ in range(RUNS):
        begin, began = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - begin) * 1_000)
        own.append((time.process_time() - began) * 1_000)
    print(f"  {name}: median {statistics.median(times):.1f} ms, worst {max(times):.1f} ms;", end="")
    print(f" processor {statistics.median(own):.1f} ms")


def times(made: list[Evidence]) -> None:
    """Print the times of checks and tracing."""
    text, found = large(made)
    read = sources_of(found)
    context = LintContext(trace_ids=found.trace_ids, pattern_ids=found.pattern_ids)
    timed("lint, the text parsed anew", lambda: (parse_document.cache_clear(), lint(text, context)))
    timed("reading the sources, once per suggestion", lambda: sources_of(found))
    timed("tracing, sources read", lambda: trace_claims(text, found, sources=read))
    timed("a new text of sources that are read", lambda: _checked(text, context, found, read))
    timed("a text with its sources, all of it", lambda: _checked(text, context, found, None))


def _checked(text: str, context: LintContext, found: Evidence, read: Sources | None) -> None:
    """Check a text as the review page does, nothing of it known before but perhaps its sources."""
    parse_document.cache_clear()
    lint(text, context)
    trace_claims(text, found, sources=read)


def main(arguments: list[str]) -> None:
    """Print the figures."""
    if not SHARED.is_dir():
        print("the folder ../shared/data is not here: only the times with the sample")
        times(sample())
        return
    tried, held = twenty(SHARED)
    planted(tried, "open", SEEDS)
    if "--held" in arguments:
        planted(held, "held", SEEDS)
    made = drafts(SHARED)
    unplanted(made)
    nearly(made, "first set", TRICKS, 2)
    nearly(made, "second set", HELD, 2)
    if "--foreign" in arguments:
        foreign(made)
    times(tau(SHARED))


if __name__ == "__main__":
    main(sys.argv[1:])
