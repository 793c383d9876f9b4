"""What commands share: settings, the service for as long as a command runs, who acts."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from runbooks import logs
from runbooks.bootstrap import bootstrap
from runbooks.config import Settings, load_settings
from runbooks.service import RunbookService


def settings() -> Settings:
    """Read the settings and set up logging; raise InvalidSettings."""
    found = load_settings()
    logs.set_up(found.log_level or "WARNING")
    return found


@contextmanager
def service(known: Settings | None = None) -> Iterator[RunbookService]:
    """Give the service and close it at the end; raise as `bootstrap` does."""
    opened = bootstrap(known or settings())
    try:
        yield opened
    finally:
        opened.close()


def actor() -> str:
    """Say who acts, as it is recorded: `cli:<user of this machine>`."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):
        return "cli"
