"""Defining KPIs: write, approve, retire."""

from django.db import IntegrityError, transaction
from django.db.models import F

from metrics.models import SAID, Kpi, KpiStatus, KpiTier, KpiVersion, Unit, VersionState, Watch
from prodops import activity, search
from prodops.services import slugs

FIELDS = (*SAID, "tier", "owner", "team", "area", "freshness_hours")


class NorthStarTaken(Exception):
    """The company has a north star already."""


class OwnDefinition(Exception):
    """Nobody approves what they wrote or own."""


class NotADraft(Exception):
    """Only a draft is approved."""


class AlreadyRetired(Exception):
    """The KPI is no longer in use."""


@transaction.atomic
def define(*, by, at, **fields):
    """Write a new KPI as a draft. `fields` are those of `FIELDS`. Its slug is made from the name, once."""
    kpi = Kpi(**_clean(fields), defined_by=by, defined_at=at)
    kpi.slug = slugs.unused(Kpi, kpi.name)
    _save(kpi)
    KpiVersion.objects.begin([kpi])
    Watch.objects.create(kpi=kpi)
    activity.record("kpi.defined", on=kpi, by=by, at=at)
    search.index(kpi)
    return kpi


@transaction.atomic
def edit(kpi, *, by, at, **fields):
    """Change a KPI; gives the names of what changed. A change of what was approved makes it a draft again."""
    before = Kpi.objects.select_for_update().get(pk=kpi.pk)
    fields = _clean(fields)
    changed = [name for name, value in fields.items() if getattr(before, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(kpi, name, fields[name])
    redefined = [name for name in changed if name in SAID]
    if redefined:
        kpi.defined_by, kpi.defined_at = by, at
        if before.status == KpiStatus.APPROVED:
            kpi.status, kpi.approved_by, kpi.approved_at = KpiStatus.DRAFT, None, None
            kpi.live_version = None
        first = {name: getattr(kpi, name) for name in SAID}
        KpiVersion.objects.filter(kpi=kpi, number=1).update(
            **first, state=VersionState.DRAFT, author=by, proposed_at=at, reviewer=None, decided_at=None
        )
    _save(kpi)
    said = ", ".join(name.replace("_", " ") for name in changed)
    data = {"fields": changed, "redefined": redefined, "said": said}
    activity.record("kpi.edited", on=kpi, by=by, at=at, data=data)
    search.index(kpi)
    return changed


@transaction.atomic
def approve(kpi, *, by, at):
    """Make the definition the company's; by somebody who neither wrote nor owns it."""
    if by.pk in (kpi.defined_by_id, kpi.owner_id):
        raise OwnDefinition("Somebody else has to approve it: you wrote this definition or own the KPI.")
    # What was read is what is approved: a definition that changed meanwhile is not.
    draft = Kpi.objects.filter(pk=kpi.pk, status=KpiStatus.DRAFT, defined_at=kpi.defined_at)
    if not draft.update(status=KpiStatus.APPROVED, approved_by=by, approved_at=at):
        raise NotADraft("This definition is approved already, or was changed meanwhile. Read it again.")
    kpi.status, kpi.approved_by, kpi.approved_at = KpiStatus.APPROVED, by, at
    KpiVersion.objects.filter(kpi=kpi, number=1).update(state=VersionState.LIVE, reviewer=by, decided_at=at)
    Kpi.objects.filter(pk=kpi.pk).update(live_version=F("count_version"))
    activity.record("kpi.approved", on=kpi, by=by, at=at)
    search.index(kpi)


@transaction.atomic
def retire(kpi, *, by, at):
    """Take the KPI out of use: no more checks, off the lists; its page and its values stay."""
    if not Kpi.objects.filter(pk=kpi.pk).live().update(status=KpiStatus.DEPRECATED):
        raise AlreadyRetired("This KPI is retired already.")
    kpi.status = KpiStatus.DEPRECATED
    activity.record("kpi.retired", on=kpi, by=by, at=at)
    search.index(kpi)


def _clean(fields):
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"Not fields of a KPI: {', '.join(sorted(unknown))}.")
    if "unit" in fields and fields["unit"] != Unit.MONEY:
        fields = {**fields, "currency": ""}
    return fields


def _save(kpi):
    try:
        with transaction.atomic():
            kpi.save()
    except IntegrityError as error:
        if "kpi_one_north_star" not in str(error):
            raise
        holder = Kpi.objects.live().filter(tier=KpiTier.NORTH_STAR).exclude(pk=kpi.pk).first()
        raise NorthStarTaken(f"“{holder}” is the north star. There is one at a time.") from error
