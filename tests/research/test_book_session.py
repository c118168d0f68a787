"""Booking, moving and cancelling: one booking a time, whoever comes and however they come."""

import datetime as dt
import re
import threading
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.urls import reverse
from icalendar import Calendar

from prodops.models import Away, Event
from research.models import Booking, BookingMail, BookingState, BusyTime, RecruitState, Seat, Session
from research.queries import scheduling as times
from research.services import availability, booking_mails, bookings
from tests.factories.prodops import UserFactory
from tests.factories.research import RecruitFactory, StudyFactory
from tests.factories.scheduling import HOUR, booked, hours_of, scheduling_of

NOW = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)  # a Monday
NINE = NOW + dt.timedelta(days=1, hours=1)
DAY = dt.timedelta(days=1)

pytestmark = pytest.mark.django_db


def _recruit(study, **fields):
    return RecruitFactory(study=study, expires_at=NOW + 60 * DAY, **fields)


@pytest.fixture
def plan():
    return scheduling_of(StudyFactory(), place="https://video.example.test/room")


def _book(recruit, start=NINE, at=NOW):
    return bookings.book(recruit, start=start, zone="Europe/Berlin", at=at)


def test_a_booking_makes_the_session_and_takes_the_hosts_time(plan):
    hours_of(plan.study.lead, before_minutes=10, after_minutes=15)
    recruit = _recruit(plan.study)
    booking = _book(recruit)
    seat = booking.seats.get()
    assert (seat.host, seat.during.lower, seat.during.upper) == (
        plan.study.lead,
        NINE - dt.timedelta(minutes=10),
        NINE + HOUR + dt.timedelta(minutes=15),
    )
    session = booking.session
    assert (session.participant, session.moderator, session.held_on) == (
        *(recruit.participant, plan.study.lead, NINE.date()),
    )
    recruit.refresh_from_db()
    assert (recruit.state, recruit.session) == (RecruitState.BOOKED, session)
    assert Event.objects.filter(verb="booking.made").count() == 1


def test_the_database_itself_refuses_a_host_two_sessions_at_once(plan):
    first, second = (_recruit(plan.study) for _ in range(2))
    booked(first, starts_at=NINE)
    with pytest.raises(IntegrityError, match="seat_one_at_a_time"), transaction.atomic():
        booked(second, starts_at=NINE + HOUR / 2)
    booked(second, starts_at=NINE + HOUR)  # the end of one is the beginning of the next


def test_buffers_keep_sessions_apart(plan):
    hours_of(plan.study.lead, before_minutes=10, after_minutes=15)
    _book(_recruit(plan.study))
    with pytest.raises(bookings.Gone) as gone:
        _book(_recruit(plan.study), NINE + HOUR)
    assert NINE + 2 * HOUR in [slot.start for slot in gone.value.instead]


def test_a_time_that_is_gone_comes_with_the_next_free_ones(plan):
    hours_of(plan.study.lead, windows=((540, 720),))
    _book(_recruit(plan.study), NINE + HOUR)
    with pytest.raises(bookings.Gone, match="just taken") as gone:
        _book(_recruit(plan.study), NINE + HOUR)
    assert [slot.start for slot in gone.value.instead] == [NINE - 22 * HOUR, NINE, NINE + 2 * HOUR]
    assert Booking.objects.count() == 1


def test_notice_daily_limit_days_away_and_busy_times_hold(plan):
    host = plan.study.lead
    rules = hours_of(host, windows=((540, 720),), notice_hours=26, daily_limit=1)
    Away.objects.create(user=host, first_day=dt.date(2026, 11, 26), last_day=dt.date(2026, 11, 26))
    BusyTime.objects.create(availability=rules, during=(NINE + 4 * DAY, NINE + 4 * DAY + 2 * HOUR))
    _book(_recruit(plan.study), NINE + DAY)
    found = times.free(plan, now=NOW, last=dt.date(2026, 11, 28))
    assert [f"{slot.start:%d %H}" for slot in found] == [
        *("24 10", "24 11", "27 09", "27 10", "27 11", "28 11"),
    ]


def test_who_has_booked_does_not_book_twice_and_who_was_screened_out_not_at_all(plan):
    recruit = _recruit(plan.study)
    _book(recruit)
    with pytest.raises(bookings.Refused, match="already"):
        _book(recruit, NINE + 5 * HOUR)
    with pytest.raises(bookings.Refused, match="does not book"):
        _book(_recruit(plan.study, state=RecruitState.SCREENED_OUT))


def test_in_turn_the_sessions_are_shared_out_by_load():
    hosts = [UserFactory(), UserFactory()]
    plan = scheduling_of(StudyFactory(), hosts=hosts, mode="in_turn")
    got = [_book(_recruit(plan.study), NINE + number * HOUR).seats.get().host for number in range(4)]
    assert [got.count(host) for host in hosts] == [2, 2]
    _book(_recruit(plan.study), NINE)
    with pytest.raises(bookings.Gone):
        _book(_recruit(plan.study), NINE)


def test_together_takes_everybodys_time():
    hosts = [UserFactory(), UserFactory()]
    plan = scheduling_of(StudyFactory(), hosts=hosts, mode="together")
    other = scheduling_of(StudyFactory(), hosts=hosts[1:])
    _book(_recruit(other.study), NINE)
    with pytest.raises(bookings.Gone):
        _book(_recruit(plan.study), NINE)
    booking = _book(_recruit(plan.study), NINE + HOUR)
    assert {seat.host for seat in booking.seats.all()} == set(hosts)


def test_times_set_by_hand_are_offered_whatever_the_hours(plan):
    plan.offer = "slots"
    plan.save()
    hours_of(plan.study.lead, windows=())
    availability.add_slots(plan, [NINE, NINE], by=plan.study.lead, at=NOW)
    assert [slot.start for slot in times.free(plan, now=NOW)] == [NINE]
    _book(_recruit(plan.study))
    assert times.free(plan, now=NOW) == []


def test_a_move_keeps_the_session_and_frees_the_old_time(plan):
    booking = _book(_recruit(plan.study))
    session = booking.session
    moved = bookings.move(booking, start=NINE + 3 * DAY, at=NOW)
    assert (moved.session, moved.sequence, moved.moves) == (session, 1, 1)
    session.refresh_from_db()
    assert session.held_on == (NINE + 3 * DAY).date()
    _book(_recruit(plan.study), NINE)


def test_moves_have_a_cap_and_a_notice_that_hosts_do_not_have(plan):
    plan.most_moves, plan.change_hours = 1, 4
    plan.save()
    booking = _book(_recruit(plan.study))
    with pytest.raises(bookings.Refused, match="less than 4 hours"):
        bookings.move(booking, start=NINE + DAY, at=NINE - 3 * HOUR)
    booking = bookings.move(booking, start=NINE + HOUR, at=NOW)
    with pytest.raises(bookings.Refused, match="moved this session once already"):
        bookings.move(booking, start=NINE, at=NOW)
    moved = bookings.move(booking, start=NINE, at=NOW, by=plan.study.lead)
    assert moved.moves == 1


def test_a_move_by_half_an_hour_is_not_in_its_own_way(plan):
    plan.step_minutes = 30
    plan.save()
    booking = _book(_recruit(plan.study))
    assert bookings.move(booking, start=NINE + HOUR / 2, at=NOW).starts_at == NINE + HOUR / 2


def test_cancelling_frees_the_time_and_lets_them_book_again(plan):
    recruit = _recruit(plan.study)
    booking = bookings.cancel(_book(recruit), because="Ill", at=NOW)
    recruit.refresh_from_db()
    assert (booking.state, booking.because, recruit.state) == (
        BookingState.CANCELLED,
        "Ill",
        RecruitState.SCREENED,
    )
    assert not Session.objects.filter(study=plan.study).exists()
    with pytest.raises(bookings.Refused, match="no longer to come"):
        bookings.cancel(booking, at=NOW)
    again = _book(recruit)
    assert again.uid != booking.uid
    with pytest.raises(bookings.Refused, match="has begun"):
        bookings.cancel(again, at=NINE)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_for_the_last_time_get_one_booking_and_one_clear_message(plan):
    plan.offer = "slots"
    plan.save()
    plan.slots.create(starts_at=NINE)
    recruits = [_recruit(plan.study) for _ in range(4)]
    together, said = threading.Barrier(len(recruits)), []

    def want(recruit):
        try:
            together.wait(10)
            said.append(_book(recruit))
        except bookings.Gone as gone:
            said.append(str(gone))
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=want, args=[recruit]) for recruit in recruits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(isinstance(one, Booking) for one in said) == [False, False, False, True]
    assert {one for one in said if isinstance(one, str)} == {"Somebody else has just taken this time."}
    assert Seat.objects.filter(live=True).count() == Booking.objects.count() == Session.objects.count() == 1


def _send(at):
    for pk in booking_mails.due(at=at):
        booking_mails.send(pk, at=at)


def _event(mail):
    part = next(one for one in mail.message().walk() if one.get_content_type() == "text/calendar")
    read = Calendar.from_ical(part.get_content())
    (event,) = read.walk("VEVENT")
    assert part.get_param("method") == read["METHOD"]
    return read, event


def test_mails_carry_one_uid_a_rising_sequence_and_the_readers_own_zone(plan, mailoutbox):
    host = plan.study.lead
    hours_of(host, zone="Asia/Kathmandu")
    start = dt.datetime(2027, 3, 29, 8, 15, tzinfo=dt.UTC)  # the clocks change in Berlin the day before
    plan.first_day, plan.last_day = dt.date(2027, 3, 20), dt.date(2027, 4, 5)
    plan.save()
    booking = _book(_recruit(plan.study), start)
    guests = booking.recruit.participant.email
    _send(NOW)
    booking = bookings.move(booking, start=start - 2 * DAY, at=NOW)
    _send(NOW)
    bookings.cancel(booking, at=NOW)
    _send(NOW)
    theirs = [mail for mail in mailoutbox if mail.to == [guests]]
    events = [_event(mail) for mail in theirs]
    assert [read["METHOD"] for read, _ in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event["SEQUENCE"] for _, event in events] == [0, 1, 2]
    assert len({event["UID"] for _, event in events}) == 1
    assert [f"{event['DTSTART'].dt:%d %H:%M}" for _, event in events] == ["29 10:15", "27 09:15", "27 09:15"]
    assert [event["DTSTART"].params["TZID"] for _, event in events] == ["Europe/Berlin"] * 3
    assert "10:15 – 11:15 (Europe/Berlin, UTC+02:00)" in theirs[0].body
    assert booking_mails.link_of(booking.recruit) in theirs[0].body
    read, event = _event(next(mail for mail in mailoutbox if mail.to == [host.email]))
    assert f"{event['DTSTART'].dt:%d %H:%M}" == "29 14:00"
    assert read.walk("VTIMEZONE")[0]["TZID"] == "Asia/Kathmandu"
    assert guests not in read.to_ical().decode()  # a host sees who comes, not how to reach them


def test_reminders_go_once_and_for_the_time_that_holds(plan, mailoutbox):
    booking = _book(_recruit(plan.study), NINE + 2 * DAY)
    _send(NOW)
    bookings.move(booking, start=NINE + 4 * DAY, at=NOW)
    _send(NOW)
    mailoutbox.clear()
    for minutes in range(0, 6 * 24 * 60, 30):
        _send(NOW + dt.timedelta(minutes=minutes))
    subjects = [mail.subject.split(":")[0] for mail in mailoutbox]
    assert sorted(subjects) == ["In one hour"] * 2 + ["Tomorrow"] * 2  # participant and host, once each
    assert all("28 Nov" in mail.subject for mail in mailoutbox)
    sent = BookingMail.objects.filter(kind="day_before", mailed_at__isnull=False)
    assert {mail.mailed_at for mail in sent} == {NINE + 3 * DAY}


def test_a_reminder_that_comes_late_is_not_sent_after_the_fact(plan, mailoutbox):
    _book(_recruit(plan.study), NINE + DAY)
    _send(NOW)
    mailoutbox.clear()
    _send(NINE + DAY - HOUR / 2)  # nobody worked for a day
    assert {mail.subject.split(":")[0] for mail in mailoutbox} == {"In one hour"}
    _send(NINE + 2 * DAY)
    assert len(mailoutbox) == 2


def test_booked_within_a_day_only_the_hour_is_reminded_of(plan):
    booking = _book(_recruit(plan.study), NOW + 5 * HOUR)
    assert set(booking.mails.values_list("kind", flat=True)) == {"booked", "hour_before"}


def test_a_mail_that_is_not_taken_is_tried_again_and_not_doubled(plan, mailoutbox, monkeypatch):
    _book(_recruit(plan.study), NINE + DAY)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", lambda self: 1 / 0)
        _send(NOW)
    assert mailoutbox == []
    _send(NOW + HOUR)
    _send(NOW + HOUR)
    assert len(mailoutbox) == 2


def _get(client, recruit, page="book", **query):
    return client.get(reverse(f"research:{page}", args=[recruit.token]), query)


def _offered(page):
    """The starts of the times that a page offers."""
    found = re.findall(r"[?&](?:amp;)?start=([^&\"]+)", page.content.decode())
    return [dt.datetime.fromisoformat(unquote(one)) for one in found]


def _soon(client, recruit):
    """The first time on the page."""
    return _offered(_get(client, recruit, zone="Asia/Kolkata"))[0]


def test_a_participant_books_moves_and_cancels_by_their_link(client, plan):
    recruit = _recruit(plan.study)
    start = _soon(client, recruit)
    url = reverse("research:book", args=[recruit.token])
    sent = {"start": start.isoformat(), "zone": "Asia/Kolkata"}
    assert "Book this time?" in client.get(url, sent).content.decode()
    assert client.post(url, sent).status_code == 302
    booking = Booking.objects.get()
    assert (booking.starts_at, booking.zone) == (start, "Asia/Kolkata")
    page = client.get(url).content.decode()
    assert f"{start.astimezone(ZoneInfo('Asia/Kolkata')):%H:%M}" in page
    assert client.get(reverse("research:book_ics", args=[recruit.token]))["Content-Type"].startswith(
        "text/calendar"
    )
    move = reverse("research:book_move", args=[recruit.token])
    assert client.post(move, {"start": (start + DAY).isoformat()}).status_code == 302
    booking.refresh_from_db()
    assert booking.starts_at == start + DAY
    assert client.post(reverse("research:book_cancel", args=[recruit.token])).status_code == 200
    assert client.post(reverse("research:book_cancel", args=[recruit.token])).status_code == 200
    booking.refresh_from_db()
    assert booking.state == BookingState.CANCELLED


def test_a_stale_tab_hears_so_and_gets_the_next_free_times(client, plan):
    late, quick = _recruit(plan.study), _recruit(plan.study)
    start = _soon(client, late)
    sent = {"start": start.isoformat(), "zone": "Europe/Berlin"}
    client.post(reverse("research:book", args=[quick.token]), sent)
    answer = client.post(reverse("research:book", args=[late.token]), sent)
    assert answer.status_code == 409
    assert "Somebody else has just taken this time." in answer.content.decode()
    assert len(_offered(answer)) >= 3
    assert _get(client, late, **sent).status_code == 409
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    "start", ["", "soon", "2026-11-30", "2026-11-30T10:00", "9999-12-31T23:59Z", "2026-13-45T99:99Z"]
)
def test_what_is_no_time_is_answered_and_books_nothing(client, plan, start):
    recruit = _recruit(plan.study)
    url = reverse("research:book", args=[recruit.token])
    assert client.get(url, {"start": start, "since": start, "zone": start}).status_code == 200
    assert client.post(url, {"start": start, "zone": "Mars/Phobos"}).status_code == 422
    assert not Booking.objects.exists()


def test_a_link_that_is_none_of_ours_says_so(client, db):
    assert client.get(reverse("research:book", args=["nothing"])).status_code == 404
