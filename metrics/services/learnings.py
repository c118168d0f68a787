"""The learning library: sentences, and what speaks for them and against."""

from django.db import transaction

from metrics.models import Learning, LearningExperiment, LearningInsight, Stance
from prodops import activity


class ReasonMissing(Exception):
    """A learning is taken back with a reason."""


class NotPossible(Exception):
    """What was asked for makes no sense."""


@transaction.atomic
def write(*, title, body="", team, area=None, by, at):
    made = Learning.objects.create(
        title=title.strip()[:250], body=body.strip(), team=team, area=area, by=by, at=at, updated_at=at
    )
    activity.record("learning.written", on=made, by=by, at=at)
    return made


@transaction.atomic
def edit(learning, *, title, body, team, area, by, at):
    fields = {"title": title.strip()[:250], "body": body.strip(), "team": team, "area": area}
    changed = [name for name, value in fields.items() if getattr(learning, name) != value]
    if not changed:
        return changed
    Learning.objects.filter(pk=learning.pk).update(**fields, updated_at=at)
    learning.refresh_from_db()
    activity.record("learning.edited", on=learning, by=by, at=at)
    return changed


@transaction.atomic
def cite(learning, *, experiment=None, insight=None, stance, note="", by, at):
    """Say that an experiment or an insight speaks for a learning or against it, or change what was said."""
    if (experiment is None) == (insight is None) or stance not in Stance.values:
        raise NotPossible("Choose an experiment or an insight, and whether it speaks for or against.")
    rest = {"stance": stance, "note": note.strip()[:500], "by": by, "at": at}
    if experiment is not None:
        LearningExperiment.objects.update_or_create(learning=learning, experiment=experiment, defaults=rest)
    else:
        LearningInsight.objects.update_or_create(learning=learning, insight=insight, defaults=rest)
    Learning.objects.filter(pk=learning.pk).update(updated_at=at)
    # the insight's words are for those who may read it; the experiment's are for everybody here
    what = experiment.title if experiment else "an insight"
    data = {"what": what, "stance": "for" if stance == Stance.SUPPORTS else "against"}
    activity.record("learning.evidence_added", on=learning, by=by, at=at, data=data)


@transaction.atomic
def uncite(link, *, by, at):
    """Take a piece of evidence away; a closed experiment keeps its last learning."""
    learning = link.learning
    if isinstance(link, LearningExperiment):
        closed = link.experiment.state == "closed"
        if closed and not link.experiment.learnings.exclude(pk=link.pk).exists():
            raise NotPossible("The experiment was closed with this learning and has no other.")
    if link.delete()[0]:
        activity.record("learning.evidence_removed", on=learning, by=by, at=at)


@transaction.atomic
def withdraw(learning, *, reason, by, at):
    """Take a learning back; it stays to be read, and says why."""
    reason = reason.strip()[:1000]
    if not reason:
        raise ReasonMissing("Say why it no longer holds.")
    fields = {"withdrawn_by": by, "withdrawn_at": at, "withdrawal": reason, "updated_at": at}
    if Learning.objects.standing().filter(pk=learning.pk).update(**fields):
        activity.record("learning.withdrawn", on=learning, by=by, at=at, data={"reason": reason})


@transaction.atomic
def restore(learning, *, by, at):
    fields = {"withdrawn_by": None, "withdrawn_at": None, "withdrawal": "", "updated_at": at}
    if Learning.objects.filter(pk=learning.pk).exclude(withdrawn_at=None).update(**fields):
        activity.record("learning.restored", on=learning, by=by, at=at)
