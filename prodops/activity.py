"""The only writer of history. An event row is also the outbox row: `prodops.tasks` delivers it."""

from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from django.conf import settings

from prodops import jobs, memory
from prodops.models import Event

_subscribers: dict[str, list] = defaultdict(list)
# The sweep leaves a fresh event to its own on-commit delivery
GRACE = timedelta(seconds=settings.OUTBOX_GRACE_SECONDS)

_told_until = ContextVar("told_until", default=None)


@contextmanager
def told_already(*, before):
    """In this block events before that time are history only: nobody is told of them any more.

    For what is brought in with its past, such as the demo company or an import from another tool.
    """
    token = _told_until.set(before)
    try:
        yield
    finally:
        _told_until.reset(token)


def record(verb, *, on, by, at, data=None):
    """Write that `by` (a user, or None for the system) did `verb` to `on` at `at`.

    Call inside the verb's transaction: the event is there if and only if the change is. `data` is JSON.
    Subscribers hear of it after commit, at least once; they must be idempotent.
    """
    told_until = _told_until.get()
    heard = bool(_subscribers.get(verb)) and not (told_until and at < told_until)
    event = Event.objects.create(
        verb=verb,
        subject_type=on._meta.label_lower,
        subject_id=on.pk,
        subject_text=str(on)[:200],
        by=by,
        at=at,
        data=data or {},
        delivered_at=None if heard else at,
        next_try_at=at + GRACE if heard else None,
    )
    memory.forget()
    if heard:
        jobs.enqueue("prodops.tasks.deliver", event_id=event.pk)
    return event


def record_past(verb, things, *, at, data=None):
    """Write that each of `things`, (thing, by, when), had `verb` done to it: history that nobody is told of.

    For what comes in by the thousand with its past; `at` is when it came.
    """
    Event.objects.bulk_create(
        [
            Event(
                verb=verb,
                subject_type=thing._meta.label_lower,
                subject_id=thing.pk,
                subject_text=str(thing)[:200],
                by=by,
                at=when,
                data=data or {},
                delivered_at=at,
            )
            for thing, by, when in things
        ],
        batch_size=2_000,
    )
    memory.forget()


def subscribe(*verbs):
    """Decorate a function of one event: it is called after each event with one of these verbs."""

    def decorate(function):
        for verb in verbs:
            if function not in _subscribers[verb]:
                _subscribers[verb].append(function)
        return function

    return decorate


def subscribers(verb):
    return tuple(_subscribers.get(verb, ()))


def history(subject):
    """The subject's events, newest first, with who did them."""
    return (
        Event.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
        .select_related("by")
        .order_by("-at", "-pk")
    )
