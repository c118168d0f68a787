"""A small picture of a few values, as the coordinates of lines and dots."""

from collections.abc import Collection, Sequence

WIDTH, HEIGHT, MARGIN = 96, 24, 3


def draw(
    values: Sequence[float | None], marked: Collection[int] = ()
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Lines ("x,y x,y …", one for each run without a gap) and the dots of the marked positions.

    The values fill the height from the lowest to the highest. A value between two gaps is a short dash. A
    mark in a gap stands at the bottom.
    """
    known = [value for value in values if value is not None]
    if not known:
        return (), ()
    low, high = min(known), max(known)
    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)

    def y(value: float) -> str:
        share = (value - low) / (high - low) if high > low else 0.5
        return f"{HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN):.1f}"

    def x(position: float) -> str:
        return f"{MARGIN + position * step:.0f}"

    runs: list[list[tuple[int, float]]] = [[]]
    for position, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((position, value))
    lines = []
    for run in filter(None, runs):
        if len(run) == 1:
            position, value = run[0]
            lines.append(f"{x(position - 0.2)},{y(value)} {x(position + 0.2)},{y(value)}")
        else:
            lines.append(" ".join(f"{x(position)},{y(value)}" for position, value in run))
    dots = []
    for position in sorted(marked):
        if 0 <= position < len(values):
            value = values[position]
            dots.append((x(position), y(low if value is None else value)))
    return tuple(lines), tuple(dots)
