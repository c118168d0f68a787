"""What people say to each other about a thing: comments with mentions."""

import re
from datetime import timedelta

from django.db import transaction
from django.db.models import F, TextField, Value
from django.db.models.functions import Concat

from prodops import activity
from prodops.models import Comment, User

LONGEST = 10_000
SAME_WITHIN = timedelta(minutes=1)
MOST_MENTIONS = 50


class EmptyComment(Exception):
    """There is nothing in it."""


class TooLong(Exception):
    """It has more characters than a comment may have."""


class Gone(Exception):
    """The comment has been deleted."""


@transaction.atomic
def add(subject, body, *, by, at, picked=()):
    """Write `body` (Markdown) under `subject`; answers the comment.

    "@Name" mentions a person; `picked` are ids from the mention picker, which decide between people of
    one name. The same words by the same person under the same thing within a minute are one comment:
    a double click and a resent form add nothing.
    """
    body = checked(body)
    # One at a time for each author, so that two sendings of one form meet here.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    mine = Comment.objects.about(subject).filter(author=by, deleted_at=None, body=body)
    if same := mine.filter(at__gte=at - SAME_WITHIN).first():
        return same
    comment = Comment.objects.create(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        author=by,
        body=body,
        mentions=mentioned_in(body, picked=picked),
        at=at,
    )
    activity.record("comment.added", on=subject, by=by, at=at, data={"comment": comment.pk})
    return comment


@transaction.atomic
def edit(comment, subject, body, *, by, at, picked=()):
    """Change one's own words; people newly mentioned are told. Raises `Gone` if it was deleted meanwhile."""
    body = checked(body)
    kept = Comment.objects.select_for_update(of=("self",)).filter(pk=comment.pk, deleted_at=None).first()
    if kept is None:
        raise Gone("This comment has been deleted.")
    if kept.body == body:
        return
    mentions = mentioned_in(body, picked=[*picked, *kept.mentions])
    fresh = sorted(set(mentions) - set(kept.mentions))
    Comment.objects.filter(pk=comment.pk).update(body=body, mentions=mentions, edited_at=at)
    comment.refresh_from_db()
    activity.record(
        "comment.edited", on=subject, by=by, at=at, data={"comment": comment.pk, "mentioned": fresh}
    )


@transaction.atomic
def delete(comment, subject, *, by, at):
    """Empty the comment; its place in the talk stays and says that it was deleted."""
    alive = Comment.objects.filter(pk=comment.pk, deleted_at=None)
    if alive.update(deleted_at=at, body="", mentions=[]):
        activity.record("comment.deleted", on=subject, by=by, at=at, data={"comment": comment.pk})


def checked(body):
    """The words as they are kept; raises `EmptyComment` or `TooLong`."""
    body = body.replace("\0", "").replace("\r\n", "\n").strip()
    if not body:
        raise EmptyComment("Write something first.")
    if len(body) > LONGEST:
        raise TooLong(f"A comment has at most {LONGEST:,} characters; this one has {len(body):,}.")
    return body


def mentioned_in(body, *, picked=()):
    """Ids of the active people whose "@Name" stands in `body`.

    The longest name wins ("@Ann Leeson" is not Ann Lee). Of several people of one name those `picked`
    are meant, or all of them where none was picked.
    """
    if "@" not in body:
        return []
    named = User.objects.active().annotate(said=Value(body, TextField()))
    named = named.filter(said__icontains=Concat(Value("@"), F("name"))).values_list("name", "pk")
    by_name: dict[str, list[int]] = {}
    for name, pk in named:
        by_name.setdefault(name.casefold(), []).append(pk)
    found: list[int] = []
    rest = body.casefold()
    for name in sorted(by_name, key=len, reverse=True):
        mark = re.compile(rf"(?<!\w)@{re.escape(name)}(?!\w)")
        if name and mark.search(rest):
            rest = mark.sub(" ", rest)
            meant = [pk for pk in by_name[name] if pk in picked]
            found += meant or by_name[name]
    return sorted(found)[:MOST_MENTIONS]
