"""Pairs of KPIs that may be one: found, settled, and opened again when one of the two changes."""

import hashlib
import json

from django.db import connection, transaction

from metrics.formats import alike
from metrics.formats.sql.versions import of_version
from metrics.models import (
    Conflict,
    Kpi,
    KpiAlias,
    KpiStatus,
    KpiVersion,
    Ruling,
    Verdict,
)
from metrics.services import kpis, names
from prodops import activity
from prodops.models import SearchEntry

_LOCK = 5_117_002  # any number that no other advisory lock has


class NotYours(Exception):
    """The person may not change what the verdict would change."""


class Settled(Exception):
    """The pair is settled, or no longer there."""


class NoReason(Exception):
    """To keep both takes a reason."""


@transaction.atomic
def refresh(kpi_ids=None, *, at):
    """Look for pairs anew, of all KPIs or of these; their fingerprints are brought up to date first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    rows = list(Kpi.objects.live().select_related("live_version", "count_version").order_by("pk"))
    only = None if kpi_ids is None else set(kpi_ids)
    _print([row for row in rows if only is None or row.pk in only])
    aliases = _aliases()
    found = alike.pairs(_known(rows, aliases), only)
    by_id = {row.pk: row for row in rows}
    seen: dict = {}
    for pair in found:
        for key in (pair.first, pair.second):
            seen.setdefault(key, seen_as(by_id[key], aliases.get(key, ())))
    verdicts = _newest_verdicts(found)
    made = []
    for pair in found:
        verdict = verdicts.get((pair.first, pair.second))
        stands = (
            verdict is not None
            and verdict.undone_at is None
            and (verdict.first_seen, verdict.second_seen) == (seen[pair.first], seen[pair.second])
        )
        made.append(
            Conflict(
                first_id=pair.first,
                second_id=pair.second,
                kind=pair.kind,
                kinds={kind: round(score, 3) for kind, score in pair.kinds.items()},
                score=pair.score,
                verdict=verdict if stands else None,
                before=None if stands else verdict,
                found_at=at,
            )
        )
    _replace(made, only)
    return len(made)


def _replace(made, only):
    """Put the pairs found in the place of those before; the day a pair was first found stays."""
    held = Conflict.objects.all()
    if only is not None:
        held = held.filter(first__in=only) | held.filter(second__in=only)
    still = {(one.first_id, one.second_id) for one in made}
    gone = [pk for pk, *pair in held.values_list("pk", "first_id", "second_id") if tuple(pair) not in still]
    Conflict.objects.filter(pk__in=gone).delete()
    Conflict.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["kind", "kinds", "score", "verdict", "before"],
        batch_size=1_000,
    )


def current_version(kpi):
    """The version that says what the KPI means now: the live one, or before any approval the first."""
    return kpi.live_version or kpi.count_version


def _print(rows):
    """Bring the fingerprints of KPIs' versions up to date, as far as they are not."""
    changed = []
    for kpi in rows:
        for version in {kpi.live_version, kpi.count_version} - {None}:
            wanted = of_version(version.definition, version.sql)
            if version.fingerprint != wanted:
                version.fingerprint = wanted
                changed.append(version)
    KpiVersion.objects.bulk_update(changed, ["fingerprint"], batch_size=500)


def _aliases():
    found: dict = {}
    for kpi_id, name in KpiAlias.objects.filter(in_use=True).order_by("pk").values_list("kpi_id", "name"):
        found.setdefault(kpi_id, []).append(name)
    return found


def _known(rows, aliases):
    vectors = dict(
        SearchEntry.objects.filter(kind="kpi", embedding__isnull=False).values_list("object_id", "embedding")
    )
    for kpi in rows:
        version = current_version(kpi)
        print_ = version.fingerprint if version else ""
        vector = vectors.get(kpi.pk)
        yield alike.Known(
            key=kpi.pk,
            name=kpi.name,
            aliases=tuple(aliases.get(kpi.pk, ())),
            counted=f"{print_} {kpi.unit}" if print_ else "",
            words=" ".join(kpi.formula.lower().split()),
            vector=None if vector is None else vector.to_list() if hasattr(vector, "to_list") else vector,
        )


def seen_as(kpi, aliases=()):
    """As what a KPI is defined, in short: a verdict on it stands while this stays."""
    version = current_version(kpi)
    said = [kpi.name, sorted(aliases), kpi.meaning, kpi.formula, kpi.unit, kpi.source]
    said += [version.definition, version.sql] if version else []
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _newest_verdicts(found):
    ids = {key for pair in found for key in (pair.first, pair.second)}
    rows = Verdict.objects.filter(first__in=ids, second__in=ids).order_by("at", "pk")
    return {(one.first_id, one.second_id): one for one in rows}


@transaction.atomic
def settle(conflict, *, ruling, by, at, reason="", keep=None):
    """Say what a pair is: `Ruling.DIFFERENT` with a reason; or merged or aliased into `keep`, one of the two.

    Merging deprecates the other, with `keep` as its successor; aliasing also gives `keep` its names.
    """
    row = (
        Conflict.objects.select_for_update(of=("self",))
        .select_related("first__live_version", "first__count_version")
        .select_related("second__live_version", "second__count_version")
        .filter(pk=conflict.pk, verdict=None)
        .first()
    )
    if row is None:
        raise Settled("This pair has been settled already.")
    aliases = _aliases()
    first, second = row.first, row.second
    verdict = Verdict(
        first=first,
        second=second,
        kind=row.kind,
        ruling=ruling,
        reason=reason,
        first_seen=seen_as(first, aliases.get(first.pk, ())),
        second_seen=seen_as(second, aliases.get(second.pk, ())),
        by=by,
        at=at,
    )
    if ruling == Ruling.DIFFERENT:
        if not reason:
            raise NoReason("Say why both are needed: who reads the verdict later wants to know.")
        if not (first.is_editable_by(by) or second.is_editable_by(by)):
            raise NotYours("Only who may change one of the two settles the pair.")
    else:
        other = second if keep.pk == first.pk else first
        kept = first if keep.pk == first.pk else second
        _merge(other, kept, ruling, reason, by=by, at=at)
    verdict.save()
    Conflict.objects.filter(pk=row.pk).update(verdict=verdict, before=None)
    words = verdict.get_ruling_display().lower()
    for one, other in ((first, second), (second, first)):
        data = {"other": other.name, "slug": other.slug, "ruling": words, "reason": reason}
        activity.record("kpi.conflict_settled", on=one, by=by, at=at, data=data)
    return verdict


def _merge(other, kept, ruling, reason, *, by, at):
    if not other.is_editable_by(by):
        raise NotYours(f"“{other}” would be deprecated, and you may not change it. Ask its team.")
    if ruling == Ruling.ALIASED and not kept.is_editable_by(by):
        raise NotYours(f"“{kept}” would get another name, and you may not change it. Ask its team.")
    kpis.deprecate(other, successor=kept, note=reason or f"Merged into “{kept}”.", by=by, at=at)
    if ruling == Ruling.ALIASED:
        held = set(KpiAlias.objects.filter(kpi=kept).values_list("name", flat=True))
        freed = [other.name, *KpiAlias.objects.filter(kpi=other).values_list("name", flat=True)]
        taken = {name.lower() for name in (*held, kept.name)}
        new = [name for name in freed if name.lower() not in taken]
        if new:
            names.claim(*new, kpi=kept)
            kpis.edit(kept, aliases=[*sorted(held), *new], by=by, at=at)


@transaction.atomic
def undo(verdict, *, by, at):
    """Take a verdict back; of a merge, the KPI that it deprecated is restored. Raises `Settled`."""
    row = Verdict.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=verdict.pk)
    if row.undone_at is not None:
        raise Settled("This verdict was taken back already.")
    if row.ruling != Ruling.DIFFERENT:
        gone = row.first if row.first.status == KpiStatus.DEPRECATED else row.second
        kept = row.second if gone.pk == row.first_id else row.first
        if not gone.is_editable_by(by):
            raise NotYours(f"“{gone}” would be restored, and you may not change it. Ask its team.")
        if row.ruling == Ruling.ALIASED:
            back = {gone.name.lower()} | {
                name.lower() for name in KpiAlias.objects.filter(kpi=gone).values_list("name", flat=True)
            }
            held = KpiAlias.objects.filter(kpi=kept).values_list("name", flat=True)
            kpis.edit(kept, aliases=[name for name in held if name.lower() not in back], by=by, at=at)
        if gone.status == KpiStatus.DEPRECATED:
            kpis.restore(gone, by=by, at=at)
    elif not (row.first.is_editable_by(by) or row.second.is_editable_by(by)):
        raise NotYours("Only who may change one of the two takes the verdict back.")
    Verdict.objects.filter(pk=row.pk).update(undone_by=by, undone_at=at)
    Conflict.objects.filter(verdict=row).update(verdict=None, before=row)
    for one, other in ((row.first, row.second), (row.second, row.first)):
        activity.record("kpi.conflict_reopened", on=one, by=by, at=at, data={"other": other.name})
