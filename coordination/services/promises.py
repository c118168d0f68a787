"""Promises to accounts: written down, watched, kept or broken."""

from datetime import timedelta

from django.db import transaction

from coordination.models import Promise, PromiseState
from prodops import activity

NEAR = timedelta(days=14)  # before its day a promise is in danger
AGAIN = timedelta(days=7)  # after a warning, until the next one of the same thing


class CannotClose(Exception):
    """The promise is closed already, or open."""


@transaction.atomic
def make(*, account, words, by, at, made_on, due_on=None, request=None, item=None):
    """Write down what `by` told the account."""
    promise = Promise.objects.create(
        account=account,
        words=words,
        made_by=by,
        made_on=made_on,
        due_on=due_on,
        request=request,
        item=item,
        created_at=at,
    )
    data = {"account": account.name, "request": request.pk if request else None}
    activity.record("promise.made", on=promise, by=by, at=at, data=data)
    return promise


@transaction.atomic
def close(promise, *, state, by, at):
    """Say that an open promise was kept, or broken."""
    still = Promise.objects.filter(pk=promise.pk, state=PromiseState.OPEN)
    if not still.update(state=state, closed_by=by, closed_at=at, warning=""):
        raise CannotClose("Somebody has said already what became of this promise.")
    promise.refresh_from_db()
    activity.record(f"promise.{state}", on=promise, by=by, at=at)


@transaction.atomic
def reopen(promise, *, by, at):
    """It was said too soon: the promise is open again."""
    closed = Promise.objects.filter(pk=promise.pk).exclude(state=PromiseState.OPEN)
    if not closed.update(state=PromiseState.OPEN, closed_by=None, closed_at=None):
        raise CannotClose("This promise is open already.")
    promise.refresh_from_db()
    activity.record("promise.reopened", on=promise, by=by, at=at)


@transaction.atomic
def warn(promise, warning, *, at, by=None):
    """Say that the promise is in danger; who made it and who looks after the account hear of it."""
    Promise.objects.filter(pk=promise.pk).update(warning=warning[:300], warned_at=at)
    activity.record("promise.endangered", on=promise, by=by, at=at, data={"warning": warning})


def warn_of_item(item, what, *, at, by=None):
    """The state or the date of the item moved: warn of each open promise that hangs on it."""
    for promise in Promise.objects.open().filter(item=item).exclude(warned_at=at).order_by("pk"):
        late = item.due_on and promise.due_on and item.due_on > promise.due_on
        more = f" It was promised for {promise.due_on:%d %b %Y}." if late else ""
        warn(promise, f"{what}{more}", at=at, by=by)


def warn_of_days(*, today, at):
    """Warn of open promises whose day is near or past, each once a week. Returns how many."""
    due = Promise.objects.open().filter(due_on__lte=today + NEAR)
    quiet = due.exclude(warned_at__gt=at - AGAIN)
    warned = 0
    for promise in quiet.order_by("pk"):
        past = promise.due_on < today
        words = f"It was due on {promise.due_on:%d %b %Y}." if past else f"Due on {promise.due_on:%d %b %Y}."
        warn(promise, words, at=at)
        warned += 1
    return warned
