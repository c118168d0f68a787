"""A study that is looking for people: its screener, its quotas, and who is where on its board."""

import datetime as dt

from prodops import activity
from prodops.models import Segment
from research.models import (
    AnswerKind,
    BatchState,
    CameBy,
    Clearance,
    ClearanceState,
    Gatekeeping,
    Invitation,
    InvitationBatch,
    Method,
    Participant,
    Quota,
    Recruit,
    Recruiting,
    RecruitState,
    ScreenerQuestion,
    Session,
    Study,
    StudyStatus,
    Visibility,
    kind_of,
)

S = RecruitState
# name, their job, where they are, days since they were invited, days since that changed
PEOPLE = [
    ("Hanne Dahl", "Dispatcher", S.DONE, 19, 6),
    ("Owen Prichard", "Transport planner", S.DONE, 19, 5),
    ("Lucía Ferrer", "Depot manager", S.DONE, 19, 4),
    ("Tomasz Wilk", "Dispatcher", S.DONE, 18, 3),
    ("Ngozi Adeyemi", "Head of logistics", S.DONE, 18, 3),
    ("Piet Vermeer", "Transport planner", S.DONE, 18, 2),
    ("Sana Malik", "Dispatcher", S.DONE, 17, 2),
    ("Jonas Ek", "Dispatcher", S.NO_SHOW, 19, 5),
    ("Clara Bruun", "Depot manager", S.NO_SHOW, 18, 2),
    ("Emeka Obi", "Transport planner", S.BOOKED, 9, 3),
    ("Ilse Maurer", "Dispatcher", S.BOOKED, 9, 2),
    ("Rosa Quintana", "Dispatcher", S.SCREENED, 9, 6),
    ("Leo Marchetti", "Transport planner", S.SCREENED, 6, 1),
    ("Anouk Petit", "Depot manager", S.SCREENED_OUT, 9, 8),
    ("Bram de Wit", "Dispatcher", S.DECLINED, 9, 8),
    ("Yara Haddad", "Transport planner", S.INVITED, 9, 9),
    ("Kwame Asante", "Head of logistics", S.INVITED, 3, 3),
    ("Freya Nolan", "Dispatcher", S.INVITED, 3, 3),
    ("Milan Kovač", "Depot manager", S.PICKED, 3, 3),
]
QUESTIONS = [
    {
        "text": "How often do you change a route during the day?",
        "options": ["Several times a day", "Most days", "Rarely", "Never"],
        "accepts": ["Several times a day", "Most days"],
        "rejects": ["Never"],
    },
    {"text": "How many vehicles do you plan for?", "kind": AnswerKind.NUMBER, "at_least": 5},
    {
        "text": "What do you look at while you drive or walk the yard?",
        "kind": AnswerKind.SEVERAL,
        "options": ["A phone", "A tablet", "Paper", "Nothing"],
        "required": False,
    },
]
ANSWERS = ["Several times a day", "24", "A phone, Paper"]
WORDS = """We would like to see how you change a plan while you are away from your desk.

It takes 40 minutes by video, and there is a gift card of 50 EUR for your time."""


def build(world):
    """Returns the study."""
    model = next(iter(world.studies.values()))
    lead, at = model.lead, world.moment(24, 9)
    study = Study.objects.create(
        slug="replanning-on-the-move",
        title="Replanning away from the desk: what breaks?",
        question="What do dispatchers need when they change a plan on a phone?",
        method=Method.INTERVIEW,
        area=model.area,
        team=model.team,
        lead=lead,
        status=StudyStatus.RUNNING,
        started_on=world.day(24),
        visibility=Visibility.WORKSPACE,
        created_by=lead,
        created_at=at,
    )
    activity.record("study.created", on=study, by=lead, at=at)
    Recruiting.objects.create(
        study=study,
        target=10,
        public_title="Changing a plan when you are not at your desk",
        words=WORDS,
        gatekeeping=Gatekeeping.ASK,
    )
    for position, question in enumerate(QUESTIONS):
        ScreenerQuestion.objects.create(study=study, position=position, **question)
    accounts = [one for _, one in sorted(world.accounts.items()) if one.segment != Segment.UNKNOWN][::3]
    batch = InvitationBatch.objects.create(
        study=study,
        subject="Changing a plan when you are not at your desk",
        words=WORDS,
        send_at=world.moment(19),
        sent_at=world.moment(19),
        state=BatchState.SENT,
        created_by=lead,
        created_at=world.moment(19),
    )
    recruits = [_recruit(world, study, batch, accounts, number) for number in range(len(PEOPLE))]
    for segment, wanted in ((Segment.SMALL, 4), (Segment.MID, 6), (Segment.ENTERPRISE, 5)):
        Quota.objects.create(study=study, segment=segment, wanted=wanted)
    waiting = recruits[-1].participant.account
    Clearance.objects.create(
        study=study,
        account=waiting,
        owner=waiting.owner or lead,
        state=ClearanceState.WAITING,
        asked_by=lead,
        asked_at=world.moment(3),
    )
    return study


def _recruit(world, study, batch, accounts, number):
    name, role, state, invited, changed = PEOPLE[number]
    account = accounts[number % len(accounts)]
    person = Participant.objects.create(
        name=name,
        role=role,
        account=account,
        email=f"{name.split()[0].lower().replace('í', 'i')}@{account.domain or 'fernway-guests.example'}",
        came_by=CameBy.CUSTOMER_LIST,
        added_on=world.day(200 + number),
    )
    held = state in (S.DONE, S.NO_SHOW, S.BOOKED)
    session = _session(world, study, person, state, changed) if held else None
    at = world.moment(invited)
    answered = state not in (S.PICKED, S.INVITED, S.DECLINED)
    fits = state != S.SCREENED_OUT
    said = zip(QUESTIONS, ANSWERS if fits else ["Rarely", *ANSWERS[1:]], strict=True)
    recruit = Recruit.objects.create(
        study=study,
        participant=person,
        batch=batch,
        session=session,
        state=state,
        segment=account.segment,
        because={
            S.SCREENED_OUT: f"{QUESTIONS[0]['text']}: Rarely",
            S.DECLINED: "Said no",
        }.get(state, ""),
        answers=[
            {"question": question["text"], "answer": answer, "fits": fits or answer != "Rarely"}
            for question, answer in said
        ]
        if answered
        else [],
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


def _session(world, study, person, state, changed):
    if state == S.NO_SHOW:
        return None
    return Session.objects.create(
        study=study,
        title=f"{person.name}, {person.role.lower()}",
        kind=kind_of(study.method),
        held_on=world.day(-2 if state == S.BOOKED else changed),
        participant=person,
        moderator=study.lead,
        created_by=study.lead,
        created_at=world.moment(changed, 12),
    )
