"""Deciding an experiment, by the rule or against it, and closing it with what was learned."""

from django.db import transaction

from metrics.models import (
    Experiment,
    ExperimentDecision,
    ExperimentRuling,
    ExperimentState,
    RulingState,
    Stance,
)
from metrics.queries.advice import advice_on
from metrics.queries.quarantine import quarantine
from metrics.services import learnings
from metrics.services.experiments import NotPossible, ReasonMissing, WrongState, extend
from metrics.services.experiments.running import settle
from prodops import activity


class InQuarantine(NotPossible):
    """The data are not to be decided on, and nobody has said why it is done all the same."""


class SameReviewer(NotPossible):
    """Whoever decided cannot be the second reviewer."""


class NothingLearned(NotPossible):
    """An experiment closes with a learning."""


def goes_against(ruling, variant, advice):
    """Whether a ruling goes against the advice. Where the rule could only ask for a look, nothing does.

    Without results there is no advice, and whoever ships or rolls back needs somebody else's agreement.
    """
    if not advice.ruling:
        return ruling != ExperimentRuling.KEEP_RUNNING
    if advice.ruling == "review":
        return False
    wrong_variant = ruling == "ship" and advice.variant and variant and advice.variant != variant.key
    return advice.ruling != ruling or bool(wrong_variant)


@transaction.atomic
def decide(experiment, *, ruling, rationale, variant=None, until=None, override_reason="", by, at):
    """Record what is done. It stands at once, or if it goes against the rule once somebody else agrees.

    To keep running takes `until`, the new last day, and stands at once. Raises `WrongState`, `NotPossible`,
    `ReasonMissing` or `InQuarantine`.
    """
    row = Experiment.objects.select_for_update(of=("self",)).get(pk=experiment.pk)
    keep = ruling == ExperimentRuling.KEEP_RUNNING
    if row.state != ExperimentState.STOPPED and not (keep and row.state == ExperimentState.RUNNING):
        raise WrongState("An experiment is decided once it has been stopped, and once.")
    if row.decisions.filter(state=RulingState.WAITING).exists():
        raise WrongState("A decision waits for a second reviewer already.")
    rationale = rationale.strip()[:5000]
    if ruling not in ExperimentRuling.values or not rationale:
        raise ReasonMissing("Choose what is done, and say why.")
    if ruling == ExperimentRuling.SHIP and (variant is None or variant.experiment_id != row.pk):
        raise NotPossible("Choose the variant that ships.")
    if ruling == ExperimentRuling.SHIP and variant.is_control:
        raise NotPossible("To ship the control is to roll back. Choose “Roll back”.")
    advice = advice_on(row)
    held = held_back(row, at=at)
    if held and not override_reason.strip():
        raise InQuarantine(f"{held} Wait, or say why it has to be now.")
    against = goes_against(ruling, variant, advice)
    made = ExperimentDecision.objects.create(
        experiment=row,
        ruling=ruling,
        variant=variant if ruling == ExperimentRuling.SHIP else None,
        rationale=rationale,
        snapshot=advice.snapshot,
        advice=advice.ruling,
        advice_words=advice.words[:1000],
        against=against and not keep,
        override_reason=override_reason.strip()[:1000] if held else "",
        lift=advice.lift_of(variant),
        error=advice.error_of(variant),
        state=RulingState.WAITING if against and not keep else RulingState.STANDS,
        by=by,
        at=at,
    )
    data = {"ruling": made.get_ruling_display().lower(), "decision": made.pk, "why": rationale[:200]}
    if keep:
        extend(row, until=until, reason=rationale, by=by, at=at)
    elif made.state == RulingState.STANDS:
        settle(row, ExperimentState.DECIDED, at=at)
        activity.record("experiment.decided", on=row, by=by, at=at, data=data)
    else:
        activity.record("experiment.decision_proposed", on=row, by=by, at=at, data=data)
    return made


def held_back(row, *, at):
    """What is said against the data of the KPIs in its days, or ""; one that has started."""
    kpis = {one.kpi_id: one.kpi for one in row.kpis.select_related("kpi")}
    last = row.stopped_on or row.planned_to
    found = quarantine(kpis, at=at)
    said = [f"{kpis[pk].name}: {one.words}." for pk, one in found.items() if one.covers(row.started_on, last)]
    return " ".join(sorted(said))


@transaction.atomic
def review(decision, *, agree, note, by, at):
    """As second reviewer agree to a decision that goes against the rule, or send it back with a reason."""
    row = (
        ExperimentDecision.objects.select_for_update(of=("self",))
        .select_related("experiment")
        .get(pk=decision.pk)
    )
    if row.state != RulingState.WAITING:
        raise WrongState("This decision waits for nobody any more.")
    if row.by_id == by.pk:
        raise SameReviewer("Somebody else than whoever decided has to look at it.")
    note = note.strip()[:1000]
    if not agree and not note:
        raise ReasonMissing("Say what speaks against it.")
    row.state = RulingState.STANDS if agree else RulingState.REFUSED
    row.reviewed_by, row.reviewed_at, row.review_note = by, at, note
    row.save(update_fields=["state", "reviewed_by", "reviewed_at", "review_note"])
    if agree:
        settle(row.experiment, ExperimentState.DECIDED, at=at)
    verb = "experiment.decision_agreed" if agree else "experiment.decision_refused"
    data = {"ruling": row.get_ruling_display().lower(), "decision": row.pk, "note": note}
    activity.record(verb, on=row.experiment, by=by, at=at, data=data)
    return row


@transaction.atomic
def close(experiment, *, learning=None, title="", body="", stance=Stance.SUPPORTS, note="", by, at):
    """Close a decided experiment with what was learned: a new sentence (`title`), or one that stands already.

    What is linked to the experiment before is enough. Raises `WrongState` or `NothingLearned`.
    """
    row = Experiment.objects.select_for_update(of=("self",)).get(pk=experiment.pk)
    standing = row.decisions.filter(state=RulingState.STANDS).exclude(ruling=ExperimentRuling.KEEP_RUNNING)
    if row.state != ExperimentState.DECIDED or not standing.exists():
        raise WrongState("Only a decided experiment is closed: first the decision and its rationale.")
    if title.strip():
        learning = learnings.write(title=title, body=body, team=row.team, area=row.area, by=by, at=at)
    if learning is not None:
        learnings.cite(learning, experiment=row, stance=stance, note=note, by=by, at=at)
    if not row.learnings.exists():
        raise NothingLearned("Say what was learned, or choose a learning that this speaks for or against.")
    settle(row, ExperimentState.CLOSED, at=at, closed_by=by, closed_at=at)
    activity.record("experiment.closed", on=row, by=by, at=at)
    return row
