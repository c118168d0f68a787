import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from coordination.models import Request, State
from coordination.services import decisions, voices
from prodops.models import Event, Notification
from tests.factories.prodops import CustomerAccountFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_accepting_is_recorded_with_who_and_when(make, pm, now):
    request = make()
    decisions.accept(request, by=pm, at=now, note="Gladly.")
    assert (request.state, request.decided_by, request.decided_at) == (State.ACCEPTED, pm, now)
    assert Event.objects.get(verb="request.accepted").by == pm


def test_declining_needs_a_code_and_has_its_words_and_time(make, pm, now, code):
    request = make()
    with pytest.raises(decisions.CannotDecide):
        decisions.decline(request, reason="  ", code=None, by=pm, at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.filter(pk=request.pk).update(state="declined", decided_by=pm, decided_at=now)
    decisions.decline(request, code=code, by=pm, at=now)
    assert (request.decision_reason, request.decline_code) == (code.words, code)
    assert request.revisit_on == decisions.months_later(now.date(), 6)


def test_of_two_who_decide_at_once_the_second_is_told_who_was_first(make, pm, now, code):
    request = make()
    same = Request.objects.get(pk=request.pk)
    decisions.accept(request, by=pm, at=now)
    with pytest.raises(decisions.AlreadyDecided, match="Maya Lindqvist was quicker"):
        decisions.decline(same, reason="No.", code=code, by=UserFactory(), at=now)
    assert Request.objects.get(pk=request.pk).state == State.ACCEPTED
    assert not Event.objects.filter(verb="request.declined").exists()


def test_the_inbox_shows_the_message_and_changes_nothing(as_, make, pm, now, ops, code):
    request = make()
    decisions.accept(request, by=ops, at=now)
    page = as_(pm).post(
        reverse("coordination:decline", args=[request.pk]), {"reason": "No.", "code": code.slug}, headers=HTMX
    )
    assert f"{request.ref} is accepted now: {ops.name} was quicker" in page.text


def test_those_who_asked_are_told_once_each(
    make, pm, now, stranger, code, django_capture_on_commit_callbacks
):
    request, joined = make(), make()
    decisions.merge(joined, into=request, by=pm, at=now)
    voices.add(request, account=CustomerAccountFactory(), by=stranger, at=now)
    Notification.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        decisions.decline(request, reason="Too few.", code=code, by=pm, at=now)
    told = Notification.objects.order_by("recipient")
    assert [one.recipient for one in told] == [request.submitter, stranger]
    assert all("Too few." in one.text for one in told)
    event = Event.objects.get(verb="request.declined")
    from coordination.subscribers import tell_declined

    tell_declined(event)
    assert Notification.objects.count() == 2


def test_a_decision_taken_back_waits_again(make, pm, now, code):
    request = make()
    decisions.decline(request, reason="No.", code=code, by=pm, at=now)
    decisions.reopen(request, by=pm, at=now)
    assert (request.state, request.decided_at, request.decision_reason) == (State.NEW, None, "")
    with pytest.raises(decisions.CannotDecide):
        decisions.reopen(request, by=pm, at=now)


@pytest.mark.parametrize("name", ["accept", "decline", "merge", "snooze", "assign"])
def test_only_who_answers_for_the_area_decides(as_, make, pm, seller, name, code):
    request = make()
    url = reverse(f"coordination:{name}", args=[request.pk])
    fields = {"reason": "No.", "code": code.slug, "into": make().pk, "until": "week", "area": request.area_id}
    assert as_(UserFactory()).post(url, fields).status_code == 404
    assert as_(seller).post(url, fields).status_code == 403
    assert Request.objects.get(pk=request.pk).state == State.NEW
    assert as_(pm).post(url, fields).status_code == 302


def test_ticked_requests_stand_or_fall_alone(as_, make, pm, now, ops, code):
    good, decided, foreign = make(), make(), make(area=None)
    decisions.accept(decided, by=ops, at=now)
    data = {"pk": [good.pk, decided.pk, foreign.pk], "reason": "Not now.", "code": code.slug}
    page = as_(pm).post(reverse("coordination:bulk_decline"), data, headers=HTMX).text
    assert "1 request declined." in page
    assert f"{ops.name} was quicker" in page
    assert f"{foreign.ref} is not yours to decide." in page
    as_(pm).post(reverse("coordination:bulk_reopen"), {"pk": [good.pk]}, headers=HTMX)
    assert Request.objects.get(pk=good.pk).state == State.NEW
