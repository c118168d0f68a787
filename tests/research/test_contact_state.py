"""Who may be asked: pure limits, and the states of many people at once."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.models import Bar, ContactOverride, Invitation, PanelSettings, Participant
from research.queries import panel
from research.services import contact
from research.synthesis.contact import NEVER, Limit, State, Used, counted, free_on
from tests.factories.people import ContactBarFactory, PersonFactory, RecruitFactory
from tests.factories.prodops import CustomerAccountFactory, UserFactory
from tests.factories.research import SessionFactory, StudyFactory

TODAY = dt.date(2026, 11, 23)
days = st.dates(dt.date(2024, 1, 1), dt.date(2027, 3, 1))


@given(st.lists(days, max_size=12), st.integers(1, 4), st.integers(1, 400), days)
def test_whoever_is_at_the_limit_is_free_on_the_first_day_that_has_room(on, most, window, today):
    used = Used(Limit(most, window, "asked"), on)
    day = free_on(used, today)
    assert day >= today
    assert counted(used, day) < most
    if day > today:
        assert counted(used, day - dt.timedelta(days=1)) >= most


def test_a_leap_day_counts_as_a_day():
    used = Used(Limit(1, 365, "asked"), [dt.date(2028, 2, 29)])
    assert free_on(used, dt.date(2028, 3, 1)) == dt.date(2029, 2, 28)
    assert free_on(Used(Limit(None, 1, ""), []), TODAY) == TODAY
    assert free_on(Used(Limit(0, 1, ""), []), TODAY) == NEVER


@pytest.fixture
def limits(db, ops, now):
    return PanelSettings.objects.create(
        pk=1, person_invites=2, person_invite_days=30, account_invites=3, changed_by=ops, changed_at=now
    )


def invite(person, at, times=1):
    recruit = RecruitFactory(participant=person)
    for _ in range(times):
        Invitation.objects.create(recruit=recruit, at=at)
    return recruit


def test_states_follow_invitations_sessions_bars_and_the_account(limits, now, django_assert_max_num_queries):
    account = CustomerAccountFactory()
    free, near, asked, held, barred = PersonFactory.create_batch(5)
    colleague, other = PersonFactory.create_batch(2, account=account)
    invite(near, now - dt.timedelta(days=3))
    invite(asked, now - dt.timedelta(days=10), times=2)
    invite(colleague, now - dt.timedelta(days=1), times=3)
    SessionFactory(participant=held, held_on=now.date() - dt.timedelta(days=5))
    SessionFactory(participant=free, held_on=now.date() - dt.timedelta(days=5), kind="sales_call")
    ContactBarFactory(participant=barred, kind=Bar.BLOCKLISTED)
    ContactBarFactory(participant=near, until=now.date() - dt.timedelta(days=1))  # has run out
    with django_assert_max_num_queries(6):
        found = panel.contacts(Participant.objects.values_list("pk", flat=True), at=now)
    states = {one.pk: found[one.pk].state for one in (free, near, asked, held, barred, other)}
    assert states == {
        free.pk: State.FREE,
        near.pk: State.FREE,
        asked.pk: State.COOLING,
        held.pk: State.COOLING,
        barred.pk: State.BLOCKLISTED,
        other.pk: State.COOLING,
    }
    assert found[near.pk].cools_after_invite
    assert not found[free.pk].cools_after_invite
    assert found[asked.pk].until == now.date() + dt.timedelta(days=20)
    assert found[other.pk].reasons == ("their account invited 3 times within 90 days",)
    assert found[barred.pk].until is None
    assert not found[barred.pk].may_override
    assert panel.barred([near.pk, barred.pk], at=now) == {barred.pk: "blocklisted"}
    cooling = panel.narrowed(Participant.objects.with_segment(), State.COOLING, at=now)
    assert {one.pk for one in cooling} >= {asked.pk, held.pk, other.pk}
    assert set(panel.narrowed(Participant.objects.all(), State.BLOCKLISTED, at=now)) == {barred}


def test_an_exception_needs_a_reason_and_is_not_made_to_an_opt_out(limits, ops, now):
    study = StudyFactory()
    asked, gone = PersonFactory.create_batch(2)
    invite(asked, now, times=2)
    ContactBarFactory(participant=gone, kind=Bar.OPTED_OUT, by=None)
    with pytest.raises(contact.Refused, match="Say why"):
        contact.override(asked, study, because=" ", by=ops, at=now)
    with pytest.raises(contact.Refused, match="Opted out"):
        contact.override(gone, study, because="They are the only one", by=ops, at=now)
    contact.override(asked, study, because="Follow-up they asked for", by=ops, at=now)
    here = panel.contacts([asked.pk], at=now, study=study)[asked.pk]
    assert here.askable
    assert here.state == State.COOLING
    assert not panel.contacts([asked.pk], at=now)[asked.pk].askable
    assert not panel.contacts([asked.pk], at=now, study=StudyFactory())[asked.pk].askable
    ContactOverride.objects.create(participant=gone, study=study, because="By force", by=ops, at=now)
    assert not panel.contacts([gone.pk], at=now, study=study)[gone.pk].askable


def test_a_bar_is_lifted_once_and_can_come_back(limits, ops, now):
    person = PersonFactory()
    row = contact.bar(person, Bar.DO_NOT_CONTACT, because="On leave", until=now.date(), by=ops, at=now)
    again = contact.bar(person, Bar.DO_NOT_CONTACT, because="Still away", by=ops, at=now)
    assert again.pk == row.pk
    assert again.until is None
    contact.lift(row, because="Back", by=ops, at=now)
    with pytest.raises(contact.Refused):
        contact.lift(row, because="Back", by=ops, at=now)
    with pytest.raises(contact.Refused):
        contact.bar(person, Bar.BLOCKLISTED, because="Abuse", until=now.date(), by=ops, at=now)
    assert contact.bar(person, Bar.BLOCKLISTED, because="Abuse", by=UserFactory(), at=now).lifted_at is None
