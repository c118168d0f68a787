"""The demo company: each app registers the part it builds; `manage.py demo` calls them in order.

Everything is drawn from one seed and one day, so that the same seed and day give the same company.
"""

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

_builders: dict[str, tuple[int, Any]] = {}


@dataclass
class World:
    """What the parts share: by key or slug, insights by title, sessions as "study/s01"."""

    today: dt.date
    seed: int = 2026
    scale: int = 1
    people: dict[str, Any] = field(default_factory=dict)
    teams: dict[str, Any] = field(default_factory=dict)
    areas: dict[str, Any] = field(default_factory=dict)
    accounts: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, Any] = field(default_factory=dict)
    studies: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, Any] = field(default_factory=dict)
    insights: dict[str, Any] = field(default_factory=dict)
    kpis: dict[str, Any] = field(default_factory=dict)
    channels: dict[str, Any] = field(default_factory=dict)
    say: Any = print  # tells how far it is

    def dice(self, part):
        """A generator of its own for each part, so that a change in one leaves the others as they were."""
        return random.Random(f"{self.seed}:{part}")

    def day(self, days_ago):
        return self.today - dt.timedelta(days=days_ago)

    def moment(self, days_ago, hour=10, minute=0):
        """A time on that day, in UTC."""
        return dt.datetime.combine(self.day(days_ago), dt.time(hour, minute), tzinfo=dt.UTC)


def register(name, build, *, order):
    """`build(world)` makes one part. Kernel 10, research 20, metrics 30, process 40, coordination 50."""
    _builders[name] = (order, build)


def parts():
    return sorted(_builders.items(), key=lambda item: (item[1][0], item[0]))
