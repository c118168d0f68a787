"""What leaves the workspace carries a name of its own, so that it is known when it comes back."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from research.models import Cue, Highlight, Session
from tests.factories.research import HighlightFactory, SessionFactory, TagFactory

pytestmark = pytest.mark.django_db


def test_each_row_gets_a_name_of_its_own_however_it_is_written():
    highlight = HighlightFactory(tagged=[TagFactory(), TagFactory()])
    cue = highlight.start_cue
    more = Highlight.objects.bulk_create(
        Highlight(
            session=highlight.session,
            start_cue=cue,
            start_offset=start,
            end_cue=cue,
            end_offset=start + 4,
            quote=cue.text[start : start + 4],
            created_by=highlight.created_by,
            created_at=highlight.created_at,
        )
        for start in (0, 6)
    )
    things = [highlight, *more, highlight.session, highlight.session.study, *highlight.tags.all()]
    names = {thing.guid for thing in things}
    assert len(names) == len(things)
    assert all(isinstance(name, uuid.UUID) for name in names)


def test_one_session_may_stand_in_two_studies_and_not_twice_in_one():
    session, other = SessionFactory(), SessionFactory()
    Session.objects.filter(pk=other.pk).update(guid=session.guid)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=other.pk).update(study=session.study)
    assert Cue.objects.count() == 0
