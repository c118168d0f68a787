"""Reads of process that span models."""

from prodops.clock import company_day

from .check_ins import bound_share, check_ins_of, first_words, fresh_share, mine
from .cycles import (
    CSV_HEADER,
    beside,
    by_year,
    csv_row,
    cycle_standings,
    cycles_with_counts,
    last_standings,
    late,
    running,
    summary,
)
from .drafts import TeamDrafts, drafts_by_team, lessons_of, previous
from .gates import CHECKS, Check, Facts, Gate, Missing, gate, late_people, late_teams, plan, plans
from .keeping import Slot, Told
from .lives import life
from .objectives import ObjectiveStanding, by_team, objective_standings
from .pictures import pictures
from .readings import Break, Reading, Suspicion, points_of, reading
from .standings import Standing, blocked, standings, time_gone, week_at

__all__ = [
    "CHECKS",
    "CSV_HEADER",
    "Break",
    "Check",
    "Facts",
    "Gate",
    "Missing",
    "ObjectiveStanding",
    "Reading",
    "Slot",
    "Standing",
    "Suspicion",
    "TeamDrafts",
    "Told",
    "beside",
    "blocked",
    "bound_share",
    "by_team",
    "by_year",
    "check_ins_of",
    "company_day",
    "csv_row",
    "cycle_standings",
    "cycles_with_counts",
    "drafts_by_team",
    "first_words",
    "fresh_share",
    "gate",
    "last_standings",
    "late",
    "late_people",
    "late_teams",
    "lessons_of",
    "life",
    "mine",
    "objective_standings",
    "pictures",
    "plan",
    "plans",
    "points_of",
    "previous",
    "reading",
    "running",
    "standings",
    "summary",
    "time_gone",
    "week_at",
]
