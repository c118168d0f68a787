"""The tags of a file and their groups, written as far as they are not here."""

from collections import defaultdict

from django.db import transaction

from prodops import activity, search
from prodops.services import slugs
from research.models import Colour, Tag, TagGroup, TagState
from research.models.tag import DEEPEST
from research.services import tags

from . import matching


@transaction.atomic
def take_tags(taking):
    """Groups and tags, those above first; those that were merged away after what they became."""
    answers = taking.load.choices.get("tags", {})
    taking.tags = matching.known_tags(taking.bundle, taking.study)
    for guid, tag in matching.namesakes(taking.bundle, taking.study, taking.tags).items():
        if answers.get(guid) != "new":
            taking.tags[guid] = tag
    groups = _groups(taking)
    new = [theme for theme in _parents_first(taking.bundle.themes) if theme.guid not in taking.tags]
    merged = {theme.guid: theme for theme in new if theme.state == TagState.MERGED}
    for theme in new:
        if theme.guid not in merged:
            taking.tags[theme.guid] = _tag(taking, theme, groups.get(theme.group))
    while free := [theme for theme in merged.values() if theme.into not in merged]:
        for theme in free:
            del merged[theme.guid]
            target = taking.tags.get(theme.into)
            taking.tags[theme.guid] = _tag(taking, theme, groups.get(theme.group), into=target)
    for theme in merged.values():  # a circle, which only a broken file has
        taking.tags[theme.guid] = _tag(taking, theme, groups.get(theme.group))
    taking.save()


def _groups(taking):
    found = matching.known_groups(taking.bundle)
    wanted = {theme.group for theme in taking.bundle.themes if theme.guid not in taking.tags}
    for group in taking.bundle.groups:
        if group.guid in found or group.guid not in wanted:
            continue
        made = TagGroup.objects.create(
            guid=group.guid,
            name=group.name,
            slug=slugs.unused(TagGroup, group.name),
            position=100 if group.position is None else group.position,
        )
        taking.remember("taggroup", [made])
        found[group.guid] = made
    return found


def _scope(taking, theme):
    """The study whose tag it becomes, or None: as was chosen, or as the file says."""
    chosen = taking.load.choices.get("scope", "study")
    wide = not theme.of_study if chosen == "file" else chosen == "workspace"
    return None if wide else taking.study


def _tag(taking, theme, group, into=None):
    """The new tag. One that was merged into what is not here comes retired: it is not offered either."""
    scope, parent = _scope(taking, theme), taking.tags.get(theme.parent)
    if parent is not None and (
        (parent.study_id and parent.study_id != getattr(scope, "pk", None)) or _depth(parent) >= DEEPEST
    ):
        parent = None
    group = parent.group if parent else group or tags.ungrouped()
    if group.locked and group.owner_id != taking.by.pk and not taking.by.runs_product_ops:
        group, parent = tags.ungrouped(), None
    state = TagState.MERGED if into else TagState.RETIRED if theme.state else TagState.USED
    name = theme.name if into else _free_name(theme.name, scope)
    tag = Tag.objects.create(
        guid=theme.guid,
        name=name,
        slug=slugs.unused(Tag, name),
        group=group,
        parent=parent,
        study=scope,
        owner=taking.by,
        colour=theme.colour or Colour.values[Tag.objects.filter(group=group).count() % len(Colour.values)],
        guideline=theme.guideline,
        state=state,
        merged_into=into,
    )
    taking.remember("tag", [tag])
    search.index(tag)
    activity.record("tag.created", on=tag, by=taking.by, at=taking.at)
    return tag


def _free_name(name, study):
    number, wanted = 2, name
    while Tag.objects.live().filter(study=study, name__iexact=wanted).exists():
        wanted, number = f"{name[:74]} ({number})", number + 1
    return wanted


def _parents_first(themes):
    below = defaultdict(list)
    names = {theme.guid for theme in themes}
    for theme in themes:
        below[theme.parent if theme.parent in names else ""].append(theme)
    waiting, seen = list(below[""]), set()
    while waiting:
        theme = waiting.pop(0)
        if theme.guid not in seen:
            seen.add(theme.guid)
            yield theme
            waiting += below[theme.guid]
    yield from (theme for theme in themes if theme.guid not in seen)  # a circle, which only a broken file has


def _depth(tag):
    number = 1
    while tag.parent_id:
        tag, number = Tag.objects.get(pk=tag.parent_id), number + 1
    return number
