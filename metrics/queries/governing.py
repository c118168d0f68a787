"""Which version of a KPI's definition governs which period."""

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass

from metrics.models import KpiVersion, VersionState
from metrics.models.version import HELD

_OPEN = (VersionState.DRAFT, VersionState.PROPOSED)
_BEGINNING = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Governing:
    """The versions by which a KPI was counted, one after the other.

    `since` are the moments from which each of `ids` governs, the first from the beginning. `takes` says
    which version values are kept under when somebody names one by its number; `numbers` are their numbers.
    """

    since: tuple[dt.datetime, ...]
    ids: tuple[int, ...]
    takes: dict[int, int]
    numbers: dict[int, int]

    def of(self, period):
        """The id of the version that governs a period."""
        return self.ids[bisect_right(self.since, period) - 1]

    @property
    def breaks(self):
        """[(from when, number)] of every version after the first: where the series breaks."""
        return [(when, self.numbers[pk]) for when, pk in zip(self.since[1:], self.ids[1:], strict=True)]


def governing(kpi):
    """How the periods of one KPI are governed, in one query.

    Versions that only changed words count as the one before. A later version hides one that would have
    begun after it. A proposal governs nothing, but may be given values to compare.
    """
    versions = list(
        KpiVersion.objects.filter(kpi=kpi, state__in=(*HELD, *_OPEN))
        .order_by("number")
        .values_list("pk", "number", "state", "effective_from", "recounts")
    )
    chain: list[tuple[dt.datetime, int]] = []
    takes, numbers = {}, {}
    for pk, number, state, begins, recounts in versions:
        numbers[pk] = number
        if chain and not recounts:
            takes[number] = chain[-1][1]
        elif chain and state in _OPEN:
            takes[number] = pk
        else:
            since = _BEGINNING if not chain or begins is None else _midnight(begins)
            while chain and chain[-1][0] >= since and len(chain) > 1:
                chain.pop()
            chain.append((since, pk))
            takes[number] = pk
    return Governing(tuple(since for since, _ in chain), tuple(pk for _, pk in chain), takes, numbers)


def _midnight(day):
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
