"""Changes to the taxonomy that move highlights or tags. Each can be taken back for 30 days.

A change writes down what it alters (`TagChange`, with the moves of highlights), then does it. One change at
a time is at work in the workspace, so that what a guard has seen still holds when it acts.
"""

from django.db import transaction

from prodops import activity, search
from research import search as found
from research.models import (
    ChangeKind,
    KeptApart,
    Tag,
    TagState,
)
from research.queries import vocabulary as queries

from . import tag_moves, tags
from .taxonomy_changes import Draft, Refused, lock, moved_by, names_of, reindex, remember, told_of
from .taxonomy_undo import undo

__all__ = [
    "Refused",
    "edit",
    "keep_apart",
    "merge",
    "move",
    "promote",
    "rename",
    "retire",
    "revive",
    "split",
    "tag_all",
    "undo",
]


@transaction.atomic
def merge(sources, into, *, by, at):
    """The highlights of `sources` get the tag `into`; each text counts once. Raises `Refused`.

    The merged tags' names and addresses lead to `into` from then on, and the tags under them stand under it.
    """
    into, *sources = lock([into, *{tag.pk: tag for tag in sources if tag.pk != into.pk}.values()])
    if not sources:
        raise Refused("Choose another tag to merge: a tag cannot be merged into itself.")
    for tag in [into, *sources]:
        if tag.is_merged:
            raise Refused(f"{tag.name} was merged already. Reload the page.")
    for tag in sources:
        if into.study_id not in (None, tag.study_id):
            raise Refused(
                f"{into.name} belongs to one study and cannot take in {tag.name}."
                " Make it a workspace tag first."
            )
    counts = queries.impact(sources, into, user=by).as_dict()
    words = f"merged {names_of(sources)} into {into.name}"
    draft = Draft(ChangeKind.MERGE, into, sources, words, by=by, at=at, counts=counts)
    tag_moves.take_all(draft.change, [tag.pk for tag in sources], into.pk)
    tag_moves.apply(draft.change, at=at)
    gone = {tag.pk for tag in sources}
    if into.parent_id in gone:
        draft.set(into, parent_id=_first_above(into, gone))
    for child in Tag.objects.filter(parent__in=gone).exclude(pk=into.pk).exclude(pk__in=gone):
        draft.set(child, parent_id=into.pk, group_id=into.group_id)
    for tag in sources:
        draft.set(tag, state=TagState.MERGED, merged_into_id=into.pk, parent_id=None)
    change, told = draft.keep(), told_of(sources, into)
    reindex(change)
    activity.record("tag.merged", on=into, by=by, at=at, data={"tags": told, "change": change.pk, **counts})
    return change


def _first_above(tag, gone):
    """The nearest tag above that is not among `gone`."""
    above = tag.parent_id
    while above in gone:
        above = Tag.objects.values_list("parent_id", flat=True).get(pk=above)
    return above


@transaction.atomic
def split(tag, parts, *, retire, by, at):
    """Share the highlights of a tag out among `parts`: [(name, [highlight ids])].

    Each name is a new tag beside `tag`, or one that is there. A highlight named twice ends with both. What
    no part names stays; with `retire`, a tag that has nothing left is offered no more. Raises `Refused`.
    """
    [tag] = lock([tag])
    if tag.is_merged:
        raise Refused(f"{tag.name} was merged already. Reload the page.")
    parts = [(" ".join(name.split()), ids) for name, ids in parts]
    if len({name.lower() for name, _ in parts if name}) < 2:
        raise Refused("Name at least two tags to split it into.")
    draft = Draft(ChangeKind.SPLIT, tag, [], f"split {tag.name}", by=by, at=at)
    targets, pairs = [], []
    for name, ids in parts:
        target = _part(tag, name, draft, by=by, at=at)
        targets.append(target)
        if target.pk != tag.pk:
            pairs += [(highlight, target.pk) for highlight in dict.fromkeys(ids)]
    tag_moves.take_each(draft.change, tag.pk, pairs)
    moved = moved_by(draft.change)
    draft.change.counts = queries.impact_of(moved).as_dict()
    tag_moves.apply(draft.change, at=at)
    if retire and tag.pk not in {one.pk for one in targets} and not tag.taggings.exists():
        draft.set(tag, state=TagState.RETIRED)
    draft.change.words = f"split {tag.name} into {names_of(targets)}"[:300]
    change = draft.keep()
    reindex(change)
    activity.record("tag.split", on=tag, by=by, at=at, data={"tags": names_of(targets), "change": change.pk})
    return change


def _part(tag, name, draft, *, by, at):
    """The tag of that name that highlights of the same studies may have; a new one where there is none."""
    known = Tag.objects.live().filter(name__iexact=name, study=tag.study).first()
    if known:
        return known
    made = tags.create(
        name, by=by, at=at, group=tag.group, study=tag.study, parent=tag.parent, colour="", anew=True
    )
    draft.made(made)
    return made


@transaction.atomic
def promote(tag, *, by, at):
    """Make a study's tag the workspace's. Raises `Refused` where the name is taken: merge it instead."""
    [tag] = lock([tag])
    if tag.study_id is None:
        raise Refused(f"{tag.name} is a workspace tag already.")
    same = Tag.objects.live().filter(study=None, name__iexact=tag.name).first()
    if same:
        raise Refused(f"The workspace has a tag {same.name} already. Merge this one into it.")
    words = f"made {tag.name} a workspace tag"
    counts = queries.impact([tag], user=by).as_dict()
    draft = Draft(ChangeKind.PROMOTION, tag, [], words, by=by, at=at, counts=counts)
    above = Tag.objects.filter(pk=tag.parent_id, study__isnull=False).exists()
    fields = {"study_id": None} | ({"parent_id": None} if above else {})
    draft.set(tag, **fields)
    change = draft.keep()
    search.index(tag)
    activity.record("tag.promoted", on=tag, by=by, at=at, data={"change": change.pk})
    return change


@transaction.atomic
def move(some, *, group=None, parent=None, by, at):
    """Put tags under `parent`, in its group, or at the top of `group`; what is under them comes along."""
    some = lock(some)
    group = parent.group if parent else group
    if parent is not None and parent.is_merged:
        raise Refused(f"{parent.name} was merged into another tag. Reload the page.")
    place = f"under {parent.name}" if parent else f"to {group.name}"
    draft = Draft(ChangeKind.MOVE, some[0], some, f"moved {names_of(some)} {place}", by=by, at=at)
    top = {tag.pk for tag in some}
    for tag in some:
        # a tag whose parent moves too stays under it
        keeps = tag.parent_id in top
        draft.set(tag, parent_id=tag.parent_id if keeps else parent and parent.pk, group_id=group.pk)
    for tag in Tag.objects.filter(pk__in=queries.descendants(some) - top).exclude(group=group):
        draft.set(tag, group_id=group.pk)
    change = draft.keep()
    activity.record("tag.moved", on=some[0], by=by, at=at, data={"change": change.pk, "place": place})
    return change


@transaction.atomic
def retire(some, *, by, at):
    """Offer these tags no more; what has them keeps them."""
    return _set_state(some, TagState.USED, TagState.RETIRED, ChangeKind.RETIRE, "retired", by=by, at=at)


@transaction.atomic
def revive(some, *, by, at):
    """Offer retired tags again."""
    return _set_state(some, TagState.RETIRED, TagState.USED, ChangeKind.REVIVE, "brought back", by=by, at=at)


def _set_state(some, before, after, kind, verb, *, by, at):
    some = [tag for tag in lock(some) if tag.state == before]
    if not some:
        raise Refused(f"None of these can be {verb}: reload the page to see how they stand.")
    counts = queries.impact(some, user=by).as_dict()
    draft = Draft(kind, some[0], some, f"{verb} {names_of(some)}", by=by, at=at, counts=counts)
    for tag in some:
        draft.set(tag, state=after)
    change = draft.keep()
    activity.record(f"tag.{kind}d", on=some[0], by=by, at=at, data={"change": change.pk})
    return change


@transaction.atomic
def rename(tag, name, *, by, at):
    """Give a tag another name; its address stays and its old name leads to it. Raises `Refused`."""
    [tag] = lock([tag])
    old, name = tag.name, " ".join(name.split())[:80]
    if name == old:
        return None
    counts = queries.impact([tag], user=by).as_dict()
    draft = Draft(ChangeKind.RENAME, tag, [], f"renamed {old} to {name}", by=by, at=at, counts=counts)
    draft.set(tag, name=name)
    remember(tag, old, at=at)
    change = draft.keep()
    search.index(tag)
    found.retagged(tag.taggings.values("highlight"))
    activity.record("tag.renamed", on=tag, by=by, at=at, data={"before": old, "name": name})
    return change


@transaction.atomic
def edit(tag, *, by, at, name=None, group=None, parent=None, **fields):
    """Change anything of a tag: a new name or place can be taken back. Raises `Refused`."""
    if name is not None and name != tag.name:
        rename(tag, name, by=by, at=at)
    group = parent.group if parent else group or tag.group
    if (group.pk, parent and parent.pk) != (tag.group_id, tag.parent_id):
        move([tag], group=group, parent=parent, by=by, at=at)
    tag.refresh_from_db()
    altered = {field: value for field, value in fields.items() if getattr(tag, field) != value}
    if altered:
        tags.describe(tag, by=by, at=at, **altered)


@transaction.atomic
def tag_all(highlights, tag, words, *, by, at):
    """Tag highlights (ids) that lack it; an undo takes the tag off again. Raises `Refused`."""
    [tag] = lock([tag])
    if tag.state != TagState.USED:
        raise Refused(f"{tag.name} is not in use. Choose another tag.")
    draft = Draft(ChangeKind.BULK, tag, [], words, by=by, at=at)
    tag_moves.add_to(draft.change, highlights, tag.pk, by=by, at=at)
    draft.change.counts = queries.impact_of(moved_by(draft.change)).as_dict()
    tag_moves.apply(draft.change, at=at)
    change = draft.keep()
    reindex(change)
    activity.record("tag.used_in_bulk", on=tag, by=by, at=at, data={"change": change.pk, **change.counts})
    return change


@transaction.atomic
def keep_apart(one, other, *, by, at):
    """Remember that two tags that look alike are different: they are not offered as duplicates again."""
    first, second = sorted([one, other], key=lambda tag: tag.pk)
    _, made = KeptApart.objects.get_or_create(first=first, second=second, defaults={"by": by, "at": at})
    if made:
        activity.record("tag.kept_apart", on=first, by=by, at=at, data={"other": told_of([second], first)})
