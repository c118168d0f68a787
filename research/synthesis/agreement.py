"""How far two coders agree: Cohen's kappa and Krippendorff's alpha, or why neither can be said.

Both take nominal values. They ask how much better than chance the agreement is, which the bare share of
agreement hides: two people who hardly ever use a tag agree nearly always.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

Value = Hashable | None


class Measure(NamedTuple):
    """A coefficient of at most 1 over `units`; or None, and `because` says why it cannot be said."""

    value: float | None
    units: int
    because: str = ""


class Table(NamedTuple):
    """Decisions of two coders on one tag: how many units both gave it, only one of them, neither."""

    both: int = 0
    first: int = 0
    second: int = 0
    neither: int = 0

    @property
    def units(self) -> int:
        return sum(self)

    @property
    def agreed(self) -> float:
        """The share of units on which they agree; 0 units agree by 0."""
        return (self.both + self.neither) / self.units if self.units else 0.0

    @property
    def by_chance(self) -> float:
        """The share expected if each gave the tag as often as they do, but at random."""
        if not self.units:
            return 0.0
        first = (self.both + self.first) / self.units
        second = (self.both + self.second) / self.units
        return first * second + (1 - first) * (1 - second)


NO_UNITS = "there is nothing that both have coded"
NO_VARIANCE = "both made the same decision everywhere, so chance alone would agree as well"


def kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> Measure:
    """Cohen's kappa of (first coder's value, second's) of each unit.

    (p_o - p_e) / (1 - p_e), with p_e from each coder's own distribution: J. Cohen, "A coefficient of
    agreement for nominal scales", Educational and Psychological Measurement 20 (1960), 37-46.
    """
    pairs = list(pairs)
    if not pairs:
        return Measure(None, 0, NO_UNITS)
    number = len(pairs)
    agreed = sum(one == other for one, other in pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    # in whole numbers, so that "exactly by chance" is seen exactly
    chance = sum(count * second[value] for value, count in first.items())
    if chance == number * number:
        return Measure(None, number, NO_VARIANCE)
    return Measure((agreed * number - chance) / (number * number - chance), number)


def kappa_of(table: Table) -> Measure:
    """Cohen's kappa of one tag, given or not."""
    return pooled_kappa([table])


def pooled_kappa(tables: Sequence[Table]) -> Measure:
    """One kappa over several tags, each a yes or no: the means of p_o and of p_e, then as kappa.

    H. De Vries, M. N. Elliott, D. E. Kanouse, S. S. Teleki, "Using pooled kappa to summarize interrater
    agreement across many items", Field Methods 20 (2008), 272-282.
    """
    tables = [table for table in tables if table.units]
    if not tables:
        return Measure(None, 0, NO_UNITS)
    agreed = sum(table.agreed for table in tables) / len(tables)
    chance = sum(table.by_chance for table in tables) / len(tables)
    if 1 - chance < 1e-12:
        return Measure(None, tables[0].units, NO_VARIANCE)
    return Measure((agreed - chance) / (1 - chance), tables[0].units)


def alpha(units: Iterable[Sequence[Value]]) -> Measure:
    """Krippendorff's alpha for nominal values: each unit is the coders' values, None where one gave none.

    1 - D_o / D_e over the coincidences of pairable values: K. Krippendorff, "Computing Krippendorff's
    alpha-reliability" (2011), repository.upenn.edu/asc_papers/43. Units with fewer than two values are
    left out.
    """
    number = 0
    totals: Counter[Hashable] = Counter()
    disagreed = 0.0  # n * D_o: off-diagonal coincidences
    for unit in units:
        values = Counter(value for value in unit if value is not None)
        size = sum(values.values())
        if size < 2:
            continue
        number += 1
        totals.update(values)
        same = sum(count * (count - 1) for count in values.values())
        disagreed += (size * (size - 1) - same) / (size - 1)
    return _alpha(disagreed, totals, number)


def alpha_of(tables: Sequence[Table]) -> Measure:
    """The same of yes-or-no decisions counted in tables, each decision a unit."""
    totals: Counter[Hashable] = Counter()
    disagreed, number = 0.0, 0
    for table in tables:
        totals[True] += 2 * table.both + table.first + table.second
        totals[False] += 2 * table.neither + table.first + table.second
        disagreed += 2 * (table.first + table.second)
        number += table.units
    return _alpha(disagreed, totals, number)


def _alpha(disagreed: float, totals: Counter[Hashable], number: int) -> Measure:
    values = sum(totals.values())
    if not values:
        return Measure(None, 0, NO_UNITS)
    expected = values * values - sum(count * count for count in totals.values())
    if not expected:
        return Measure(None, number, NO_VARIANCE)
    return Measure(1 - disagreed * (values - 1) / expected, number)


def tables(
    units: Iterable[Hashable],
    first: dict[Hashable, set[Hashable]],
    second: dict[Hashable, set[Hashable]],
) -> dict[Hashable, Table]:
    """{tag: Table} of every tag that either coder gave to one of `units`; a unit not named has no tags."""
    units = list(units)
    counts: dict[Hashable, list[int]] = {}
    for unit in units:
        one: set[Hashable] = first.get(unit, set())
        other: set[Hashable] = second.get(unit, set())
        for tag in one | other:
            row = counts.setdefault(tag, [0, 0, 0])
            row[0 if tag in one and tag in other else 1 if tag in one else 2] += 1
    return {tag: Table(row[0], row[1], row[2], len(units) - sum(row)) for tag, row in counts.items()}


def reading(measure: Measure) -> str:
    """How far to rely on it: the thresholds of Krippendorff, Content Analysis (2004), chapter 11."""
    if measure.value is None:
        return "cannot say"
    if measure.value >= 0.8:
        return "reliable"
    return "tentative" if measure.value >= 0.667 else "too low to rely on"
