"""Changing what a KPI means or how it is counted: propose, approve, reject, withdraw."""

from django.db import transaction
from django.db.models import Max

from metrics.models import (
    COUNTED,
    GOVERNED,
    SAID,
    Kpi,
    KpiAlias,
    KpiStatus,
    KpiVersion,
    Unit,
    VersionState,
)
from metrics.services import ingest, names
from metrics.services.verification import verified_until
from prodops import activity, search
from prodops.clock import company_day


class Refused(Exception):
    """The step cannot be taken; says why and what to do."""


class OwnProposal(Refused):
    """Nobody approves what they wrote or own."""


class Stale(Refused):
    """Another version went live since this was proposed."""


class Decided(Refused):
    """The proposal no longer waits for a review, or was changed while it was read."""


class NothingChanged(Refused):
    """The proposal says what holds already."""


@transaction.atomic
def submit(kpi, *, by, at, note=""):
    """Send a draft KPI's first version to review."""
    row = Kpi.objects.select_for_update().get(pk=kpi.pk)
    if row.status != KpiStatus.DRAFT or row.live_version_id:
        raise Refused("Only a draft is sent to review.")
    KpiVersion.objects.filter(kpi=row, number=1).update(
        state=VersionState.PROPOSED,
        author=by,
        proposed_at=at,
        note=note,
        reviewer=None,
        decided_at=None,
        reason="",
    )
    Kpi.objects.filter(pk=row.pk).update(status=KpiStatus.PROPOSED)
    kpi.status = KpiStatus.PROPOSED
    version = row.versions.get(number=1)
    activity.record("kpi.proposed", on=kpi, by=by, at=at, data={"version": 1, "note": note})
    search.index(kpi)
    return version


@transaction.atomic
def propose(kpi, *, note, by, at, effective_from=None, replaces=None, **fields):
    """Propose a change of an approved KPI; what is live stays so until somebody else approves.

    `fields` are those of `GOVERNED` that are to change. `effective_from` is the day from which values are
    counted the new way, the day of approval if None. `replaces` is an open proposal that this one takes up.
    """
    row = (
        Kpi.objects.select_for_update(of=("self",))
        .select_related("live_version", "count_version")
        .get(pk=kpi.pk)
    )
    live = row.live_version
    if live is None or row.status == KpiStatus.DEPRECATED:
        raise Refused("Only an approved KPI that is in use is changed by proposal.")
    said = {name: getattr(live, name) for name in GOVERNED} | fields
    if said["unit"] != Unit.MONEY:
        said["currency"] = ""
    changed = changes(live, said)
    if not changed:
        raise NothingChanged("This says what the live version says. Change something, or cancel.")
    _check_change(row, changed, effective_from, today=company_day(at))
    if "name" in changed:
        names.claim(said["name"], kpi=row)
    if replaces is not None:
        _withdraw(replaces, "Taken up in a newer proposal.", at=at)
    number = row.versions.aggregate(newest=Max("number"))["newest"] + 1
    recounts = any(name in COUNTED for name in changed)
    version = KpiVersion.objects.create(
        kpi=row,
        number=number,
        state=VersionState.PROPOSED,
        base=live,
        recounts=recounts,
        effective_from=effective_from if recounts else None,
        note=note,
        author=by,
        proposed_at=at,
        **said,
    )
    words = ", ".join(name.replace("_", " ") for name in changed)
    data = {"version": number, "said": words, "note": note}
    activity.record("kpi.change_proposed", on=kpi, by=by, at=at, data=data)
    return version


def changes(version, said):
    """The names of `GOVERNED` that `said`, a dict of all of them, says otherwise than `version`."""
    return [name for name in GOVERNED if getattr(version, name) != said[name]]


def _check_change(kpi, changed, effective_from, *, today):
    if {"unit", "grain"} & set(changed) and kpi.points.exists():
        raise Refused(
            "The unit and the grain are fixed, since there are values. Define a new KPI, then deprecate this"
            " one and name the new one as its successor."
        )
    if effective_from is None:
        return
    if effective_from > today:
        raise Refused(f"A version cannot hold from the future: propose it on {effective_from:%-d %b %Y}.")
    before = kpi.count_version.effective_from
    if before and effective_from <= before:
        raise Refused(
            f"The number is counted as now since {before:%-d %b %Y}, so this version has to begin later."
        )


@transaction.atomic
def approve(version, *, by, at, read=None):
    """Make a proposal the live version; by somebody who neither wrote it nor owns the KPI.

    `read` is the `proposed_at` of what the reviewer read: what was sent anew meanwhile is not approved.
    Approving verifies the KPI in the reviewer's name, unless its author is who had verified it.
    """
    kpi, version = _locked(version)
    if by.pk in (version.author_id, kpi.owner_id):
        raise OwnProposal("Somebody else has to approve it: you wrote this definition or own the KPI.")
    if version.state != VersionState.PROPOSED or (read is not None and read != version.proposed_at):
        raise Decided("This proposal was decided already, or was changed meanwhile. Read it again.")
    if version.base_id != kpi.live_version_id:
        raise Stale("Another version went live since this was proposed. Have it brought up to date first.")
    day = company_day(at)
    begins = _follow_on(kpi, version, day) if version.base_id else None
    KpiVersion.objects.filter(pk=version.pk).update(
        state=VersionState.LIVE, effective_from=begins, reviewer=by, decided_at=at, reason=""
    )
    for name in SAID:
        setattr(kpi, name, getattr(version, name))
    kpi.status, kpi.status_note = KpiStatus.APPROVED, ""
    kpi.defined_by_id, kpi.defined_at = version.author_id, version.proposed_at
    kpi.approved_by, kpi.approved_at = by, at
    kpi.live_version = version
    if version.recounts or version.number == 1:
        kpi.count_version = version
    if kpi.verified_by_id is None or kpi.verified_by_id != version.author_id:
        kpi.verified_by, kpi.verified_at = by, at
        kpi.verified_until = verified_until(day)
    kpi.save()
    if version.recounts and version.number > 1:
        ingest.regovern(kpi)  # values of days that it governs from now on stand beside its own
    data = {"version": version.number, "recounts": version.recounts and version.number > 1}
    activity.record("kpi.approved", on=kpi, by=by, at=at, data=data)
    search.index(kpi)
    return kpi


def _follow_on(kpi, version, day):
    """Make the live version a past one; gives the day from which the new one holds."""
    live, counted = kpi.live_version, kpi.count_version
    begins = version.effective_from or day
    if version.recounts and counted.effective_from and begins <= counted.effective_from:
        raise Refused(
            f"The number is counted as now since {counted.effective_from:%-d %b %Y}; a further change can"
            " hold from the day after at the earliest. Approve it then."
        )
    if version.name.lower() != live.name.lower():
        names.claim(version.name, kpi=kpi)
        _keep_old_name(kpi, live.name, version.name)
    KpiVersion.objects.filter(pk=live.pk).update(state=VersionState.PAST)
    return begins


def _keep_old_name(kpi, old, new):
    """People go on searching by the old name."""
    KpiAlias.objects.filter(kpi=kpi, name__iexact=new).delete()
    KpiAlias.objects.get_or_create(kpi=kpi, name=old)


@transaction.atomic
def reject(version, *, reason, by, at):
    """Refuse a proposal; a first version goes back to its author as a draft."""
    kpi, version = _locked(version)
    if by.pk == version.author_id:
        raise OwnProposal("It is your own proposal: withdraw it instead.")
    _decide(kpi, version, VersionState.REJECTED, reason, reviewer=by, at=at)
    data = {"version": version.number, "reason": reason}
    activity.record("kpi.change_rejected", on=kpi, by=by, at=at, data=data)


@transaction.atomic
def withdraw(version, *, reason="", by, at):
    """Take a proposal back; a first version becomes a draft again."""
    kpi, version = _locked(version)
    _decide(kpi, version, VersionState.WITHDRAWN, reason, reviewer=None, at=at)
    data = {"version": version.number, "reason": reason}
    activity.record("kpi.change_withdrawn", on=kpi, by=by, at=at, data=data)


def _decide(kpi, version, state, reason, *, reviewer, at):
    if version.state != VersionState.PROPOSED:
        raise Decided("This proposal was decided already.")
    if version.number == 1:
        KpiVersion.objects.filter(pk=version.pk).update(
            state=VersionState.DRAFT, reviewer=reviewer, decided_at=at, reason=reason
        )
        Kpi.objects.filter(pk=kpi.pk).update(status=KpiStatus.DRAFT)
        kpi.status = KpiStatus.DRAFT
        search.index(kpi)
        return
    KpiVersion.objects.filter(pk=version.pk).update(
        state=state, reviewer=reviewer, decided_at=at, reason=reason
    )


def _withdraw(version, reason, *, at):
    KpiVersion.objects.filter(pk=version.pk, state=VersionState.PROPOSED).update(
        state=VersionState.WITHDRAWN, decided_at=at, reason=reason
    )


def _locked(version):
    """The KPI and the version as they are, held until the transaction ends: one decision at a time."""
    kpi = _hold(version.kpi_id)
    return kpi, KpiVersion.objects.get(pk=version.pk)


def _hold(kpi_id):
    rows = Kpi.objects.select_for_update(of=("self",)).select_related("live_version", "count_version")
    return rows.get(pk=kpi_id)
