"""Reads of suggestions: what is to decide, and how often they were right."""

from typing import NamedTuple

from django.db.models import Count, Max, Q

from research.models import SuggestionState, Tag, TagSuggestion
from research.synthesis.change import wilson

SHOWN = 20
LOGGED = 30


class Right(NamedTuple):
    """How often suggestions were right: of those decided, with Wilson's 95 % interval."""

    accepted: int = 0
    rejected: int = 0
    open: int = 0

    @property
    def decided(self):
        return self.accepted + self.rejected

    @property
    def share(self):
        return self.accepted / self.decided if self.decided else None

    @property
    def interval(self):
        """(low, high) of the share in the long run; None without decisions."""
        return wilson(self.accepted, self.decided) if self.decided else None


_COUNTS = {
    "accepted": Count("pk", filter=Q(state=SuggestionState.ACCEPTED)),
    "rejected": Count("pk", filter=Q(state=SuggestionState.REJECTED)),
    "open": Count("pk", filter=Q(state=SuggestionState.OPEN)),
}


def by_tag(user):
    """[(Tag, Right)] of tags with suggestions, those with the most to decide first."""
    rows = TagSuggestion.objects.visible_to(user).order_by().values_list("tag").annotate(**_COUNTS)
    counts = {tag: Right(*numbers) for tag, *numbers in rows}
    tags = Tag.objects.visible_to(user).in_use().filter(pk__in=counts).select_related("group")
    return sorted(
        ((tag, counts[tag.pk]) for tag in tags), key=lambda row: (-row[1].open, row[0].name.lower())
    )


def right_so_far(tag, user):
    rows = TagSuggestion.objects.visible_to(user).filter(tag=tag)
    return Right(**rows.aggregate(**_COUNTS))


def to_decide(tag, user):
    """The likeliest that are open and whose turn reads as it did."""
    rows = TagSuggestion.objects.visible_to(user).current().filter(tag=tag)
    rows = rows.select_related("cue__session__study", "cue__session__participant")
    return list(rows.order_by("-score", "pk")[:SHOWN])


def log(tag, user):
    """What was decided lately, newest first."""
    rows = TagSuggestion.objects.visible_to(user).filter(tag=tag).exclude(state=SuggestionState.OPEN)
    rows = rows.select_related("cue", "decided_by", "highlight")
    return list(rows.order_by("-decided_at", "-pk")[:LOGGED])


def learned_at():
    return TagSuggestion.objects.aggregate(at=Max("made_at"))["at"]
