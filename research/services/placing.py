"""Giving a highlight its place: other bounds, a new place for one that lost it, a word that it is right."""

from datetime import datetime

from django.db import IntegrityError, transaction

from prodops import activity, search
from research.models import Highlight
from research.synthesis import anchors

from .highlights import CHANGED, NotVerbatim, held, stands, texts_between

_FIELDS = (
    *("start_cue_id", "start_offset", "end_cue_id", "end_offset", "quote", "quote_was", "prefix", "suffix"),
)


class Taken(Exception):
    """Another highlight stands on exactly these words."""


class Gone(Exception):
    """What was done cannot be undone any more."""


@transaction.atomic
def move(highlight, *, start_cue, start, end_cue, end, quote, by, at):
    """Let a highlight cover other words of its session; its tags and the insights on it stay.

    The arguments are those of `highlights.mark`. Raises `NotVerbatim` and `Taken`. Returns the event, enough
    to `undo` it.
    """
    held(highlight.session)
    highlight.refresh_from_db()
    texts = texts_between(highlight.session, start_cue, end_cue)
    try:
        said = anchors.quote_of(texts, start, end)
    except ValueError as error:
        raise NotVerbatim(CHANGED) from error
    if not said.strip() or " ".join(said.split()) != " ".join(quote.split()):
        raise NotVerbatim(CHANGED)
    start, end = anchors.trimmed(texts, start, end)
    before = _state(highlight)
    highlight.start_cue_id, highlight.start_offset = start_cue, start
    highlight.end_cue_id, highlight.end_offset = end_cue, end
    highlight.quote = anchors.quote_of(texts, start, end)
    _settle(highlight)
    return _saved(highlight, before, "highlight.moved", by=by, at=at)


@transaction.atomic
def confirm(highlight, *, by, at):
    """Say that a highlight is right on the words that a correction left it with."""
    held(highlight.session)
    highlight.refresh_from_db()
    if highlight.reworded_at is None:
        return None
    before = _state(highlight)
    _settle(highlight)
    return _saved(highlight, before, "highlight.confirmed", by=by, at=at)


@transaction.atomic
def undo(event, *, by, at):
    """Take back what `move` or `confirm` did; raises `Gone` where the highlight or the text changed since."""
    highlight = Highlight.objects.select_related("session").filter(pk=event.subject_id).first()
    if highlight is None:
        raise Gone("This highlight is not here any more.")
    held(highlight.session)
    highlight.refresh_from_db()
    if _state(highlight) != event.data["after"]:
        raise Gone("The highlight has been changed again since.")
    before = dict(event.data["before"])
    if not stands(highlight.session_id, before["start_cue_id"], before["end_cue_id"]):
        raise Gone("The turns it stood on are not here any more.")
    for name in ("orphaned_at", "reworded_at"):
        when = before.pop(name)
        setattr(highlight, name, datetime.fromisoformat(when) if when else None)
    for name, value in before.items():
        setattr(highlight, name, value)
    try:
        return _saved(highlight, event.data["after"], "highlight.moved", by=by, at=at)
    except Taken as error:
        raise Gone(str(error)) from error


def _settle(highlight):
    highlight.orphaned_at = highlight.reworded_at = None
    highlight.quote_was = highlight.prefix = highlight.suffix = ""


def _state(highlight):
    state = {name: getattr(highlight, name) for name in _FIELDS}
    for name in ("orphaned_at", "reworded_at"):
        when = getattr(highlight, name)
        state[name] = when.isoformat() if when else None
    return state


def _saved(highlight, before, verb, *, by, at):
    try:
        with transaction.atomic():
            highlight.save(update_fields=[name.removesuffix("_id") for name in before])
    except IntegrityError as error:
        if "highlight_span_once" in str(error):
            raise Taken(
                "Another highlight stands on exactly these words. Add the tags to that one."
            ) from error
        if "highlight_quote_verbatim" in str(error):
            raise Gone("The words it stood on have changed since.") from error
        raise
    search.index(Highlight.objects.prefetch_related("tags").get(pk=highlight.pk))
    data = {"before": before, "after": _state(highlight), "session": highlight.session_id}
    return activity.record(verb, on=highlight, by=by, at=at, data=data)
