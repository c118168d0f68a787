"""Reads of process that span models."""

from prodops.clock import company_day

from .check_ins import bound_share, check_ins_of, first_words, fresh_share, mine
from .cycles import CSV_HEADER, csv_row, cycle_standings, cycles_with_counts, last_standings, late, summary
from .keeping import Slot, Told
from .objectives import ObjectiveStanding, by_team, objective_standings
from .pictures import pictures
from .readings import Break, Reading, Suspicion, points_of, reading
from .standings import Standing, blocked, standings, time_gone, week_at

__all__ = [
    "CSV_HEADER",
    "Break",
    "ObjectiveStanding",
    "Reading",
    "Slot",
    "Standing",
    "Suspicion",
    "Told",
    "blocked",
    "bound_share",
    "by_team",
    "check_ins_of",
    "company_day",
    "csv_row",
    "cycle_standings",
    "cycles_with_counts",
    "first_words",
    "fresh_share",
    "last_standings",
    "late",
    "mine",
    "objective_standings",
    "pictures",
    "points_of",
    "reading",
    "standings",
    "summary",
    "time_gone",
    "week_at",
]
