"""A tree of drivers as a drawing: layers from the top KPI to the inputs, with few crossings."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 236, 86  # of a box
ACROSS, DOWN = 72, 18  # between layers, between boxes
MARGIN = 12
_SWEEPS = 6


@dataclass(slots=True)
class Box:
    """One KPI's place: its layer from the left, and the corner of its box."""

    key: int
    layer: int = 0
    x: float = 0
    y: float = 0


@dataclass(slots=True)
class Line:
    """The way from a parent to what drives it, as an SVG path."""

    parent: int
    child: int
    path: str


@dataclass(slots=True)
class Twig:
    """One place in the nested list; `again` says that what drives it stands elsewhere already."""

    key: int
    again: bool = False
    twigs: list["Twig"] = field(default_factory=list)


@dataclass(slots=True)
class Drawing:
    boxes: list[Box]
    lines: list[Line]
    twigs: list[Twig]
    width: float
    height: float


def draw(keys: Sequence[int], edges: Iterable[tuple[int, int]]) -> Drawing:
    """Places for all `keys`, roots in the order given; `edges` are (parent, child), without a circle.

    A KPI that drives several stands once, right of all of them.
    """
    known = set(keys)
    below: dict[int, list[int]] = defaultdict(list)
    above: dict[int, list[int]] = defaultdict(list)
    for parent, child in edges:
        if parent in known and child in known and child not in below[parent]:
            below[parent].append(child)
            above[child].append(parent)
    layers = _layers(keys, below, above)
    rows = _ordered(keys, layers, below, above)
    boxes = _placed(rows, layers, below, above)
    by_key = {box.key: box for box in boxes}
    columns: dict[int, list[float]] = defaultdict(list)
    for box in boxes:
        columns[box.layer].append(box.y)
    lines = [
        Line(parent, child, _path(by_key[parent], by_key[child], columns))
        for parent in keys
        for child in below[parent]
    ]
    width = max((box.x for box in boxes), default=0) + WIDTH + MARGIN
    height = max((box.y for box in boxes), default=0) + HEIGHT + MARGIN
    return Drawing(boxes, lines, _twigs(keys, below, above), width, height)


def _layers(keys: Sequence[int], below: dict[int, list[int]], above: dict[int, list[int]]) -> dict[int, int]:
    """How far right each stands: one more than the furthest of those it drives."""
    left = {key: len(above[key]) for key in keys}
    ready = [key for key in keys if not left[key]]
    layers = dict.fromkeys(keys, 0)
    while ready:
        key = ready.pop()
        for child in below[key]:
            layers[child] = max(layers[child], layers[key] + 1)
            left[child] -= 1
            if not left[child]:
                ready.append(child)
    return layers


def _ordered(
    keys: Sequence[int], layers: dict[int, int], below: dict[int, list[int]], above: dict[int, list[int]]
) -> list[list[int]]:
    """The layers, each ordered so that what belongs together stands together."""
    rows: list[list[int]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    seen: set[int] = set()

    def take(key: int) -> None:
        stack = [key]
        while stack:
            one = stack.pop()
            if one in seen:
                continue
            seen.add(one)
            rows[layers[one]].append(one)
            stack.extend(reversed(below[one]))

    for key in keys:
        if not above[key]:
            take(key)
    for key in keys:
        take(key)
    for sweep in range(_SWEEPS):
        beside = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else reversed(rows):
            place = {key: n for one in rows for n, key in enumerate(one)}
            middle = {
                key: sum(place[one] for one in beside[key]) / len(beside[key]) if beside[key] else place[key]
                for key in row
            }
            row.sort(key=lambda key: (middle[key], place[key]))
    return rows


def _placed(
    rows: list[list[int]],
    layers: dict[int, int],
    below: dict[int, list[int]],
    above: dict[int, list[int]],
) -> list[Box]:
    """Boxes from right to left: each in the middle of what drives it, none over another."""
    step = HEIGHT + DOWN
    y: dict[int, float] = {}
    for row in rows:
        for place, key in enumerate(row):
            y[key] = place * step
    for sweep in range(_SWEEPS):
        beside = below if sweep % 2 == 0 else above
        for row in reversed(rows) if sweep % 2 == 0 else rows:
            wanted = [
                (sum(y[one] for one in beside[key]) / len(beside[key]) if beside[key] else y[key])
                for key in row
            ]
            for key, at in zip(row, _spread(wanted, step), strict=True):
                y[key] = at
    top = min(y.values(), default=0)
    return [
        Box(key, layers[key], MARGIN + layers[key] * (WIDTH + ACROSS), round(MARGIN + y[key] - top, 1))
        for row in rows
        for key in row
    ]


def _spread(wanted: list[float], step: float) -> list[float]:
    """Places at least `step` apart, in order, as near to the wanted ones as that allows."""
    blocks: list[tuple[float, int]] = []  # (sum of what its members want of its start, members)
    for number, at in enumerate(wanted):
        total, count = at - number * step, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            before, members = blocks.pop()
            total, count = total + before, count + members
        blocks.append((total, count))
    placed: list[float] = []
    for total, count in blocks:
        for _ in range(count):
            placed.append(total / count + len(placed) * step)
    return placed


def _path(parent: Box, child: Box, columns: dict[int, list[float]]) -> str:
    """From box to box; across a layer between them it goes through a gap, never behind a box. `columns` are
    the tops of each layer's boxes."""
    x, y = parent.x + WIDTH, parent.y + HEIGHT / 2
    end = child.y + HEIGHT / 2
    path = f"M{x:g} {y:g}"
    for layer in range(parent.layer + 1, child.layer):
        left = child.layer - layer + 1
        through = _gap(columns[layer], y + (end - y) / left)
        path += f"{_bow(x, y, x + ACROSS, through)}h{WIDTH}"
        x, y = x + ACROSS + WIDTH, through
    return path + _bow(x, y, child.x, end)


def _bow(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (x1 + x2) / 2
    return f"C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"


def _gap(tops: list[float], wanted: float) -> float:
    """The height nearest to `wanted` that is free of the boxes with these tops."""
    if all(not top - DOWN / 4 < wanted < top + HEIGHT + DOWN / 4 for top in tops):
        return round(wanted, 1)
    gaps = [gap for top in tops for gap in (top - DOWN / 2, top + HEIGHT + DOWN / 2)]
    nearest: float = min(gaps, key=lambda gap: (abs(gap - wanted), gap))
    return round(nearest, 1)


def _twigs(keys: Sequence[int], below: dict[int, list[int]], above: dict[int, list[int]]) -> list[Twig]:
    shown: set[int] = set()

    def twig(key: int) -> Twig:
        if key in shown and below[key]:
            return Twig(key, again=True)
        shown.add(key)
        return Twig(key, twigs=[twig(child) for child in below[key]])

    return [twig(key) for key in keys if not above[key]]
