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


_MONEY = frozenset(
    stems("price amount cost total payment paid balance fee budget refund fare value")
)
_MEASURED = {
    "time": frozenset(
        stems(
            "timeout ttl delay interval latency duration age wait waiting idle elapsed time period"
            " deadline took lag expiry uptime downtime minutes seconds hours days pause backoff"
            " window lease retry slowest longest p50 p90 p95 p99"
        )
    ),
    "bytes": frozenset(stems("size memory bytes disk heap storage volume length used free limit")),
    "share": frozenset(
        stems("rate ratio percent percentage share pct usage used utilization score confidence")
    ),
    **dict.fromkeys(("usd", "eur", "gbp"), _MONEY),
}
"""The names of fields that hold an amount of something without its unit."""
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
    if claimed.loose:
        return max(_looseness(claimed), rounded) * claimed.size
    return max(_EXACT * claimed.amount, rounded * claimed.size)


def _looseness(claimed: Quantity) -> float:
    """Give how far `about` reaches: one in the last digit that counts, at most 6 % of it all."""
    whole = f"{claimed.value:.{claimed.decimals}f}".replace(".", "")
    last = 10 ** (len(whole) - len(whole.rstrip("0")) - claimed.decimals)
    return float(min(_NEAR * claimed.value, last))


def _sizes(claimed: Quantity) -> list[float]:
    """Give the sizes of all units of a measure, the claim's own first."""
    others = {size for measure, size in UNITS.values() if measure == claimed.measure}
    return [claimed.size, *sorted(others - {claimed.size})] if claimed.measure else [1.0]


def _agreement(claimed: Quantity, beside: frozenset[str], found: Occurrence) -> float:
    """Tell from 0 to 1 how well a number in a source agrees with the one that is claimed."""
    shared = len(beside & found.beside)
    words = min(shared, 4) / 10
    near = _looseness(claimed) if claimed.loose else _EXACT * max(1.0, claimed.value)
    same_value = abs(found.quantity.value - claimed.value) <= near
    if claimed.measure and found.quantity.measure:
        if found.quantity.measure != claimed.measure:
            return 0.0
        # 300 minutes are 5 hours, but only those hours that the words beside them speak of.
        same_unit = found.quantity.size == claimed.size
        return 0.6 + words if same_unit or shared else 0.0
    if claimed.measure:
        # The source has the bare number: the name of its field must say what it measures.
        counts = found.quantity.unit.isalpha() and found.quantity.unit not in STOP
        named = found.key & beside and found.key & _MEASURED[claimed.measure]
        return 0.4 + words if named and same_value and not counts else 0.0
    if not same_value:
        return 0.0
    if found.quantity.measure:
        # The source measures what the claim counts: 15 minutes are not 15 spans.
        return 0.3 + words if shared and not claimed.unit.strip(".,") else 0.0
    if claimed.digits >= _TELLING_DIGITS:
        return 0.5 + words
    return 0.4 + words if shared else 0.0
