"""Tags and their groups: the vocabulary of the workspace."""

from django.db import IntegrityError, transaction

from prodops import activity, search
from prodops.services import slugs
from research.models import Colour, Highlight, Tag, TagGroup, TagRedirect
from research.queries import tagging

UNGROUPED = "ungrouped"
LAST = 1_000  # the group of tags made on the spot stands at the end


class NameTaken(Exception):
    """Another tag or group has this name."""


def ungrouped():
    """The group that takes tags made while tagging, until somebody sorts them."""
    group, _ = TagGroup.objects.get_or_create(
        slug=UNGROUPED, defaults={"name": "Ungrouped", "position": LAST}
    )
    return group


@transaction.atomic
def create(name, *, by, at, group=None, colour="", study=None, **fields):
    """A tag of that name: the one there is, whatever its capitals, or a new one.

    With `study`, the study's own tag of that name, else the workspace's, else a new one of the study. An
    old name gives the tag that had it. `fields` are of a new tag: guideline, parent, owner.
    """
    name = " ".join(name.split())[:80]
    known = tagging.named(name, study)
    if known:
        return known
    parent = fields.get("parent")
    group = parent.group if parent else group or ungrouped()
    if not colour:
        # the next colour round, so that neighbours differ
        colour = Colour.values[Tag.objects.filter(group=group).count() % len(Colour.values)]
    try:
        with transaction.atomic():
            slug = slugs.unused(Tag, name)
            tag = Tag.objects.create(
                name=name, slug=slug, group=group, colour=colour, study=study, **{"owner": by, **fields}
            )
    except IntegrityError:  # somebody was quicker
        return tagging.named(name, study)
    search.index(tag)
    activity.record("tag.created", on=tag, by=by, at=at)
    return tag


@transaction.atomic
def edit(tag, *, by, at, **fields):
    """Change a tag; its address stays, its old name is still known. Raises `NameTaken`."""
    before = Tag.objects.only("name").get(pk=tag.pk).name
    renamed = fields.get("name", before) != before
    for field, value in fields.items():
        setattr(tag, field, value)
    try:
        with transaction.atomic():
            tag.save(update_fields=list(fields))
    except IntegrityError as error:
        raise NameTaken(f"Another tag is called {tag.name}.") from error
    search.index(tag)
    if renamed:
        if before.lower() != tag.name.lower():
            TagRedirect.objects.get_or_create(tag=tag, name=before, defaults={"at": at})
        tagged = Highlight.objects.filter(tags=tag).select_related("session__study")
        search.index_many(tagged.prefetch_related("tags"))
    activity.record("tag.edited", on=tag, by=by, at=at)


@transaction.atomic
def create_group(*, name, position, by, at):
    """Raises `NameTaken`."""
    try:
        with transaction.atomic():
            group = TagGroup.objects.create(name=name, slug=slugs.unused(TagGroup, name), position=position)
    except IntegrityError as error:
        raise NameTaken(f"Another group is called {name}.") from error
    activity.record("tag_group.created", on=group, by=by, at=at)
    return group


@transaction.atomic
def edit_group(group, *, by, at, **fields):
    """Raises `NameTaken`."""
    for field, value in fields.items():
        setattr(group, field, value)
    try:
        with transaction.atomic():
            group.save(update_fields=list(fields))
    except IntegrityError as error:
        raise NameTaken(f"Another group is called {group.name}.") from error
    activity.record("tag_group.edited", on=group, by=by, at=at)
