"""What people of the panel signed and were given, whom not to ask, and one who took consent back."""

import datetime as dt

from research.models import (
    Bar,
    ConsentForm,
    ConsentText,
    ContactBar,
    Incentive,
    IncentiveState,
    IncentiveTerms,
    PanelImport,
    PanelImportState,
    Participant,
    PayMethod,
    Recruit,
    RecruitState,
    Session,
    Signature,
    StudyConsent,
)
from research.services import withdrawal
from research.synthesis.consenting import text_hash

from .recruiting import IN_FIELD

TAKING_PART = """Thank you for talking with us. We record the conversation, write it down and learn from it.

- You may stop at any time, and leave any question unanswered.
- Only people of Fernway who work on the product hear the recording.
- Recordings are deleted after two years."""
IN_FIRST = TAKING_PART.replace("two years", "five years")
SECRECY = """We may show you things that are not for sale yet. Please do not tell others about them, and do
not take pictures of them, until we have published them ourselves."""
PURPOSES = ["To understand how the product is used", "To decide what to build next"]
CHOICES = ["You may quote me with my job, without my name", "You may ask me again later"]
# what became of it, days ago, what is said of it: of those who took part, in their order
GIVEN = [
    (IncentiveState.PAID, 20, "GC-2026-0418"),
    (IncentiveState.PAID, 18, "GC-2026-0421"),
    (IncentiveState.FAILED, 9, "The address of the gift card came back"),
    (IncentiveState.APPROVED, 4, ""),
    (IncentiveState.DUE, 2, ""),
]
BARRED = [
    ("Bram de Wit", Bar.OPTED_OUT, "By a link", 8),
    ("Anouk Petit", Bar.DO_NOT_CONTACT, "On parental leave until spring", 8),
]
LEFT = "Sofia Brandt"


def build(world):
    study = world.studies[IN_FIELD]
    consent, secrecy = _texts(world)
    StudyConsent.objects.create(study=study, form=secrecy.form)
    recruits = Recruit.objects.filter(study=study).select_related("participant").order_by("picked_at", "pk")
    came = [one for one in recruits if one.state == RecruitState.DONE]
    booked = [one for one in recruits if one.state == RecruitState.BOOKED]
    for recruit in [*came, *booked]:
        _sign(recruit, consent)
    for recruit in [*came, *booked[:1]]:
        _sign(recruit, secrecy)
    IncentiveTerms.objects.create(
        study=study, amount=50, currency="EUR", changed_by=world.people["ines"], changed_at=world.moment(30)
    )
    for recruit, given in zip(came, GIVEN, strict=False):
        _give(world, recruit, *given)
    for name, kind, because, days_ago in BARRED:
        said_it = kind == Bar.OPTED_OUT
        ContactBar.objects.create(
            participant=Participant.objects.get(name=name),
            kind=kind,
            because=because,
            by=None if said_it else world.people["ines"],
            at=world.moment(days_ago, 12),
        )
    PanelImport.objects.create(
        name="driver-app-pilot-customers.csv",
        mapping={"0": "name", "1": "email", "2": "account"},
        state=PanelImportState.DONE,
        made=[one.participant_id for one in recruits if one.state != RecruitState.DONE],
        skipped=2,
        by=world.people["tomas"],
        at=world.moment(200, 9),
        done_at=world.moment(200, 9, 20),
    )
    _leave(world, study, consent)


def _texts(world):
    """The consent that everybody signs, in two versions, and what studies ask that show new things."""
    by, at = world.people["tomas"], world.moment
    consent = ConsentForm.objects.create(
        name="Taking part in our research",
        carry_days=365,
        every_study=True,
        created_by=by,
        created_at=at(340),
    )
    secrecy = ConsentForm.objects.create(
        kind="nda", name="What we show you stays between us", created_by=by, created_at=at(200)
    )
    _text(consent, 1, IN_FIRST, by, at(338))
    now = _text(consent, 2, TAKING_PART, by, at(150))
    kept = _text(
        secrecy, 1, SECRECY, by, at(198), purposes=["To show you what is not for sale yet"], choices=[]
    )
    draft = f"{SECRECY}\n\nThis holds for a year."
    _text(secrecy, 2, draft, by, None, purposes=["To show you what is not for sale yet"], choices=[])
    return now, kept


def _text(form, number, body, by, at, purposes=PURPOSES, choices=CHOICES):
    return ConsentText.objects.create(
        form=form,
        number=number,
        title=form.name,
        body=body,
        purposes=purposes,
        choices=choices,
        valid_days=730 if form.every_study else None,
        sign_anew=number == 1,
        sha256=text_hash(form.name, body, purposes, choices),
        created_by=by,
        created_at=at or form.created_at,
        published_by=by if at else None,
        published_at=at,
    )


def _sign(recruit, text):
    at = recruit.answered_at + dt.timedelta(minutes=7)
    return Signature.objects.create(
        participant=recruit.participant,
        text=text,
        study_id=recruit.study_id,
        typed_name=recruit.participant.name,
        granted=text.choices[: 1 + recruit.pk % 2],
        at=at,
        ip=f"192.0.2.{1 + recruit.pk % 250}",
        text_sha256=text.sha256,
        mailed_at=at,
    )


def _give(world, recruit, state, days_ago, said):
    paid = state == IncentiveState.PAID
    approved = state != IncentiveState.DUE
    Incentive.objects.create(
        participant=recruit.participant,
        study_id=recruit.study_id,
        session_id=recruit.session_id,
        amount=50,
        currency="EUR",
        method=PayMethod.GIFT_CARD,
        state=state,
        due_on=world.day(days_ago - 7),
        reference=said if paid else "",
        failed_because=said if state == IncentiveState.FAILED else "",
        created_by=world.people["ines"],
        created_at=world.moment(days_ago, 15),
        approved_by=world.people["tomas"] if approved else None,
        approved_at=world.moment(days_ago - 1, 9) if approved else None,
        paid_on=world.day(days_ago - 1) if paid else None,
    )


def _leave(world, study, text):
    """Somebody who took part and took it back: their session is out of sight, and can be deleted for good."""
    ines = world.people["ines"]
    account = world.accounts[min(world.accounts)]
    person = Participant.objects.create(
        name=LEFT,
        role="Depot manager",
        account=account,
        email="sofia.brandt@guests.example",
        added_on=world.day(60),
    )
    session = Session.objects.create(
        study=study,
        title=f"Interview with {LEFT}",
        held_on=world.day(30),
        participant=person,
        moderator=ines,
        created_by=ines,
        created_at=world.moment(30, 15),
    )
    recruit = Recruit.objects.create(
        study=study,
        participant=person,
        session=session,
        segment=account.segment,
        state=RecruitState.DONE,
        picked_by=ines,
        picked_at=world.moment(44),
        invited_at=world.moment(44),
        answered_at=world.moment(43),
        changed_at=world.moment(30, 17),
    )
    _sign(recruit, text)
    withdrawal.withdraw(person, because="She has changed to another company", by=ines, at=world.moment(2))
