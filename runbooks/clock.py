"""The time, as something that is handed in."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present moment, aware, UTC."""


def utc_now() -> datetime:
    """Give the machine's time."""
    return datetime.now(UTC)
