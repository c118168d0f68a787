"""Tags and their groups: the vocabulary of the workspace."""

from django.db import IntegrityError, transaction

from prodops import activity, search
from prodops.services import slugs
from research.models import Colour, Highlight, Tag, TagGroup

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
def create(name, *, by, at, group=None, colour="", guideline=""):
    """A tag of that name: the one there is, whatever its capitals, or a new one."""
    name = " ".join(name.split())[:80]
    known = Tag.objects.filter(name__iexact=name).first()
    if known:
        return known
    group = group or ungrouped()
    if not colour:
        # the next colour round, so that neighbours differ
        colour = Colour.values[Tag.objects.filter(group=group).count() % len(Colour.values)]
    try:
        with transaction.atomic():
            tag = Tag.objects.create(
                name=name, slug=slugs.unused(Tag, name), group=group, colour=colour, guideline=guideline
            )
    except IntegrityError:  # somebody was quicker
        return Tag.objects.get(name__iexact=name)
    search.index(tag)
    activity.record("tag.created", on=tag, by=by, at=at)
    return tag


@transaction.atomic
def edit(tag, *, by, at, **fields):
    """Change a tag; its address stays. Raises `NameTaken`."""
    renamed = fields.get("name", tag.name) != tag.name
    for field, value in fields.items():
        setattr(tag, field, value)
    try:
        with transaction.atomic():
            tag.save(update_fields=list(fields))
    except IntegrityError as error:
        raise NameTaken(f"Another tag is called {tag.name}.") from error
    search.index(tag)
    if renamed:
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
