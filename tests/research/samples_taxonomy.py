"""Addresses about tags, for the walks of tests/architecture."""

from django.utils import timezone

from prodops.models import Role
from research.models import TagSuggestion
from research.services import query_tags, taxonomy
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)


def _study(people):
    return StudyFactory(team=people[Role.MEMBER].teams.get(), lead=people[Role.PRODUCT_OPS])


def _tag(people):
    tag = TagFactory()
    HighlightFactory(session=SessionFactory(study=_study(people)), tagged=[tag])
    return tag


def _change(people):
    by = people[Role.PRODUCT_OPS]
    return taxonomy.merge([_tag(people)], TagFactory(), by=by, at=timezone.now())


def _changes(people, n):
    return [_change(people) for _ in range(n)]


def _computed(people):
    by = people[Role.PRODUCT_OPS]
    return query_tags.create("Gave up", query="q=gave", by=by, at=timezone.now())


def _suggestion(people):
    cue = CueFactory(session=SessionFactory(study=_study(people)))
    return TagSuggestion.objects.create(
        tag=TagFactory(), cue=cue, start=0, end=32, of_length=len(cue.text), score=700, made_at=timezone.now()
    )


SAMPLES = {
    "research:query_tag_detail": lambda people: {"slug": _computed(people).slug},
    "research:query_tag_edit": lambda people: {"slug": _computed(people).slug},
    "research:query_tag_delete": lambda people: {"slug": _computed(people).slug},
    "research:query_tag_keep": lambda people: {"slug": _computed(people).slug},
    "research:suggestion_review": lambda people: {"slug": _suggestion(people).tag.slug},
    "research:suggestion_accept": lambda people: {"pk": _suggestion(people).pk},
    "research:suggestion_reject": lambda people: {"pk": _suggestion(people).pk},
    "research:tag_split": lambda people: {"slug": _tag(people).slug},
    "research:tag_promote": lambda people: {"slug": TagFactory(study=_study(people)).slug},
    "research:tag_history": lambda people: {"slug": _tag(people).slug},
    "research:change_detail": lambda people: {"pk": _change(people).pk},
    "research:change_undo": lambda people: {"pk": _change(people).pk},
}
LISTS = {"research:change_list": _changes}
