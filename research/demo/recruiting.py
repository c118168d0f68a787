"""The study in the field is looking for people: its screener, its quotas, and who is where on its board."""

import datetime as dt

from prodops.models import Segment
from research.models import (
    SEATED,
    AnswerKind,
    BatchState,
    CameBy,
    Clearance,
    ClearanceState,
    Gatekeeping,
    Invitation,
    InvitationBatch,
    Participant,
    Quota,
    Recruit,
    Recruiting,
    RecruitState,
    ScreenerQuestion,
    Session,
)

IN_FIELD = "driver-app-adoption"  # the study that looks for people, and whose times can be booked
TITLE = "How drivers use the app, and when they leave it"
S = RecruitState
# name, their job, where they are, days since they were invited, days since that changed
PEOPLE = [
    ("Jonas Ek", "Dispatcher", S.NO_SHOW, 19, 5),
    ("Rosa Quintana", "Dispatcher", S.SCREENED, 9, 6),
    ("Leo Marchetti", "Transport planner", S.SCREENED, 6, 1),
    ("Anouk Petit", "Depot manager", S.SCREENED_OUT, 9, 8),
    ("Bram de Wit", "Dispatcher", S.DECLINED, 9, 8),
    ("Yara Haddad", "Transport planner", S.INVITED, 9, 9),
    ("Kwame Asante", "Head of logistics", S.INVITED, 3, 3),
    ("Freya Nolan", "Dispatcher", S.SCREENED, 4, 3),
    ("Milan Kovač", "Depot manager", S.PICKED, 3, 3),
]
QUESTIONS: list[dict] = [
    {
        "text": "How many of your drivers use the Fernway app on a normal day?",
        "options": ["Nearly all", "About half", "A few", "We do not use it"],
        "accepts": ["About half", "A few"],
        "rejects": ["We do not use it"],
    },
    {"text": "How many vehicles do you plan for?", "kind": AnswerKind.NUMBER, "at_least": 5},
    {
        "text": "What do drivers look at in the cab?",
        "kind": AnswerKind.SEVERAL,
        "options": ["A phone", "A tablet", "Paper", "Nothing"],
        "required": False,
    },
]
ANSWERS = ["About half", "24", "A phone, Paper"]
WRONG = "We do not use it"
WORDS = """We would like to hear when your drivers use the app, and when it stays in the door pocket.

It takes 40 minutes by video, and there is a gift card of 50 EUR for your time."""


def build(world):
    """The study in the field looks for more people; those it has heard were recruited for it."""
    study = world.studies[IN_FIELD]
    lead = study.lead
    held = Session.objects.filter(study=study, participant__isnull=False).select_related(
        "participant__account"
    )
    first = {one.participant_id: one for one in held.order_by("-held_on", "-pk")}
    Recruiting.objects.create(
        study=study,
        target=len(first) + 6,
        public_title=TITLE,
        words=WORDS,
        gatekeeping=Gatekeeping.ASK,
    )
    for position, question in enumerate(QUESTIONS):
        ScreenerQuestion.objects.create(study=study, position=position, **question)
    accounts = [one for _, one in sorted(world.accounts.items()) if one.segment != Segment.UNKNOWN][::3]
    batch = InvitationBatch.objects.create(
        study=study,
        subject=TITLE,
        words=WORDS,
        send_at=world.moment(19),
        sent_at=world.moment(19),
        state=BatchState.SENT,
        created_by=lead,
        created_at=world.moment(19),
    )
    for session in first.values():
        _heard(world, study, session)
    recruits = [_recruit(world, study, batch, accounts, number) for number in range(len(PEOPLE))]
    for segment, spare in ((Segment.SMALL, 1), (Segment.MID, 2), (Segment.ENTERPRISE, 2)):
        taken = Recruit.objects.filter(study=study, segment=segment, state__in=SEATED).count()
        Quota.objects.create(study=study, segment=segment, wanted=taken + spare)
    waiting = recruits[-1].participant.account
    Clearance.objects.create(
        study=study,
        account=waiting,
        owner=waiting.owner or lead,
        state=ClearanceState.WAITING,
        asked_by=lead,
        asked_at=world.moment(3),
    )


def _heard(world, study, session):
    """Somebody who came: picked and invited a fortnight before."""
    at = world.moment((world.today - session.held_on).days + 14)
    account = session.participant.account
    recruit = Recruit.objects.create(
        study=study,
        participant=session.participant,
        session=session,
        state=S.DONE,
        segment=account.segment if account else Segment.UNKNOWN,
        answers=_answers(fits=True),
        picked_by=study.lead,
        picked_at=at,
        invited_at=at,
        answered_at=at + dt.timedelta(hours=3),
        changed_at=world.moment((world.today - session.held_on).days, 17),
    )
    Invitation.objects.create(recruit=recruit, at=at, mailed_at=at)


def _answers(*, fits):
    said = zip(QUESTIONS, ANSWERS if fits else [WRONG, *ANSWERS[1:]], strict=True)
    return [
        {"question": question["text"], "answer": answer, "fits": answer != WRONG} for question, answer in said
    ]


def _recruit(world, study, batch, accounts, number):
    name, role, state, invited, changed = PEOPLE[number]
    account = accounts[number % len(accounts)]
    person = Participant.objects.create(
        name=name,
        role=role,
        account=account,
        email=f"{name.split()[0].lower().replace('í', 'i')}@{account.domain or 'guests.example'}",
        came_by=CameBy.CUSTOMER_LIST,
        added_on=world.day(200 + number),
    )
    at = world.moment(invited)
    answered = state not in (S.PICKED, S.INVITED, S.DECLINED)
    recruit = Recruit.objects.create(
        study=study,
        participant=person,
        batch=batch,
        state=state,
        segment=account.segment,
        because={
            S.SCREENED_OUT: f"{QUESTIONS[0]['text']}: {WRONG}",
            S.DECLINED: "Said no",
        }.get(state, ""),
        answers=_answers(fits=state != S.SCREENED_OUT) if answered else [],
        expires_at=at + dt.timedelta(days=21) if state != S.PICKED else None,
        picked_by=study.lead,
        picked_at=at,
        invited_at=at if state != S.PICKED else None,
        answered_at=world.moment(min(invited, changed + 1), 12) if answered else None,
        changed_at=world.moment(changed, 12),
    )
    if state != S.PICKED:
        Invitation.objects.create(recruit=recruit, at=at, mailed_at=at)
    return recruit
