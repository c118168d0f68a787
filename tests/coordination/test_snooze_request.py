from datetime import timedelta

import pytest

from coordination.models import Request
from coordination.services import decisions, inbox
from prodops.models import Notification
from tests.factories.prodops import ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_request_put_off_comes_back_in_time(make, pm, now):
    request = make()
    inbox.snooze(request, until=now + timedelta(days=1), by=pm, at=now)
    mine = Request.objects.triageable_by(pm)
    assert (mine.waiting(now).count(), mine.put_off(now).count()) == (0, 1)
    assert mine.waiting(now + timedelta(days=1)).get() == request
    inbox.wake(request, by=pm, at=now)
    assert mine.waiting(now).get() == request


def test_it_is_put_off_forwards_and_while_undecided_only(make, pm, now):
    request = make()
    with pytest.raises(decisions.CannotDecide):
        inbox.snooze(request, until=now, by=pm, at=now)
    decisions.accept(request, by=pm, at=now)
    with pytest.raises(decisions.AlreadyDecided):
        inbox.snooze(request, until=now + timedelta(days=1), by=pm, at=now)


def test_another_area_or_person_is_told(make, pm, now, django_capture_on_commit_callbacks):
    request, owner, person = make(), UserFactory(), UserFactory()
    area = ProductAreaFactory(owner=owner)
    with django_capture_on_commit_callbacks(execute=True):
        inbox.assign(request, area=area, by=pm, at=now)
    assert Notification.objects.get().recipient == owner
    with django_capture_on_commit_callbacks(execute=True):
        inbox.assign(request, area=area, assignee=person, by=pm, at=now)
    assert set(Notification.objects.values_list("recipient", flat=True)) == {owner.pk, person.pk}
    assert list(Request.objects.triageable_by(pm)) == []
