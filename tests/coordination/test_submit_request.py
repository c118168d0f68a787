import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from coordination.models import Request, State, Voice
from coordination.services import requests
from prodops.models import Event, Notification, Role, SearchEntry
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
TEXT = {"title": "Import rejects German dates", "problem": "Day-first dates bounce.", "urgency": 2}


@pytest.fixture
def seller():
    person = UserFactory(role=Role.SUBMITTER, editor_of=TeamFactory(name="Sales"))
    return person


def test_a_request_and_its_first_account_are_written_together(seller, now):
    account = CustomerAccountFactory(arr=Decimal("61200"), currency="GBP")
    sent = requests.submit(
        by=seller, at=now, team=seller.teams.get(), account=account, revenue=Decimal(500), **TEXT
    )
    voice = Voice.objects.get(request=sent)
    assert (sent.state, sent.submitted_at, sent.submitter_team) == (State.NEW, now, seller.teams.get())
    assert (voice.account, voice.revenue, voice.currency) == (account, Decimal(500), "GBP")
    assert (sent.accounts_count, sent.arr_total, sent.stake_total) == (1, Decimal("61200"), Decimal(500))
    assert Event.objects.filter(verb="request.submitted", subject_id=sent.pk).count() == 1


def test_the_same_form_sent_twice_makes_one_request(seller, now):
    key = uuid.uuid4()
    first = requests.submit(by=seller, at=now, key=key, **TEXT)
    again = requests.submit(by=seller, at=now, key=key, **TEXT)
    assert again == first
    assert Request.objects.count() == Event.objects.filter(verb="request.submitted").count() == 1


def test_what_was_changed_after_going_back_is_a_new_request(as_, seller):
    page = {**TEXT, "key": uuid.uuid4()}
    url = reverse("coordination:request_new")
    sent = [as_(seller).post(url, page), as_(seller).post(url, page)]
    changed = as_(seller).post(url, {**page, "problem": "It was the export."})
    assert sent[0].headers["Location"] == sent[1].headers["Location"] != changed.headers["Location"]
    problems = Request.objects.order_by("pk").values_list("problem", flat=True)
    assert list(problems) == ["Day-first dates bounce.", "It was the export."]


def test_the_areas_owner_is_told_once(seller, now, django_capture_on_commit_callbacks):
    owner = UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        sent = requests.submit(by=seller, at=now, area=ProductAreaFactory(owner=owner), **TEXT)
    told = Notification.objects.get()
    assert (told.recipient, told.url) == (owner, sent.get_triage_url())
    assert sent.title in told.text


def test_without_an_owner_the_teams_leads_are_told_and_without_an_area_product_ops(
    seller, now, ops, django_capture_on_commit_callbacks
):
    lead, team = UserFactory(), TeamFactory()
    team.memberships.create(user=lead, level="lead")
    with django_capture_on_commit_callbacks(execute=True):
        requests.submit(by=seller, at=now, area=ProductAreaFactory(team=team), **TEXT)
        requests.submit(by=seller, at=now, **TEXT)
    assert list(Notification.objects.order_by("pk").values_list("recipient", flat=True)) == [lead.pk, ops.pk]


def test_search_shows_it_to_the_team_and_to_members_and_to_nobody_else(seller, now, member):
    requests.submit(by=seller, at=now, team=seller.teams.get(), **TEXT)
    colleague = UserFactory(role=Role.SUBMITTER, editor_of=seller.teams.get())
    stranger = UserFactory(role=Role.SUBMITTER, editor_of=TeamFactory())
    found = {
        user: SearchEntry.objects.visible_to(user).filter(kind="request").count()
        for user in (seller, colleague, member, stranger)
    }
    assert found == {seller: 1, colleague: 1, member: 1, stranger: 0}


def test_the_form_takes_an_account_by_its_name_and_an_amount_as_typed(as_, seller):
    account = CustomerAccountFactory(name="Northwind Freight", currency="USD")
    area = ProductAreaFactory()
    response = as_(seller).post(
        reverse("coordination:request_new"),
        {**TEXT, "account_text": "northwind freight", "revenue": "60k", "area": area.pk, "key": uuid.uuid4()},
    )
    sent = Request.objects.get()
    assert response.headers["Location"] == reverse("coordination:request_sent", args=[sent.pk])
    assert sent.voices.get().account == account
    assert (sent.voices.get().revenue, sent.voices.get().currency) == (Decimal(60_000), "USD")
    assert sent.submitter_team == seller.teams.get()
    page = as_(seller).get(response.headers["Location"])
    assert "What happens next" in page.text


def test_a_form_with_errors_keeps_what_was_typed(as_, seller):
    response = as_(seller).post(
        reverse("coordination:request_new"),
        {**TEXT, "title": "", "account_text": "Nobody Ltd", "revenue": "lots"},
    )
    assert response.status_code == 422
    for words in ("Day-first dates bounce.", "Nobody Ltd", "There is no account called", "Write an amount"):
        assert words in response.text
    assert Request.objects.count() == 0
