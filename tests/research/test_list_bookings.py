"""The list of booked sessions: what each filter leaves, and the same as CSV."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from research.models import Booking
from tests.factories.prodops import UserFactory
from tests.factories.research import ParticipantFactory, RecruitFactory, StudyFactory
from tests.factories.scheduling import booked


@pytest.fixture
def bookings(db, member):
    """By name: Ann now, hosted by `member`, Bo in five days watched by them, Cid over, Dee cancelled;
    Eve in another study."""
    now = timezone.now().replace(microsecond=0)
    study = StudyFactory(title="Routes", slug="routes")
    elsewhere = RecruitFactory(study=StudyFactory(slug="roads"), participant=ParticipantFactory(name="Eve"))
    made = {}
    for name, days in {"Ann": 0, "Bo": 5, "Cid": -3, "Dee": 20}.items():
        recruit = RecruitFactory(study=study, participant=ParticipantFactory(name=name))
        hosts = [member if name == "Ann" else UserFactory()]
        made[name] = booked(recruit, starts_at=now + dt.timedelta(days=days), hosts=hosts)
    made["Eve"] = booked(elsewhere, starts_at=now + dt.timedelta(days=30))
    made["Bo"].observers.add(member)
    Booking.objects.filter(pk=made["Dee"].pk).update(state="cancelled", ended_at=now, because="Ill")
    return made


def table(reader, asked):
    data = b"".join(reader.get(reverse("research:booking_csv"), asked).streaming_content)
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({}, "Ann Bo Cid Dee Eve"),
        ({"state": "cancelled"}, "Dee"),
        ({"when": "today"}, "Ann"),
        ({"when": "week"}, "Ann Bo"),
        ({"when": "unsaid"}, "Cid"),
        ({"mine": "hosting"}, "Ann"),
        ({"mine": "observing"}, "Bo"),
        ({"q": "cid"}, "Cid"),
        ({"study": "routes"}, "Ann Bo Cid Dee"),
        ({"study": "roads"}, "Eve"),
    ],
)
def test_filters_narrow_the_list_and_its_csv(bookings, member, as_, asked, left):
    reader = as_(member)
    page = reader.get(reverse("research:booking_list"), asked).text
    shown = {name for name, one in bookings.items() if f'href="{one.get_absolute_url()}"' in page}
    assert shown == {row["Participant"] for row in table(reader, asked)} == set(left.split())


def test_the_csv_says_what_became_of_each(bookings, member, as_):
    (row,) = table(as_(member), {"state": "cancelled"})
    assert (row["Study"], row["Minutes"], row["State"], row["Why"]) == ("Routes", "60", "Cancelled", "Ill")
