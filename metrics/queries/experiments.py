"""Reads of experiments: the plan as data, and its hash."""

import hashlib
import json

from django.db.models import Prefetch

from metrics.models import ExperimentKpi

PLAN_FORMAT = 1


def plan_of(experiment):
    """The plan of an experiment as JSON: what metrics.stats.experiments reads, and the start freezes.

        {"format": 1, "key", "title", "hypothesis": {because, change, audience, wanted, size, know_when},
         "unit": "person", "method": "fixed"|"sequential"|"bayesian", "correction": "holm"|"bh"|"none",
         "alpha": 0.05, "power": 0.8, "mde": share or None, "sample_size": per variant or None,
         "min_days": 14, "starts": "2026-11-01" or None, "stops": "2026-11-30" or None,
         "surfaces": [...], "exclusion_group": "",
         "variants": [{"key", "name", "control": bool, "ratio": per cent}],
         "kpis": [{"key": slug, "name", "role": "primary"|"secondary"|"guardrail",
                   "kind": "proportion"|"mean"|"ratio"|"quantile", "direction": "up"|"down",
                   "margin": share or None, "version": number}]}

    Loads variants and KPIs unless they are loaded already (`with_plan`).
    """
    rows = experiment.kpis.all()
    return {
        "format": PLAN_FORMAT,
        "key": experiment.key,
        "title": experiment.title,
        "hypothesis": {
            name: getattr(experiment, name)
            for name in ("because", "change", "audience", "wanted", "size", "know_when")
        },
        **{name: getattr(experiment, name) for name in ("unit", "method", "correction", "alpha", "power")},
        **{name: getattr(experiment, name) for name in ("mde", "sample_size", "min_days")},
        "starts": _day(experiment.first_day),
        "stops": _day(experiment.planned_to),
        "surfaces": list(experiment.surfaces),
        "exclusion_group": experiment.exclusion_group,
        "variants": [
            {"key": one.key, "name": one.name, "control": one.is_control, "ratio": one.ratio}
            for one in experiment.variants.all()
        ],
        "kpis": [
            {
                "key": one.kpi.slug,
                "name": one.kpi.name,
                "role": one.role,
                "kind": one.measured,
                "direction": one.direction,
                "margin": one.margin,
                "version": (one.version or one.kpi.count_version).number,
            }
            for one in rows
        ],
    }


def with_plan(experiments):
    """`experiments`, a QuerySet, with all that `plan_of` reads."""
    kpis = ExperimentKpi.objects.for_list()
    return experiments.prefetch_related("variants", Prefetch("kpis", kpis))


def hash_of(plan):
    """SHA-256 of a plan in one way of writing it: keys in order, no spaces."""
    written = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _day(day):
    return day.isoformat() if day else None
