"""What has to be seen to before an experiment starts: what the plan itself shows, and what people tick."""

from dataclasses import dataclass

from metrics.models import KpiRole, KpiStatus
from metrics.queries.overlaps import overlaps_of
from metrics.queries.quarantine import quarantine


@dataclass(frozen=True, slots=True)
class Check:
    """One check; `why` says what is missing. Only those that `gates` hold up the start."""

    text: str
    ok: bool
    why: str = ""
    gates: bool = True


def of_plan(experiment, *, at, overlaps=None):
    """The checks that the plan answers by itself, of an experiment loaded `with_plan` in four queries.

    `overlaps` are those of `overlaps_of`, where they are known already.
    """
    rows = list(experiment.kpis.all())
    primary = next((one for one in rows if one.role == KpiRole.PRIMARY), None)
    variants = list(experiment.variants.all())
    ratios = sum(one.ratio for one in variants)
    held = quarantine([one.kpi_id for one in rows], at=at)
    meets = overlaps_of(experiment) if overlaps is None else overlaps
    shared = [one for one in meets if one.shared]
    days = (
        (experiment.planned_to - experiment.planned_from).days + 1
        if experiment.planned_from and experiment.planned_to
        else 0
    )
    enough = experiment.sample_size is not None and experiment.sample_size > 0
    return [
        Check(
            "The hypothesis is whole: because, change, size, and how we know",
            bool(experiment.change.strip() and experiment.size and experiment.know_when.strip())
            and bool(experiment.because.strip() or list(experiment.insights.all())),
            "Complete the hypothesis.",
        ),
        Check(
            "One primary KPI, approved and counted as defined",
            primary is not None and primary.kpi.status == KpiStatus.APPROVED,
            "Choose an approved KPI as the primary one."
            if primary is None
            else f"{primary.kpi.name} is {primary.kpi.get_status_display().lower()}: choose an approved KPI.",
        ),
        Check(
            "A control and at least one variant share all units",
            len(variants) > 1 and sum(one.is_control for one in variants) == 1 and abs(ratios - 100) < 0.01,
            f"The variants' shares add up to {ratios:g} %: they must make 100 %.",
        ),
        Check(
            "Sample size reckoned from a smallest effect worth finding",
            enough and experiment.mde is not None,
            "Use the calculator to set the smallest effect and the sample size.",
        ),
        Check(
            f"Planned to run {experiment.min_days} days or longer",
            days >= experiment.min_days,
            f"{days} days are planned and {experiment.min_days} are the least."
            if days
            else "Choose the first and the last day.",
        ),
        Check(
            "Enough units will come by the planned last day",
            not (enough and experiment.daily_units and days)
            or experiment.daily_units * days >= experiment.sample_size * max(len(variants), 1),
            "Fewer units will come than the sample size asks for: plan longer or look for a larger effect.",
            gates=False,
        ),
        Check(
            "A guardrail with a margin stands watch",
            any(one.role == KpiRole.GUARDRAIL and one.margin is not None for one in rows),
            "Name a KPI that must not get worse, and by how much it may.",
            gates=False,
        ),
        Check(
            "No KPI of the plan is in quarantine",
            not held,
            "Data are in doubt of "
            + ", ".join(sorted(one.kpi.name for one in rows if one.kpi_id in held))
            + ".",
            gates=False,
        ),
        Check(
            "No other test on the same surface moves the same KPIs",
            not shared,
            " ".join(one.words for one in shared),
            gates=False,
        ),
    ]


def ticked(experiment):
    """The checks that people tick, as `Check`s."""
    return [
        Check(one.text, one.is_done, f"Tick off “{one.text}”.", gates=one.required)
        for one in experiment.checklist.all()
    ]
