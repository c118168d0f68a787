"""Reads of the taxonomy: what a change would move, the tree, what is hardly used."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery

from research.models import (
    Highlight,
    HighlightTag,
    InsightEvidence,
    Tag,
    TagChange,
    TagGroup,
    TagMove,
    TagState,
    policy,
)

THIN_HIGHLIGHTS = 3  # fewer are an anecdote


class Impact(NamedTuple):
    """What a change would move. `both` are the highlights that have a source and the target already."""

    highlights: int
    studies: int
    insights: int
    both: int = 0
    unseen: bool = False  # there is more of it in studies that the person may not see

    def as_dict(self):
        return {key: value for key, value in self._asdict().items() if key != "unseen"}


def impact(tags, into=None, *, user=None):
    """The `Impact` of giving the highlights of `tags` another tag (`into`), as `user` sees it."""
    ids = [tag.pk for tag in tags]
    moved = Highlight.objects.filter(taggings__tag__in=ids)
    unseen = False
    if user is not None:
        moved = moved.filter(policy.readable(user, "session__study__"))
        unseen = bool(unreadable_tags(user, ids))
    counts = moved.order_by().aggregate(
        highlights=Count("pk", distinct=True), studies=Count("session__study", distinct=True)
    )
    insights = InsightEvidence.objects.filter(highlight__in=moved.order_by().values("pk")).order_by()
    both = moved.filter(pk__in=HighlightTag.objects.filter(tag=into).values("highlight")) if into else None
    return Impact(
        **counts,
        insights=insights.values("insight").distinct().count(),
        both=both.order_by().values("pk").distinct().count() if both is not None else 0,
        unseen=unseen,
    )


def impact_of(highlights):
    """The `Impact` of tagging these highlights (a QuerySet)."""
    rows = highlights.order_by()
    counts = rows.aggregate(
        highlights=Count("pk", distinct=True), studies=Count("session__study", distinct=True)
    )
    insights = InsightEvidence.objects.filter(highlight__in=rows.values("pk")).order_by()
    return Impact(**counts, insights=insights.values("insight").distinct().count())


class Counts(NamedTuple):
    """How far a tag reaches: distinct highlights, sessions, participants, studies."""

    highlights: int = 0
    sessions: int = 0
    participants: int = 0
    studies: int = 0

    @property
    def thin(self):
        """Too little to say something general: few highlights, or one person's word."""
        return self.highlights > 0 and (self.highlights < THIN_HIGHLIGHTS or self.participants <= 1)

    @property
    def unused(self):
        return self.highlights == 0


NOTHING = Counts()


def readable_taggings(user):
    """The taggings of highlights that `user` may read and that have their place."""
    return HighlightTag.objects.anchored().filter(policy.readable(user, "highlight__session__study__"))


def unreadable_tags(user, ids):
    """Which of the tags are on highlights of studies that `user` may not see."""
    theirs = HighlightTag.objects.filter(tag__in=ids).exclude(
        policy.readable(user, "highlight__session__study__")
    )
    return set(theirs.order_by().values_list("tag", flat=True).distinct())


def counts_by_tag(user, **conditions):
    """{tag id: Counts} over what `user` may read."""
    rows = (
        readable_taggings(user)
        .filter(**conditions)
        .order_by()
        .values_list("tag")
        .annotate(
            Count("pk"),
            Count("highlight__session", distinct=True),
            Count("highlight__session__participant", distinct=True),
            Count("highlight__session__study", distinct=True),
        )
    )
    return {tag: Counts(*counts) for tag, *counts in rows}


class Leaf(NamedTuple):
    """A tag in the tree: how deep it stands, its own counts, and whether it is among what was asked for."""

    tag: Tag
    depth: int
    counts: Counts
    path: str  # "Import and set-up / Import failure"
    wanted: bool = True


class Branch(NamedTuple):
    group: TagGroup
    leaves: list[Leaf]

    @property
    def wanted(self):
        return sum(leaf.wanted for leaf in self.leaves)


def ordered(tags):
    """[(tag, depth, [names above])] of one group: each under the tag it stands under, else by name."""
    known = {tag.pk for tag in tags}
    below = defaultdict(list)
    for tag in tags:
        below[tag.parent_id if tag.parent_id in known else None].append(tag)
    found = []

    def walk(parent, depth, above):
        for tag in sorted(below[parent], key=lambda one: (one.name.lower(), one.pk)):
            found.append((tag, depth, above))
            walk(tag.pk, depth + 1, [*above, tag.name])

    walk(None, 0, [])
    return found


def tree(tags, counts, wanted=lambda tag, counts: True):
    """[Branch] of every group, in order, each with its tags (of `tags`) as a tree.

    A tag that is not wanted itself is kept where one under it is, so that it shows where that stands.
    """
    by_group = defaultdict(list)
    for tag in tags:
        by_group[tag.group_id].append(tag)
    branches = []
    for group in TagGroup.objects.select_related("owner"):
        leaves = [
            Leaf(tag, depth, found, " / ".join([*above, tag.name]), wanted(tag, found))
            for tag, depth, above in ordered(by_group[group.pk])
            for found in [counts.get(tag.pk, NOTHING)]
        ]
        branches.append(Branch(group, _with_paths(leaves)))
    return branches


def _with_paths(leaves):
    """Those wanted and those above them."""
    kept, needed = [], -1
    for leaf in reversed(leaves):
        if leaf.wanted or leaf.depth == needed - 1:
            kept.append(leaf)
            needed = leaf.depth
        elif leaf.depth < needed:
            needed = -1
    return kept[::-1]


def changes(user):
    """The changes that touched no tag that `user` does not see.

    `moved` is how many of their highlights `user` may read: what the preview counted for whoever did it is
    not for everybody.
    """
    seen = TagMove.objects.filter(policy.readable(user, "highlight__session__study__"), change=OuterRef("pk"))
    numbers = seen.order_by().values("change").annotate(n=Count("highlight", distinct=True)).values("n")
    rows = TagChange.objects.visible_to(user).annotate(moved=Subquery(numbers))
    return rows.select_related("by", "undone_by", "tag")


def changes_of(tag, user, limit=50):
    """Those that touched `tag`, newest first."""
    return list(changes(user).filter(tag_ids__contains=[tag.pk]).order_by("-at", "-pk")[:limit])


def taken_in(tag, user):
    """The tags that were merged into it, directly, as far as `user` sees them."""
    merged = Tag.objects.visible_to(user).filter(merged_into=tag, state=TagState.MERGED)
    return list(merged.order_by("name", "pk"))


def descendants(tags):
    """The ids of all tags under `tags`, these included."""
    found = {tag.pk for tag in tags}
    edge = found
    while edge:
        edge = set(Tag.objects.filter(parent__in=edge).values_list("pk", flat=True)) - found
        found |= edge
    return found


def used_elsewhere(tag, study):
    """How many highlights outside of `study` have the tag."""
    return HighlightTag.objects.filter(tag=tag).filter(~Q(highlight__session__study=study)).count()
