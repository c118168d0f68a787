import pytest
from django.urls import reverse

from coordination.models import Request, State
from coordination.services import decisions
from prodops.models import Event, Notification

pytestmark = pytest.mark.django_db


def test_only_what_is_another_state_in_their_words_is_told(
    as_, make, pm, now, seller, django_capture_on_commit_callbacks
):
    request, joined = make(), make()
    decisions.accept(request, by=pm, at=now)
    decisions.merge(joined, into=request, by=pm, at=now)
    looked = Request.objects.get(pk=joined.pk).changed_at
    url = reverse("coordination:advance", args=[request.pk])
    with django_capture_on_commit_callbacks(execute=True):
        as_(pm).post(url, {"to": "planned"})
    assert not Notification.objects.filter(event__verb__in=["request.advanced", "request.stepped"]).exists()
    assert Request.objects.get(pk=joined.pk).changed_at == looked
    with django_capture_on_commit_callbacks(execute=True):
        as_(pm).post(url, {"to": "progress", "note": "You can try it soon."})
    told = Notification.objects.get(event__verb="request.advanced")
    assert (told.recipient, told.text) == (
        seller,
        f"In the works: {request.title}. You can try it soon.",
    )
    joined = Request.objects.select_related("root").get(pk=joined.pk)
    assert joined.changed_at > looked
    assert joined.requester_words == "Joined with another · in the works"
    page = as_(seller).get(request.get_absolute_url()).text
    assert "In the works" in page
    assert "said that this is in the works now" in page
    assert "said that this is planned" not in page


def test_only_what_was_taken_on_goes_on(make, pm, now, code):
    request = make()
    with pytest.raises(decisions.CannotDecide, match="only what is accepted"):
        decisions.advance(request, to=State.SHIPPED, by=pm, at=now)
    decisions.accept(request, by=pm, at=now)
    same = Request.objects.get(pk=request.pk)
    decisions.advance(request, to=State.SHIPPED, by=pm, at=now)
    with pytest.raises(decisions.AlreadyDecided, match="Maya Lindqvist was quicker"):
        decisions.advance(same, to=State.PLANNED, by=pm, at=now)
    assert Event.objects.filter(verb__in=["request.advanced", "request.stepped"]).count() == 1
