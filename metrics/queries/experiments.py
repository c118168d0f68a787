"""Reads of experiments: the plan as data and its hash, and what is linked to one."""

import hashlib
import json

from django.db.models import Count, Prefetch

from metrics.formats.experiment_slides import Slide
from metrics.models import (
    ExperimentDecision,
    ExperimentKpi,
    LearningExperiment,
    PlanChange,
)
from prodops.access import Can, allowed
from research.models import Insight

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
    return experiments.prefetch_related("variants", "insights", Prefetch("kpis", kpis))


def hash_of(plan):
    """SHA-256 of a plan in one way of writing it: keys in order, no spaces."""
    written = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _day(day):
    return day.isoformat() if day else None


def linked_insights(experiment, user):
    """The insights behind its hypothesis that the person may read; one query, none without any."""
    if not allowed(user, Can.RESEARCH_READ):
        return []
    linked = [one.insight_id for one in experiment.insights.all()]
    if not linked:
        return []
    return list(Insight.objects.visible_to(user).filter(pk__in=linked).for_list().order_by("title", "pk"))


def learnings_for(experiment):
    """What it speaks for or against, as links with their learnings."""
    rows = LearningExperiment.objects.filter(experiment=experiment)
    return list(rows.select_related("learning", "by").order_by("at", "pk"))


def rows_of(experiments):
    """Experiments as rows of a table, with decision and learnings: what the list's CSV holds."""
    experiments = list(experiments)
    ids = [one.pk for one in experiments]
    main = ExperimentKpi.objects.filter(experiment__in=ids, role="primary")
    primary = dict(main.values_list("experiment_id", "kpi__name"))
    decisions = _standing(ids)
    said: dict = {}
    for link in (
        LearningExperiment.objects.filter(experiment__in=ids).select_related("learning").order_by("pk")
    ):
        said.setdefault(link.experiment_id, []).append(f"{link.get_stance_display()}: {link.learning.title}")
    changed = PlanChange.objects.filter(experiment__in=ids).order_by().values("experiment")
    changes = dict(changed.annotate(so_many=Count("pk")).values_list("experiment_id", "so_many"))
    for one in experiments:
        made = decisions.get(one.pk)
        yield (
            *(one.title, one.key, one.get_state_display(), one.owner.name, one.team.name),
            *(one.area.name if one.area else "", ", ".join(one.surfaces), one.audience_in_words),
            *(primary.get(one.pk, ""), one.get_method_display(), one.first_day, one.last_day),
            *((made.get_advice_display(), decided_in_words(made), made.rationale) if made else ("", "", "")),
            *((made.by.name, made.lift) if made else ("", None)),
            *(" | ".join(said.get(one.pk, ())), one.plan_hash, changes.get(one.pk, 0)),
        )


def decided_in_words(decision):
    """ "Ship “Guided import”", "Roll back"."""
    name = f" “{decision.variant.name}”" if decision.variant else ""
    return f"{decision.get_ruling_display()}{name}"


def _standing(ids):
    rows = ExperimentDecision.objects.filter(experiment__in=ids).standing().exclude(ruling="keep_running")
    return {one.experiment_id: one for one in rows.select_related("variant", "by")}


def slides_of(experiments):
    """Experiments as `metrics.formats.experiment_slides.Slide`s. Four queries."""
    ids = [one.pk for one in experiments]
    decisions = _standing(ids)
    kpis: dict = {}
    for row in (
        ExperimentKpi.objects.filter(experiment__in=ids).select_related("kpi").order_by("position", "pk")
    ):
        kpis.setdefault(row.experiment_id, []).append(f"{row.get_role_display()}: {row.kpi.name}")
    learned: dict = {}
    for link in (
        LearningExperiment.objects.filter(experiment__in=ids).select_related("learning").order_by("pk")
    ):
        learned.setdefault(link.experiment_id, []).append(
            f"{link.get_stance_display()}: {link.learning.title}"
        )
    changes: dict = {}
    for change in PlanChange.objects.filter(experiment__in=ids).order_by("at", "pk"):
        changes.setdefault(change.experiment_id, []).append(
            f"Plan changed on {change.at:%-d %b %Y}: {change.label.lower()}, {change.before} → {change.after}"
            f" ({change.reason})"
        )
    return [
        Slide(
            title=one.title,
            state=one.get_state_display(),
            who=f"{one.owner.name}, {one.team.name}",
            days=" – ".join(f"{day:%-d %b %Y}" if day else "?" for day in (one.first_day, one.last_day)),
            hypothesis=hypothesis_of(one, kpis.get(one.pk, ())),
            kpis=tuple(kpis.get(one.pk, ())),
            decision=_told(decisions.get(one.pk)),
            learnings=tuple(learned.get(one.pk, ())),
            notes=tuple(changes.get(one.pk, ())),
        )
        for one in experiments
    ]


def _told(made):
    if made is None:
        return ()
    lines = [f"Decided: {decided_in_words(made)} ({made.by.name}, {made.at:%-d %b %Y})"]
    if made.lift is not None:
        lines.append(f"Lift of the primary KPI: {made.lift:+.1%}")
    if made.advice:
        against = "; decided against it, with a second reviewer" if made.against else ""
        lines.append(f"Recommended: {made.get_advice_display()}{against}")
    return (*lines, f"Why: {made.rationale}")


def hypothesis_of(experiment, kpis=()):
    """The hypothesis as one text; parts that are not there yet are left out."""
    parts = []
    if experiment.because:
        parts.append(f"Because {_inside(experiment.because)}, we believe that")
    else:
        parts.append("We believe that")
    parts.append(_inside(experiment.change) or "this change")
    parts.append(f"for {experiment.audience or 'everybody'} will {experiment.get_wanted_display().lower()}")
    primary = next(
        (name.partition(": ")[2] for name in kpis if name.startswith("Primary")), "the primary KPI"
    )
    parts.append(primary)
    if experiment.size:
        parts.append(f"by {experiment.size * 100:.4g} %")
    said = " ".join(parts) + "."
    return said + (f" We know it when {_inside(experiment.know_when)}." if experiment.know_when else "")


def _inside(text):
    """A sentence as a part of another: without its full stop, and with a small letter unless it is a name."""
    text = text.strip().rstrip(".")
    words = text.split(" ", 1)
    common = words[0] in {"A", "An", "The", "We", "It", "More", "Fewer", "New", "People", "Showing", "This"}
    return text[:1].lower() + text[1:] if common else text
