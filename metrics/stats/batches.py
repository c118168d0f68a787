"""Arrays with one row per series: rolling windows, row medians, and packing a detector into one matrix."""

from dataclasses import dataclass, fields

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


class Window:
    """The latest `capacity` values of each series, oldest first.

    The storage is twice as wide as the window, so that pushing is one column write and the window
    is moved back to the start only once every `capacity` pushes.
    """

    def __init__(self, values: Floats) -> None:
        rows, self.capacity = values.shape
        self._storage = np.empty((rows, 2 * self.capacity))
        self._storage[:, : self.capacity] = values
        self._end = self.capacity

    @classmethod
    def filled(cls, rows: int, capacity: int, value: float = 0.0) -> "Window":
        return cls(np.full((rows, capacity), value))

    def push(self, column: Floats) -> None:
        """Append one value per series; the oldest falls out."""
        if self._end == self._storage.shape[1]:
            self._storage[:, : self.capacity] = self._storage[:, self.capacity :]
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


@dataclass
class Part:
    """A piece of a detector: a dataclass of arrays and windows, each with one row per series."""

    def pack(self) -> Floats:
        """Everything as one matrix of shape (series, columns)."""
        blocks = []
        for field in fields(self):
            value = getattr(self, field.name)
            array = value.values() if isinstance(value, Window) else value
            blocks.append(array.reshape(len(array), -1))
        return np.concatenate(blocks, axis=1)

    def load(self, matrix: Floats) -> int:
        """Take every array from the leading columns of what `pack` gave; returns how many were read."""
        start = 0
        for field in fields(self):
            value = getattr(self, field.name)
            shape = value.values().shape if isinstance(value, Window) else value.shape
            stop = start + int(np.prod(shape[1:]))
            block = matrix[:, start:stop].reshape(len(matrix), *shape[1:])
            setattr(self, field.name, Window(block) if isinstance(value, Window) else block.copy())
            start = stop
        return start
