"""Tags and their groups: the vocabulary of the workspace."""

from django.db import IntegrityError, transaction

from prodops import activity, search
from prodops.services import slugs
from research.models import Colour, Tag, TagGroup
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
def create(name, *, by, at, group=None, colour="", study=None, anew=False, **fields):
    """A tag of that name: the one there is, whatever its capitals, or a new one.

    With `study`, the study's own tag of that name, else the workspace's, else a new one of the study. An
    old name gives the tag that had it. With `anew` only a tag of the same scope and name is the one there
    is. `fields` are of a new tag: guideline, parent, owner.
    """
    name = " ".join(name.split())[:80]

    def there_is():
        if anew:
            return Tag.objects.live().filter(study=study, name__iexact=name).first()
        return tagging.named(name, study)

    known = there_is()
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
        return there_is()
    search.index(tag)
    activity.record("tag.created", on=tag, by=by, at=at)
    return tag


@transaction.atomic
def describe(tag, *, by, at, **fields):
    """Change what a tag says of itself: colour, guideline, owner. Its name and place: `taxonomy.edit`."""
    for field, value in fields.items():
        setattr(tag, field, value)
    tag.save(update_fields=list(fields))
    search.index(tag)
    activity.record("tag.edited", on=tag, by=by, at=at)


@transaction.atomic
def create_group(*, name, position, by, at, **fields):
    """Raises `NameTaken`."""
    try:
        with transaction.atomic():
            group = TagGroup.objects.create(
                name=name, slug=slugs.unused(TagGroup, name), position=position, **fields
            )
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
