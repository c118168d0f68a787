"""A KPI's own row: define it, change what needs no review, say that its source drifted, deprecate, restore.

What it means and how it is counted is `services.versions`' matter once it has been approved.
"""

from django.db import IntegrityError, transaction

from metrics.models import (
    SAID,
    TYPED,
    Kpi,
    KpiAlias,
    KpiStatus,
    KpiTier,
    KpiVersion,
    Unit,
    VersionState,
    Watch,
)
from metrics.services import names
from prodops import activity, search
from prodops.services import slugs

# What an editor changes without a review.
OWN = ("tier", "owner", "team", "area", "freshness_hours", "freshness_error_hours", "dimensions")
# What somebody looked at who verified the KPI: another's change of it ends the verification.
LOOKED_AT = (*SAID, "tier", "freshness_hours", "freshness_error_hours", "dimensions")
FIELDS = (*SAID, *TYPED, *OWN, "aliases")


class NorthStarTaken(Exception):
    """The company has a north star already."""


class NeedsProposal(Exception):
    """What was approved is changed by proposal."""


class WrongStatus(Exception):
    """The KPI's status does not allow that."""


class NoSuccessor(Exception):
    """What was named cannot take the KPI's place."""


@transaction.atomic
def define(*, by, at, **fields):
    """Write a new KPI as a draft. `fields` are those of `FIELDS`. Its slug is made from the name, once."""
    row, typed, aliases = _sorted(fields)
    names.claim(row["name"], *aliases)
    kpi = Kpi(**row, defined_by=by, defined_at=at)
    kpi.slug = slugs.unused(Kpi, kpi.name)
    _save(kpi)
    [version] = KpiVersion.objects.begin([kpi])
    if typed:
        KpiVersion.objects.filter(pk=version.pk).update(**typed)
    KpiAlias.objects.bulk_create(KpiAlias(kpi=kpi, name=name) for name in aliases)
    Watch.objects.create(kpi=kpi)
    activity.record("kpi.defined", on=kpi, by=by, at=at)
    search.index(kpi)
    return kpi


@transaction.atomic
def edit(kpi, *, by, at, **fields):
    """Change a KPI; gives the names of what changed.

    Of a draft everything may be changed. Of any other only `OWN` and the aliases: raises `NeedsProposal` for
    the rest, and `names.NameTaken`. The change of somebody else than who verified it ends the verification.
    """
    before = Kpi.objects.select_for_update().get(pk=kpi.pk)
    if before.status == KpiStatus.DEPRECATED:
        raise WrongStatus("This KPI is deprecated. Restore it before you change it.")
    row, typed, aliases = _sorted(fields)
    changed = [name for name, value in row.items() if getattr(before, name) != value]
    governed = _change_draft(before, row, typed, by=by, at=at)
    if "aliases" in fields and _name_also(before, aliases):
        changed.append("aliases")
    changed += [name for name in governed if name not in changed]
    if not changed:
        return []
    for name in changed:
        if name in row:
            setattr(kpi, name, row[name])
    if any(name in SAID for name in changed):
        kpi.defined_by, kpi.defined_at = by, at
    ended = _end_verification(kpi, before, changed, by=by)
    _save(kpi)
    said = ", ".join(name.replace("_", " ") for name in changed)
    data = {"fields": changed, "said": said, "verification_ended": ended}
    activity.record("kpi.edited", on=kpi, by=by, at=at, data=data)
    search.index(kpi)
    return changed


def _change_draft(before, row, typed, *, by, at):
    """Bring version 1 of a draft in line; gives the names of what it says that changed."""
    wanted = {name: value for name, value in (row | typed).items() if name in (*SAID, *TYPED)}
    if not wanted:
        return []
    version = before.live_version or KpiVersion.objects.select_for_update().get(kpi=before, number=1)
    changed = [name for name, value in wanted.items() if getattr(version, name) != value]
    if not changed:
        return []
    if before.status != KpiStatus.DRAFT or before.live_version_id:
        said = ", ".join(changed)
        raise NeedsProposal(f"The {said} of this KPI is changed by a proposal, which somebody else reviews.")
    if "name" in changed:
        names.claim(wanted["name"], kpi=before)
    KpiVersion.objects.filter(pk=version.pk).update(**wanted, author=by, proposed_at=at)
    return changed


def _name_also(kpi, aliases):
    """Make `aliases` the KPI's other names; True if that changed anything."""
    held = {alias.name: alias for alias in KpiAlias.objects.filter(kpi=kpi)}
    if set(held) == set(aliases):
        return False
    names.claim(*aliases, kpi=kpi)
    KpiAlias.objects.filter(pk__in=[alias.pk for name, alias in held.items() if name not in aliases]).delete()
    KpiAlias.objects.bulk_create(KpiAlias(kpi=kpi, name=name) for name in aliases if name not in held)
    return True


def _end_verification(kpi, before, changed, *, by):
    """True if a verification ended because somebody else changed what was verified."""
    if not before.verified_by_id or before.verified_by_id == by.pk:
        return False
    if not any(name in LOOKED_AT or name in TYPED for name in changed):
        return False
    kpi.verified_by = kpi.verified_at = kpi.verified_until = None
    return True


@transaction.atomic
def assign(kpis, *, owner, by, at):
    """Give `kpis` an owner; gives those that had another."""
    rows = list(Kpi.objects.select_for_update().filter(pk__in=[kpi.pk for kpi in kpis]).exclude(owner=owner))
    for kpi in rows:
        Kpi.objects.filter(pk=kpi.pk).update(owner=owner)
        activity.record("kpi.assigned", on=kpi, by=by, at=at, data={"owner": owner.name})
    return rows


@transaction.atomic
def mark_drifted(kpi, *, note, by, at):
    """Say that the source was seen to differ from the approved definition."""
    moved = Kpi.objects.filter(pk=kpi.pk, status=KpiStatus.APPROVED)
    if not moved.update(status=KpiStatus.DRIFTED, status_note=note):
        raise WrongStatus("Only an approved KPI can drift from its definition.")
    _record_move(kpi, "kpi.drifted", KpiStatus.DRIFTED, note, by=by, at=at)


@transaction.atomic
def settle_drift(kpi, *, note, by, at):
    """Say that the source counts as defined again."""
    moved = Kpi.objects.filter(pk=kpi.pk, status=KpiStatus.DRIFTED)
    if not moved.update(status=KpiStatus.APPROVED, status_note=""):
        raise WrongStatus("This KPI is not marked as drifted.")
    _record_move(kpi, "kpi.drift_settled", KpiStatus.APPROVED, note, by=by, at=at)


@transaction.atomic
def deprecate(kpi, *, successor=None, note="", by, at):
    """Take the KPI out of use: no more checks, off the lists, its names free; its page and values stay.

    `successor` is the live KPI to use instead. Proposals that wait are withdrawn.
    """
    if successor is not None and (successor.pk == kpi.pk or successor.status == KpiStatus.DEPRECATED):
        raise NoSuccessor("Choose another KPI that is in use.")
    rows = Kpi.objects.filter(pk=kpi.pk).live()
    if not rows.update(status=KpiStatus.DEPRECATED, status_note=note, successor=successor):
        raise WrongStatus("This KPI is deprecated already.")
    KpiAlias.objects.filter(kpi=kpi).update(in_use=False)
    waiting = KpiVersion.objects.filter(kpi=kpi, state=VersionState.PROPOSED)
    waiting.filter(number__gt=1).update(
        state=VersionState.WITHDRAWN, decided_at=at, reason="The KPI was deprecated."
    )
    waiting.filter(number=1).update(state=VersionState.DRAFT)
    data = {"successor": successor.name if successor else "", "slug": successor.slug if successor else ""}
    _record_move(kpi, "kpi.deprecated", KpiStatus.DEPRECATED, note, by=by, at=at, **data)


@transaction.atomic
def restore(kpi, *, by, at):
    """Take a deprecated KPI into use again, approved if it was; raises where its name or place is taken."""
    row = Kpi.objects.select_for_update().get(pk=kpi.pk)
    if row.status != KpiStatus.DEPRECATED:
        raise WrongStatus("This KPI is in use.")
    aliases = list(KpiAlias.objects.filter(kpi=row).values_list("name", flat=True))
    names.claim(row.name, *aliases, kpi=row)
    row.status = KpiStatus.APPROVED if row.live_version_id else KpiStatus.DRAFT
    row.status_note, row.successor = "", None
    _save(row)
    KpiAlias.objects.filter(kpi=row).update(in_use=True)
    kpi.successor = None
    _record_move(kpi, "kpi.restored", row.status, "", by=by, at=at)


def _record_move(kpi, verb, status, note, *, by, at, **data):
    kpi.status, kpi.status_note = status, note
    activity.record(verb, on=kpi, by=by, at=at, data={"note": note, **data})
    search.index(kpi)


def _sorted(fields):
    """(what the KPI's row says, what only its version says, its aliases) of `fields`."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"Not fields of a KPI: {', '.join(sorted(unknown))}.")
    row = {name: value for name, value in fields.items() if name not in (*TYPED, "aliases")}
    if row.get("unit", Unit.MONEY) != Unit.MONEY:
        row["currency"] = ""
    typed = {name: value for name, value in fields.items() if name in TYPED}
    return row, typed, list(fields.get("aliases", ()))


def _save(kpi):
    try:
        with transaction.atomic():
            kpi.save()
    except IntegrityError as error:
        if "kpi_one_north_star" not in str(error):
            raise
        holder = Kpi.objects.live().filter(tier=KpiTier.NORTH_STAR).exclude(pk=kpi.pk).first()
        raise NorthStarTaken(f"“{holder}” is the north star. There is one at a time.") from error
