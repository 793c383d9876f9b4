"""Looks for a number in the sources: the same value, of the same unit or beside the same words."""

from collections.abc import Iterator

from runbooks.evidence.index import Index, Occurrence
from runbooks.evidence.quantities import UNITS, Quantity
from runbooks.evidence.report import Support
from runbooks.evidence.words import STOP, stems

_NEAR = 0.06
_EXACT = 1e-9
_TELLING_DIGITS = 4
"""A number of so many digits is hardly there by chance, so that no word beside it need agree."""


_STATUS = frozenset(stems("http status code"))


def number_support(claimed: Quantity, beside: frozenset[str], index: Index) -> Support | None:
    """Give the best place of a number, or None.

    A number with a unit needs the same amount in the same kind of unit; one that counts things
    needs a word in common with what stands beside it there.
    """
    if not claimed.measure and 400 <= claimed.value <= 599 and not claimed.decimals:
        beside |= _STATUS
    best: tuple[float, Occurrence] | None = None
    for found in _candidates(claimed, index):
        score = _agreement(claimed, beside, found)
        if score and (best is None or score > best[0]):
            best = (score, found)
    return index.support(best[1].at, 1, best[0]) if best else None


def bare_support(value: float, beside: frozenset[str], index: Index) -> Support | None:
    """Give the place of a number that stands in a query beside a key."""
    for found in index.occurrences(value, value):
        if found.beside & beside:
            return index.support(found.at, 1)
    return None


def _candidates(claimed: Quantity, index: Index) -> Iterator[Occurrence]:
    """Give the numbers that are the claimed one in any unit of its measure, or the bare digits."""
    room = _room(claimed)
    for size in _sizes(claimed):
        low, high = (claimed.amount - room) / size, (claimed.amount + room) / size
        for found in index.occurrences(low, high) if room else index.occurrences(low, low):
            same_measure = claimed.measure and found.quantity.measure == claimed.measure
            if not same_measure or abs(found.quantity.amount - claimed.amount) <= room:
                yield found


def _room(claimed: Quantity) -> float:
    """Give by how much a source may differ: little where the claim is rounded or says `about`."""
    rounded = 0.5 * 10**-claimed.decimals if claimed.decimals and claimed.digits > 1 else 0.0
    if not claimed.measure and not claimed.loose:
        return 0.0
    loose = _NEAR if claimed.loose else _EXACT
    return max(loose * claimed.amount, rounded * claimed.size)


def _sizes(claimed: Quantity) -> list[float]:
    """Give the sizes of all units of a measure, the claim's own first."""
    others = {size for measure, size in UNITS.values() if measure == claimed.measure}
    return [claimed.size, *sorted(others - {claimed.size})] if claimed.measure else [1.0]


def _agreement(claimed: Quantity, beside: frozenset[str], found: Occurrence) -> float:
    """Tell from 0 to 1 how well a number in a source agrees with the one that is claimed."""
    shared = len(beside & found.beside)
    words = min(shared, 4) / 10
    near = _NEAR if claimed.loose else _EXACT
    same_value = abs(found.quantity.value - claimed.value) <= near * max(1.0, claimed.value)
    if claimed.measure and found.quantity.measure:
        if found.quantity.measure != claimed.measure:
            return 0.0
        return 0.6 + words
    if claimed.measure:
        # The source has the bare number: the name of its field must say what it measures.
        counts = found.quantity.unit.isalpha() and found.quantity.unit not in STOP
        return 0.4 + words if found.key & beside and same_value and not counts else 0.0
    if not same_value:
        return 0.0
    if found.quantity.measure:
        # The source measures what the claim counts: 15 minutes are not 15 spans.
        return 0.3 + words if shared and not claimed.unit.strip(".,") else 0.0
    if claimed.digits >= _TELLING_DIGITS:
        return 0.5 + words
    return 0.4 + words if shared else 0.0
