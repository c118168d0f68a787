"""Arrays with one row per series: rolling windows, row medians, and packing a detector into one matrix."""

from functools import cache
from math import prod
from typing import Self

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
type Bools = NDArray[np.bool_]
type Integers = NDArray[np.int64]

MAD_TO_SIGMA = 1.4826
"""Standard deviation of a normal variable per unit of its median absolute deviation."""
MEAN_ABS_TO_SIGMA = 1.2533
"""Standard deviation of a normal variable per unit of its mean absolute deviation (√(π/2))."""
TYPICAL_ABS_Z = 0.6745
"""Median of |z| of a standard normal z: what a missing score is taken to have been."""


def row_median(values: Floats) -> Floats:
    """Upper median of each row, shape (series,). The values hold no NaN.

    Partition is several times faster than `nanmedian`, which is why callers fill gaps first.
    """
    middle = values.shape[1] // 2
    return np.asarray(np.partition(values, middle, axis=1)[:, middle])


def row_quantile(values: Floats, share: float) -> Floats:
    """Upper empirical quantile of each row, shape (series,): the conformal one. The values hold no NaN."""
    count = values.shape[1]
    rank = min(int(np.ceil(share * count)), count - 1)
    return np.asarray(np.partition(values, rank, axis=1)[:, rank])


RESUMED_ROOM = 4
"""Of a window taken up again: mostly for one point more, and making room costs as much as the window."""


class Window:
    """The latest `capacity` values of each series, oldest first.

    The storage is wider than the window by `room` columns, so that pushing is one column write and the
    window is moved back to the start only once every `room` pushes.
    """

    def __init__(self, values: Floats, room: int | None = None) -> None:
        rows, self.capacity = values.shape
        self._storage = np.empty((rows, self.capacity + (self.capacity if room is None else room)))
        self._storage[:, : self.capacity] = values
        self._end = self.capacity

    @classmethod
    def filled(cls, rows: int, capacity: int, value: float = 0.0) -> "Window":
        return cls(np.full((rows, capacity), value))

    def push(self, column: Floats) -> None:
        """Append one value per series; the oldest falls out."""
        if self._end == self._storage.shape[1]:
            self._storage[:, : self.capacity] = self._storage[:, self._end - self.capacity :].copy()
            self._end = self.capacity
        self._storage[:, self._end] = column
        self._end += 1

    def last(self, count: int, *, skip: int = 0) -> Floats:
        """A view of the latest `count` values, shape (series, count), after leaving out the newest `skip`."""
        return self._storage[:, self._end - skip - count : self._end - skip]

    def ago(self, slots: int) -> Floats:
        """A view of the value pushed `slots` pushes before the newest (0 is the newest), shape (series,)."""
        return self._storage[:, self._end - 1 - slots]

    def values(self) -> Floats:
        return self.last(self.capacity)


class Part:
    """A piece of a detector: a dataclass of arrays and windows, each with one row per series."""

    @classmethod
    def blank(cls, rows: int) -> Self:
        """The state before the first slot."""
        raise NotImplementedError

    @classmethod
    @cache
    def layout(cls) -> tuple[tuple[str, tuple[int, ...], bool], ...]:
        """Name of each field, its shape without the rows, and whether it is a window."""
        blank = cls.blank(1).__dict__
        return tuple(
            (name, (value.capacity,), True) if isinstance(value, Window) else (name, value.shape[1:], False)
            for name, value in blank.items()
        )

    @classmethod
    def width(cls) -> int:
        """Columns of the packed form."""
        return sum(prod(shape) for _, shape, _ in cls.layout())

    def pack(self) -> list[Floats]:
        """Every field as a matrix of shape (series, columns)."""
        fields = self.__dict__.values()
        return [
            field.values() if isinstance(field, Window) else field.reshape(len(field), -1) for field in fields
        ]

    @classmethod
    def unpack(cls, matrix: Floats) -> Self:
        """From a matrix of shape (series, `width()`): the fields of `pack` side by side."""
        part = cls.__new__(cls)
        start = 0
        for name, shape, is_window in cls.layout():
            stop = start + prod(shape)
            block = matrix[:, start:stop]
            value = Window(block, RESUMED_ROOM) if is_window else block.reshape(len(matrix), *shape).copy()
            setattr(part, name, value)
            start = stop
        return part
