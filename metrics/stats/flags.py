"""What the detectors hand to the rest of the program."""

from dataclasses import dataclass, replace

from metrics.stats.daily import Verdict
from metrics.stats.incidents import KINDS, Kind


@dataclass(frozen=True, slots=True)
class Flag:
    """Something unusual at one point: the start of an incident, or news of one."""

    index: int
    """Position of the point in the series; of empty slots before a point, that point's."""
    score: float
    """Over the threshold: 1 is just unusual enough."""
    kind: Kind
    expected: float
    low: float
    high: float
    """The band the point was expected in, in the unit of the values (NaN where there is none)."""
    upgrades: int | None = None
    """Index of the flag whose incident this one continues, such as the spike that became a level shift."""
    provisional: bool = False
    """The series is too young for more than a rough check."""

    @classmethod
    def of(cls, index: int, verdict: Verdict, row: int = 0, *, provisional: bool) -> "Flag | None":
        """The flag of one series' verdict (a row), if it found anything."""
        kind = KINDS[verdict.kind[row]]
        if kind is None:
            return None
        upgrades = int(verdict.upgrades[row])
        return cls(
            index=index,
            score=float(verdict.score[row]),
            kind=kind,
            expected=float(verdict.expected[row]),
            low=float(verdict.low[row]),
            high=float(verdict.high[row]),
            upgrades=upgrades if upgrades >= 0 else None,
            provisional=provisional,
        )

    def renumbered(self, positions: list[int]) -> "Flag":
        """The flag with positions in the caller's series instead of counts in order of time."""
        upgrades = None if self.upgrades is None else positions[self.upgrades]
        return replace(self, index=positions[self.index], upgrades=upgrades)
