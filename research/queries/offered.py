"""What the palette offers to tag with: where each tag stands, an example, and the names that it had."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length

from research.models import Tag, TagRedirect, TagState, policy

from .vocabulary import ordered, readable_taggings


class Choice(NamedTuple):
    """A tag as the palette offers it: where it stands, an example, and the names that it had."""

    tag: Tag
    above: str
    depth: int
    example: str
    formerly: str


def palette(study, user):
    """[(heading, [Choice])] of what highlights of `study` may be tagged with, the study's own first."""
    tags = list(Tag.objects.usable_in(study).select_related("group").order_by("name", "pk"))
    examples, formerly = _examples(user, study), _formerly(user)
    headings: dict[tuple, list[Choice]] = {}
    groups: dict[int, list[Tag]] = defaultdict(list)
    for tag in tags:
        groups[tag.group_id].append(tag)
    for _, of_group in sorted(
        groups.items(), key=lambda item: (item[1][0].group.position, item[1][0].group.name)
    ):
        for tag, depth, above in ordered(of_group):
            key = (0, "This study") if tag.study_id else (1, tag.group.name)
            choice = Choice(
                tag, " / ".join(above), depth, examples.get(tag.pk, ""), "|".join(formerly.get(tag.pk, ()))
            )
            headings.setdefault(key, []).append(choice)
    own = {key: found for key, found in headings.items() if not key[0]}
    return [(name, found) for (_, name), found in [*own.items(), *_without(headings, own)]]


def _without(headings, own):
    return [(key, found) for key, found in headings.items() if key not in own]


EXAMPLE = (30, 200)  # characters of a quote that shows well what a tag is for


def _examples(user, study):
    """{tag id: a quote that has it}: the newest that is short enough to read at a glance.

    From studies open to all, or this one: whoever tags reads no restricted study by the way.
    """
    path = "highlight__session__study"
    rows = (
        readable_taggings(user)
        .filter(policy.open_to_all(f"{path}__") | Q(**{path: study}))
        .filter(Q(tag__study=None) | Q(tag__study=study), tag__state=TagState.USED)
        .annotate(length=Length("highlight__quote"))
        .filter(length__range=EXAMPLE)
        .order_by("tag", "-highlight")
        .distinct("tag")
    )
    return dict(rows.values_list("tag", "highlight__quote"))


def _formerly(user):
    """{tag id: names that lead to it}: its own former ones and those of what was merged into it.

    A study's tag that was merged is named only to who reads that study.
    """
    seen = Exists(Tag.objects.visible_to(user).filter(pk=OuterRef("pk")))
    rows = Tag.objects.filter(state=TagState.MERGED).annotate(seen=seen)
    merged = {
        pk: (name if seen else "", into)
        for pk, name, into, seen in rows.values_list("pk", "name", "merged_into", "seen")
    }

    def end(tag):
        seen = set()
        while tag in merged and tag not in seen:
            seen.add(tag)
            tag = merged[tag][1]
        return tag

    found: dict[int, list[str]] = defaultdict(list)
    for pk, (name, _) in merged.items():
        if name:
            found[end(pk)].append(name)
    redirects = TagRedirect.objects.filter(tag__in=Tag.objects.visible_to(user))
    for pk, name in redirects.values_list("tag", "name"):
        found[end(pk)].append(name)
    return found
