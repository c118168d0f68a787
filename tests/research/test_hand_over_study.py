"""A study whose lead has left gets another, also where nobody else may read it."""

import pytest
from django.urls import reverse

from prodops import search
from prodops.models import Event, Role, SearchEntry
from research.models import Study
from tests.factories.prodops import UserFactory
from tests.factories.research import StudyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(team):
    gone = UserFactory(name="Gone Girard", is_active=False)
    return StudyFactory(title="Why they left us", team=team, lead=gone, visibility="named")


def test_product_ops_gives_a_named_study_a_lead_without_reading_it(as_, people, study):
    search.index(study)
    ops, member = people[Role.PRODUCT_OPS], people[Role.MEMBER]
    page = as_(ops).get(reverse("research:left_behind_list")).content.decode()
    assert "Gone Girard" in page
    assert "Why they left us" not in page
    url = reverse("research:study_hand_over", args=[study.pk])
    assert as_(member).post(url, {"lead": member.pk}).status_code == 403
    assert as_(ops).post(url, {"lead": study.lead_id}).status_code == 302
    assert Study.objects.get().lead == study.lead
    as_(ops).post(url, {"lead": member.pk})
    study.refresh_from_db()
    assert study.lead == member
    assert Study.objects.visible_to(member).exists()
    assert not Study.objects.visible_to(ops).exists()
    assert SearchEntry.objects.get(kind="study").user_ids == [member.pk]
    assert Event.objects.get(verb="study.handed_over").data == {"from": "Gone Girard", "to": member.name}
    as_(ops).post(url, {"lead": ops.pk})
    study.refresh_from_db()
    assert study.lead == member
