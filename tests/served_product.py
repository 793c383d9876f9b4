"""The whole product, `python -m runbooks serve`, in a process of its own over a SQLite file."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
_KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "OPENAI_BASE_URL")
_START_S = 60.0


class ServedProduct:
    """A product that can be started, ended, killed and started again at the same address.

    It drafts offline, whatever keys the environment holds; `settings` go over the environment.
    """

    def __init__(self, folder: Path, store: Path, *options: str, **settings: str) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.store = store
        self._folder = folder
        self._log = folder / "serve.log"
        self._command = [sys.executable, "-m", "runbooks", "serve", *options]
        self._settings = {
            **{name: value for name, value in os.environ.items() if name not in _KEYS},
            "RUNBOOK_STORE": f"sqlite:///{store}",
            "RUNBOOK_DRAFTER": "offline",
            "PORT": str(port),
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; raise AssertionError when it does not."""
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._settings,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._process = process
        end = time.monotonic() + _START_S
        while time.monotonic() < end and process.poll() is None:
            try:
                if httpx.get(f"{self.address}/health", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        said = self._log.read_text(errors="replace")[-2000:]
        raise AssertionError(f"the product did not start: {said}")

    @property
    def runs(self) -> bool:
        """Whether it was started and not ended."""
        return self._process is not None

    def kill(self) -> None:
        """End it without warning."""
        self._signal(signal.SIGKILL)

    def end(self) -> None:
        """End it as a supervisor would, with whatever it started itself."""
        self._signal(signal.SIGTERM, signal.SIGKILL)

    def _signal(self, *signals: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for how in signals:
            try:
                os.killpg(process.pid, how)
                process.wait(10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
            else:
                return


@contextmanager
def served_product(
    folder: Path, store: Path, *options: str, **settings: str
) -> Iterator[ServedProduct]:
    """Serve the product over a store; its log lies in the folder."""
    product = ServedProduct(folder, store, *options, **settings)
    try:
        product.start()
        yield product
    finally:
        product.end()


def free_port() -> int:
    """Give a port of this machine that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
