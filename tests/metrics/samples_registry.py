from metrics.models import KpiVersion, VersionState
from metrics.services import kpis, targets, versions
from prodops.models import Role
from tests.factories.metrics import KpiFactory


def _kpi(people, **fields):
    return KpiFactory(team=people[Role.MEMBER].teams.get(), owner=people[Role.MEMBER], **fields)


def _slug(people):
    return {"slug": _kpi(people, approved=True).slug}


def _draft(people):
    return {"slug": _kpi(people).slug}


def _deprecated(people):
    kpi = _kpi(people)
    kpis.deprecate(kpi, by=people[Role.MEMBER], at=kpi.defined_at)
    return {"slug": kpi.slug}


def _proposal(people):
    kpi = _kpi(people, approved=True)
    by, at = people[Role.MEMBER], kpi.defined_at
    version = versions.propose(kpi, formula="counted anew", note="Better", by=by, at=at)
    return {"slug": kpi.slug, "number": version.number}


def _target(people):
    kpi = _kpi(people, approved=True)
    by, at = people[Role.MEMBER], kpi.defined_at
    target, _ = targets.set_target(kpi, effective_from=at.date(), value=70.0, by=by, at=at)
    return {"slug": kpi.slug, "pk": target.pk}


def proposals(people, n):
    for kpi in KpiFactory.create_batch(n, approved=True):
        KpiVersion.objects.create(
            kpi=kpi,
            number=2,
            state=VersionState.PROPOSED,
            base=kpi.live_version,
            name=kpi.name,
            meaning="Otherwise",
            formula=kpi.formula,
            unit=kpi.unit,
            source=kpi.source,
            author=kpi.owner,
            proposed_at=kpi.defined_at,
        )


SAMPLES = {
    **dict.fromkeys(
        (
            *("metrics:kpi_deprecate", "metrics:kpi_drift", "metrics:kpi_settle", "metrics:kpi_verify"),
            *("metrics:version_list", "metrics:target_list", "metrics:target_set", "metrics:kpi_usage"),
            *("metrics:definition_edit", "metrics:definition_preview"),
        ),
        _slug,
    ),
    "metrics:kpi_restore": _deprecated,
    "metrics:version_submit": _draft,
    **dict.fromkeys(
        (
            *("metrics:version_detail", "metrics:version_approve", "metrics:version_reject"),
            "metrics:version_withdraw",
        ),
        _proposal,
    ),
    "metrics:target_remove": _target,
}
LISTS = {"metrics:governance": proposals}
