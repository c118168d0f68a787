"""The day of a session: who came, who stood in, who looked on, what was noted; and hosts' calendars."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from prodops.models import Event
from research.models import Booking, BookingMail, BookingState, Recruit, RecruitState
from research.services import attendance, availability
from research.services.bookings import Refused
from research.sources import calendars
from tests.factories.prodops import UserFactory
from tests.factories.research import RecruitFactory, StudyFactory
from tests.factories.scheduling import HOUR, booked, hours_of, scheduling_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(team):
    study = StudyFactory(team=team)
    scheduling_of(study, guide="Ask **why**.", place="https://video.example.test/room")
    return study


@pytest.fixture
def over(study, now):
    """A session that began an hour and a half ago."""
    return booked(RecruitFactory(study=study), starts_at=now - 1.5 * HOUR)


@pytest.fixture
def coming(study, now):
    return booked(RecruitFactory(study=study), starts_at=now + 30 * HOUR)


def _state(booking):
    booking.refresh_from_db()
    return booking.state, Recruit.objects.get(pk=booking.recruit_id).state


def test_a_guest_who_did_not_come_is_no_cancellation_and_can_be_taken_back(over, ops, now):
    attendance.guest_missed(over, by=ops, at=now)
    assert _state(over) == (BookingState.GUEST_MISSED, RecruitState.NO_SHOW)
    assert over.session is None  # nothing was said in it
    with pytest.raises(Refused, match="no longer to come"):
        attendance.held(over, by=ops, at=now)
    attendance.reopen(over, by=ops, at=now)
    assert _state(over) == (BookingState.BOOKED, RecruitState.BOOKED)
    assert over.session.participant == over.recruit.participant
    attendance.held(over, by=ops, at=now)
    assert _state(over) == (BookingState.HELD, RecruitState.DONE)


def test_a_host_who_did_not_come_costs_the_guest_nothing(over, ops, now):
    host = over.study.lead
    with pytest.raises(Refused, match="which of its hosts"):
        attendance.host_missed(over, hosts=[ops.pk], by=ops, at=now)
    attendance.host_missed(over, hosts=[host.pk], by=ops, at=now)
    assert _state(over) == (BookingState.HOST_MISSED, RecruitState.SCREENED)
    assert over.seats.get().missed


def test_nobody_is_absent_before_it_begins(coming, ops, now):
    for verb in (attendance.held, attendance.guest_missed):
        with pytest.raises(Refused, match="not begun"):
            verb(coming, by=ops, at=now)


def test_who_stood_in_holds_it_and_nobody_was_missing(coming, ops, member, now):
    out = coming.study.lead
    hours_of(member, before_minutes=5)
    attendance.substitute(coming, out=out, into=member, by=ops, at=now)
    coming.refresh_from_db()
    assert [seat.host for seat in coming.seats.filter(live=True)] == [member]
    left = coming.seats.get(live=False)
    assert (left.host, left.left_to, left.missed) == (out, member, False)
    assert coming.session.moderator == member
    mails = BookingMail.objects.filter(sequence=1).values_list("kind", "host")
    assert ("cancelled", out.pk) in mails
    assert {("booked", None), ("booked", member.pk)} <= set(mails)
    with pytest.raises(Refused, match="which of its hosts"):
        attendance.host_missed(coming, hosts=[out.pk], by=ops, at=now + 40 * HOUR)


def test_nobody_stands_in_who_has_a_session_then(coming, ops, member, now):
    other = scheduling_of(StudyFactory(), hosts=[member])
    booked(RecruitFactory(study=other.study), starts_at=coming.starts_at, hosts=[member])
    with pytest.raises(Refused, match="another session"):
        attendance.substitute(coming, out=coming.study.lead, into=member, by=ops, at=now)
    assert coming.seats.get().live


def test_notes_of_the_day_become_the_sessions_notes(client, over, ops, as_):
    url = reverse("research:booking_notes", args=[over.pk])
    as_(ops)
    client.post(url, {"text": "Tired.\n\nLeft early.", "version": 0})
    part = over.session.parts.get()
    assert (part.kind, [cue.text for cue in part.cues.order_by("position")]) == (
        "notes",
        ["Tired.", "Left early."],
    )
    client.post(url, {"text": "Tired.\n\nLeft early.\n\nLaughed.", "version": part.version})
    assert part.cues.count() == 3
    stale = client.post(url, {"text": "Mine.", "version": part.version})
    assert stale.status_code == 409
    assert "Laughed." in stale.content.decode()
    assert part.cues.count() == 3
    attendance.guest_missed(over, by=ops, at=timezone.now())
    assert over.session is not None  # what was noted stays


def test_the_day_page_has_it_all_for_those_who_may(client, coming, ops, member, as_):
    coming.observers.add(member)
    as_(ops)
    page = client.get(coming.get_absolute_url()).content.decode()
    person = coming.recruit.participant
    for words in (person.name, person.email, "<strong>why</strong>", member.name, "Signed, or none needed"):
        assert words in page
    as_(member)
    theirs = client.get(coming.get_absolute_url()).content.decode()
    assert person.email not in theirs


def test_a_host_outside_the_team_runs_the_day(client, study, as_, now):
    host = UserFactory()
    booking = booked(RecruitFactory(study=study), starts_at=now - HOUR, hosts=[host])
    held = reverse("research:booking_held", args=[booking.pk])
    as_(UserFactory())
    assert client.post(held).status_code == 404
    as_(host)
    assert client.post(held).status_code == 302
    assert _state(booking)[0] == BookingState.HELD


def test_staff_move_and_cancel_with_a_reason(client, coming, ops, as_):
    as_(ops)
    url = reverse("research:booking_move", args=[coming.pk])
    start = client.get(url).content.decode().partition('<option value="')[2].partition('"')[0]
    client.post(url, {"start": start})
    coming.refresh_from_db()
    assert coming.starts_at == dt.datetime.fromisoformat(start)
    client.post(reverse("research:booking_cancel", args=[coming.pk]), {"because": "The prototype broke"})
    coming.refresh_from_db()
    assert (coming.state, coming.because) == (BookingState.CANCELLED, "The prototype broke")


WEEK = {
    **{f"day_{n}": "09:00-12:00, 13-17:30" if n < 6 else "" for n in range(1, 8)},
    **{
        "zone": "Europe/Berlin",
        "before_minutes": 5,
        "after_minutes": 10,
        "notice_hours": 12,
        "daily_limit": 3,
    },
}


def test_hours_are_published_and_wrong_ones_are_said_to_be(client, member, as_):
    as_(member)
    url = reverse("research:hours")
    bad = client.post(url, {**WEEK, "day_1": "9-5", "day_2": "late", "day_3": "9-12, 11-13"})
    assert bad.status_code == 422
    for words in ("ends before it begins", "is not understood", "overlap"):
        assert words in bad.content.decode()
    assert client.post(url, WEEK).status_code == 302
    row = client.get(url) and availability.Availability.objects.get(host=member)
    assert (row.zone, row.weekly.count(), row.weekly.first().start_minute) == ("Europe/Berlin", 10, 540)
    client.post(reverse("research:hours_day"), {"day": "2099-05-01", "windows": ""})
    assert row.days.get().start_minute is None
    client.post(reverse("research:hours_day_forget"), {"day": "2099-05-01"})
    assert not row.days.exists()


def _ics(start):
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTAMP:20260101T000000Z\r\n"
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=3\r\nSUMMARY:Dentist\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def test_a_calendar_is_read_kept_when_it_fails_and_forgotten(client, member, as_, now, monkeypatch):
    row = hours_of(member)
    start = now.replace(microsecond=0) + HOUR
    monkeypatch.setattr(calendars, "fetch", lambda url: _ics(start))
    availability.connect(row, "webcal://calendar.example.com/secret.ics", at=now)
    availability.read_calendar(row, at=now)
    row.refresh_from_db()
    assert (row.busy.count(), row.calendar_host, row.calendar_fault) == (3, "calendar.example.com", "")
    assert b"secret" not in bytes(row.calendar_url)

    def fails(url):
        raise calendars.Unavailable("It answers 404: the link is wrong.")

    monkeypatch.setattr(calendars, "fetch", fails)
    availability.read_calendar(row, at=now)
    row.refresh_from_db()
    assert row.busy.count() == 3
    page = as_(member).get(reverse("research:hours")).content.decode()
    assert "It answers 404" in page
    assert "secret" not in page.replace("Secret address", "")
    client.post(reverse("research:hours_calendar"), {"forget": "1"})
    row.refresh_from_db()
    assert not row.has_calendar
    assert not row.busy.exists()


@pytest.mark.parametrize(
    "url", ["ftp://a.example/x", "http://a.example/x", "https://u:p@a.example/x", "file:///etc/passwd", "x"]
)
def test_addresses_that_are_not_read_are_refused(client, member, as_, url):
    hours_of(member)
    answer = as_(member).post(reverse("research:hours_calendar"), {"url": url})
    assert answer.status_code == 422


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "::ffff:192.168.0.1"])
def test_a_calendar_inside_the_network_is_not_called(monkeypatch, address):
    monkeypatch.setattr("prodops.resolving.addresses_of", lambda *args, **kwargs: [address])
    with pytest.raises(calendars.NotAllowed, match="inside the network"):
        calendars.fetch("https://calendar.example.com/x.ics")


def test_a_redirect_into_the_network_is_not_followed(monkeypatch):
    looked = {"calendar.example.com": ["93.184.216.34"], "inside.example.com": ["10.0.0.7"]}
    monkeypatch.setattr("prodops.resolving.addresses_of", lambda host, port, **kwargs: looked[host])
    monkeypatch.setattr(calendars, "_get", lambda *args: (b"", "https://inside.example.com/x"))
    with pytest.raises(calendars.NotAllowed, match="inside the network"):
        calendars.fetch("https://calendar.example.com/x.ics")


def test_a_study_is_set_up_and_offers_times(client, team, ops, as_):
    study = StudyFactory(team=team, lead=ops)
    hours_of(ops)
    as_(ops)
    url = reverse("research:study_scheduling_edit", args=[study.slug])
    sent = {
        **{"hosts": [ops.pk], "mode": "one", "offer": "slots", "length_minutes": 45, "step_minutes": 15},
        **{"most_moves": 2, "change_hours": 4, "is_open": "on"},
    }
    assert client.post(url, {**sent, "first_day": "2026-12-02", "last_day": "2026-12-01"}).status_code == 422
    assert client.post(url, sent).status_code == 302
    day = timezone.localdate() + dt.timedelta(days=3)
    times = reverse("research:slots_add", args=[study.slug])
    client.post(times, {"day": day.isoformat(), "starts": "09:00, 10:30", "zone": "Asia/Kolkata"})
    assert study.scheduling.slots.count() == 2
    assert "Free" in client.get(reverse("research:study_scheduling", args=[study.slug])).content.decode()
    assert Event.objects.filter(verb="study.slots_added").count() == 1
    assert not Booking.objects.exists()
