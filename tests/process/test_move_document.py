import pytest
from django.urls import reverse

from process.models import DocumentState
from process.services import documents
from prodops.models import Event, Notification
from prodops.tasks import deliver
from research.services import insight_states
from tests.factories.process import DocumentFactory
from tests.factories.research import InsightFactory

pytestmark = pytest.mark.django_db


def test_a_document_goes_through_review_to_final_and_back_with_a_reason(member, now):
    document = DocumentFactory(owner=member)
    documents.submit(document, by=member, at=now)
    documents.withdraw(document, by=member, at=now)
    documents.submit(document, by=member, at=now)
    documents.finalise(document, by=member, at=now)
    assert (document.state, document.final_by, document.final_at) == (DocumentState.FINAL, member, now)
    documents.reopen(document, reason="The date moved", by=member, at=now)
    assert (document.state, document.final_by, document.final_at) == (DocumentState.DRAFT, None, None)
    assert Event.objects.get(verb="document.reopened").data == {"reason": "The date moved"}


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (DocumentState.DRAFT, documents.withdraw),
        (DocumentState.DRAFT, documents.finalise),
        (DocumentState.IN_REVIEW, documents.submit),
    ],
)
def test_a_state_leads_only_where_its_table_says(state, verb, member, now):
    document = DocumentFactory(owner=member, state=state)
    with pytest.raises(documents.NotAllowed):
        verb(document, by=member, at=now)
    document.refresh_from_db()
    assert document.state == state
    assert not Event.objects.exists()


def test_reopening_asks_why(as_, member, now):
    document = DocumentFactory(owner=member)
    documents.submit(document, by=member, at=now)
    documents.finalise(document, by=member, at=now)
    url = f"{document.get_absolute_url()}reopen/"
    as_(member).post(url, {"reason": "  "})
    document.refresh_from_db()
    assert document.frozen
    as_(member).post(url, {"reason": "The date moved"})
    document.refresh_from_db()
    assert not document.frozen
    history = reverse("talk_history", args=["process.document", document.pk])
    assert "The date moved" in as_(member).get(history).text


def test_each_move_has_its_button(as_, member):
    document = DocumentFactory(owner=member)
    for move in ("submit", "withdraw", "submit", "finalise"):
        page = as_(member).post(f"{document.get_absolute_url()}{move}/", follow=True)
        assert page.status_code == 200
    document.refresh_from_db()
    assert document.state == DocumentState.FINAL


def test_the_owner_hears_that_a_cited_insight_no_longer_holds(member, ops, now):
    insight = InsightFactory(published=True)
    DocumentFactory(owner=member, title="Plan", body=f"See [this]({insight.get_absolute_url()}).")
    DocumentFactory(owner=ops, body="See nothing.")
    insight_states.retract(insight, "It was a test.", by=insight.owner, at=now)
    for event in Event.objects.filter(delivered_at=None):
        deliver(event_id=event.pk)
    told = Notification.objects.filter(recipient__in=[member, ops], event__verb="insight.retracted")
    assert [(one.recipient, "“Plan” links to it" in one.text) for one in told] == [(member, True)]
