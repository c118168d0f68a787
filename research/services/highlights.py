"""Highlights: marking what somebody said, tagging it, taking it back."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from prodops import activity, search
from research.models import Cue, Highlight, Session
from research.synthesis import anchors

from . import taggings, tags

MOST_CUES = 200  # a highlight longer than this is a slip of the hand


CHANGED = "Somebody corrected these words since you opened the page. Reload it and select again."


class NotVerbatim(Exception):
    """What should be highlighted is not what stands there."""


class Cited(Exception):
    """Insights stand on this highlight."""


class Gone(Exception):
    """What should be brought back cannot be."""


def mark(session, *, start_cue, start, end_cue, end, quote, by, at, tagged=(), new_tags=()):
    """Highlight from code point `start` of the cue `start_cue` to `end` of `end_cue` (primary keys).

    `quote` must be what stands there, white space at its edges aside. Marking the same words again adds
    to the tags of the highlight that is there. `tagged` are tags, `new_tags` names of tags to make.
    Raises `NotVerbatim`.
    """
    place = {"start_cue": start_cue, "start": start, "end_cue": end_cue, "end": end, "quote": quote}
    return marked(session, **place, by=by, at=at, tagged=tagged, new_tags=new_tags)[0]


@transaction.atomic
def marked(session, *, start_cue, start, end_cue, end, quote, by, at, tagged=(), new_tags=()):
    """What `mark` does; (the highlight, its event): "highlight.made", or "highlight.retagged" where the
    words were highlighted before, which `taggings.undo` takes back.
    """
    held(session)
    texts = texts_between(session, start_cue, end_cue)
    try:
        said = anchors.quote_of(texts, start, end)
    except ValueError as error:
        raise NotVerbatim(CHANGED) from error
    if " ".join(said.split()) != " ".join(quote.split()):
        raise NotVerbatim(CHANGED)
    start, end = anchors.trimmed(texts, start, end)
    if not said.strip():
        raise NotVerbatim("There is nothing in the selection to highlight.")
    highlight, made = Highlight.objects.get_or_create(
        start_cue_id=start_cue,
        start_offset=start,
        end_cue_id=end_cue,
        end_offset=end,
        orphaned_at=None,
        defaults={
            "session": session,
            "quote": anchors.quote_of(texts, start, end),
            "created_by": by,
            "created_at": at,
        },
    )
    chosen = [*tagged, *_made(new_tags, session.study, by=by, at=at)]
    gave = taggings.give(highlight, chosen, by=by, at=at)
    taggings.index(highlight)
    verb = "highlight.made" if made else "highlight.retagged"
    data = {"tags": [tag.slug for tag in chosen], "gave": gave}
    return highlight, activity.record(verb, on=highlight, by=by, at=at, data=data)


def held(session):
    """Keep the session's words as they are until the transaction ends: marking and correcting take turns."""
    Session.objects.select_for_update(no_key=True).only("pk").get(pk=session.pk)


def stands(session_pk, *cues):
    """Whether these turns (primary keys) are the session's, and keep them so until the transaction ends."""
    session = Session.objects.filter(pk=session_pk).only("pk").first()
    if session is None:
        return False
    held(session)
    return Cue.objects.filter(session=session, pk__in=cues).count() == len(set(cues))


def texts_between(session, start_cue, end_cue):
    """The texts of the cues from one to the other, in order."""
    ends = Cue.objects.filter(session=session, pk__in=[start_cue, end_cue])
    rows = list(ends.values_list("pk", "position", "part_id"))
    places = {pk: position for pk, position, _ in rows}
    if len(places) != len({start_cue, end_cue}) or places[start_cue] > places[end_cue]:
        raise NotVerbatim(CHANGED)
    if len({part for *_, part in rows}) > 1:
        raise NotVerbatim("The selection reaches from one text into another. Select in one of them.")
    first, last = places[start_cue], places[end_cue]
    if last - first >= MOST_CUES:
        raise NotVerbatim(f"A highlight reaches over at most {MOST_CUES} turns. Select less.")
    between = Cue.objects.filter(session=session, position__range=(first, last)).order_by("position")
    return list(between.values_list("text", flat=True))


def _made(names, study, *, by, at):
    """Tags of those names: what one makes while tagging is the study's own until it is promoted."""
    return [tags.create(name, study=study, by=by, at=at) for name in names]


@transaction.atomic
def retag(highlight, *, add=(), remove=(), new_tags=(), alone=False, by, at):
    """Add and remove tags, making those of `new_tags` (names); what others added meanwhile stays.

    Who tags `alone` takes off only what is theirs: a tag that somebody else gave too stays. Returns the
    event, which `taggings.undo` takes back.
    """
    add = [*add, *_made(new_tags, highlight.session.study, by=by, at=at)]
    gave = taggings.give(highlight, add, by=by, at=at)
    gone = [tag.pk for tag in remove]
    data = {"added": [tag.slug for tag in add], "removed": [tag.slug for tag in remove], "gave": gave}
    if alone:
        data["mine"] = sorted(taggings.own(highlight, by=by).intersection(gone))
        taggings.take_own(highlight, gone, by=by)
    else:
        data["took"] = taggings.written(highlight, gone)
        highlight.taggings.filter(tag__in=gone).delete()
    taggings.index(highlight)
    return activity.record("highlight.retagged", on=highlight, by=by, at=at, data=data)


@transaction.atomic
def delete(highlight, *, by, at):
    """Take a highlight away; the event it returns is enough to `restore` it. Raises `Cited`."""
    event = activity.record(
        "highlight.deleted",
        on=highlight,
        by=by,
        at=at,
        data={
            "session": highlight.session_id,
            "anchor": [
                *(highlight.start_cue_id, highlight.start_offset),
                *(highlight.end_cue_id, highlight.end_offset),
            ],
            "quote": highlight.quote,
            "place": {
                "orphaned_at": highlight.orphaned_at and highlight.orphaned_at.isoformat(),
                "reworded_at": highlight.reworded_at and highlight.reworded_at.isoformat(),
                "quote_was": highlight.quote_was,
                "prefix": highlight.prefix,
                "suffix": highlight.suffix,
            },
            "created": [highlight.created_by_id, highlight.created_at.isoformat()],
            "tags": taggings.written(highlight),
        },
    )
    search.remove(highlight)
    try:
        Highlight.objects.filter(pk=highlight.pk).delete()
    except ProtectedError as error:
        number = len(error.protected_objects)
        word = "insight stands" if number == 1 else "insights stand"
        raise Cited(f"{number} {word} on this highlight. Take it out of the evidence first.") from error
    return event


@transaction.atomic
def restore(event, *, by, at):
    """Bring back what the event deleted, as it was; raises `Gone` where that cannot be any more."""
    data = event.data
    start_cue, start, end_cue, end = data["anchor"]
    maker, made_at = data["created"]
    if Highlight.objects.filter(pk=event.subject_id).exists():
        raise Gone("This highlight is back already.")
    if not stands(data["session"], start_cue, end_cue):
        raise Gone("The turns it stood on are not here any more. Highlight the words again.")
    try:
        with transaction.atomic():
            highlight = Highlight.objects.create(
                pk=event.subject_id,
                session_id=data["session"],
                start_cue_id=start_cue,
                start_offset=start,
                end_cue_id=end_cue,
                end_offset=end,
                quote=data["quote"],
                **data.get("place", {}),
                created_by_id=maker,
                created_at=datetime.fromisoformat(made_at),
            )
    except IntegrityError as error:
        raise Gone("The words it stood on have changed or are highlighted again.") from error
    taggings.rewrite(highlight, data["tags"], at=at)
    taggings.index(highlight)
    activity.record("highlight.restored", on=highlight, by=by, at=at)
    return highlight
