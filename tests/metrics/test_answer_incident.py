"""Incidents: opened once, answered once, and everything that can be taken back."""

import datetime as dt

import pytest
from django.urls import reverse

from metrics.models import (
    Cause,
    Flag,
    FlagKind,
    Incident,
    IncidentState,
    Lesson,
    SensitivityChange,
    Severity,
    Watch,
    Way,
)
from metrics.services import flags, incidents, sensitivity
from metrics.stats import severity
from prodops import activity
from prodops.models import Event, Notification, Role
from prodops.services import delivery
from tests.factories.metrics import FlagFactory, IncidentFactory, KpiFactory, day
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db
LAST = day(dt.date(2026, 11, 19))
HX = {"HX-Request": "true"}


def found(kpi, when=LAST, kind=FlagKind.DIP, **fields):
    given = {"value": 40.0, "score": 2.0, "expected": 60.0, "low": 58.0, "high": 62.0} | fields
    return Flag(kpi=kpi, period=when, kind=kind, raised_at=when, **given)


def test_flags_of_one_way_share_an_incident_and_another_way_has_its_own(now):
    kpi = KpiFactory()
    flags.raise_(kpi, [found(kpi)], at=now)
    flags.raise_(kpi, [found(kpi, LAST + dt.timedelta(days=1))], at=now)
    flags.raise_(kpi, [found(kpi, kind=FlagKind.SPIKE, value=90.0)], at=now)
    down, up = Incident.objects.order_by("way")
    assert (down.way, down.flags.count(), up.way) == (Way.DOWN, 2, Way.UP)
    assert (down.window_from, down.window_to) == (LAST, LAST + dt.timedelta(days=1))
    assert down.severity == Severity.HIGH, "twice the threshold, a third of the number"
    verbs = Event.objects.filter(verb__startswith="incident").order_by("pk")
    assert [event.verb for event in verbs] == ["incident.opened", "incident.grew", "incident.opened"]


def test_the_owner_has_one_message_of_a_day_which_later_news_change(now):
    owner = UserFactory()
    first, second = KpiFactory(owner=owner, name="Activation"), KpiFactory(owner=owner, name="Trials")
    flags.raise_(first, [found(first)], at=now)
    flags.raise_(second, [found(second)], at=now)
    flags.raise_(first, [found(first, LAST + dt.timedelta(days=1))], at=now)
    for event in [*Event.objects.filter(verb__startswith="incident"), *Event.objects.filter(verb="x")]:
        delivery.deliver(event.pk, at=now)
    told = Notification.objects.get(recipient=owner)
    assert told.text.endswith("and 1 more of your KPIs moved that day")
    assert "day=2026-11-19" in told.url
    incident = first.incidents.get()
    incidents.resolve(incident, cause=Cause.PIPELINE, by=UserFactory(), at=now)
    delivery.deliver(Event.objects.get(verb="incident.resolved").pk, at=now)
    assert "resolved as pipeline" in Notification.objects.get(recipient=owner).text


def test_each_move_is_once_and_says_who(member, now):
    incident = IncidentFactory()
    incidents.acknowledge(incident, by=member, at=now)
    with pytest.raises(incidents.Overtaken):
        incidents.acknowledge(Incident.objects.get(pk=incident.pk), by=member, at=now)
    incidents.assign(incident, to=member, by=member, at=now)
    with pytest.raises(incidents.NotPossible):
        incidents.assign(incident, to=member, by=member, at=now)
    with pytest.raises(incidents.CauseMissing):
        incidents.resolve(incident, cause=Cause.OTHER, by=member, at=now)
    incidents.resolve(incident, cause=Cause.DUPLICATES, comment="Two loads", by=member, at=now)
    with pytest.raises(incidents.Overtaken):
        incidents.resolve(Incident.objects.get(pk=incident.pk), cause=Cause.PIPELINE, by=member, at=now)
    incidents.reopen(incident, by=member, at=now)
    incident.refresh_from_db()
    assert (incident.state, incident.cause, incident.resolved_by, incident.assignee) == (
        "new",
        "",
        None,
        None,
    )
    verbs = activity.history(incident).values_list("verb", flat=True)
    assert list(verbs)[::-1] == [
        f"incident.{done}" for done in ("acknowledged", "assigned", "resolved", "reopened")
    ]


def test_snoozed_it_asks_nobody_until_its_day(member, now):
    incident = IncidentFactory(kpi=KpiFactory(owner=member))
    with pytest.raises(incidents.NotPossible):
        incidents.snooze(incident, until=now, by=member, at=now)
    incidents.snooze(incident, until=now + dt.timedelta(days=2), by=member, at=now)
    assert not Incident.objects.waiting_for(member, now).exists()
    assert Incident.objects.waiting_for(member, now + dt.timedelta(days=2)).get() == incident
    incidents.wake(incident, by=member, at=now)
    with pytest.raises(incidents.Overtaken):
        incidents.wake(incident, by=member, at=now)


def test_what_grows_asks_again_in_the_same_incident(member, now):
    kpi = KpiFactory()
    flags.raise_(kpi, [found(kpi)], at=now)
    incident = Incident.objects.get()
    incidents.resolve(incident, cause=Cause.REAL_CHANGE, by=member, at=now)
    grown = flags.Findings({(LAST, FlagKind.LEVEL_SHIFT): {"score": 3.0}}, {(LAST, FlagKind.LEVEL_SHIFT)})
    flags.keep({kpi: grown}, asks_since=lambda kpi: LAST, at=now)
    assert (Flag.objects.get().kind, Incident.objects.get().state) == ("level_shift", IncidentState.NEW)


def test_severity_and_window_set_by_hand_stay(member, now):
    kpi = KpiFactory()
    flags.raise_(kpi, [found(kpi)], at=now)
    incident = Incident.objects.get()
    incidents.grade(incident, severity=Severity.LOW, by=member, at=now)
    before = LAST - dt.timedelta(days=5)
    incidents.set_window(incident, first=before, last=LAST, by=member, at=now)
    flags.raise_(kpi, [found(kpi, LAST + dt.timedelta(days=1), score=9.0)], at=now)
    incident.refresh_from_db()
    assert (incident.severity, incident.window_from, incident.window_to) == (Severity.LOW, before, LAST)
    with pytest.raises(incidents.NotPossible):
        incidents.set_window(incident, first=LAST, last=before, by=member, at=now)


def test_one_that_a_person_reports_leads_to_the_one_that_is_open(as_, member, team, now):
    kpi = KpiFactory(team=team)
    url = reverse("metrics:incident_report", args=[kpi.slug])
    said = {
        "what": "Counted twice",
        "way": "data",
        "severity": "3",
        "first": "2026-11-01",
        "last": "2026-11-02",
    }
    page = as_(member).post(url, said)
    incident = Incident.objects.get()
    assert page.headers["Location"] == incident.get_absolute_url()
    assert (incident.opened_by, incident.severity, incident.window_from.day) == (member, 3, 1)
    assert as_(member).post(url, said).headers["Location"] == incident.get_absolute_url()
    assert as_(member).post(url, said | {"last": "2026-10-02"}).status_code == 422


def test_false_alarms_teach_and_answers_taken_back_unteach(member, now):
    kpi = KpiFactory()
    Watch.objects.create(kpi=kpi)

    def factor():
        return round(Watch.objects.get(kpi=kpi).factor, 3)

    incident = FlagFactory(kpi=kpi).incident
    incidents.resolve(incident, cause=Cause.FALSE_POSITIVE, by=member, at=now)
    assert factor() == 1.15
    incidents.reopen(incident, by=member, at=now)
    assert factor() == 1
    incidents.resolve(incident, cause=Cause.FALSE_POSITIVE, by=member, at=now)
    sensitivity.reset(kpi, by=member, at=now)
    incidents.reopen(incident, by=member, at=now)
    assert factor() == 1, "what was reset is not taken back again"
    lessons = SensitivityChange.objects.order_by("pk").values_list("lesson", flat=True)
    assert list(lessons) == [Lesson.FALSE_ALARM, Lesson.TAKEN_BACK, Lesson.FALSE_ALARM, Lesson.RESET]
    with pytest.raises(sensitivity.NothingLearnt):
        sensitivity.reset(kpi, by=member, at=now)
    late = FlagFactory(kpi=KpiFactory(), kind=FlagKind.LATE, value=None).incident
    incidents.resolve(late, cause=Cause.FALSE_POSITIVE, by=member, at=now)
    assert SensitivityChange.objects.count() == 4


def test_bulk_verbs_stand_or_fall_alone_and_are_undone_together(as_, member, team, now):
    mine = IncidentFactory.create_batch(2, kpi__team=team)
    theirs = IncidentFactory()
    client = as_(member)
    ticked = {"pk": [one.pk for one in (*mine, theirs)]}
    page = client.post(reverse("metrics:bulk_acknowledge"), ticked, headers=HX).text
    assert "2 incidents acknowledged. 1 are not yours to change." in page
    token = page.split('name="token" value="')[1].split('"')[0]
    incidents.resolve(mine[1], cause=Cause.PIPELINE, by=member, at=now)
    back = client.post(reverse("metrics:incident_undo"), {"token": token}, headers=HX).text
    assert "1 incident back as before. Somebody has moved this incident since." in back
    states = (
        Incident.objects.filter(pk__in=[one.pk for one in mine])
        .order_by("pk")
        .values_list("state", flat=True)
    )
    assert list(states) == ["new", "resolved"]
    resolved = client.post(
        reverse("metrics:bulk_resolve"), ticked | {"cause": "false_positive"}, headers=HX
    ).text
    assert "1 incident resolved." in resolved
    assert "late to undo" in client.post(reverse("metrics:incident_undo"), {"token": "x"}, headers=HX).text
    for verb, said in (("bulk_take", "assigned to you"), ("bulk_snooze", "put off")):
        fresh = IncidentFactory(kpi__team=team)
        answer = client.post(reverse(f"metrics:{verb}"), {"pk": fresh.pk, "until": "week"}, headers=HX)
        assert f"1 incident {said}." in answer.text
    assert "Tick the incidents first" in client.post(reverse("metrics:bulk_take"), headers=HX).text


def test_the_page_answers_in_place_and_only_for_those_who_may(as_, people, member, team, now):
    incident = FlagFactory(kpi__team=team).incident
    url = {
        name: reverse(f"metrics:incident_{name}", args=[incident.pk])
        for name in ("resolve", "take", "detail")
    }
    assert as_(people[Role.SUBMITTER]).post(url["take"]).status_code == 403
    other = UserFactory()
    assert as_(other).post(url["take"]).status_code == 404
    client = as_(member)
    refused = client.post(url["resolve"], {"cause": ""}, headers=HX)
    assert refused.status_code == 422
    assert "Say what it turned out to be" in refused.text
    done = client.post(url["resolve"], {"cause": "pipeline", "comment": "A late load"}, headers=HX).text
    assert "A late load" in done
    assert "<html" not in done
    token = done.split('name="token" value="')[1].split('"')[0]
    back = client.post(reverse("metrics:incident_undo"), {"token": token, "at": incident.pk}, headers=HX).text
    assert "1 incident back as before" in back
    assert "Resolve the incident" in back
    assert "resolved this as pipeline" in client.get(url["detail"]).text
    assert (
        client.post(url["take"], {"next": "/metrics/incidents/"}).headers["Location"] == "/metrics/incidents/"
    )


def test_the_list_shows_what_asks_and_groups_what_moved_together(as_, member, now):
    for name in ("Alpha", "Beta"):
        FlagFactory(kpi=KpiFactory(name=name), period=LAST)
    IncidentFactory(kpi__name="Gamma", snoozed_until=now + dt.timedelta(days=900))
    page = as_(member).get(reverse("metrics:incident_list")).text
    assert "2 series moved on this day" in page
    assert "Gamma" not in page
    assert "Gamma" in as_(member).get(reverse("metrics:incident_list"), {"state": "snoozed"}).text
    assert "Alpha" in as_(member).get(reverse("metrics:incident_list"), {"day": "2026-11-19"}).text
    alpha = Incident.objects.get(kpi__name="Alpha")
    assert "Beta: lower than expected" in as_(member).get(alpha.get_absolute_url()).text


def test_mine_wait_in_the_side_bar_and_on_the_home_page(as_, member, now):
    FlagFactory(kpi=KpiFactory(owner=member, name="Mine"))
    FlagFactory(kpi=KpiFactory(name="Theirs"))
    html = as_(member).get("/").text
    assert "Unusual in your KPIs" in html
    assert ">Mine</a>" in html
    assert "Theirs" not in html


@pytest.mark.parametrize(
    ("kind", "score", "value", "expected", "grade"),
    [
        ("dip", 1.0, 57.0, 60.0, severity.LOW),
        ("dip", 2.0, 50.0, 60.0, severity.MEDIUM),
        ("level_shift", 3.0, 45.0, 60.0, severity.HIGH),
        ("spike", 1.0, 10.0, 0.0, severity.HIGH),
        ("late", 0.2, None, None, severity.LOW),
        ("late", 1.0, None, None, severity.MEDIUM),
        ("late", 3.0, None, None, severity.HIGH),
        ("missing", 1.0, None, None, severity.MEDIUM),
    ],
)
def test_severity_is_how_sure_times_how_much(kind, score, value, expected, grade):
    assert severity.severity(kind, score, value, expected) == grade
