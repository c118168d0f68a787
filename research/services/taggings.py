"""Who gave a highlight which tag: giving, taking off, one's own part alone, and taking that back."""

from datetime import datetime

from django.db import transaction

from prodops import activity, search
from research.models import Highlight, HighlightTag, SecondTagging, Tag
from research.queries import tagging


class Gone(Exception):
    """What should be taken back cannot be."""


def give(highlight, chosen, *, by, at):
    """Tag it; where somebody else had given the same words the same tag, remember that both did.

    Returns the ids of the tags that `by` gave it now and had not given before.
    """
    chosen = tagging.settled(chosen)
    before = own(highlight, by=by)
    HighlightTag.objects.bulk_create(
        [HighlightTag(highlight=highlight, tag=tag, created_by=by, created_at=at) for tag in chosen],
        ignore_conflicts=True,
    )
    others = HighlightTag.objects.filter(highlight=highlight, tag__in=chosen).exclude(created_by=by)
    SecondTagging.objects.bulk_create(
        [SecondTagging(tagging=tagging, by=by, at=at) for tagging in others], ignore_conflicts=True
    )
    return [tag.pk for tag in chosen if tag.pk not in before]


def own(highlight, *, by):
    """The ids of the tags that `by` gave it, alone or with others."""
    given = HighlightTag.objects.filter(highlight=highlight).given_by(by)
    return set(given.order_by().values_list("tag", flat=True))


def written(highlight, tags=None):
    """[[tag, by, at, [[by, at], …]], …]: who gave it which of `tags`, or of all, as events keep it."""
    rows = HighlightTag.objects.filter(highlight=highlight).prefetch_related("seconds")
    if tags is not None:
        rows = rows.filter(tag__in=tags)
    return [
        [
            *(row.tag_id, row.created_by_id, row.created_at.isoformat()),
            [[second.by_id, second.at.isoformat()] for second in row.seconds.all()],
        ]
        for row in rows
    ]


def rewrite(highlight, rows, *, at):
    """Bring back what `written` kept; a tag that was merged away meanwhile is what it became."""
    known = Tag.objects.in_bulk([row[0] for row in rows])
    rows = [row for row in rows if row[0] in known]
    HighlightTag.objects.bulk_create(
        [
            HighlightTag(
                highlight=highlight,
                tag=tagging.current(known[tag]),
                created_by_id=who,
                created_at=datetime.fromisoformat(when),
                since=at,
            )
            for tag, who, when, *_ in rows
        ],
        ignore_conflicts=True,
    )
    now = {row.tag_id: row for row in HighlightTag.objects.filter(highlight=highlight)}
    found = ((now.get(tagging.current(known[row[0]]).pk), second) for row in rows for second in _seconds(row))
    SecondTagging.objects.bulk_create(
        [
            SecondTagging(tagging=given, by_id=who, at=datetime.fromisoformat(when))
            for given, (who, when) in found
            if given and given.created_by_id != who
        ],
        ignore_conflicts=True,
    )


def _seconds(row):
    return row[3] if len(row) > 3 else []  # events of before they were kept have none


def take_own(highlight, tags, *, by):
    """Take the part of `by` out of these tags (ids): one that somebody else gave too stays, as theirs."""
    SecondTagging.objects.filter(tagging__highlight=highlight, tagging__tag__in=tags, by=by).delete()
    given = HighlightTag.objects.filter(highlight=highlight, tag__in=tags, created_by=by)
    for one in given.prefetch_related("seconds"):
        heir = next(iter(one.seconds.all()), None)
        if heir is None:
            one.delete()
        else:
            HighlightTag.objects.filter(pk=one.pk).update(created_by=heir.by_id, created_at=heir.at)
            heir.delete()


def shared(highlight, *, by):
    """Whether somebody but `by` marked it or gave it a tag."""
    given = HighlightTag.objects.filter(highlight=highlight)
    return (
        highlight.created_by_id != by.pk
        or given.exclude(created_by=by).exists()
        or SecondTagging.objects.filter(tagging__in=given).exclude(by=by).exists()
    )


@transaction.atomic
def withdraw(highlight, *, by, at):
    """Take all that `by` did off a highlight that others share; the event, which `undo` takes back."""
    mine = own(highlight, by=by)
    take_own(highlight, mine, by=by)
    if highlight.created_by_id == by.pk:
        heir = HighlightTag.objects.filter(highlight=highlight).order_by("created_at", "pk").first()
        if heir:
            Highlight.objects.filter(pk=highlight.pk).update(created_by=heir.created_by_id)
    index(highlight)
    return activity.record("highlight.retagged", on=highlight, by=by, at=at, data={"mine": sorted(mine)})


@transaction.atomic
def undo(event, *, by, at):
    """Take back a "highlight.retagged": what it gave goes, as far as nobody else gave it too, and what it
    took comes back. Raises `Gone`.
    """
    highlight = Highlight.objects.filter(pk=event.subject_id).first()
    if highlight is None:
        raise Gone("This highlight is deleted. Bring it back first.")
    data = event.data
    take_own(highlight, data.get("gave", []), by=event.by)
    rewrite(highlight, data.get("took", []), at=at)
    give(highlight, Tag.objects.filter(pk__in=data.get("mine", [])), by=event.by, at=at)
    index(highlight)
    activity.record("highlight.retagged", on=highlight, by=by, at=at, data={"undone": event.pk})
    return highlight


def index(highlight):
    search.index(
        Highlight.objects.select_related("session__study").prefetch_related("tags").get(pk=highlight.pk)
    )
