"""Incentives: entered, approved by somebody else, paid; each move once."""

from decimal import Decimal

from django.db import IntegrityError, transaction

from prodops import activity
from research.models import Incentive, IncentiveState, IncentiveTerms, Recruit, RecruitState
from research.models.incentive import MOVES


class Refused(Exception):
    """It can't be done; the words say why."""


@transaction.atomic
def set_terms(study, *, amount, currency, method, by, at):
    """Say what the study gives each participant from now on; what is entered already stays."""
    fields = {"amount": amount, "currency": currency, "method": method, "changed_by": by, "changed_at": at}
    terms, _ = IncentiveTerms.objects.update_or_create(study=study, defaults=fields)
    data = {"amount": str(Decimal(amount)), "currency": currency}
    activity.record("study.incentive_set", on=study, by=by, at=at, data=data)
    return terms


@transaction.atomic
def enter(participant, study, *, due_on, amount=None, currency="", method="", session=None, by, at):
    """Note that somebody is to be given something: what the study's terms say, or `amount`."""
    terms = IncentiveTerms.objects.filter(study=study).first()
    if amount is None:
        if terms is None:
            raise Refused("The study does not say what it gives. Set its incentive first, or type an amount.")
        amount = terms.amount
    fields = {
        "amount": amount,
        "currency": currency or (terms.currency if terms else "EUR"),
        "method": method or (terms.method if terms else "gift_card"),
    }
    try:
        with transaction.atomic():
            row = Incentive.objects.create(
                participant=participant,
                study=study,
                session=session,
                due_on=due_on,
                created_by=by,
                created_at=at,
                **fields,
            )
    except IntegrityError as error:
        raise Refused("An incentive for this is entered already.") from error
    activity.record("incentive.entered", on=row, by=by, at=at)
    return row


@transaction.atomic
def enter_for_all(study, *, due_on, by, at):
    """Enter what the study gives for everybody who took part and has nothing entered; returns how many.

    Raises `Refused` where the study does not say what it gives. Whoever is entered already is left alone.
    """
    number = 0
    for recruit in lacking(study).select_related("participant", "session").order_by("pk"):
        enter(recruit.participant, study, due_on=due_on, session=recruit.session, by=by, at=at)
        number += 1
    return number


def lacking(study):
    """Recruits who took part and have no incentive for it, as a QuerySet."""
    given = Incentive.objects.filter(study=study).exclude(state=IncentiveState.CANCELLED)
    came = Recruit.objects.filter(study=study, state=RecruitState.DONE)
    return came.exclude(participant__in=given.values("participant"))


def _move(row, to, *, verb, by, at, **fields):
    before = [state for state, then in MOVES.items() if to in then]
    won = Incentive.objects.filter(pk=row.pk, state__in=before).update(state=to, **fields)
    row.refresh_from_db()
    if not won:
        raise Refused(f"This incentive is {row.get_state_display().lower()}: that is no longer possible.")
    activity.record(verb, on=row, by=by, at=at)


@transaction.atomic
def approve(row, *, by, at):
    """Let it be paid: by somebody other than who entered it."""
    if row.created_by_id == by.pk:
        raise Refused("You entered this incentive. Somebody else has to approve it.")
    _move(
        row, IncentiveState.APPROVED, verb="incentive.approved", by=by, at=at, approved_by=by, approved_at=at
    )


@transaction.atomic
def pay(row, *, paid_on, reference, by, at):
    """Note that it was paid, with what finance finds it by."""
    reference = reference.strip()[:120]
    if not reference:
        raise Refused("Give the reference by which finance finds the payment.")
    fields = {"paid_on": paid_on, "reference": reference, "failed_because": ""}
    _move(row, IncentiveState.PAID, verb="incentive.paid", by=by, at=at, **fields)


@transaction.atomic
def fail(row, *, because, by, at):
    """Note that the payment did not arrive; it can be paid again."""
    because = because.strip()[:300]
    if not because:
        raise Refused("Say what went wrong, so that somebody can mend it.")
    _move(row, IncentiveState.FAILED, verb="incentive.failed", by=by, at=at, failed_because=because)


@transaction.atomic
def cancel(row, *, by, at):
    """Note that nothing is given after all."""
    _move(row, IncentiveState.CANCELLED, verb="incentive.cancelled", by=by, at=at)
