"""What recruiting goes by: places and who holds them, who may still be asked, what bookings came to."""

from collections import Counter
from datetime import timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Q, Value

from prodops.clock import company_day
from prodops.models import Segment
from research.models import (
    FINAL,
    SEATED,
    Clearance,
    ClearanceState,
    ContactBar,
    ContactOverride,
    InvitationKind,
    Participant,
    Quota,
    Recruit,
    RecruitState,
    ScreenerQuestion,
)
from research.synthesis.recruiting import Bar, Record, to_book
from research.synthesis.screening import Question

from . import panel

# Which mails still make sense, by where their recruit is
HEARS = {
    InvitationKind.INVITATION: {RecruitState.INVITED},
    InvitationKind.REMINDER: {RecruitState.INVITED, RecruitState.SCREENED},
    InvitationKind.ACCEPTED: {RecruitState.SCREENED},
}


def questions(study_id):
    """The study's screener as [`Question`], in order; a question's key is its id as text."""
    rows = ScreenerQuestion.objects.filter(study=study_id).order_by("position")
    return [
        Question(
            str(row.pk),
            row.text,
            row.kind,
            tuple(row.options),
            tuple(row.accepts),
            tuple(row.rejects),
            row.at_least,
            row.at_most,
            row.required,
        )
        for row in rows
    ]


# --- places -----------------------------------------------------------------------------------------------


def record(study):
    """(`Record`, whether it is the study's own): what became of bookings, here or in the whole workspace."""
    rows = Recruit.objects.order_by().aggregate(
        came=Count("pk", filter=Q(study=study, state=RecruitState.DONE)),
        missed=Count("pk", filter=Q(study=study, state=RecruitState.NO_SHOW)),
        all_came=Count("pk", filter=Q(state=RecruitState.DONE)),
        all_missed=Count("pk", filter=Q(state=RecruitState.NO_SHOW)),
    )
    own = Record(rows["came"], rows["missed"])
    return (own, True) if own.enough else (Record(rows["all_came"], rows["all_missed"]), False)


def places(study):
    """How many people the study takes in all: the sessions it wants, and as many more as stay away."""
    known, _ = record(study)
    wanted = study.recruiting.target
    return to_book(wanted, known) if known.enough else wanted


def tally(study):
    """{(segment, state): how many of the study's recruits}."""
    rows = Recruit.objects.filter(study=study).order_by().values_list("segment", "state")
    return {(segment, state): n for segment, state, n in rows.annotate(n=Count("pk"))}


def bars(study, known=None):
    """A `Bar` for each segment with a quota, in the order of `Segment`; `known` is the study's `tally`."""
    known = tally(study) if known is None else known
    quotas = dict(Quota.objects.filter(study=study).values_list("segment", "wanted"))
    return [
        Bar(
            one.value,
            quotas[one],
            sum(known.get((one, state), 0) for state in SEATED),
            known.get((one, RecruitState.DONE), 0),
        )
        for one in Segment
        if one in quotas
    ]


def seated(study):
    """How many of the study's places are taken."""
    return Recruit.objects.filter(study=study, state__in=SEATED).count()


def full_for(study, segment):
    """Whether nobody further of this segment is let in: its quota is full, or all places are taken."""
    of_segment = next((bar for bar in bars(study) if bar.segment == segment), None)
    return bool(of_segment and of_segment.closed) or seated(study) >= places(study)


def shut(recruit, *, at):
    """Why the recruit can't answer or book any more, in words for them; "" while they can."""
    recruiting = getattr(recruit.study, "recruiting", None)
    if recruiting is None or recruiting.closed_at:
        return "We have found everybody we need for this. Thank you for thinking about it."
    if recruit.expired(at):
        return "This invitation has run out. Thank you for thinking about it."
    if recruit.state == RecruitState.INVITED and full_for(recruit.study, recruit.segment):
        return "All places are taken by now. Thank you for thinking about it."
    return ""


# --- who may be asked -------------------------------------------------------------------------------------


def candidates(user, study):
    """People of the panel that `user` may pick for the study: with an address, and not picked already.

    Who was picked and then not invited, since somebody would rather not or they were barred, may be again.
    """
    taken = Recruit.objects.filter(study=study).exclude(state=RecruitState.WITHHELD).values("participant")
    people = Participant.objects.in_panel_of(user).with_segment()
    return people.exclude(email="").exclude(pk__in=taken)


def may_be_picked(study, people, *, at):
    """Of ids, the participants that may be invited at `at`: no bar, no limit, no refusal of their account."""
    taken = Recruit.objects.filter(study=study).exclude(state=RecruitState.WITHHELD).values("participant")
    fresh = Participant.objects.filter(pk__in=people).exclude(email="").exclude(pk__in=taken)
    rows = {one.pk: one for one in fresh.select_related("account")}
    standing = panel.contacts(rows.keys(), at=at, study=study)
    refused = set(
        Clearance.objects.filter(study=study, state=ClearanceState.REFUSED).values_list("account", flat=True)
    )
    able = [one for pk, one in sorted(rows.items()) if standing[pk].askable and one.account_id not in refused]
    beyond = beyond_accounts(able, standing)
    return [one for one in able if one.pk not in beyond]


def beyond_accounts(people, standing):
    """Ids of those of `people` by whom their account would be asked more often than its limit allows.

    Who was made an exception for is none of them, and counts.
    """
    asked: Counter = Counter()
    beyond = set()
    for one in sorted(people, key=lambda person: (not standing[person.pk].overridden, person.pk)):
        left = None if standing[one.pk].overridden else standing[one.pk].account_left
        if left is not None and asked[one.account_id] >= left:
            beyond.add(one.pk)
        else:
            asked[one.account_id] += 1
    return beyond


def still_barred(recruits, *, at):
    """{recruit's id: why} of those who are not to be mailed any more: they opted out, or were barred."""
    barred = panel.barred({one.participant_id for one in recruits}, at=at)
    if not barred:
        return {}
    final = ContactBar.objects.live(company_day(at)).filter(participant__in=barred, kind__in=FINAL)
    never = set(final.values_list("participant", flat=True))
    made = ContactOverride.objects.filter(participant__in=barred).values_list("participant", "study")
    excepted = {pair for pair in made if pair[0] not in never}
    return {
        one.pk: barred[one.participant_id]
        for one in recruits
        if one.participant_id in barred and (one.participant_id, one.study_id) not in excepted
    }


def waiting_accounts(recruits):
    """The accounts of `recruits` whose owners have been asked and have not answered."""
    studies = {one.study_id for one in recruits}
    waiting = Clearance.objects.filter(study__in=studies, state=ClearanceState.WAITING)
    return set(waiting.values_list("account", flat=True))


def to_remind(*, at, by_hand=False):
    """Recruits that have not been heard of since their last mail, as a QuerySet.

    By themselves reminders go after the study's days and as often as it says; by hand once a day.
    """
    silent = Q(state=RecruitState.INVITED) | Q(state=RecruitState.SCREENED)
    rows = Recruit.objects.filter(silent, study__recruiting__closed_at=None).filter(
        Q(expires_at=None) | Q(expires_at__gt=at)
    )
    reminded = Count("invitations", filter=Q(invitations__kind=InvitationKind.REMINDER))
    rows = rows.annotate(reminded=reminded, last=Max("invitations__at"))
    if by_hand:
        return rows.filter(Q(last=None) | Q(last__lt=at - timedelta(days=1)))
    pause = ExpressionWrapper(
        F("study__recruiting__reminder_days") * Value(timedelta(days=1)), output_field=DurationField()
    )
    return rows.filter(reminded__lt=F("study__recruiting__reminders"), last__lte=Value(at) - pause)


def counts(known):
    """{state: how many} of a `tally`."""
    found: Counter = Counter()
    for (_, state), number in known.items():
        found[state] += number
    return found
