"""Experiments as JSON (docs/guide/experiments-pipelines.md): plan and results in, the read-out out."""

from typing import Any

from metrics.formats.experiments.fields import LARGEST, Unreadable, load
from metrics.formats.experiments.reading import combine, read
from metrics.stats.experiments.readout import read_out

__all__ = ["LARGEST", "Unreadable", "combine", "load", "read", "read_out", "readout"]


def readout(document: Any) -> dict[str, Any]:
    """The read-out of a document, ready to be written as JSON; page, API and command all call this.

    Raises `Unreadable`, which says where and why.
    """
    return read_out(read(document))
