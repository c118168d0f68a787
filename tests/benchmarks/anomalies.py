"""How well `metrics.stats.anomalies` finds known changes, and how often it cries wolf.

    python -m tests.benchmarks.anomalies                  # seeded synthetic daily series
    python -m tests.benchmarks.anomalies --series FILE    # real ones: an .npz of one daily array each
    python -m tests.benchmarks.anomalies --hourly         # seeded synthetic hourly series

Series get spikes, dips, dropouts, flat lines, level shifts and drifts put into them at known days. What is
judged is what a person gets: a change counts once, however many alerts it raises; alerts outside every
change are false pages, a run of them one page per three; an upgrade is the same page. Always alerting
and alerting at random must score badly. Figures are per half of the series, because whatever was chosen
by looking at one half has to hold on the other.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from metrics.stats.anomalies import advance_many, backfill, detect
from metrics.stats.anomalies import start as start_state

WARM_UP = 56
DAYS = WARM_UP + 365
YEAR = 365.25
HOURS = 90 * 24
HOURS_TO_FIND = 6
EVENT_SPACING = 45
RUN_PER_PAGE = 3
MAD_TO_SIGMA = 1.4826

KIND_OF = {
    "spike": {"spike"},
    "dip": {"dip"},
    "dropout": {"dip", "missing", "flat_line", "level_shift"},
    "flat": {"flat_line"},
    "shift": {"level_shift"},
    "drift": {"trend_change", "level_shift"},
}


@dataclass(frozen=True)
class Event:
    """A change that was put in, and the last day on which finding it still counts."""

    kind: str
    first: int
    last: int


@dataclass(frozen=True)
class Alert:
    """What a detector said of one day; `news` is False where it only adds to an earlier alert."""

    day: int
    kind: str
    news: bool = True


@dataclass
class Tally:
    """Counts over series, and what they come to."""

    found: int = 0
    events: int = 0
    pages: int = 0
    right_kind: int = 0
    days: int = 0
    delays: list[int] = field(default_factory=list)
    found_by_kind: dict[str, list[bool]] = field(default_factory=dict)

    def add(self, events: list[Event], alerts: list[Alert], days: int) -> None:
        self.days += days
        explained: set[int] = set()
        for event in events:
            inside = [alert for alert in alerts if event.first <= alert.day <= event.last]
            explained.update(alert.day for alert in inside)
            self.events += 1
            self.found_by_kind.setdefault(event.kind, []).append(bool(inside))
            if inside:
                self.found += 1
                self.delays.append(inside[0].day - event.first)
                self.right_kind += any(alert.kind in KIND_OF[event.kind] for alert in inside)
        false_days = sorted({alert.day for alert in alerts if alert.news} - explained)
        run = 0
        for before, day in zip([-9, *false_days], false_days, strict=False):
            run = run + 1 if day == before + 1 else 1
            self.pages += run % RUN_PER_PAGE == 1

    @property
    def f1(self) -> float:
        return 2 * self.found / max(self.found + self.pages + self.events, 1)

    def line(self) -> str:
        found = self.found or 1
        kinds = " ".join(f"{kind} {np.mean(hits):.2f}" for kind, hits in sorted(self.found_by_kind.items()))
        return (
            f"F1 {self.f1:.3f}  precision {self.found / max(self.found + self.pages, 1):.2f}  "
            f"recall {self.found / max(self.events, 1):.2f}  "
            f"false pages/year {self.pages / (self.days / YEAR):.1f}  "
            f"delay {np.mean(self.delays or [0]):.1f} d  kind right {self.right_kind / found:.2f}  [{kinds}]"
        )


def synthetic(random: np.random.Generator) -> np.ndarray:
    """A plausible daily metric of DAYS days: weekday profile, trend, autocorrelated heavy-tailed noise."""
    weekend = random.uniform(-0.8, 0.1)
    weekday = np.array([0, 0.03, 0.03, 0.02, -0.03, weekend, weekend]) + random.normal(0, 0.03, 7)
    noise = random.choice([0.02, 0.05, 0.1, 0.2]) * random.standard_t(random.choice([3, 5, 30]), DAYS)
    memory = random.uniform(0, 0.7)
    for day in range(1, DAYS):
        noise[day] = memory * noise[day - 1] + np.sqrt(1 - memory**2) * noise[day]
    wander = np.cumsum(random.normal(0, 0.1 * np.median(np.abs(noise)), DAYS))
    trend = random.normal(0, 0.3) * np.arange(DAYS) / YEAR
    season = random.uniform(0, 0.2) * np.sin(2 * np.pi * (np.arange(DAYS) / YEAR + random.random()))
    level = np.log(random.choice([40.0, 1e3, 1e5]))
    values = np.exp(level + np.tile(weekday, DAYS // 7 + 1)[:DAYS] + noise + wander + trend + season)
    return random.poisson(values).astype(float)


def synthetic_hourly(random: np.random.Generator) -> np.ndarray:
    """A plausible hourly load of HOURS hours: a day's curve, quieter weekends, autocorrelated noise."""
    hour = np.arange(HOURS)
    curve = random.uniform(0.2, 0.8) * np.sin(2 * np.pi * (hour / 24 + random.random()))
    weekend = random.uniform(-0.4, 0.0) * ((hour // 24) % 7 >= 5)
    noise = random.choice([0.03, 0.08, 0.15]) * random.standard_t(random.choice([4, 30]), HOURS)
    memory = random.uniform(0, 0.8)
    for at in range(1, HOURS):
        noise[at] = memory * noise[at - 1] + np.sqrt(1 - memory**2) * noise[at]
    return np.exp(np.log(random.choice([20.0, 500.0])) + curve + weekend + noise)


def injected_hourly(values: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, list[Event]]:
    """The series with a burst, an outage or a new level about every ten days; found within six hours."""
    changed, events = values.copy(), []
    spread = np.quantile(values, 0.95) - np.quantile(values, 0.05)
    for base in range(14 * 24, HOURS - 96, 10 * 24):
        first, kind = base + int(random.integers(0, 24)), str(random.choice(["spike", "dip", "shift"]))
        length = 72 if kind == "shift" else int(random.integers(1, 6))
        if kind == "dip":
            changed[first : first + length] *= random.uniform(0, 0.1)
        else:
            changed[first : first + length] += spread * random.uniform(0.8, 2.5)
        events.append(Event(kind, first, first + length + HOURS_TO_FIND))
    return changed, events


def noise_of(values: np.ndarray) -> float:
    """Robust noise of working values (days,) around their weekday profile and their fortnight's level."""
    level = np.array([np.nanmedian(values[max(0, day - 7) : day + 8]) for day in range(len(values))])
    offsets = values - level
    profile = np.array([np.nanmedian(offsets[weekday::7]) for weekday in range(7)])
    residuals = offsets - np.nan_to_num(profile)[np.arange(len(values)) % 7]
    return float(MAD_TO_SIGMA * np.nanmedian(np.abs(residuals - np.nanmedian(residuals))))


def injected(values: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, list[Event]]:
    """The series with a change about every EVENT_SPACING days, and what they were."""
    positive = np.nanmin(values) >= 0
    start = 0.05 * np.nanmedian(values) + 1e-9
    working = np.log(values + start) if positive else values.astype(float)
    sigma = max(noise_of(working), 0.01 if positive else 1e-9)
    whole_numbers = bool(np.nanmax(np.abs(values - np.rint(values))) == 0)
    events = []
    flat: list[tuple[int, int]] = []
    for base in range(WARM_UP + 5, len(values) - 30, EVENT_SPACING):
        first = base + int(random.integers(0, 8))
        kind = str(random.choice(list(KIND_OF)))
        sign = random.choice([-1, 1])
        last = first + 1
        if kind in ("spike", "dip"):
            working[first] += (1 if kind == "spike" else -1) * sigma * random.uniform(4, 9)
        elif kind == "dropout":
            length = int(random.integers(1, 4))
            working[first : first + length] -= max(5 * sigma, random.uniform(0.7, 2.0))
            last = first + length
        elif kind == "flat":
            length = int(random.integers(6, 13))
            flat.append((first, first + length))
            last = first + length
        elif kind == "shift":
            working[first:] += sign * sigma * random.uniform(3, 6)
            last = first + 10
        else:
            ramp = np.clip((np.arange(len(values)) - first) / 28, 0, 1)
            working += sign * sigma * random.uniform(3, 7) * ramp
            last = first + 28 + 7
        events.append(Event(kind, first, min(last, len(values) - 1)))
    changed = np.maximum(np.exp(working) - start, 0) if positive else working
    changed = np.rint(changed) if whole_numbers else changed
    for begin, end in flat:
        before = changed[:begin][~np.isnan(changed[:begin])]
        changed[begin:end] = before[-1]
    return changed, events


def ours(many: list[np.ndarray]) -> list[list[Alert]]:
    found = backfill([(range(len(values)), values, None) for values in many])
    return [
        [Alert(flag.index, str(flag.kind), flag.upgrades is None) for flag in judged.flags]
        for judged in found
    ]


def rolling_z(many: list[np.ndarray], window: int = 28, threshold: float = 3.5) -> list[list[Alert]]:
    """Windowed Gaussian on the differences to the same weekday a week before."""
    results = []
    for values in many:
        differences = np.full(len(values), np.nan)
        differences[7:] = values[7:] - values[:-7]
        alerts = []
        for day in range(WARM_UP, len(values)):
            past = differences[day - window : day]
            spread = np.nanstd(past) + 1e-12
            score = (differences[day] - np.nanmean(past)) / spread
            if abs(score) > threshold:
                alerts.append(Alert(day, "spike" if score > 0 else "dip"))
        results.append(alerts)
    return results


def always(many: list[np.ndarray]) -> list[list[Alert]]:
    return [[Alert(day, "spike") for day in range(WARM_UP, len(values))] for values in many]


def at_random(many: list[np.ndarray]) -> list[list[Alert]]:
    """Twelve alerts a year, about what a good detector raises in all."""
    random = np.random.default_rng(0)
    return [
        [
            Alert(int(day), "spike")
            for day in WARM_UP + np.flatnonzero(random.random(len(values) - WARM_UP) < 12 / YEAR)
        ]
        for values in many
    ]


def ours_hourly(many: list[np.ndarray]) -> list[list[Alert]]:
    raised = [detect([3600.0 * 1e6 + 3600.0 * hour for hour in range(len(one))], one) for one in many]
    return [[Alert(flag.index, str(flag.kind), flag.upgrades is None) for flag in one] for one in raised]


def rolling_z_hourly(many: list[np.ndarray], window: int = 96, threshold: float = 3.0) -> list[list[Alert]]:
    """Windowed Gaussian with the quiet period that ours has."""
    results = []
    for values in many:
        alerts: list[Alert] = []
        last = -99
        for hour in range(window, len(values)):
            past = values[hour - window : hour]
            score = (values[hour] - past.mean()) / (past.std() + 1e-12)
            if abs(score) > threshold:
                if hour - last > HOURS_TO_FIND:
                    alerts.append(Alert(hour, "spike" if score > 0 else "dip"))
                last = hour
        results.append(alerts)
    return results


def hourly(random: np.random.Generator, count: int) -> None:
    """The same measure on hourly series; delays are hours, pages are those of a series-year."""
    pairs = [injected_hourly(synthetic_hourly(random), random) for _ in range(count)]
    detectors = {
        "metrics.stats": ours_hourly,
        "rolling z": rolling_z_hourly,
        "always on": lambda many: [[Alert(hour, "spike") for hour in range(96, len(one))] for one in many],
    }
    for name, detector in detectors.items():
        begun = time.perf_counter()
        alerts = detector([values for values, _ in pairs])
        took = time.perf_counter() - begun
        tally = Tally()
        for (values, events), raised in zip(pairs, alerts, strict=True):
            tally.add(events, raised, len(values) // 24)
        print(
            f"{name:14}{tally.line().replace(' d  ', ' h  ')}  {1e3 * took / (count * HOURS):.4f} ms a point"
        )


DETECTORS: dict[str, Callable[[list[np.ndarray]], list[list[Alert]]]] = {
    "metrics.stats": ours,
    "rolling z": rolling_z,
    "at random": at_random,
    "always on": always,
}


def real(path: str, random: np.random.Generator) -> list[np.ndarray]:
    """One stretch of DAYS days of each series in an .npz file."""
    stretches = []
    with np.load(path) as stored:
        for name in sorted(stored):
            values = stored[name]
            begin = int(random.integers(0, max(len(values) - DAYS, 0) + 1))
            stretches.append(values[begin : begin + DAYS])
    return stretches


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", help="an .npz file of daily series instead of synthetic ones")
    parser.add_argument("--hourly", action="store_true", help="hourly series instead of daily ones")
    parser.add_argument("--count", type=int, default=120, help="synthetic series")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    if options.hourly:
        hourly(random, options.count // 6)
        return
    if options.series:
        plain = real(options.series, random)
    else:
        plain = [synthetic(random) for _ in range(options.count)]
    pairs = [injected(values, random) for values in plain]
    for name, detector in DETECTORS.items():
        begun = time.perf_counter()
        alerts = detector([values for values, _ in pairs])
        took = time.perf_counter() - begun
        for half in (0, 1):
            tally = Tally()
            for (values, events), raised in list(zip(pairs, alerts, strict=True))[half::2]:
                tally.add(events, raised, len(values) - WARM_UP)
            print(f"{name:14}half {half + 1}  {tally.line()}")
        points = sum(len(values) for values, _ in pairs)
        print(f"{name:14}{1e3 * took / points:.4f} ms a point, {1e3 * took / len(pairs):.2f} ms a series")
    _time_new_points(pairs[0][0])


def _time_new_points(values: np.ndarray, copies: int = 256) -> None:
    state = start_state(range(len(values)), values)
    for count in (1, copies):
        begun = time.perf_counter()
        advance_many([state] * count, [len(values)] * count, [float(values[-1])] * count)
        cost = 1e3 * (time.perf_counter() - begun) / count
        print(f"one new point, {count} series at once: {cost:.3f} ms each")


if __name__ == "__main__":
    main()
