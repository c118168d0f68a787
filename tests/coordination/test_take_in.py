import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.formats.incoming import BODY, TITLE, Deal, Incoming, fitted
from coordination.models import Request, RequestType, Urgency
from coordination.services import intake
from prodops import activity
from tests.factories.coordination import ChannelFactory
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel():
    return ChannelFactory(team=TeamFactory(), area=ProductAreaFactory(name="Imports"))


def test_what_a_channel_brings_becomes_a_request_under_the_account_it_names(channel, now):
    account = CustomerAccountFactory(domain="kelder.example")
    RequestType.objects.create(slug="bug", name="Bug", position=9)
    said = Incoming(
        "Dates bounce",
        "Day first",
        external_id="Z-1",
        author_name="Ida Brandt",
        author_email="Ida@Kelder.example",
        type="bug",
        tags=("Import", "import", "csv"),
        urgency=1,
        deal=Deal("Renewal", Decimal(60_000), "USD"),
        sent_at=now - dt.timedelta(days=1),
    )
    request, made = intake.take(said, channel=channel, at=now)
    assert made
    assert (request.submitter, request.area.name, request.type.name) == (channel.owner, "Imports", "Bug")
    assert (request.author_email, request.company, request.urgency) == (
        "ida@kelder.example",
        "",
        Urgency.BLOCKER,
    )
    assert sorted(tag.name.lower() for tag in request.tags.all()) == ["csv", "import"]
    voice = request.voices.get()
    assert (voice.account, voice.contact, voice.revenue, voice.currency) == (
        account,
        "Ida Brandt",
        60_000,
        "USD",
    )
    assert activity.history(request).get().data["channel"] == channel.name


def test_it_comes_in_once(channel, now):
    said = Incoming("Dates bounce", external_id="Z-1")
    first, _ = intake.take(said, channel=channel, at=now)
    again, made = intake.take(Incoming("Other words", external_id="Z-1"), channel=channel, at=now)
    assert (again, made, again.title) == (first, False, "Dates bounce")
    elsewhere, made = intake.take(said, channel=ChannelFactory(), at=now)
    assert made
    assert elsewhere != first


def test_a_colleague_is_the_submitter_and_an_unknown_company_is_kept_as_written(channel, now):
    ida = UserFactory(email="ida@prodops.example")
    said = Incoming("Dates", author_email="IDA@prodops.example", account_name="Nobody Ltd")
    request, _ = intake.take(said, channel=channel, at=now)
    assert (request.submitter, request.author_email, request.company) == (ida, "", "Nobody Ltd")
    assert not request.voices.exists()


text = st.text(max_size=400) | st.just("x" * (BODY + 500))


@given(text, text, st.lists(text, max_size=30), text)
def test_whatever_is_said_fits(title, body, tags, url):
    said = fitted(Incoming(title, body, tags=tuple(tags), url=url, author_email=url, language=title))
    assert 0 < len(said.title) <= TITLE
    assert len(said.body) <= BODY
    assert "\0" not in said.title + said.body + "".join(said.tags)
    assert len(said.tags) <= 20
    assert all(0 < len(tag) <= 40 for tag in said.tags)
    assert fitted(said) == said


def test_no_word_of_the_title_is_lost():
    said = fitted(Incoming("word " * 50, "And more"))
    assert said.body.startswith("word " * 49)
    assert said.body.endswith("And more")


def test_nothing_said_by_whom_makes_nothing_twice(channel, now):
    intake.take(Incoming(""), channel=channel, at=now)
    intake.take(Incoming(""), channel=channel, at=now)
    assert Request.objects.count() == 2  # without an id nobody can tell them apart
