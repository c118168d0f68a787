"""A tag as it was: its name and its highlights as of a day."""

from typing import NamedTuple

from django.db.models.functions import Coalesce

from research.models import Highlight, PastTagging, Tag


class AsOf(NamedTuple):
    """A tag as it was at a moment. `gone` are highlights deleted since, whose words are not known."""

    tag: object  # a row of its history: name, guideline, state
    existed: bool
    highlights: list[int]
    gone: int


def as_of(tag, moment, user):
    """What `tag` was called at `moment`, and which highlights that `user` may read had it."""
    events = Tag.pgh_event_model.objects.filter(pgh_obj=tag).order_by("pgh_id")  # type: ignore[attr-defined]
    then = events.filter(pgh_created_at__lte=moment).last()
    ids = set(
        tag.taggings.annotate(began=Coalesce("since", "created_at"))
        .filter(began__lte=moment)
        .values_list("highlight", flat=True)
    )
    past = PastTagging.objects.filter(tag=tag, began_at__lte=moment, ended_at__gt=moment)
    ids |= set(past.values_list("highlight_id", flat=True))
    known = set(Highlight.objects.filter(pk__in=ids).values_list("pk", flat=True))
    visible = Highlight.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)
    return AsOf(then or events.first(), then is not None, list(visible), len(ids - known))
