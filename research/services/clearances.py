"""Gatekeepers: the owner of a customer account hears, or is asked, before people of it are invited."""

from django.db import transaction

from prodops import activity
from research.models import Clearance, ClearanceState, Gatekeeping, Recruit, RecruitState

from . import inviting, recruits


class Answered(Exception):
    """Somebody has answered already, or there is nothing to answer."""


def announce(study, accounts, *, gatekeeping, by, at):
    """Tell or ask the owners of `accounts`, each once a study. Who is their own gatekeeper is not asked.

    Accounts without an owner have nobody to tell. Inside the transaction of the batch.
    """
    if gatekeeping == Gatekeeping.NONE:
        return
    for account in sorted(accounts, key=lambda one: one.pk):
        if account.owner_id is None:
            continue
        mine = account.owner_id == by.pk
        asked = gatekeeping == Gatekeeping.ASK and not mine
        fields = {
            "owner_id": account.owner_id,
            "state": ClearanceState.WAITING if asked else ClearanceState.TOLD,
            "asked_by": by,
            "asked_at": at,
        }
        row, new = Clearance.objects.get_or_create(study=study, account=account, defaults=fields)
        if new and not mine:
            verb = "clearance.asked" if asked else "clearance.told"
            activity.record(verb, on=study, by=by, at=at, data={"clearance": row.pk, "account": account.name})


@transaction.atomic
def allow(clearance, *, by, at):
    """The owner agrees, after a no as well: those of the account who were picked are invited now.

    Whoever was withheld for the no is not: they may be picked again.
    """
    _answer(clearance, ClearanceState.ALLOWED, "", by=by, at=at, also=ClearanceState.REFUSED)
    inviting.invite_cleared(clearance.study_id, clearance.account_id, at=at)


@transaction.atomic
def refuse(clearance, *, because, by, at):
    """The owner would rather not: those of the account who were picked are not invited."""
    because = because.strip()[:300]
    _answer(clearance, ClearanceState.REFUSED, because, by=by, at=at)
    picked = Recruit.objects.filter(
        study=clearance.study_id, participant__account=clearance.account_id, state=RecruitState.PICKED
    )
    words = f"{by} would rather not" + (f": {because}" if because else "")
    for recruit in picked.select_related("study", "participant").order_by("pk"):
        recruits.move(recruit, RecruitState.WITHHELD, by=by, at=at, because=words)


def _answer(clearance, state, because, *, by, at, also=ClearanceState.WAITING):
    waiting = Clearance.objects.filter(pk=clearance.pk, state__in=(ClearanceState.WAITING, also))
    won = waiting.update(state=state, because=because, answered_by=by, answered_at=at)
    clearance.refresh_from_db()
    if not won:
        raise Answered(f"This was answered already: {clearance.get_state_display().lower()}.")
    data = {"clearance": clearance.pk, "account": clearance.account.name, "because": because}
    activity.record(f"clearance.{state}", on=clearance.study, by=by, at=at, data=data)
