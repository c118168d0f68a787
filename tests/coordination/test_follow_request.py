from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from coordination.models import Request
from coordination.services import decisions, inbox, voices
from prodops.models import Role
from prodops.services import comments
from tests.factories.coordination import DeclineReasonFactory
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory, UserFactory

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
    decisions.decline(
        request, reason="Choose the date format instead.", code=DeclineReasonFactory(), by=pm, at=now
    )
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


def test_what_deciders_do_meanwhile_is_in_no_history_that_a_submitter_reads(as_, make, seller, pm, now):
    request = make()
    inbox.snooze(request, until=now + timedelta(days=1), by=pm, at=now)
    inbox.assign(request, area=ProductAreaFactory(name="Yard gates", owner=pm), by=pm, at=now)
    history = reverse("talk_history", args=["coordination.request", request.pk])
    for url, headers in ((request.get_absolute_url(), {}), (history, {}), (history, {"HX-Request": "true"})):
        submitters, deciders = (as_(user).get(url, headers=headers).text for user in (seller, pm))
        for words in ("put this off", "gave this to Yard gates"):
            assert words not in submitters
            assert words in deciders


def test_who_only_follows_a_request_reads_of_its_decisions_alone(as_, make, seller, stranger, pm, now):
    request, account = make(), CustomerAccountFactory(name="Halcyon Lines")
    voices.add(request, account=account, by=stranger, at=now, team=stranger.teams.get())
    comments.add(request, "Between us.", by=pm, at=now)
    decisions.decline(request, reason="Too few ask for it.", code=DeclineReasonFactory(), by=pm, at=now)
    decisions.reopen(request, by=pm, at=now)
    pages = {user: as_(user).get(request.get_absolute_url()).text for user in (stranger, pm)}
    for page in pages.values():
        assert "declined this: “Too few ask for it.”" in page
        assert "took the decision back" in page
        assert "comment.added" not in page
    assert "added Halcyon Lines" in pages[pm]
    assert "added Halcyon Lines" not in pages[stranger]


def test_the_csv_gives_days_as_the_company_counts_them(as_, make, pm, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    request = make(submitted_at=datetime(2026, 3, 1, 20, tzinfo=UTC))
    decisions.accept(request, by=pm, at=datetime(2026, 3, 9, 20, tzinfo=UTC))
    rows = as_(pm).get(reverse("coordination:request_csv")).getvalue().decode()
    assert ",2026-03-02," in rows
    assert ",2026-03-10," in rows
