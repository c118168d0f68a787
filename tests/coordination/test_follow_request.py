import pytest
from django.urls import reverse

from coordination.models import Request
from coordination.services import decisions
from prodops.models import Role
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db


def test_submitters_see_their_own_and_their_teams_only(as_, make, seller, stranger, pm):
    request = make()
    colleague = UserFactory(role=Role.SUBMITTER, editor_of=seller.teams.get())
    seen = {
        user: as_(user).get(request.get_absolute_url()).status_code
        for user in (seller, colleague, pm, stranger)
    }
    assert seen == {seller: 200, colleague: 200, pm: 200, stranger: 404}
    assert list(Request.objects.visible_to(stranger)) == []
    assert request.title not in as_(stranger).get(reverse("coordination:my_requests")).text
    assert as_(seller).get(reverse("coordination:request_list")).status_code == 403
    assert as_(seller).get(reverse("coordination:triage")).status_code == 403


def test_the_reason_and_who_decided_reach_the_submitters_page(as_, make, seller, pm, now):
    request = make()
    decisions.decline(request, reason="Choose the date format instead.", by=pm, at=now)
    listed = as_(seller).get(reverse("coordination:my_requests")).text
    assert "Changed" in listed
    page = as_(seller).get(request.get_absolute_url()).text
    assert "Choose the date format instead." in page
    assert pm.name in page
    news = as_(seller).get(reverse("coordination:my_requests"), {"news": "yes"}).text
    assert request.title not in news


def test_a_joined_request_takes_on_the_others_state(as_, make, seller, pm, now):
    target, other = make(), make()
    decisions.merge(other, into=target, by=pm, at=now)
    decisions.accept(Request.objects.get(pk=target.pk), by=pm, at=now)
    assert Request.objects.for_list().get(pk=other.pk).requester_words == "Joined with another · accepted"


def test_filters_and_csv_speak_of_the_same_requests(as_, make, pm):
    wanted, other = make(title="Undo imports"), make(title="Night mode")
    account = wanted.voices.get().account
    for query in ({"q": "undo"}, {"account": account.slug}):
        page = as_(pm).get(reverse("coordination:request_list"), query).text
        assert wanted.title in page
        assert other.title not in page
        rows = as_(pm).get(reverse("coordination:request_csv"), query).getvalue().decode()
        assert wanted.ref in rows
        assert other.ref not in rows
