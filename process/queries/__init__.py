"""Reads of process that span models."""

from prodops.clock import company_day

from .check_ins import bound_share, check_ins_of, first_words, fresh_share, mine
from .cycles import CSV_HEADER, csv_row, cycle_standings, cycles_with_counts, late, summary
from .standings import (
    ObjectiveStanding,
    Reading,
    Standing,
    by_team,
    objective_standings,
    reading,
    readings,
    standings,
    time_gone,
    week_at,
)

__all__ = [
    "CSV_HEADER",
    "ObjectiveStanding",
    "Reading",
    "Standing",
    "bound_share",
    "by_team",
    "check_ins_of",
    "company_day",
    "csv_row",
    "cycle_standings",
    "cycles_with_counts",
    "first_words",
    "fresh_share",
    "late",
    "mine",
    "objective_standings",
    "reading",
    "readings",
    "standings",
    "summary",
    "time_gone",
    "week_at",
]
