"""`check`, `serve`: the product as a process."""

import argparse
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

from runbooks import logs
from runbooks.cli import ends, room
from runbooks.cli.output import as_json, say, warn
from runbooks.config import Settings
from runbooks.drafting.prices import load_prices
from runbooks.errors import DraftingFailed, RunbookError
from runbooks.sample import sample_dir
from runbooks.service import RunbookService
from runbooks.transfer import add_sample_if_empty, only_sample

_ROOT: Final = Path(__file__).resolve().parents[2]
_SERVICES: Final = "RUNBOOK_SERVICES_FILE"
_MAX_MESSAGE: Final = 16 * 1024 * 1024
_LAST_ANSWERS_S: Final = 5
"""How long open requests may go on after the signal to end."""


def check(args: argparse.Namespace) -> int:
    """Say whether the store and the drafter answer."""
    settings = room.settings()
    with room.service(settings) as service:
        results = {
            "store": _asked(lambda: service.store.check()),
            "drafter": _drafter(service),
            "prices": _asked(lambda: _prices(settings)),
            "services": (True, f"{len(service.services.names)} services with contacts", ends.DONE),
        }
    if args.json:
        as_json({name: {"ok": ok, "said": said} for name, (ok, said, _) in results.items()})
    else:
        for name, (ok, said, _) in results.items():
            say(f"{name}: {'ok' if ok else 'FAILED'}: {said}")
    return max(code for _, _, code in results.values())


def serve(args: argparse.Namespace) -> int:
    """Become the server: pages and REST of `serve.py`, on HOST and PORT."""
    settings = room.settings()
    logs.set_up(settings.log_level or "INFO")
    if not _is_free(settings):
        warn(f"{settings.host}:{settings.port} is in use or not this machine's; set PORT or HOST.")
        return ends.REFUSED
    with room.service(settings) as service:
        if args.with_sample:
            _bring_sample(service)
        told = f"store {settings.store}, drafts by {service.drafter.provider}"
    say(f"EvalForge Runbooks: {_address(settings)} ({told})")
    sys.stdout.flush()
    return _become(_command(settings))


def _drafter(service: RunbookService) -> tuple[bool, str, int]:
    """Say which drafter is in use, why, and whether it answers."""
    drafter = service.drafter
    named = f"{drafter.provider}, model {drafter.model}, because {service.drafter_why}"
    try:
        return True, f"{named}: {drafter.check()}", ends.DONE
    except DraftingFailed as failed:
        return False, f"{named}: {failed.excerpt or ends.words(failed)}", ends.REFUSED


def _prices(settings: Settings) -> str:
    table = load_prices(settings.prices_file)
    place = settings.prices_file or "the table that ships (RUNBOOK_PRICES_FILE replaces it)"
    return f"{len(table.models)} models as of {table.as_of}, from {place}"


def _asked(question: Callable[[], str]) -> tuple[bool, str, int]:
    try:
        return True, question(), ends.DONE
    except RunbookError as error:
        code = ends.REFUSED if isinstance(error, DraftingFailed) else ends.code(error)
        return False, ends.words(error), code


def _bring_sample(service: RunbookService) -> None:
    """Bring the sample into an empty store; while nothing else is there, its contacts fit."""
    if add_sample_if_empty(service):
        say("The store was empty: the sample is in it now ('python -m runbooks sample remove').")
    if not os.environ.get(_SERVICES) and only_sample(service):
        os.environ[_SERVICES] = str(sample_dir() / "services.yaml")


def _is_free(settings: Settings) -> bool:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return False
    return True


def _become(command: list[str]) -> NoReturn:
    """Go on as this program, so that signals reach the server itself."""
    os.execv(command[0], command)  # noqa: S606


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _command(settings: Settings) -> list[str]:
    """Give the server's command; Streamlit itself takes its options from the environment.

    Not `streamlit run`: that opens its port without TCP_NODELAY, and then every second message of
    a connection waits 40 ms for the other side (docs/decisions/0009-doors.md).
    """
    os.environ.update(_streamlit_options(settings))
    return [
        *(sys.executable, "-m", "uvicorn", "serve:app", "--app-dir", str(_ROOT)),
        *("--host", settings.host, "--port", str(settings.port)),
        *("--ws", "websockets-sansio", "--ws-max-size", str(_MAX_MESSAGE)),
        *("--ws-ping-interval", "30", "--ws-ping-timeout", "30"),
        *("--timeout-graceful-shutdown", str(_LAST_ANSWERS_S)),
        *("--no-access-log", "--no-server-header", "--log-level", "warning"),
    ]


def _streamlit_options(settings: Settings) -> dict[str, str]:
    options = {
        "SERVER_ADDRESS": settings.host,
        "SERVER_PORT": str(settings.port),
        "SERVER_HEADLESS": "true",
        "SERVER_FILE_WATCHER_TYPE": "none",
        "BROWSER_GATHER_USAGE_STATS": "false",
        "LOGGER_HIDE_WELCOME_MESSAGE": "true",
    }
    if settings.allow_open:
        # Its own check knows only addresses of this machine; ours before it knows every Host.
        options |= {"SERVER_ENABLE_CORS": "false", "SERVER_ENABLE_XSRF_PROTECTION": "false"}
    return {f"STREAMLIT_{name}": value for name, value in options.items()}
