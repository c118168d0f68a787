"""Promises to accounts: written down, watched, kept or broken."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from coordination.models import ItemState, Promise, PromiseState, RoadmapLink
from prodops import activity
from prodops.clock import company_day

NEAR = timedelta(days=14)  # before its day a promise is in danger
FORWARD = (ItemState.CONSIDERING, ItemState.PLANNED, ItemState.IN_PROGRESS, ItemState.SHIPPED)
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


@transaction.atomic
def note(promise, news, *, at, by=None, over):
    """What the promise hangs on moved, which is no danger: the same people hear of it.

    Where it is `over`, a warning that stood is taken back.
    """
    if over:
        Promise.objects.filter(pk=promise.pk).update(warning="")
    activity.record("promise.moved", on=promise, by=by, at=at, data={"news": news})


def item_moved(item, *, was, to, at, by=None):
    """The item went from one state to another: a step back endangers each open promise that hangs on it."""
    went = f"{_name(item)} went from {was.label} to {to.label}."
    back = to == ItemState.DROPPED or (was in FORWARD and FORWARD.index(to) < FORWARD.index(was))
    for promise in _hanging_on(item, at):
        if back:
            warn(promise, went + _late(promise, item), at=at, by=by)
        elif to == ItemState.SHIPPED:
            news = f"{_name(item)} is there now: was the promise kept?"
            note(promise, news, at=at, by=by, over=True)
        else:
            note(promise, went, at=at, by=by, over=not _late(promise, item) and not _near(promise, at))


def item_rescheduled(item, *, was, to, was_on, at, by=None):
    """The item's date moved from `was` to `to` (words): without one, or later than what was promised (or
    than it was, where no day was), each open promise that hangs on it is in danger."""
    moved = f"{_name(item)} moved from {was} to {to}."
    for promise in _hanging_on(item, at):
        limit = promise.due_on or was_on
        if item.due_on is None or (limit and item.due_on > limit):
            warn(promise, moved + _late(promise, item), at=at, by=by)
        else:
            note(promise, moved, at=at, by=by, over=not _near(promise, at))


def _name(item):
    """What it is called to whoever may not read its title."""
    words = item.public_words.strip().rstrip(".")
    return f"“{words}”" if words else "What it hangs on"


def _hanging_on(item, at):
    """Open promises that name the item, or no item and a request that it answers; each once by `at`."""
    linked = RoadmapLink.objects.filter(item=item).values("request")
    asked = Q(item=None) & (Q(request__in=linked) | Q(request__root__in=linked))
    return Promise.objects.open().filter(Q(item=item) | asked).exclude(warned_at=at).order_by("pk")


def _late(promise, item):
    late = item.due_on and promise.due_on and item.due_on > promise.due_on
    return f" It was promised for {promise.due_on:%d %b %Y}." if late else ""


def _near(promise, at):
    return promise.due_on is not None and promise.due_on <= company_day(at) + NEAR


def warn_of_days(*, today, at):
    """Warn of open promises whose day is near or past, each once a week. Returns how many.

    Safe to run twice, and beside itself: each is read again under its lock, since another worker may have
    warned of it, or somebody closed it.
    """
    due = Promise.objects.open().filter(due_on__lte=today + NEAR)
    quiet = due.exclude(warned_at__gt=at - AGAIN)
    warned = 0
    for pk in list(quiet.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            promise = quiet.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if promise is not None:
                is_or_was = "It was due" if promise.due_on < today else "Due"
                warn(promise, f"{is_or_was} on {promise.due_on:%d %b %Y}.", at=at)
                warned += 1
    return warned
