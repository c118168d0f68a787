"""The batched forms: many series in one step per slot. What they give is what one series at a time gives."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from metrics.stats.baseline import WARM_UP
from metrics.stats.batches import Bools, Floats, Integers
from metrics.stats.daily import Daily
from metrics.stats.flags import Flag
from metrics.stats.monitor import Monitor, Stage, State, filled_gap
from metrics.stats.points import Events, Point, Value, ordered
from metrics.stats.short_history import LEAST_TO_GRADUATE, Young
from metrics.stats.timegrid import SETTLED_AFTER, Grain, Grid, Instant, Timestamp

type Series = tuple[Sequence[Timestamp], Sequence[Value], Events]
"""Timestamps, values, and which points are known events (None: none of them)."""

CHUNK = 256
"""Series judged together: enough to hide the cost of a step, few enough for the windows to stay in cache."""


@dataclass(frozen=True, slots=True)
class Track:
    """A series laid out in slots from its first value on. Arrays have shape (slots,)."""

    order: int
    """Which of the caller's series it is."""
    positions: list[int]
    grid: Grid
    last: Instant
    slot: int
    """Number of the last slot on the grid."""
    values: Floats
    events: Bools
    indexes: Integers
    """Count of the point that a slot belongs to: its own, or the one after an empty slot."""
    length: int
    """Of the caller's series."""

    @property
    def weekly(self) -> bool:
        return self.grid.grain is Grain.DAILY


class Backfilled(NamedTuple):
    """A series judged: the state after it, for `advance`, its flags, and where each point was expected.

    `band` has shape (points, 3): expected, low and high, NaN where nothing could be expected.
    """

    state: State
    flags: list[Flag]
    band: Floats


def backfill(series: Sequence[Series]) -> list[Backfilled]:
    """Judge each of many series."""
    results: dict[int, Backfilled] = {}
    batches: dict[bool, list[Track]] = {True: [], False: []}
    for order, (timestamps, values, events) in enumerate(series):
        points, positions = ordered(timestamps, values, events)
        track = _laid_out(order, points, positions, len(values))
        if track is None:
            results[order] = _alone(points, positions, len(values))
        else:
            batches[track.weekly].append(track)
    for weekly, tracks in batches.items():
        tracks.sort(key=lambda track: len(track.values))
        for first in range(0, len(tracks), CHUNK):
            results.update(_run(tracks[first : first + CHUNK], weekly=weekly))
    return [results[order] for order in range(len(series))]


def _alone(points: list[Point], positions: list[int], length: int) -> Backfilled:
    monitor, flags, band = Monitor(), [], np.full((length, 3), np.nan)
    for point in points:
        provisional = monitor.state.stage is Stage.YOUNG
        for index, verdict in monitor.add(point):
            # The point's own slot comes after the empty ones before it.
            band[positions[index]] = verdict.expected[0], verdict.low[0], verdict.high[0]
            if flag := Flag.of(index, verdict, provisional=provisional):
                flags.append(flag.renumbered(positions))
    return Backfilled(monitor.snapshot(), flags, band)


class Advanced(NamedTuple):
    """One new point judged: the state after it, its flags, and its expected, low and high (NaN: unknown)."""

    state: State
    flags: list[Flag]
    band: tuple[float, float, float]


def advance_many(
    states: Sequence[State],
    timestamps: Sequence[Timestamp],
    values: Sequence[Value],
    events: Events = None,
) -> list[tuple[State, list[Flag]]]:
    """Judge one new point of each of many series: what `advance` gives for each."""
    marks = [False] * len(states) if events is None else events
    points = [Point.of(*given) for given in zip(timestamps, values, marks, strict=True)]
    return [(one.state, one.flags) for one in judge_next(states, points)]


def judge_next(states: Sequence[State], points: Sequence[Point]) -> list[Advanced]:
    """Judge one new point of each of many series, those of one age and grain together."""
    results: dict[int, Advanced] = {}
    alike: dict[tuple[int, Grain], list[int]] = defaultdict(list)
    for order, (state, point) in enumerate(zip(states, points, strict=True)):
        grid = state.grid
        if state.stage is Stage.DAILY and grid and _comes_next(state, grid, point):
            alike[state.age, grid.grain].append(order)
        else:
            results[order] = _next_alone(state, point)
    for (age, _), orders in alike.items():
        for first in range(0, len(orders), CHUNK):
            chunk = orders[first : first + CHUNK]
            news = _advance_alike([states[order] for order in chunk], [points[order] for order in chunk], age)
            results.update(zip(chunk, news, strict=True))
    return [results[order] for order in range(len(states))]


def _next_alone(state: State, point: Point) -> Advanced:
    monitor = Monitor.resumed(state)
    provisional = state.stage is Stage.YOUNG
    flags: list[Flag] = []
    band = (np.nan, np.nan, np.nan)
    for index, verdict in monitor.add(point):
        if index == state.count:
            # The point's own slot comes after the empty ones before it.
            band = (float(verdict.expected[0]), float(verdict.low[0]), float(verdict.high[0]))
        if flag := Flag.of(index, verdict, provisional=provisional):
            flags.append(flag)
    return Advanced(monitor.snapshot(), flags, band)


def _comes_next(state: State, grid: Grid, point: Point) -> bool:
    """Whether the point is later than the last one, with no empty slot between."""
    assert state.last is not None, "a settled series has a last point"
    later = point.instant.seconds > state.last.seconds
    return later and grid.slot(point.instant, after=state.slot) == state.slot + 1


def _advance_alike(states: list[State], points: list[Point], age: int) -> list[Advanced]:
    matrix = np.frombuffer(b"".join(state.detector for state in states), dtype="<f8")
    daily = Daily.unpack(matrix.reshape(len(states), -1).astype(np.float64, copy=False), age)
    verdict = daily.step(
        np.array([point.value for point in points]),
        np.array([point.event for point in points]),
        np.array([float(state.count) for state in states]),
    )
    packed = daily.pack().astype("<f8", copy=False)
    bands = np.stack([verdict.expected, verdict.low, verdict.high], axis=1).tolist()
    results = []
    for row, (state, point) in enumerate(zip(states, points, strict=True)):
        flag = Flag.of(state.count, verdict, row, provisional=False)
        after = State(
            count=state.count + 1,
            grid=state.grid,
            last=point.instant,
            slot=state.slot + 1,
            stage=Stage.DAILY,
            age=daily.age,
            detector=packed[row].tobytes(),
        )
        results.append(Advanced(after, [flag] if flag else [], tuple(bands[row])))
    return results


def _laid_out(order: int, points: list[Point], positions: list[int], length: int) -> Track | None:
    """The series in slots, if it can run in a batch: of a daily or longer grain, with a full warm-up."""
    if len(points) < max(LEAST_TO_GRADUATE, SETTLED_AFTER):
        return None
    instants = [point.instant for point in points]
    grid = Grid.inferred(instants[:SETTLED_AFTER])
    if grid.grain not in (Grain.DAILY, Grain.LONGER):
        return None
    slots = grid.slots(instants)
    filled = np.array([filled_gap(empty) for empty in np.diff(slots) - 1], dtype=np.int64)
    places = np.concatenate([[0], np.cumsum(filled + 1)])
    values = np.full(places[-1] + 1, np.nan)
    values[places] = [point.value for point in points]
    events = np.zeros(len(values), dtype=bool)
    events[places] = [point.event for point in points]
    indexes = np.searchsorted(places, np.arange(len(values)))
    present = np.flatnonzero(~np.isnan(values))
    if not len(present):
        return None
    first = int(present[0])
    if np.searchsorted(present, first + WARM_UP) < LEAST_TO_GRADUATE or len(values) - first < WARM_UP:
        return None
    slot = int(slots[-1])
    laid = values[first:], events[first:], indexes[first:]
    return Track(order, positions, grid, instants[-1], slot, *laid, length)


def _run(tracks: list[Track], *, weekly: bool) -> dict[int, Backfilled]:
    """Judge tracks, sorted by length, slot by slot. A track that has ended is stepped on with nothing."""
    lengths = np.array([len(track.values) for track in tracks])
    shape = (len(tracks), int(lengths[-1]))
    values, events = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    indexes = np.full(shape, -1, dtype=np.int64)
    for row, track in enumerate(tracks):
        values[row, : lengths[row]] = track.values
        events[row, : lengths[row]] = track.events
        indexes[row, : lengths[row]] = track.indexes

    bands = np.full((*shape, 3), np.nan)
    flags: list[list[Flag]] = [[] for _ in tracks]
    packed: list[bytes] = [b""] * len(tracks)
    ages = [0] * len(tracks)
    young, daily = Young.blank(len(tracks)), None
    for slot in range(shape[1]):
        raw, event = values[:, slot], events[:, slot]
        if daily is None:
            verdict = young.step(raw, event, weekly=weekly)
            if slot + 1 == WARM_UP:
                daily = Daily.begin(young.history, young.events, weekly=weekly)
        else:
            verdict = daily.step(raw, event, indexes[:, slot].astype(float))
        bands[:, slot] = np.stack([verdict.expected, verdict.low, verdict.high], axis=1)
        for row in np.flatnonzero((verdict.kind > 0) & (slot < lengths)).tolist():
            flag = Flag.of(int(indexes[row, slot]), verdict, row, provisional=slot < WARM_UP)
            if flag:
                flags[row].append(flag.renumbered(tracks[row].positions))
        ended = np.flatnonzero(lengths == slot + 1)
        if daily is not None and len(ended):
            for row, matrix in zip(ended.tolist(), daily.pack(ended).astype("<f8"), strict=True):
                packed[row], ages[row] = matrix.tobytes(), daily.age
    return {
        track.order: Backfilled(
            _state_after(track, ages[row], packed[row]), flags[row], _by_point(track, bands[row])
        )
        for row, track in enumerate(tracks)
    }


def _by_point(track: Track, slots: Floats) -> Floats:
    """The band of each of the caller's points: of the slots that belong to one, its own is the last."""
    band = np.full((track.length, 3), np.nan)
    last = np.searchsorted(track.indexes, np.unique(track.indexes), side="right") - 1
    band[np.array(track.positions)[track.indexes[last]]] = slots[last]
    return band


def _state_after(track: Track, age: int, detector: bytes) -> State:
    return State(
        count=len(track.positions),
        grid=track.grid,
        last=track.last,
        slot=track.slot,
        stage=Stage.DAILY,
        age=age,
        detector=detector,
    )
