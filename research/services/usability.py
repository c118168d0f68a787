"""Usability tests: the tasks of a study, how sessions did at them, their answers to the SUS."""

from django.db import transaction
from django.db.models import ProtectedError

from prodops import activity
from research.models import Study, SusAnswers, TaskResult, UsabilityTask


class Cited(Exception):
    """Insights stand on the result of this task."""


@transaction.atomic
def arrange(study, rows, *, by, at):
    """Make the study's tasks these, in this order: [(task or None for a new one, title, criterion)].

    Tasks that are not among them stay, at the end: taking one away is `remove`.
    """
    Study.objects.select_for_update().only("pk").get(pk=study.pk)
    named = {task.pk for task, _, _ in rows if task is not None}
    rest = [(task, task.title, task.criterion) for task in study.tasks.exclude(pk__in=named)]
    for position, (task, title, criterion) in enumerate([*rows, *rest]):
        values = {"position": position, "title": title, "criterion": criterion}
        if task is None:
            UsabilityTask.objects.create(study=study, **values)
        else:
            UsabilityTask.objects.filter(pk=task.pk).update(**values)
    activity.record("study.tasks_changed", on=study, by=by, at=at, data={"tasks": len(rows) + len(rest)})


@transaction.atomic
def remove(task, *, by, at):
    """Take a task away with its results; raises `Cited` where insights stand on them."""
    study = task.study
    try:
        task.delete()
    except ProtectedError as error:
        raise Cited(
            "Insights stand on the result of this task. Take it out of their evidence first."
        ) from error
    activity.record("study.task_removed", on=study, by=by, at=at, data={"task": task.title})


@transaction.atomic
def record(session, *, results, sus, by, at):
    """Write how a session did: `results` is {task: Attempt or None}, `sus` ten answers or None.

    What is None is taken away. An `Attempt` is one of `research.synthesis.usability`.
    """
    _write(session, results, sus)
    activity.record("session.results_noted", on=session, by=by, at=at, data={"tasks": len(results)})


@transaction.atomic
def record_many(study, by_session, *, by, at):
    """The same for several sessions: {session: ({task: Attempt}, ten SUS answers or None)}.

    What a session has at other tasks stays, and so does its SUS where there is none here.
    """
    for session, (results, sus) in by_session.items():
        _write(session, results, sus, keep_sus=sus is None)
    data = {"sessions": len(by_session)}
    activity.record("study.results_imported", on=study, by=by, at=at, data=data)


def _write(session, results, sus, *, keep_sus=False):
    gone = [task for task, attempt in results.items() if attempt is None]
    TaskResult.objects.filter(session=session, task__in=gone).delete()
    rows = [
        TaskResult(
            session=session,
            task=task,
            outcome=attempt.outcome,
            seconds=attempt.seconds,
            errors=attempt.errors,
            seq=attempt.seq,
        )
        for task, attempt in results.items()
        if attempt is not None
    ]
    TaskResult.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["task", "session"],
        update_fields=["outcome", "seconds", "errors", "seq"],
    )
    if sus is not None:
        SusAnswers.objects.update_or_create(session=session, defaults={"items": list(sus)})
    elif not keep_sus:
        SusAnswers.objects.filter(session=session).delete()
