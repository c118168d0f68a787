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
from .grading import (
    gradable_by,
    graded,
    grading_due,
    grading_now,
    late_with_grading,
    missing_postmortems,
    my_ungraded,
    objective_grades,
    on_time_share,
    teams_with_grades,
)
from .health import health_of_cycles, health_of_teams
from .keeping import Slot, Told
from .learning import learned_text, learnings_for, story_of
from .lives import life, writes
from .meetings import agenda, meetings_with_counts, minutes, my_actions, owing
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
    "agenda",
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
    "gradable_by",
    "graded",
    "grading_due",
    "grading_now",
    "health_of_cycles",
    "health_of_teams",
    "last_standings",
    "late",
    "late_people",
    "late_teams",
    "late_with_grading",
    "learned_text",
    "learnings_for",
    "lessons_of",
    "life",
    "meetings_with_counts",
    "mine",
    "minutes",
    "missing_postmortems",
    "my_actions",
    "my_ungraded",
    "objective_grades",
    "objective_standings",
    "on_time_share",
    "owing",
    "pictures",
    "plan",
    "plans",
    "points_of",
    "previous",
    "reading",
    "running",
    "standings",
    "story_of",
    "summary",
    "teams_with_grades",
    "time_gone",
    "week_at",
    "writes",
]
