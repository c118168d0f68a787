"""Files of objectives: staged, looked at, taken in, and within a day taken back."""

from django.db import transaction
from django.db.models import Count, Q

from process import formats
from process.models import (
    Alignment,
    CheckIn,
    CycleState,
    KeyResult,
    Objective,
    OkrCycle,
    OkrImport,
    OkrImportRow,
    OkrImportState,
    Retrospective,
    Source,
)
from prodops import activity, search
from prodops.models import Comment, Event

from . import agreement
from .okr_bringing import align, write
from .okr_looking import Known, Outcome, look

__all__ = ["NotStaged", "NotUndone", "Outcome", "confirm", "discard", "look", "settle", "stage", "undo"]
OWN = ("objective.imported", "objective.imported_late", "objective.aligned")


class NotStaged(Exception):
    """The file is in or undone already, or its cycle takes nothing."""


class NotUndone(Exception):
    """The day is over, or the import is undone already."""


@transaction.atomic
def stage(cycle, *, file_name, text, team, owner, by, at):
    """Keep a file until somebody has looked at it; raises `formats.Unreadable`."""
    shape = formats.shape_of(text, file_name)
    columns = formats.guess(formats.header_of(text))[0] if shape == "table" else {}
    if shape != "table":
        formats.read(text, shape)
    return OkrImport.objects.create(
        cycle=cycle,
        file_name=file_name[-200:],
        text=text,
        shape=shape,
        columns=columns,
        team=team,
        owner=owner,
        by=by,
        at=at,
    )


def settle(load, *, columns, people, teams):
    """Keep how a staged file is to be read, and who is who."""
    fields = {"columns": columns, "people": people, "teams": teams}
    if not OkrImport.objects.filter(pk=load.pk, state=OkrImportState.STAGED).update(**fields):
        raise NotStaged("This file has been imported already.")
    for name, value in fields.items():
        setattr(load, name, value)


@transaction.atomic
def confirm(load, *, reason="", by, at):
    """Take the staged file in, all or nothing; gives the `Outcome`.

    Raises `NotStaged`, `Unreadable`, and `agreement.NeedsReason` where the cycle has been active and `reason`
    is empty.
    """
    cycle = OkrCycle.objects.select_for_update().get(pk=load.cycle_id)
    if cycle.state == CycleState.CLOSED:
        raise NotStaged(f"{cycle} is closed: it takes nothing more. Reopen it first.")
    staged = OkrImport.objects.filter(pk=load.pk, state=OkrImportState.STAGED)
    if not staged.update(state=OkrImportState.DONE, done_at=at):
        raise NotStaged("This file has been imported already.")
    found = look(load)
    written, late = agreement.one_more(cycle, reason=reason) if found.new else ("", {})
    whose = Known(load, formats.read(load.text, load.shape, load.columns, cycle.slug))
    made, by_ref, said = write(found, load, cycle, whose, at=at)
    found.left += align(found, made, by_ref, cycle, by=by, at=at)
    verb = "objective.imported_late" if written.endswith("_late") else "objective.imported"
    data = {"file": str(load)} | late
    activity.record_past(verb, [(one, by, at) for one in made], at=at, data=data)
    OkrImportRow.objects.bulk_create(
        OkrImportRow(load=load, objective=one, line=new[0].line, check_ins=said[one.pk])
        for one, new in zip(made, found.new, strict=True)
    )
    if cycle.frozen:  # what comes in is agreed as it comes; a file of this cycle says itself what was agreed
        strange = [one.pk for one, new in zip(made, found.new, strict=True) if new[0].cycle != cycle.slug]
        agreement.freeze(cycle, strange)
    ids = [one.pk for one in made]
    search.index_many(Objective.objects.filter(pk__in=ids))
    search.index_many(Retrospective.objects.filter(objective__in=ids))
    load.state, load.done_at = OkrImportState.DONE, at
    load.counts = {
        "new": len(made),
        "results": found.results,
        "here": len(found.here),
        "left": len(found.left),
        "check_ins": found.check_ins,
        "grades": found.grades,
    }
    load.left = [[one.line, one.text, one.why] for one in found.left]
    load.save(update_fields=["state", "done_at", "counts", "left"])
    activity.record("okr_cycle.imported", on=cycle, by=by, at=at, data={"file": str(load), **load.counts})
    return found


def discard(load):
    """Throw away what was only staged."""
    OkrImport.objects.filter(pk=load.pk, state=OkrImportState.STAGED).delete()


@transaction.atomic
def undo(load, *, by, at):
    """Take back what the file brought, within a day. [[title, why]] of what people have worked on since."""
    load = OkrImport.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=load.pk)
    if not load.may_undo(at):
        raise NotUndone("An import can be taken back within a day.")
    came = list(load.rows.select_related("objective__cycle"))
    brought = {row.objective_id: row.objective for row in came}
    why = _touched(brought, {row.objective_id: row.check_ins for row in came}, load)
    free = [one for pk, one in brought.items() if pk not in why]
    rows = KeyResult.objects.filter(objective__in=free)
    KeyResult.objects.filter(pk__in=rows, follows__in=rows).update(follows=None, source=Source.HAND)
    CheckIn.objects.filter(key_result__in=rows).delete()
    rows.delete()
    search.remove_many([*Retrospective.objects.filter(objective__in=free), *free])
    Event.objects.filter(
        subject_type="process.objective", subject_id__in=[one.pk for one in free], verb__in=OWN
    ).delete()
    Objective.objects.filter(pk__in=[one.pk for one in free]).delete()
    load.state, load.undone_by, load.undone_at = OkrImportState.UNDONE, by, at
    load.kept_back = [[brought[pk].title, words] for pk, words in why.items()]
    load.save(update_fields=["state", "undone_by", "undone_at", "kept_back"])
    data = {"file": str(load), "gone": len(free), "kept": len(why)}
    activity.record("okr_cycle.import_undone", on=load.cycle, by=by, at=at, data=data)
    return load.kept_back


def _touched(brought, came, load):
    """{objective id: what happened to it since} of those that are no longer only the file's; `came` says how
    many check-ins each came with."""
    ids = list(brought)
    why = {pk: "its cycle is closed" for pk, one in brought.items() if one.cycle.state == CycleState.CLOSED}
    events = Event.objects.filter(subject_type="process.objective", subject_id__in=ids)
    later = events.exclude(verb__in=OWN) | events.filter(at__gt=load.done_at)
    for event in later.select_related("by").order_by("pk"):
        who = event.by.name if event.by else "somebody"
        why.setdefault(event.subject_id, f"{who} has worked on it since")
    said = CheckIn.objects.filter(key_result__objective__in=ids).order_by().values("key_result__objective")
    for pk, number in said.annotate(number=Count("pk")).values_list("key_result__objective", "number"):
        if number != came[pk]:
            why.setdefault(pk, "somebody has checked in on it")
    talked = Comment.objects.filter(subject_type="process.objective", subject_id__in=ids)
    for pk in talked.values_list("subject_id", flat=True):
        why.setdefault(pk, "it was talked about")
    hung = Alignment.objects.filter(Q(parent__in=ids) & ~Q(child__in=ids)).values_list("parent", flat=True)
    followed = KeyResult.objects.filter(follows__objective__in=ids).exclude(objective__in=ids)
    for pk in (*hung, *followed.values_list("follows__objective", flat=True)):
        why.setdefault(pk, "something else hangs on it")
    return why
