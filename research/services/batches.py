"""Batches: several people of the panel are picked for a study and invited in one go, now or later."""

from django.db import transaction

from prodops import activity
from prodops.models import CustomerAccount
from research.models import BatchState, ContactOverride, InvitationBatch, Recruit, Recruiting, RecruitState
from research.queries import panel
from research.queries import recruiting as reads

from . import clearances, inviting, recruits

MOST = 500  # people in one batch


class Refused(Exception):
    """Nobody was invited; the words say why and what to do."""


@transaction.atomic
def make(study, people, *, subject, words, send_at, by, at, override=""):
    """Pick `people` (ids of the panel) and invite them at `send_at`, or now where that is past.

    Who may not be asked, has no address or is picked already is left out, whatever was ticked. Returns
    (batch, number picked, number left out); raises `Refused` where nobody remains.

    With a reason in `override` those who cool down, or are not to be contacted, are asked all the same, for
    this study; whoever calls has made sure that `by` may do that. A blocklist and an opt-out stand.
    """
    recruiting = Recruiting.objects.select_for_update().filter(study=study).first()
    if recruiting is None or recruiting.closed_at:
        raise Refused("Recruiting is not open. Set it up, or open it again, before you invite anybody.")
    wanted = set(people)
    if len(wanted) > MOST:
        raise Refused(f"A batch has at most {MOST} people; you picked {len(wanted):,}. Send it in parts.")
    if override.strip():
        _except(study, wanted, because=override, by=by, at=at)
    chosen = reads.may_be_picked(study, wanted, at=at)
    if not chosen:
        raise Refused("None of them can be invited now. Look at what is said beside each.")
    batch = InvitationBatch.objects.create(
        study=study, subject=subject, words=words, send_at=max(send_at, at), created_by=by, created_at=at
    )
    again = {one.participant_id: one for one in Recruit.objects.filter(study=study, participant__in=chosen)}
    for person in chosen:
        if person.pk in again:
            recruits.move(
                again[person.pk], RecruitState.PICKED, by=by, at=at, batch=batch, picked_by=by, picked_at=at
            )
            continue
        Recruit.objects.create(
            study=study,
            participant=person,
            batch=batch,
            segment=person.segment,
            picked_by=by,
            picked_at=at,
            changed_at=at,
        )
    accounts = CustomerAccount.objects.filter(pk__in={one.account_id for one in chosen if one.account_id})
    clearances.announce(study, accounts, gatekeeping=recruiting.gatekeeping, by=by, at=at)
    data = {"batch": batch.pk, "people": len(chosen)}
    activity.record("recruiting.batch_made", on=study, by=by, at=at, data=data)
    if send_at <= at:
        inviting.send(batch.pk, at=at)
    return batch, len(chosen), len(wanted) - len(chosen)


def _except(study, people, *, because, by, at):
    """Write down for which of `people` an exception is made, and why."""
    standing = panel.contacts(people, at=at, study=study)
    for pk in sorted(pk for pk, one in standing.items() if one.may_override and not one.askable):
        row, new = ContactOverride.objects.get_or_create(
            participant_id=pk, study=study, defaults={"because": because.strip()[:300], "by": by, "at": at}
        )
        if new:
            data = {"study": study.pk, "because": row.because}
            activity.record("participant.contact_overridden", on=row.participant, by=by, at=at, data=data)


@transaction.atomic
def cancel(batch, *, by, at):
    """Take back a batch that has not gone out: its people are free to be picked again."""
    if not InvitationBatch.objects.filter(pk=batch.pk, state=BatchState.WAITING).update(
        state=BatchState.CANCELLED
    ):
        raise Refused("It has gone out already.")
    Recruit.objects.filter(batch=batch, state=RecruitState.PICKED, invitations=None).delete()
    activity.record("recruiting.batch_cancelled", on=batch.study, by=by, at=at, data={"batch": batch.pk})
