"""Taking a change to the taxonomy back, as long as nothing was built on it."""

from django.db import transaction

from prodops import activity
from research.models import (
    ChangeKind,
    Tag,
    TagChange,
    TagState,
)
from research.models.taxonomy import UNDO_DAYS
from research.queries import tagging
from research.queries import vocabulary as queries

from . import tag_moves
from .taxonomy_changes import Refused, lock, reindex, remember, save

# Kinds after which a change of the same tags can no longer be taken back by itself
_MOVING = (ChangeKind.MERGE, ChangeKind.SPLIT, ChangeKind.PROMOTION, ChangeKind.BULK)
_PLACES = {"parent_id", "group_id"}


@transaction.atomic
def undo(change, *, by, at):
    """Take a change back: every highlight and tag as it was. Raises `Refused`.

    What people did since then stays: a tag that they took off does not come back, one that they gave is
    kept, a field that they changed again keeps its newer value.
    """
    touched = list(Tag.objects.filter(pk__in=change.tag_ids))
    known = {tag.pk: tag for tag in lock(touched)}
    mine = TagChange.objects.filter(pk=change.pk, undone_at=None)
    if not change.may_be_undone(at) or not mine.update(undone_at=at, undone_by=by):
        raise Refused(f"This cannot be taken back: it was already, or is more than {UNDO_DAYS} days old.")
    _guard_later(change, by)
    if change.kind == ChangeKind.PROMOTION:
        _guard_promotion(change, known[change.tag_id])
    tag_moves.undo(change, at=at)
    _restore(change, known)
    reindex(change)
    change.refresh_from_db()
    on = known[change.tag_id]
    hidden = any(tag.study_id not in (None, on.study_id) for tag in known.values())
    words = f"{change.get_kind_display().lower()} with tags of studies" if hidden else change.words
    activity.record("tag.change_undone", on=on, by=by, at=at, data={"words": words})


def _guard_later(change, by):
    if change.kind not in _MOVING:
        return
    later = TagChange.objects.standing().filter(
        pk__gt=change.pk, tag_ids__overlap=change.tag_ids, kind__in=_MOVING
    )
    first = later.order_by("-pk").first()
    if first:
        seen = TagChange.objects.visible_to(by).filter(pk=first.pk).exists()
        words = first.words if seen else "changed it together with tags of a study that you do not see"
        raise Refused(f"Take the later change back first: {first.by.name} {words}.")


def _guard_promotion(change, tag):
    study = change.before[str(tag.pk)]["study_id"]
    number = queries.used_elsewhere(tag, study)
    if number:
        raise Refused(
            f"{tag.name} is on {number} highlights of other studies by now, so it stays a workspace tag."
        )


def _restore(change, known):
    """The fields as they were, but for those that somebody has changed again.

    Places come last: a tag may stand under one that this brings back as well.
    """
    for key, after in change.after.items():
        tag = known.get(int(key))
        if tag is not None and after.get("made"):
            _unmake(tag, change)
        elif tag is not None:
            fields = _as_before(change, tag, set(after) - _PLACES)
            if "name" in fields:
                remember(tag, tag.name, at=change.at)
            _write(tag, fields)
    for key, after in change.after.items():
        tag = known.get(int(key))
        if tag is not None and not after.get("made"):
            fields = _as_before(change, tag, set(after) & _PLACES)
            _place(tag, fields)
            _write(tag, fields)


def _as_before(change, tag, names):
    before, after = change.before.get(str(tag.pk), {}), change.after[str(tag.pk)]
    return {name: before[name] for name in names if getattr(tag, name) == after[name]}


def _write(tag, fields):
    for name, value in fields.items():
        setattr(tag, name, value)
    if fields:
        save(tag, fields)


def _place(tag, fields):
    """Where the tag stands again: a parent that was merged away since is what it became, or none."""
    if not fields.get("parent_id"):
        return
    parent = Tag.objects.filter(pk=fields["parent_id"]).first()
    if parent is None or not parent.is_merged:
        return
    parent = tagging.current(parent)
    if parent.pk in queries.descendants([tag]) or parent.study_id not in (None, tag.study_id):
        fields["parent_id"] = None
        return
    fields |= {"parent_id": parent.pk, "group_id": parent.group_id}


def _unmake(tag, change):
    """A tag that a split made goes into the one that it came from, unless it has come into use."""
    if not tag.taggings.exists() and not tag.is_merged:
        tag.state, tag.merged_into_id, tag.parent_id = TagState.MERGED, change.tag_id, None
        save(tag, ["state", "merged_into_id", "parent_id"])
