"""One series as its points arrive: which slot each falls in, and which detector judges it."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np

from metrics.stats.baseline import WARM_UP, WEEK
from metrics.stats.batches import Bools, Floats
from metrics.stats.daily import Daily, Verdict
from metrics.stats.flags import Flag
from metrics.stats.hourly import Records, Rolling
from metrics.stats.points import Point
from metrics.stats.short_history import Young
from metrics.stats.timegrid import SETTLED_AFTER, Grain, Grid, Instant

LONGEST_GAP = 8 * WEEK
"""A gap is filled with at most this many empty slots, plus what keeps the weekday right."""


class LateTimestamp(ValueError):
    """The point is not later than the last one: replay the series from that date instead."""


class Stage(StrEnum):
    """Which detector a series has come to."""

    SETTLING = "settling"
    YOUNG = "young"
    DAILY = "daily"
    HOURLY = "hourly"
    SUB_HOURLY = "sub_hourly"


@dataclass(frozen=True, slots=True)
class State:
    """Everything the next point is judged with. Plain numbers and bytes: safe to store and to send."""

    count: int = 0
    """Points seen."""
    waiting: tuple[Point, ...] = ()
    """Points seen before the grain was settled."""
    grid: Grid | None = None
    last: Instant | None = None
    slot: int = -1
    """Slot of the last point."""
    stage: Stage = Stage.SETTLING
    age: int = 0
    """Slots the daily detector has seen, folded by whole weeks."""
    detector: bytes = b""
    """Its arrays as little-endian doubles."""

    def to_bytes(self) -> bytes:
        """One line of JSON, then the detector."""
        head = {
            "count": self.count,
            "waiting": [asdict(point) for point in self.waiting],
            "grid": self.grid and asdict(self.grid),
            "last": self.last and asdict(self.last),
            "slot": self.slot,
            "stage": self.stage,
            "age": self.age,
        }
        return json.dumps(head).encode() + b"\n" + self.detector

    @classmethod
    def from_bytes(cls, stored: bytes) -> "State":
        """A state from what `to_bytes` gave."""
        line, _, detector = stored.partition(b"\n")
        head: dict[str, Any] = json.loads(line)
        grid = head["grid"]
        return cls(
            count=head["count"],
            waiting=tuple(
                Point(Instant(**point["instant"]), point["value"], point["event"])
                for point in head["waiting"]
            ),
            grid=grid and Grid(Grain(grid["grain"]), grid["step"], Instant(**grid["origin"])),
            last=head["last"] and Instant(**head["last"]),
            slot=head["slot"],
            stage=Stage(head["stage"]),
            age=head["age"],
            detector=detector,
        )


type Detector = Young | Daily | Rolling | Records


@dataclass
class Monitor:
    """A series and its detector in memory. `add` every point in order of time."""

    state: State = field(default_factory=State)
    detector: Detector | None = None

    @classmethod
    def resumed(cls, state: State) -> "Monitor":
        return cls(state, _unpacked(state))

    def snapshot(self) -> State:
        """The state to resume from."""
        if self.detector is None:
            return self.state
        packed = _packed(self.detector).astype("<f8").tobytes()
        age = self.detector.age if isinstance(self.detector, Daily) else 0
        return replace(self.state, age=age, detector=packed)

    def add(self, point: Point) -> Iterator[tuple[int, Verdict]]:
        """Judge one point; gives the index of a point (of this one, or of an earlier one) and a verdict each.

        Empty slots between the last point and this one are judged under this one's index.
        """
        state = self.state
        if state.last is not None and point.instant.seconds <= state.last.seconds:
            raise LateTimestamp("Points come in order of time; replay from the date of a late one.")
        index = state.count
        self.state = replace(state, count=index + 1, last=point.instant)
        if state.grid is not None:
            yield from self._place(state.grid, point, index)
            return
        waiting = (*state.waiting, point)
        if len(waiting) < SETTLED_AFTER:
            self.state = replace(self.state, waiting=waiting)
            return
        grid = Grid.inferred([earlier.instant for earlier in waiting])
        self._settle(grid)
        for position, earlier in enumerate(waiting):
            for _, verdict in self._place(grid, earlier, position):
                # What a slot before this point was, nobody could have said then.
                if position == index:
                    yield index, verdict

    def flags(self, point: Point) -> list[Flag]:
        """Judge one point; gives the flags it raises."""
        provisional = self.state.stage is Stage.YOUNG
        found = [Flag.of(index, verdict, provisional=provisional) for index, verdict in self.add(point)]
        return [flag for flag in found if flag is not None]

    def _settle(self, grid: Grid) -> None:
        stages: dict[Grain, tuple[Stage, Detector]] = {
            Grain.SUB_HOURLY: (Stage.SUB_HOURLY, Records.blank(1)),
            Grain.HOURLY: (Stage.HOURLY, Rolling.blank(1)),
        }
        stage, self.detector = stages.get(grid.grain, (Stage.YOUNG, Young.blank(1)))
        self.state = replace(self.state, waiting=(), grid=grid, stage=stage)

    def _place(self, grid: Grid, point: Point, index: int) -> Iterator[tuple[int, Verdict]]:
        last = self.state.slot
        slot = grid.slot(point.instant, after=last)
        self.state = replace(self.state, slot=slot)
        for _ in range(filled_gap(slot - last - 1) if last >= 0 else 0):
            yield index, self._step(grid, np.nan, False, index)
        yield index, self._step(grid, point.value, point.event, index)

    def _step(self, grid: Grid, value: float, event: bool, index: int) -> Verdict:
        raw, events = np.array([value]), np.array([event])
        detector = self.detector
        if isinstance(detector, Daily):
            return detector.step(raw, events, np.array([float(index)]))
        if isinstance(detector, Young):
            return self._step_young(detector, raw, events, weekly=grid.grain is Grain.DAILY)
        assert detector is not None, "a settled series has a detector"
        return detector.step(raw, events)

    def _step_young(self, young: Young, raw: Floats, events: Bools, *, weekly: bool) -> Verdict:
        if young.history.shape[1] == WARM_UP:
            young.slide()
        if young.history.shape[1] == 0 and np.isnan(raw[0]):
            return Verdict.silent(1)
        verdict = young.step(raw, events, weekly=weekly)
        if young.history.shape[1] == WARM_UP and young.may_graduate()[0]:
            self.detector = Daily.begin(young.history, young.events, weekly=weekly)
            self.state = replace(self.state, stage=Stage.DAILY)
        return verdict


def filled_gap(empty: int) -> int:
    """How many of the empty slots between two points are gone through."""
    return int(min(empty, LONGEST_GAP + empty % WEEK))


def _packed(detector: Detector) -> Floats:
    if isinstance(detector, Young):
        counters = [detector.alert_side[0], detector.since_odd[0]]
        return np.concatenate([counters, detector.history[0], detector.events[0].astype(float)])
    if isinstance(detector, Daily):
        return np.asarray(detector.pack()[0])
    return np.concatenate([block[0] for block in detector.pack()])


def _unpacked(state: State) -> Detector | None:
    row = np.frombuffer(state.detector, dtype="<f8").astype(np.float64)
    match state.stage:
        case Stage.SETTLING:
            return None
        case Stage.YOUNG:
            slots = (len(row) - 2) // 2
            history, events = row[None, 2 : 2 + slots], row[None, 2 + slots :] > 0
            return Young(history, events, row[:1], row[1:2])
        case Stage.DAILY:
            return Daily.unpack(row[None, :], state.age)
        case Stage.HOURLY:
            return Rolling.unpack(row[None, :])
        case Stage.SUB_HOURLY:
            return Records.unpack(row[None, :])
