"""A highlight without a place keeps its quote, and is neither drawn nor counted."""

import csv
import io

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from prodops import search
from prodops.models import SearchEntry
from research import queries
from research.models import Cue, Highlight
from research.queries import standing
from tests.factories.research import CueFactory, HighlightFactory, InsightFactory, SessionFactory, TagFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def orphan(now):
    tag = TagFactory()
    return HighlightFactory(tagged=[tag], orphaned_at=now, quote="These words are gone.")


def test_it_is_out_of_the_text_the_lists_and_the_numbers(orphan, as_, member, now):
    anchored = HighlightFactory(session=orphan.session, tagged=orphan.tags.all())
    insight = InsightFactory(evidence=[orphan, anchored])
    assert queries.highlights_of(orphan.session) == [anchored]
    assert queries.session_counts([orphan.session]) == {orphan.session_id: 1}
    assert queries.study_counts([orphan.session.study])[orphan.session.study_id][1] == 1
    assert standing.badges_of([insight], now.date())[insight.pk].quotes == 1
    assert queries.top_tags(study=orphan.session.study)[0].number == 1
    assert list(Highlight.objects.anchored()) == [anchored]
    listed = as_(member).get(reverse("research:highlight_list")).content.decode()
    assert anchored.quote in listed
    assert orphan.quote not in listed
    review = as_(member).get(reverse("research:review_list"), {"format": "csv"})
    (row,) = list(csv.DictReader(io.StringIO(review.getvalue().decode("utf-8-sig"))))
    assert (row["Quote"], row["What happened"]) == (orphan.quote, "Lost its place")
    search.index_many(Highlight.objects.select_related("session__study").prefetch_related("tags"))
    assert list(SearchEntry.objects.filter(kind="highlight").values_list("object_id", flat=True)) == [
        anchored.pk
    ]


def test_only_one_without_a_place_may_say_what_is_not_there(orphan):
    with pytest.raises(IntegrityError, match="not what the transcript says"), transaction.atomic():
        Highlight.objects.filter(pk=orphan.pk).update(orphaned_at=None)
    Cue.objects.filter(pk=orphan.start_cue_id).update(text=orphan.quote)
    Highlight.objects.filter(pk=orphan.pk).update(
        orphaned_at=None, start_offset=0, end_offset=len(orphan.quote)
    )


def test_what_it_was_is_kept_only_while_somebody_is_to_confirm_it(now):
    highlight = HighlightFactory()
    for wrong in ({"reworded_at": now}, {"quote_was": "I give up"}):
        with (
            pytest.raises(IntegrityError, match="highlight_says_what_it_was"),
            transaction.atomic(),
        ):
            Highlight.objects.filter(pk=highlight.pk).update(**wrong)


def test_a_highlight_lies_in_one_text(now):
    session = SessionFactory()
    first, second = CueFactory(session=session), CueFactory(session=session)
    part = session.parts.create(
        kind="notes", title="Notes", position=0, created_by=session.created_by, created_at=now
    )
    Cue.objects.filter(pk=second.pk).update(part=part)
    with pytest.raises(IntegrityError, match="not what the transcript says"), transaction.atomic():
        HighlightFactory(
            session=session,
            start_cue=first,
            end_cue=second,
            end_offset=1,
            quote=f"{first.text}\n{second.text[0]}",
        )


def test_an_insight_says_that_a_quote_has_lost_its_place(orphan, as_, member):
    insight = InsightFactory(evidence=[orphan])
    assert (
        "these words do not stand there any more"
        in as_(member).get(insight.get_absolute_url()).content.decode()
    )
    assert "lost its place when the text" in as_(member).get(orphan.get_absolute_url()).content.decode()
