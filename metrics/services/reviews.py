"""Looking at decisions again: opened when their data turn out affected, answered by whoever decided."""

from django.db import transaction

from metrics.models import Decision, DecisionState, ReReview
from prodops import activity


class AlreadyAnswered(Exception):
    """Somebody was quicker."""


class ReasonMissing(Exception):
    """An answer stands with its reason."""


def open_for_incident(incident, *, at):
    """Open a re-review of each decision on data in the window of an incident that is grave enough.

    A decision taken in spite of this very incident gave its reason then. Twice opens nothing twice.
    """
    if not incident.is_grave:
        return []
    knew = Decision.objects.filter(at__gte=incident.opened_at).exclude(override_reason="")
    made = _decisions(incident).exclude(pk__in=knew.values("pk"))
    return _open(made.exclude(reviews__incident=incident), incident.kpi, at, incident=incident)


def open_for_hold(hold, *, at):
    """The same of a quarantine that somebody has set by hand."""
    made = _decisions(hold).filter(at__lt=hold.at)
    return _open(made.exclude(reviews__hold=hold), hold.kpi, at, hold=hold)


@transaction.atomic
def answer(review, *, outcome, reason, by, at):
    """Say whether the decision stands, was revised or is withdrawn, and why."""
    if outcome not in DecisionState.values or not reason.strip():
        raise ReasonMissing("Choose what becomes of the decision, and say why.")
    fields = {"outcome": outcome, "reason": reason.strip()[:1000], "answered_by": by, "answered_at": at}
    if not ReReview.objects.open().filter(pk=review.pk).update(**fields):
        raise AlreadyAnswered("This has been answered already.")
    for name, value in fields.items():
        setattr(review, name, value)
    if outcome != DecisionState.STANDS:
        still = Decision.objects.filter(pk=review.decision_id).exclude(state=DecisionState.WITHDRAWN)
        still.update(state=outcome)
    data = {"review": review.pk, "outcome": DecisionState(outcome).label.lower(), "reason": review.reason}
    activity.record("decision.reviewed", on=review.decision, by=by, at=at, data=data)


def _decisions(cause):
    """Those that stand on data of the cause's window."""
    return (
        Decision.objects.filter(
            kpis__kpi=cause.kpi_id,
            data_from__lte=cause.window_to.date(),
            data_to__gte=cause.window_from.date(),
        )
        .exclude(state=DecisionState.WITHDRAWN)
        .order_by("pk")
    )


def _open(decisions, kpi, at, **cause):
    opened = []
    for decision in decisions.select_related("by"):
        review, fresh = ReReview.objects.get_or_create(
            decision=decision, **cause, defaults={"kpi": kpi, "opened_at": at}
        )
        if fresh:
            data = {"review": review.pk, "kpi": kpi.name}
            activity.record("decision.review_opened", on=decision, by=None, at=at, data=data)
            opened.append(review)
    return opened
