"""Changes to the taxonomy that move highlights or tags. Each can be taken back for 30 days.

A change writes down what it alters (`TagChange`, with the moves of highlights), then does it. One change at
a time is at work in the workspace, so that what a guard has seen still holds when it acts.
"""

from django.db import IntegrityError, connection, transaction

from prodops import activity, search
from research import search as found
from research.models import (
    ChangeKind,
    Highlight,
    KeptApart,
    Tag,
    TagChange,
    TagMove,
    TagRedirect,
    TagState,
)
from research.models.taxonomy import UNDO_DAYS
from research.queries import tagging
from research.queries import vocabulary as queries

from . import tag_moves, tags

# Kinds after which a change of the same tags can no longer be taken back by itself
_MOVING = (ChangeKind.MERGE, ChangeKind.SPLIT, ChangeKind.PROMOTION, ChangeKind.BULK)

_PLACES = {"parent_id", "group_id"}


class Refused(Exception):
    """The change cannot be made; the words say why and what to do."""


class _Draft:
    """A change being made: collects what each field was and becomes."""

    def __init__(self, kind, tag, touched, words, *, by, at, counts=None):
        self.change = TagChange.objects.create(
            kind=kind,
            tag=tag,
            tag_ids=sorted({tag.pk, *(one.pk for one in touched)}),
            words=words[:300],
            counts=counts or {},
            by=by,
            at=at,
        )

    def set(self, tag, **fields):
        """Alter a tag, remembering what it was; raises `Refused` where the database does not have it."""
        key = str(tag.pk)
        before = self.change.before.setdefault(key, {})
        after = self.change.after.setdefault(key, {})
        for field, value in fields.items():
            before.setdefault(field, getattr(tag, field))
            after[field] = value
            setattr(tag, field, value)
        _save(tag, fields)

    def made(self, tag):
        """`tag` came to be by this change."""
        self.change.after.setdefault(str(tag.pk), {})["made"] = True

    def keep(self):
        self.change.tag_ids = sorted({*self.change.tag_ids, *map(int, self.change.after)})
        self.change.save(update_fields=["before", "after", "tag_ids", "counts", "words"])
        return self.change


def _save(tag, fields):
    try:
        with transaction.atomic():
            tag.save(update_fields=[name.removesuffix("_id") for name in fields])
    except IntegrityError as error:
        reason = str(error)
        if "under itself" in reason:
            raise Refused(f"{tag.name} cannot stand under itself, nor more than six levels deep.") from error
        if "another study" in reason:
            raise Refused(f"{tag.name} cannot stand under a tag of another study.") from error
        raise Refused(f"Another tag is called {tag.name}. Rename one of the two first.") from error


def _lock(some):
    """These tags anew, nobody else changing them or tagging with them until this is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('research_taxonomy'))")
    rows = Tag.objects.select_for_update(of=("self",)).select_related("group", "study")
    known = {tag.pk: tag for tag in rows.filter(pk__in=[tag.pk for tag in some]).order_by("pk")}
    if len(known) < len({tag.pk for tag in some}):
        raise Refused("One of these tags is no longer here. Reload the page.")
    return [known[tag.pk] for tag in some]


def _names(some):
    return ", ".join(tag.name for tag in some)


def _told(some, on):
    """The names of tags as the history of `on` says them, which more people may read than these tags.

    Another study's tags are not named: the study may be closed to some, now or later.
    """
    named = [tag.name for tag in some if tag.study_id in (None, on.study_id)]
    others = len(some) - len(named)
    if others:
        named.append("a tag of a study" if others == 1 else f"{others} tags of studies")
    return ", ".join(named)


def _moved(change):
    return Highlight.objects.filter(pk__in=TagMove.objects.filter(change=change).values("highlight"))


@transaction.atomic
def merge(sources, into, *, by, at):
    """The highlights of `sources` get the tag `into`; each text counts once. Raises `Refused`.

    The merged tags' names and addresses lead to `into` from then on, and the tags under them stand under it.
    """
    into, *sources = _lock([into, *{tag.pk: tag for tag in sources if tag.pk != into.pk}.values()])
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
    counts = queries.impact(sources, into).as_dict()
    words = f"merged {_names(sources)} into {into.name}"
    draft = _Draft(ChangeKind.MERGE, into, sources, words, by=by, at=at, counts=counts)
    tag_moves.take_all(draft.change, [tag.pk for tag in sources], into.pk)
    tag_moves.apply(draft.change, at=at)
    gone = {tag.pk for tag in sources}
    if into.parent_id in gone:
        draft.set(into, parent_id=_first_above(into, gone))
    for child in Tag.objects.filter(parent__in=gone).exclude(pk=into.pk).exclude(pk__in=gone):
        draft.set(child, parent_id=into.pk, group_id=into.group_id)
    for tag in sources:
        draft.set(tag, state=TagState.MERGED, merged_into_id=into.pk, parent_id=None)
    change, told = draft.keep(), _told(sources, into)
    _reindex(change)
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
    [tag] = _lock([tag])
    if tag.is_merged:
        raise Refused(f"{tag.name} was merged already. Reload the page.")
    parts = [(" ".join(name.split()), ids) for name, ids in parts]
    if len({name.lower() for name, _ in parts if name}) < 2:
        raise Refused("Name at least two tags to split it into.")
    draft = _Draft(ChangeKind.SPLIT, tag, [], f"split {tag.name}", by=by, at=at)
    targets, pairs = [], []
    for name, ids in parts:
        target = _part(tag, name, draft, by=by, at=at)
        targets.append(target)
        if target.pk != tag.pk:
            pairs += [(highlight, target.pk) for highlight in dict.fromkeys(ids)]
    tag_moves.take_each(draft.change, tag.pk, pairs)
    moved = _moved(draft.change)
    draft.change.counts = queries.impact_of(moved).as_dict()
    tag_moves.apply(draft.change, at=at)
    if retire and tag.pk not in {one.pk for one in targets} and not tag.taggings.exists():
        draft.set(tag, state=TagState.RETIRED)
    draft.change.words = f"split {tag.name} into {_names(targets)}"[:300]
    change = draft.keep()
    _reindex(change)
    activity.record("tag.split", on=tag, by=by, at=at, data={"tags": _names(targets), "change": change.pk})
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
    [tag] = _lock([tag])
    if tag.study_id is None:
        raise Refused(f"{tag.name} is a workspace tag already.")
    same = Tag.objects.live().filter(study=None, name__iexact=tag.name).first()
    if same:
        raise Refused(f"The workspace has a tag {same.name} already. Merge this one into it.")
    words = f"made {tag.name} a workspace tag"
    counts = queries.impact([tag]).as_dict()
    draft = _Draft(ChangeKind.PROMOTION, tag, [], words, by=by, at=at, counts=counts)
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
    some = _lock(some)
    group = parent.group if parent else group
    if parent is not None and parent.is_merged:
        raise Refused(f"{parent.name} was merged into another tag. Reload the page.")
    place = f"under {parent.name}" if parent else f"to {group.name}"
    draft = _Draft(ChangeKind.MOVE, some[0], some, f"moved {_names(some)} {place}", by=by, at=at)
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
    some = [tag for tag in _lock(some) if tag.state == before]
    if not some:
        raise Refused(f"None of these can be {verb}: reload the page to see how they stand.")
    counts = queries.impact(some).as_dict()
    draft = _Draft(kind, some[0], some, f"{verb} {_names(some)}", by=by, at=at, counts=counts)
    for tag in some:
        draft.set(tag, state=after)
    change = draft.keep()
    activity.record(f"tag.{kind}d", on=some[0], by=by, at=at, data={"change": change.pk})
    return change


@transaction.atomic
def rename(tag, name, *, by, at):
    """Give a tag another name; its address stays and its old name leads to it. Raises `Refused`."""
    [tag] = _lock([tag])
    old, name = tag.name, " ".join(name.split())[:80]
    if name == old:
        return None
    counts = queries.impact([tag]).as_dict()
    draft = _Draft(ChangeKind.RENAME, tag, [], f"renamed {old} to {name}", by=by, at=at, counts=counts)
    draft.set(tag, name=name)
    _remember(tag, old, at=at)
    change = draft.keep()
    search.index(tag)
    found.retagged(tag.taggings.values("highlight"))
    activity.record("tag.renamed", on=tag, by=by, at=at, data={"before": old, "name": name})
    return change


def _remember(tag, name, *, at):
    """`name` leads to `tag`, also when it bears another."""
    if not TagRedirect.objects.filter(tag=tag, name__iexact=name).exists():
        TagRedirect.objects.create(tag=tag, name=name, at=at)


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
    [tag] = _lock([tag])
    if tag.state != TagState.USED:
        raise Refused(f"{tag.name} is not in use. Choose another tag.")
    draft = _Draft(ChangeKind.BULK, tag, [], words, by=by, at=at)
    tag_moves.add_to(draft.change, highlights, tag.pk, by=by, at=at)
    draft.change.counts = queries.impact_of(_moved(draft.change)).as_dict()
    tag_moves.apply(draft.change, at=at)
    change = draft.keep()
    _reindex(change)
    activity.record("tag.used_in_bulk", on=tag, by=by, at=at, data={"change": change.pk, **change.counts})
    return change


@transaction.atomic
def undo(change, *, by, at):
    """Take a change back: every highlight and tag as it was. Raises `Refused`.

    What people did since then stays: a tag that they took off does not come back, one that they gave is
    kept, a field that they changed again keeps its newer value.
    """
    touched = list(Tag.objects.filter(pk__in=change.tag_ids))
    known = {tag.pk: tag for tag in _lock(touched)}
    mine = TagChange.objects.filter(pk=change.pk, undone_at=None)
    if not change.may_be_undone(at) or not mine.update(undone_at=at, undone_by=by):
        raise Refused(f"This cannot be taken back: it was already, or is more than {UNDO_DAYS} days old.")
    _guard_later(change, by)
    if change.kind == ChangeKind.PROMOTION:
        _guard_promotion(change, known[change.tag_id])
    tag_moves.undo(change, at=at)
    _restore(change, known)
    _reindex(change)
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
                _remember(tag, tag.name, at=change.at)
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
        _save(tag, fields)


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
        _save(tag, ["state", "merged_into_id", "parent_id"])


def _reindex(change):
    """What is found by the words of tags that changed; called in the change's own transaction."""
    search.index_many(Tag.objects.filter(pk__in=change.tag_ids))
    if change.kind == ChangeKind.RENAME:
        found.retagged(change.tag.taggings.values("highlight"))
    else:
        found.retagged(TagMove.objects.filter(change=change).values("highlight"))


@transaction.atomic
def keep_apart(one, other, *, by, at):
    """Remember that two tags that look alike are different: they are not offered as duplicates again."""
    first, second = sorted([one, other], key=lambda tag: tag.pk)
    _, made = KeptApart.objects.get_or_create(first=first, second=second, defaults={"by": by, "at": at})
    if made:
        activity.record("tag.kept_apart", on=first, by=by, at=at, data={"other": _told([second], first)})
