"""How much a command changes, and what it does in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """Four grades: only reads; changes state; interrupts service; destroys what it names."""

    READS = 0
    CHANGES = 1
    DISRUPTS = 2
    DESTROYS = 3


@dataclass(frozen=True, slots=True)
class Effect:
    """A grade, and a verb phrase that completes "this command …"."""

    level: Level
    deed: str = ""


READS = Effect(Level.READS)
