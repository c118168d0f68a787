"""Inviting people of the panel: limits, gatekeepers, mails, reminders, places."""

import datetime as dt
from itertools import count

import pytest
from django.core import mail
from django.utils import timezone

from prodops.models import Notification, Segment
from research.models import (
    Bar,
    BatchState,
    Clearance,
    ContactBar,
    Gatekeeping,
    IncentiveTerms,
    Invitation,
    Quota,
    Recruit,
    RecruitState,
)
from research.queries import recruit_board, recruit_forecast
from research.queries import recruiting as reads
from research.services import answering, batches, clearances, incentives, inviting, withdrawal
from tests.factories.people import ConsentTextFactory, IncentiveFactory, SignatureFactory
from tests.factories.prodops import CustomerAccountFactory, UserFactory
from tests.factories.research import ParticipantFactory, RecruitFactory, RecruitingFactory, StudyFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = dt.timedelta(days=1)
_numbers = count()


@pytest.fixture
def study():
    return RecruitingFactory(gatekeeping=Gatekeeping.NONE).study


def person(**fields):
    fields.setdefault("email", f"guest{next(_numbers)}@example.test")
    return ParticipantFactory(added_on="2026-01-01", **fields)


def guests(number, **fields):
    return [person(**fields) for _ in range(number)]


def invite(study, people, **more):
    more = {"subject": "Talk with us", "words": "Half an hour.", "send_at": NOW, "at": NOW, **more}
    return batches.make(study, [one.pk for one in people], by=study.lead, **more)


def sent(django_capture_on_commit_callbacks, study, people, **more):
    with django_capture_on_commit_callbacks(execute=True):
        made = invite(study, people, **more)
    inviting.mail(inviting.unmailed(before=NOW + DAY), at=NOW)
    return made


def test_each_gets_a_mail_with_a_link_of_their_own_and_a_way_out(study, django_capture_on_commit_callbacks):
    one, two = guests(2)
    sent(django_capture_on_commit_callbacks, study, [one, two])
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([one.email, two.email])
    recruit = Recruit.objects.get(participant=one)
    [letter] = [letter for letter in mail.outbox if letter.to == [one.email]]
    assert f"/r/{recruit.token}/" in letter.body
    assert letter.extra_headers["List-Unsubscribe"].endswith(f"/r/{recruit.token}/stop/>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.reply_to == [study.lead.email]
    inviting.mail(list(Invitation.objects.values_list("pk", flat=True)), at=NOW)
    assert len(mail.outbox) == 2, "a task that runs twice mails once"


def test_who_may_not_be_asked_is_left_out_whatever_was_ticked(study):
    free, out, blocked, nobody = *guests(3), person(email="")
    for one, kind in ((out, Bar.OPTED_OUT), (blocked, Bar.BLOCKLISTED)):
        ContactBar.objects.create(participant=one, kind=kind, at=NOW)
    _, number, left_out = invite(study, [free, out, blocked, nobody], override="We need them")
    assert (number, left_out) == (1, 3)
    with pytest.raises(batches.Refused):
        invite(study, [out, free])


def test_an_exception_needs_a_reason_and_is_kept(study):
    [tired] = guests(1)
    for _ in range(2):
        earlier = RecruitFactory(participant=tired)
        Invitation.objects.create(recruit=earlier, at=NOW - 9 * DAY)
    with pytest.raises(batches.Refused):
        invite(study, [tired])
    invite(study, [tired], override="Their feature")
    assert tired.overrides.get().because == "Their feature"
    assert Recruit.objects.get(study=study).state == RecruitState.INVITED


def test_an_account_is_not_asked_beyond_its_limit(study):
    study.recruiting.gatekeeping = Gatekeeping.ASK
    account = CustomerAccountFactory(owner=study.lead)
    people = guests(12, account=account)
    forecast = recruit_forecast.forecast(
        UserFactory(role="product_ops"), study, [p.pk for p in people], at=NOW
    )
    assert (len(forecast.going), len(forecast.never)) == (10, 2)
    [keeper] = forecast.keepers
    assert (keeper.owner, keeper.how, keeper.people) == (study.lead, "is asked first", 10)
    _, number, left_out = invite(study, people)
    assert (number, left_out) == (10, 2)


def test_the_forecast_names_who_cools_down_and_what_is_left(study):
    fresh, once = guests(2, own_segment=Segment.MID)
    Invitation.objects.create(recruit=RecruitFactory(participant=once), at=NOW - 9 * DAY)
    Quota.objects.create(study=study, segment=Segment.MID, wanted=3)
    ops = UserFactory(role="product_ops")
    forecast = recruit_forecast.forecast(ops, study, [once.pk], at=NOW)
    assert [one.participant for one in forecast.entering] == [once]
    [mid] = [row for row in forecast.supply if row.segment == "mid"]
    assert (mid.free, mid.left, mid.places) == (2, 1, 3)
    assert recruit_forecast.suggested(ops, study, 1, at=NOW) == [fresh.pk]


def test_the_owner_is_asked_first_and_their_yes_sends_the_mails(django_capture_on_commit_callbacks):
    study = RecruitingFactory(gatekeeping=Gatekeeping.ASK).study
    owner = UserFactory()
    [guarded], [free] = guests(1, account=CustomerAccountFactory(owner=owner)), guests(1, role="x")
    sent(django_capture_on_commit_callbacks, study, [guarded, free])
    mailed = {letter.to[0] for letter in mail.outbox}
    assert free.email in mailed
    assert guarded.email not in mailed
    assert Recruit.objects.get(participant=guarded).state == RecruitState.PICKED
    assert Notification.objects.filter(recipient=owner, text__contains="may people of").count() == 1
    asked = Clearance.objects.get()
    clearances.allow(asked, by=owner, at=NOW)
    assert Recruit.objects.get(participant=guarded).state == RecruitState.INVITED
    with pytest.raises(clearances.Answered):
        clearances.refuse(asked, because="", by=owner, at=NOW)


def test_the_owners_no_keeps_them_from_being_invited():
    study = RecruitingFactory(gatekeeping=Gatekeeping.ASK).study
    account = CustomerAccountFactory(owner=UserFactory())
    first, second = guests(2, account=account)
    invite(study, [first])
    clearances.refuse(Clearance.objects.get(), because="Renewal", by=account.owner, at=NOW)
    recruit = Recruit.objects.get(participant=first)
    assert recruit.state == RecruitState.WITHHELD
    assert "Renewal" in recruit.because
    with pytest.raises(batches.Refused):
        invite(study, [second])


def test_a_batch_for_later_goes_out_then_and_can_be_taken_back(study):
    one, two = guests(2)
    batch, _, _ = invite(study, [one], send_at=NOW + DAY)
    inviting.send_due(at=NOW)
    assert Recruit.objects.get().state == RecruitState.PICKED
    ContactBar.objects.create(participant=one, kind=Bar.OPTED_OUT, at=NOW)
    inviting.send_due(at=NOW + DAY)
    assert Recruit.objects.get().state == RecruitState.WITHHELD, "barred since"
    batch.refresh_from_db()
    assert batch.state == BatchState.SENT
    later, _, _ = invite(study, [two], send_at=NOW + DAY)
    batches.cancel(later, by=study.lead, at=NOW)
    assert not Recruit.objects.filter(participant=two).exists()


def test_reminders_go_to_the_silent_as_often_as_the_study_says(study):
    silent, answered = guests(2)
    invite(study, [silent, answered])
    answering.decline(Recruit.objects.get(participant=answered), at=NOW)
    for days in (2, 3, 4, 9):
        inviting.remind_due(at=NOW + days * DAY)
    kinds = list(Invitation.objects.filter(recruit__participant=silent).values_list("kind", flat=True))
    assert kinds == ["invitation", "reminder"]
    assert Invitation.objects.filter(recruit__participant=answered).count() == 1


def test_an_opt_out_takes_effect_before_the_next_mail_everywhere(study):
    [one] = guests(1)
    twin = person(email=one.email.upper())
    other = RecruitFactory(participant=twin, state=RecruitState.INVITED)
    invite(study, [one])
    answering.opt_out(Recruit.objects.get(participant=one), at=NOW)
    inviting.mail(list(Invitation.objects.values_list("pk", flat=True)), at=NOW)
    assert not mail.outbox
    other.refresh_from_db()
    assert other.state == RecruitState.DECLINED
    assert ContactBar.objects.filter(kind=Bar.OPTED_OUT, participant__in=[one, twin]).count() == 2
    answering.opt_out(other, at=NOW)  # twice is once
    assert ContactBar.objects.count() == 2


def test_of_two_for_the_last_place_the_first_gets_it_and_a_place_given_back_opens(study):
    study.recruiting.target = 1
    study.recruiting.save()
    first, second = (RecruitFactory(study=study, state=RecruitState.INVITED) for _ in range(2))
    answering.answer(first, {}, at=NOW)
    with pytest.raises(answering.Closed, match="places"):
        answering.answer(second, {}, at=NOW)
    assert Recruit.objects.get(pk=second.pk).state == RecruitState.INVITED
    answering.turn_away(first, because="", by=study.lead, at=NOW)
    answering.answer(second, {}, at=NOW)
    assert Recruit.objects.get(pk=second.pk).state == RecruitState.SCREENED


def test_a_quota_closes_itself(study):
    Quota.objects.create(study=study, segment=Segment.MID, wanted=1)
    RecruitFactory(study=study, segment=Segment.MID, state=RecruitState.BOOKED)
    RecruitFactory(study=study, segment=Segment.MID, state=RecruitState.NO_SHOW)
    assert [(bar.taken, bar.closed) for bar in reads.bars(study)] == [(1, True)]
    assert reads.full_for(study, Segment.MID)
    assert not reads.full_for(study, Segment.SMALL)


def test_places_go_by_the_studys_own_no_shows_else_the_workspaces(study):
    RecruitFactory.create_batch(7, state=RecruitState.DONE)
    RecruitFactory(state=RecruitState.NO_SHOW)
    record, own = reads.record(study)
    assert (record, own) == ((7, 1), False)
    assert reads.places(study) == 10
    RecruitFactory.create_batch(8, study=study, state=RecruitState.DONE)
    assert reads.record(study)[1] is True
    assert reads.places(study) == 8


def test_the_board_says_what_is_late_and_missing(study):
    late = RecruitFactory(study=study, state=RecruitState.INVITED, changed_at=NOW - 9 * DAY)
    RecruitFactory(study=study, state=RecruitState.SCREENED, changed_at=NOW)
    gone = RecruitFactory(study=study, state=RecruitState.DECLINED)
    columns, out = recruit_board.board(study, reads.tally(study), at=NOW)
    cards = {column.key: column.cards for column in columns}
    assert [card.recruit for card in cards["invited"]] == [late]
    assert cards["invited"][0].overdue == "no answer for 9 days"
    assert cards["screened"][0].overdue == ""
    assert out == [(RecruitState.DECLINED, 1, [gone])]


def test_recruiting_asks_only_open_studies():
    with pytest.raises(batches.Refused, match="not open"):
        invite(StudyFactory(), guests(1))


def test_who_was_withheld_can_be_picked_again(study):
    [guest] = guests(1)
    old = RecruitFactory(study=study, participant=guest, state=RecruitState.WITHHELD, because="Blocklisted")
    assert guest in reads.candidates(study.lead, study)
    batch, number, left_out = invite(study, [guest])
    old.refresh_from_db()
    assert (number, left_out, old.state, old.batch, old.because) == (1, 0, RecruitState.INVITED, batch, "")
    assert guest not in reads.candidates(study.lead, study)


def test_an_owner_may_change_a_no_into_a_yes(study):
    study.recruiting.gatekeeping = Gatekeeping.ASK
    study.recruiting.save()
    owner = UserFactory()
    [guest] = guests(1, account=CustomerAccountFactory(owner=owner))
    invite(study, [guest])
    row = Clearance.objects.get()
    clearances.refuse(row, because="Not now", by=owner, at=NOW)
    with pytest.raises(batches.Refused):
        invite(study, [guest])
    clearances.allow(row, by=owner, at=NOW)
    with pytest.raises(clearances.Answered):
        clearances.allow(row, by=owner, at=NOW)
    _, number, _ = invite(study, [guest])
    assert (number, Recruit.objects.get().state) == (1, RecruitState.INVITED)


def test_the_board_points_at_gaps_in_consent_and_incentives(study):
    IncentiveTerms.objects.create(study=study, amount=50, changed_by=study.lead, changed_at=NOW)
    text = ConsentTextFactory(published_at=NOW - DAY)

    def gaps(reached, *, signed=False, **given):
        recruit = RecruitFactory(study=study, state=reached)
        if signed:
            SignatureFactory(participant=recruit.participant, study=study, text=text, at=NOW)
        if given:
            IncentiveFactory(participant=recruit.participant, study=study, **given)
        [card] = recruit_board.cards_of(study, [recruit], at=NOW)
        return card.gaps

    late, soon = (NOW - 3 * DAY).date(), (NOW + 3 * DAY).date()
    assert gaps(RecruitState.SCREENED) == []
    assert gaps(RecruitState.BOOKED) == ["consent not signed"]
    assert gaps(RecruitState.BOOKED, signed=True) == []
    assert gaps(RecruitState.DONE, signed=True) == ["no incentive entered"]
    assert gaps(RecruitState.DONE, signed=True, due_on=soon) == []
    assert gaps(RecruitState.DONE, signed=True, due_on=late) == ["the incentive is overdue"]
    failed = {"approved_by": UserFactory(), "approved_at": NOW, "failed_because": "No such address"}
    wanted = ["the incentive could not be paid"]
    assert gaps(RecruitState.DONE, signed=True, state="failed", due_on=soon, **failed) == wanted
    gone = RecruitFactory(study=study, state=RecruitState.DONE)
    SignatureFactory(participant=gone.participant, study=study, text=text, at=NOW)
    withdrawal.withdraw(gone.participant, study, by=None, at=NOW)
    [card] = recruit_board.cards_of(study, [gone], at=NOW)
    assert card.gaps == ["took consent back", "no incentive entered"]


def test_incentives_are_entered_for_all_who_took_part_and_have_none(study):
    RecruitFactory(study=study, state=RecruitState.DONE)
    with pytest.raises(incentives.Refused, match="does not say"):
        incentives.enter_for_all(study, due_on=NOW.date(), by=study.lead, at=NOW)
    incentives.set_terms(study, amount=50, currency="EUR", method="gift_card", by=study.lead, at=NOW)
    has = RecruitFactory(study=study, state=RecruitState.DONE)
    IncentiveFactory(participant=has.participant, study=study)
    RecruitFactory(study=study, state=RecruitState.NO_SHOW)
    assert incentives.enter_for_all(study, due_on=NOW.date(), by=study.lead, at=NOW) == 1
    assert incentives.enter_for_all(study, due_on=NOW.date(), by=study.lead, at=NOW) == 0
