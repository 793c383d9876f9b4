"""Measures the redactor on public collections and against a floor of plain substitutions.

Run from the project's root: `python bench/redaction.py [folder with secrets.jsonl and pii.jsonl]`.
Times are processor time, the best of several rounds; floor and redactor take turns in one process,
so that a busy machine slows both.
"""

import base64
import json
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from runbooks.redaction import Kind, Redactor, redact

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data"
STRUCTURAL = {
    "CREDIT_CARD": "has a check digit",
    "EMAIL_ADDRESS": "has a form",
    "IP_ADDRESS": "has a form",
    "PHONE_NUMBER": "has a form or a word beside it",
    "STREET_ADDRESS": "has a form or a word beside it",
    "US_SSN": "has a form",
    "US_DRIVER_LICENSE": "has a word beside it",
    "ZIP_CODE": "found only after a label",
}
FLOOR = tuple(
    re.compile(expression)
    for expression in (
        r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}\.[A-Za-z]{2,24}",
        r"\b\d{3}-\d{2}-\d{4}\b",
        r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
        r"\b(?:\d[ -]?){13,16}\b",
        r"\+?\d[\d ()-]{7,20}\d",
        r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b",
        r"(?i)(?:password|passwd|secret|token|api[_-]?key)\s{0,3}[:=]\s{0,3}\S{1,200}",
        r"(?i)bearer\s{1,3}[\w.~+/-]{8,500}",
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
        r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
        r"\beyJ[\w-]{8,500}\.[\w-]{8,500}\.[\w-]{8,500}",
        r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----",
    )
)
TEXTS = ("tau_failures", "whowhen_failures", "k8s_scenarios", "dd_error_spans")
ROUNDS = 7


def rows(folder: Path, name: str) -> list[dict[str, object]]:
    """The rows of a JSON-lines file."""
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def report_secrets(folder: Path) -> None:
    """Recall and false positives; every kind with a miss or a false positive by name."""
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    touched = 0
    for row in rows(folder, "secrets.jsonl"):
        text = base64.b64decode(str(row["text_b64"])).decode(errors="replace")
        kinds = {span.kind for span in Redactor().spans(text)}
        counts = tally[str(row["kind"])]
        counts[0 if row["expect"] else 2] += bool(kinds & {Kind.SECRET, Kind.IP})
        counts[1 if row["expect"] else 3] += 1
        touched += bool(kinds) and not row["expect"]
    hits, wanted, false, clean = (sum(column) for column in zip(*tally.values(), strict=True))
    print(f"secrets: recall {share(hits, wanted)}, false positives {share(false, clean)};")
    print(f"  with e-mail and other personal data in those rows {share(touched, clean)}")
    for kind, (hit, want, wrong, rest) in sorted(tally.items()):
        if hit < want or wrong:
            print(f"  {kind}: found {hit} of {want}, false {wrong} of {rest}")


def report_personal(folder: Path) -> None:
    """Recall per kind of personal data, and changed sentences that hold none with a form."""
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    changed = clean = 0
    for row in rows(folder, "pii.jsonl"):
        text, spans = str(row["text"]), row["spans"]
        after = redact(text)
        kinds = set()
        for kind, start, end in spans if isinstance(spans, list) else []:
            kinds.add(kind)
            tally[kind][0] += text[start:end] not in after
            tally[kind][1] += 1
        if not kinds & STRUCTURAL.keys():
            clean += 1
            changed += after != text
    print(f"personal data: {share(changed, clean)} of the sentences without such a kind changed")
    for kind, (hit, want) in sorted(tally.items(), key=lambda item: item[0] not in STRUCTURAL):
        print(f"  {kind}: {share(hit, want)} ({STRUCTURAL.get(kind, 'free form, out of scope')})")


def share(part: int, whole: int) -> str:
    """`11 of 12 (91.7 %)`."""
    return f"{part} of {whole} ({100 * part / max(1, whole):.1f} %)"


def report_speed(folder: Path) -> None:
    """Throughput beside the floor's, per file; 1.00 is as fast as twelve substitutions."""
    print(f"throughput, floor = {len(FLOOR)} plain substitutions over the same text")
    for name, text in texts(folder):
        floor, ours = alternating(partial(substituted, text), partial(redact, text))
        size = len(text) / 1e6
        print(
            f"  {name}: {size / ours:.1f} million characters/s, floor {size / floor:.1f},"
            f" ratio {floor / ours:.2f}"
        )
    lines = [json.loads(line) for line in (folder / "tau_failures.jsonl").read_text().splitlines()]
    redactor = Redactor()
    start = time.process_time()
    for line in lines:
        redactor.value(line)
    print(f"  tau_failures as {len(lines)} JSON values: {time.process_time() - start:.3f} s")


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """The traces as they are stored, one text a file."""
    for name in TEXTS:
        yield name, (folder / f"{name}.jsonl").read_text()


def substituted(text: str) -> str:
    """What a simple redactor would do."""
    for pattern in FLOOR:
        text = pattern.sub("[X]", text)
    return text


def alternating(first: Callable[[], str], second: Callable[[], str]) -> tuple[float, float]:
    """The best processor time of each, measured in turns, in seconds."""
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for place, action in enumerate((first, second)):
            start = time.process_time()
            action()
            best[place] = min(best[place], time.process_time() - start)
    return best[0], best[1]


def main() -> None:
    """Print the three reports."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    if not folder.is_dir():
        sys.exit(f"no such folder: {folder}")
    report_secrets(folder)
    report_personal(folder)
    report_speed(folder)


if __name__ == "__main__":
    main()
