"""Time as a company's calendar counts it. Pure: no Django, no clock, no network."""

from .business_time import Calendar, Unusable, due
from .written import as_duration, as_periods, read_duration, read_periods

__all__ = [
    "Calendar",
    "Unusable",
    "as_duration",
    "as_periods",
    "due",
    "read_duration",
    "read_periods",
]
