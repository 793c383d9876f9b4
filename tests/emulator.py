"""A Firestore emulator of our own for the tests, or the one that is already running."""

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.served_product import free_port

LOG = Path(__file__).resolve().parents[1] / "test-results" / "firestore-emulator.log"
START_SECONDS = 90.0
STOP_SECONDS = 10.0
PROGRAMS = ("gcloud", "java")
GUARD = 'read -r _; kill -- "-$1"'
"""Ends the emulator's group when the tests' end of the pipe closes, however they end."""


class EmulatorMissing(Exception):
    """The emulator cannot be started here; the text says what is missing."""


@contextmanager
def emulator() -> Iterator[str]:
    """Give host and port of an emulator; stop it at the end if we started it.

    FIRESTORE_EMULATOR_HOST, when set, names one that runs already and is left running. Raise
    EmulatorMissing without gcloud, Java or the emulator's component.
    """
    running = os.environ.get("FIRESTORE_EMULATOR_HOST")
    if running:
        yield running
        return
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        raise EmulatorMissing(f"{' and '.join(missing)} not found")
    host = f"127.0.0.1:{free_port()}"
    process = _start(host)
    guard = _guard(process)
    try:
        _wait_until_ready(process, host)
        yield host
    finally:
        guard.kill()
        guard.communicate()
        _stop(process)


def _start(host: str) -> subprocess.Popen[bytes]:
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("wb") as log:
        return subprocess.Popen(
            ["gcloud", "emulators", "firestore", "start", f"--host-port={host}", "--quiet"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # gcloud starts a shell that starts Java: one group, so that all three end together.
            start_new_session=True,
            env=os.environ | {"JAVA_TOOL_OPTIONS": "-Xmx1g"},
        )


def _guard(process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    """Watch over the emulator, in case the tests are killed and cannot stop it themselves."""
    return subprocess.Popen(
        ["sh", "-c", GUARD, "sh", str(process.pid)],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait_until_ready(process: subprocess.Popen[bytes], host: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise EmulatorMissing(f"it ended at once: {_last_words()}")
        try:
            with urllib.request.urlopen(f"http://{host}/", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise EmulatorMissing(f"not ready after {START_SECONDS:.0f} s: {_last_words()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            break
        end = time.monotonic() + STOP_SECONDS
        while time.monotonic() < end and _group_lives(process):
            time.sleep(0.05)
    process.wait(STOP_SECONDS)


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True


def _last_words() -> str:
    return " ".join(LOG.read_text("utf-8", "replace").split())[-500:]
