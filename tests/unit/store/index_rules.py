"""Firestore's rules for which indexes answer a question, as far as they are documented.

The emulator answers everything without any index, so these rules stand in for production. Source:
Firestore's pages "Index types", "Index merging" and "Queries with OR".
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from runbooks.store.shapes import Shape

FILE = Path(__file__).resolve().parents[3] / "firestore.indexes.json"

Fields: TypeAlias = frozenset[str]
"""Fields of a question by what is asked: `name` is compared, `name[]` contains."""


class Rule(Enum):
    """Why a question is answered."""

    BY_NAME = "every collection is kept in the order of document names"
    AUTOMATIC = "each field has an index of its own, in both orders, and for lists their members"
    AUTOMATIC_MERGED = "indexes of single fields are merged when no other order is asked"
    COMPOSITE = "one index holds the compared fields first and then the order"
    COMPOSITES_MERGED = (
        "several indexes, each with some of the compared fields and all with the same order,"
        " are merged; `in` counts as several questions with `==`, and a list's member is found in"
        " its index as a compared value is"
    )


@dataclass(frozen=True)
class Index:
    """One composite index: its fields with their mode."""

    collection: str
    fields: tuple[tuple[str, str], ...]

    def compared(self, asked: Shape) -> Fields | None:
        """Which compared fields this index fixes for the question; None when it cannot help.

        Its last fields must be exactly the order that is asked for, those before them compared.
        """
        tail = tuple((f, "DESCENDING" if down else "ASCENDING") for f, down in asked.order)
        cut = len(self.fields) - len(tail)
        if cut < 0 or self.fields[cut:] != tail:
            return None
        fixed = frozenset(
            f"{name}[]" if mode == "CONTAINS" else name for name, mode in self.fields[:cut]
        )
        return fixed if fixed <= wanted(asked) else None


@dataclass(frozen=True)
class Plan:
    """The rule by which a question is answered, with the composite indexes that it takes."""

    rule: Rule
    indexes: tuple[Index, ...] = ()


def wanted(asked: Shape) -> Fields:
    """Every field that the question compares."""
    return asked.equal | {f"{name}[]" for name in asked.contains}


def plan(asked: Shape, indexes: Iterable[Index], exempt: Iterable[str] = ()) -> Plan | None:
    """Find the rule by which the question is answered, None when an index is missing.

    `exempt` holds the collection's fields without an index of their own, written as in `Fields`.
    """
    fields, order = wanted(asked), asked.order
    automatic = not {*fields, *(name for name, _ in order)} & set(exempt)
    if not fields and not order:
        return Plan(Rule.BY_NAME)
    if automatic and len(fields) + len(order) == 1:
        return Plan(Rule.AUTOMATIC)
    usable = {index: index.compared(asked) for index in indexes if _same(index, asked)}
    helping = {index: fixed for index, fixed in usable.items() if fixed is not None}
    for index, fixed in helping.items():
        if fixed == fields:
            return Plan(Rule.COMPOSITE, (index,))
    if automatic and not order:
        return Plan(Rule.AUTOMATIC_MERGED)
    return _merged(fields, helping)


def _merged(fields: Fields, helping: dict[Index, Fields]) -> Plan | None:
    chosen: list[Index] = []
    missing = set(fields)
    for index in sorted(helping, key=lambda index: -len(helping[index])):
        if helping[index] & missing:
            chosen.append(index)
            missing -= helping[index]
    return None if missing or not chosen else Plan(Rule.COMPOSITES_MERGED, tuple(chosen))


def _same(index: Index, asked: Shape) -> bool:
    return index.collection == f"evalforge_{asked.collection.value}"


def read_indexes(path: Path = FILE) -> list[Index]:
    """Read the composite indexes of the file."""
    return [
        Index(
            found["collectionGroup"],
            tuple((f["fieldPath"], f.get("order") or f["arrayConfig"]) for f in found["fields"]),
        )
        for found in json.loads(path.read_text("utf-8"))["indexes"]
    ]


def read_exempt(path: Path = FILE) -> dict[str, set[str]]:
    """Read which fields have no index of their own, by collection."""
    exempt: dict[str, set[str]] = {}
    for found in json.loads(path.read_text("utf-8"))["fieldOverrides"]:
        kept = {index.get("arrayConfig") for index in found["indexes"]}
        fields = exempt.setdefault(found["collectionGroup"], set())
        fields.add(found["fieldPath"])
        if "CONTAINS" not in kept:
            fields.add(f"{found['fieldPath']}[]")
    return exempt
