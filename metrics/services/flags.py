"""Answering flags: acknowledge, dismiss with a reason, take the answer back."""

from django.db import transaction

from metrics.models import Flag, FlagState
from metrics.models.flag import ANSWERABLE
from prodops import activity


class AlreadyAnswered(Exception):
    """Somebody was quicker, or the checks have withdrawn the flag."""


class ReasonMissing(Exception):
    """A flag is dismissed with a reason only."""


@transaction.atomic
def acknowledge(flag, *, reason="", by, at):
    """Say that somebody knows and looks after it; a note is welcome."""
    _answer(flag, FlagState.ACKNOWLEDGED, "flag.acknowledged", reason, by, at)


@transaction.atomic
def dismiss(flag, *, reason, by, at):
    """Say that it is nothing, and why."""
    if not reason.strip():
        raise ReasonMissing("Say why this is nothing: the next reader will want to know.")
    _answer(flag, FlagState.DISMISSED, "flag.dismissed", reason, by, at)


@transaction.atomic
def reopen(flag, *, by, at):
    """Take the answer back: the flag is open again."""
    _move(flag, FlagState.NEW, answered_by=None, answered_at=None, reason="")
    activity.record("flag.reopened", on=flag.kpi, by=by, at=at, data=_data(flag))


def _answer(flag, state, verb, reason, by, at):
    _move(flag, state, answered_by=by, answered_at=at, reason=reason.strip()[:500])
    activity.record(verb, on=flag.kpi, by=by, at=at, data=_data(flag) | {"reason": flag.reason})


def _move(flag, state, **fields):
    free = Flag.objects.filter(pk=flag.pk, state__in=ANSWERABLE[state])
    if not free.update(state=state, **fields):
        raise AlreadyAnswered("This flag has been answered already. Look at it again.")
    for name, value in {"state": state, **fields}.items():
        setattr(flag, name, value)


def _data(flag):
    return {
        "flag": flag.pk,
        "kind": flag.get_kind_display().lower(),
        "period": flag.period.isoformat(),
        "when": flag.kpi.show_period(flag.period),
    }
