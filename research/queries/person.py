"""What we asked of one person of the panel, what they signed and what they were given."""

import datetime as dt
from typing import Any, NamedTuple

from prodops.clock import company_day
from research.models import Incentive, Invitation, Signature, Study

from . import panel

MOST = 30


class Contacted(NamedTuple):
    """One line of somebody's history: when, what, for which study where it is about one, why, by whom."""

    at: dt.datetime
    what: str
    study: Any
    why: str
    by: Any


def history(participant, user):
    """[`Contacted`], newest first: invitations and reminders, bars and their lifting, exceptions."""
    readable = Study.objects.visible_to(user)
    asked = Invitation.objects.filter(recruit__participant=participant, recruit__study__in=readable)
    lines = [
        Contacted(one.at, one.get_kind_display(), one.recruit.study, "", None)
        for one in asked.select_related("recruit__study").order_by("-at", "-pk")[:MOST]
    ]
    for bar in participant.bars.for_list():
        lines.append(Contacted(bar.at, bar.get_kind_display(), None, bar.because, bar.by))
        if bar.lifted_at:
            what = f"No longer: {bar.get_kind_display().lower()}"
            lines.append(Contacted(bar.lifted_at, what, None, bar.lifted_because, bar.lifted_by))
    made = participant.overrides.filter(study__in=readable).select_related("study", "by")
    lines += [
        Contacted(one.at, "Exception from cooling down", one.study, one.because, one.by) for one in made
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST]


def signatures(participant):
    """What they signed, newest first, taken back or not."""
    return list(Signature.objects.filter(participant=participant).for_list().order_by("-at", "-pk")[:MOST])


def incentives(participant, user):
    """What they were given or are to be, as far as `user` may see it."""
    rows = Incentive.objects.visible_to(user).filter(participant=participant)
    return list(rows.for_list().order_by("-due_on", "-pk")[:MOST])


class Year(NamedTuple):
    """What somebody is given in a year, in the company's currency; `missing`: currencies without a rate."""

    year: int
    total: Any
    missing: frozenset
    warned: bool


def year_of(participant, *, at):
    """The `Year` that `at` is in: paid, and due or approved."""
    year = company_day(at).year
    total, missing = panel.promised_in(year, [participant.pk]).get(participant.pk, (0, frozenset()))
    return Year(year, total, missing, panel.above_warning(total, panel.rules()))
