"""One person in the recruiting of a study."""

import pytest
from django.utils import timezone

from prodops.models import Event
from research.models import Recruit, RecruitState, hash_of
from research.services import recruits
from tests.factories.research import RecruitFactory, SessionFactory

pytestmark = pytest.mark.django_db


def test_a_link_finds_its_recruit_and_no_other():
    mine, other = RecruitFactory.create_batch(2)
    assert Recruit.objects.by_token(mine.token).get() == mine
    assert mine.token != other.token
    for wrong in ("", None, "x" * 5000, mine.token_hash, "\ud800"):
        assert not Recruit.objects.by_token(wrong).exists()


def test_the_database_does_not_hold_the_link():
    recruit = RecruitFactory()
    row = Recruit.objects.filter(pk=recruit.pk).values().get()
    assert recruit.token not in str(row)
    assert row["token_hash"] == hash_of(recruit.token)


def test_of_two_at_once_the_second_is_refused():
    recruit = RecruitFactory()
    stale = Recruit.objects.get(pk=recruit.pk)
    recruits.move(recruit, RecruitState.DECLINED, by=None, at=timezone.now())
    with pytest.raises(recruits.NotPossible, match="Declined"):
        recruits.book(stale, SessionFactory(study=recruit.study), by=None, at=timezone.now())
    assert Event.objects.filter(verb="recruit.declined").count() == 1
    assert stale.state == RecruitState.DECLINED


def test_a_booking_given_back_keeps_the_place():
    recruit = RecruitFactory()
    session = SessionFactory(study=recruit.study)
    recruits.book(recruit, session, by=None, at=timezone.now())
    assert (recruit.state, recruit.session) == (RecruitState.BOOKED, session)
    recruits.unbook(recruit, by=None, at=timezone.now())
    assert (recruit.state, recruit.session) == (RecruitState.SCREENED, None)
