import pytest
from django.urls import reverse

from metrics.models import FlagState
from metrics.services import flags
from prodops import activity
from prodops.models import Event, Notification, Role
from prodops.services import delivery
from tests.factories.metrics import FlagFactory, KpiFactory
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db


def test_acknowledging_says_who_and_when(member, now):
    flag = FlagFactory()
    flags.acknowledge(flag, reason="Looking", by=member, at=now)
    flag.refresh_from_db()
    assert (flag.state, flag.answered_by, flag.answered_at, flag.reason) == (
        FlagState.ACKNOWLEDGED,
        member,
        now,
        "Looking",
    )
    assert Event.objects.get(verb="flag.acknowledged").data["flag"] == flag.pk
    with pytest.raises(flags.AlreadyAnswered):
        flags.acknowledge(flag, by=member, at=now)


def test_dismissing_needs_a_reason(member, now):
    flag = FlagFactory()
    with pytest.raises(flags.ReasonMissing):
        flags.dismiss(flag, reason="  ", by=member, at=now)
    flags.dismiss(flag, reason="A reload", by=member, at=now)
    with pytest.raises(flags.AlreadyAnswered):
        flags.dismiss(flag, reason="Twice", by=member, at=now)
    flag.refresh_from_db()
    assert flag.reason == "A reload"


def test_an_answer_can_be_taken_back(member, now):
    flag = FlagFactory()
    flags.dismiss(flag, reason="A reload", by=member, at=now)
    flags.reopen(flag, by=member, at=now)
    flag.refresh_from_db()
    assert (flag.state, flag.answered_by, flag.reason) == (FlagState.NEW, None, "")


def test_only_of_open_flags_is_somebody_told(member, now):
    kpi = KpiFactory(owner=member)
    answered, still_open = FlagFactory(kpi=kpi), FlagFactory(kpi=kpi)
    flags.dismiss(answered, reason="A reload", by=member, at=now)
    for raised, told in (([answered], 0), ([answered, still_open], 1)):
        data = {"flags": [{"flag": flag.pk} for flag in raised]}
        event = activity.record("flag.raised", on=kpi, by=None, at=now, data=data)
        delivery.deliver(event.pk, at=now)
        assert Notification.objects.filter(recipient=member).count() == told
    assert "more" not in Notification.objects.get().text


def test_what_the_checks_withdrew_takes_no_answer(member, now):
    flag = FlagFactory(state=FlagState.WITHDRAWN)
    with pytest.raises(flags.AlreadyAnswered):
        flags.acknowledge(flag, by=member, at=now)


def test_answering_on_the_page_swaps_the_chart_and_its_flags(as_, member, team):
    flag = FlagFactory(kpi__team=team)
    client = as_(member)
    url = reverse("metrics:flag_dismiss", args=[flag.pk])
    refused = client.post(url, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    done = client.post(url, {"reason": "A reload of the table"}, headers={"HX-Request": "true"})
    assert "A reload of the table" in done.content.decode()
    assert "<html" not in done.content.decode()


def test_without_htmx_one_goes_back(as_, member, team):
    flag = FlagFactory(kpi__team=team)
    url = reverse("metrics:flag_acknowledge", args=[flag.pk])
    response = as_(member).post(url, {"next": reverse("metrics:flag_list")})
    assert response.headers["Location"] == reverse("metrics:flag_list")


def test_who_may_not_edit_the_kpi_may_not_answer(as_, people):
    flag = FlagFactory(kpi=KpiFactory())
    url = reverse("metrics:flag_acknowledge", args=[flag.pk])
    assert as_(people[Role.MEMBER]).post(url).status_code == 404
    assert as_(people[Role.SUBMITTER]).post(url).status_code == 403
    assert as_(UserFactory(editor_of=flag.kpi.team)).post(url).status_code == 302


def test_my_open_flags_wait_in_the_side_bar_and_on_the_home_page(as_, member, team):
    FlagFactory(kpi=KpiFactory(owner=member, name="Mine"))
    FlagFactory(kpi=KpiFactory(owner=member), state=FlagState.PAST)
    FlagFactory(kpi=KpiFactory(name="Theirs"))
    html = as_(member).get("/").content.decode()
    assert "Unusual in your KPIs" in html
    assert ">Mine</a>" in html
    assert "Theirs" not in html
