"""Time the checks on a 10 kB runbook, and count hits per rule over Markdown files.

python bench/lint.py                        median and worst of 200 runs
python bench/lint.py FILE… [--generic]      hits per rule over the files as well
"""

import statistics
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from runbooks.lint import RULES, LintContext, Profile, lint
from runbooks.lint.parsing import parse_document

SAMPLE = Path(__file__).resolve().parents[1] / "tests" / "unit" / "lint" / "good_runbook.md"
RUNS = 200


def ten_kilobytes() -> str:
    """The sound sample, its sections repeated until the text has 10 kB."""
    text = SAMPLE.read_text(encoding="utf-8")
    return (text * (10_240 // len(text) + 1))[:10_240]


def timed(text: str, profile: Profile) -> float:
    """Milliseconds of one check."""
    parse_document.cache_clear()
    begin = time.perf_counter()
    lint(text, LintContext(), profile)
    return (time.perf_counter() - begin) * 1_000


def main(arguments: list[str]) -> None:
    """Print the figures."""
    profile: Profile = "generic" if "--generic" in arguments else "evalforge"
    text = ten_kilobytes()
    times = [timed(text, profile) for _ in range(RUNS)]
    print(f"{len(text):,} characters: median {statistics.median(times):.1f} ms, ", end="")
    print(f"worst of {RUNS} {max(times):.1f} ms")
    names = [name for name in arguments if not name.startswith("--")]
    texts = [Path(name).read_text(encoding="utf-8", errors="replace") for name in names]
    hits: Counter[tuple[str, str]] = Counter()
    files: Counter[str] = Counter()
    for content in texts:
        findings = lint(content, None, profile)
        hits.update((finding.id, finding.severity) for finding in findings)
        files.update({finding.id for finding in findings})
    for (rule, severity), count in sorted(hits.items()):
        share = f"{files[rule]} of {len(texts)} files"
        print(f"{rule} {severity} {count:6} hits in {share}: {RULES[rule].what}")


if __name__ == "__main__":
    main(sys.argv[1:])
