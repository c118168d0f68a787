"""Files of requests by the pages: staged, looked at, taken in, and within the hour taken back."""

import datetime as dt
from itertools import batched, islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from coordination.formats import PRESETS, Order, Unreadable, Wrong, drafts, guess, open_table
from coordination.models import FileImport, FileImportRefusal, FileImportRow, LoadState, Request, State
from prodops import activity, jobs, search
from prodops.models import Attachment, Comment, Event, Job, JobState

from . import impact, imports

SMALL = 100_000  # bytes up to which a file is taken in at once, without a worker
MANY = 300  # new requests after which the planner's figures are taken again
LOOKED_AT = 2_000  # rows that a preview reads
KEPT = dt.timedelta(days=14)
COUNTED = ("added", "here", "voices", "refused", "changed", "warned")
AT_WORK = (JobState.WAITING, JobState.RUNNING)
TASK = "coordination.tasks.import_file"


class NotStaged(Exception):
    """The file is in, at work, or undone already."""


class NotUndone(Exception):
    """The hour is over, or nothing is left to take back; the words say which."""


@transaction.atomic
def stage(upload, *, channel, by, at):
    """Keep an uploaded file until somebody has looked at its columns; raises `Unreadable`.

    It is read as the channel's last one was, where it has that one's title column.
    """
    load = FileImport(channel=channel, by=by, at=at, file_name=upload.name[-200:], size=upload.size)
    load.file.save("requests", upload, save=False)
    try:
        with open_table(_path(load)) as rows:
            head = next(rows, None)
            if head is None or head.wrong:
                raise Unreadable(f"Its first row can't be read: {head.wrong if head else 'it is empty'}")
        last = FileImport.objects.filter(channel=channel).exclude(state=LoadState.STAGED).first()
        places, load.preset = guess(head.cells, last.mapping if last else {})
        load.header = [" ".join(cell.split())[:200] for cell in head.cells]
        load.mapping = {field: load.header[place] for field, place in places.items()}
        load.date_order = last.date_order if last else ""
        load.save()
    except BaseException:
        load.file.delete(save=False)
        raise
    return load


def _path(load):
    return Path(load.file.path)


def settle(load, *, mapping, date_order, preset=""):
    """Keep how the staged file is to be read."""
    fields = {"mapping": mapping, "date_order": date_order, "preset": preset if preset in PRESETS else ""}
    if not FileImport.objects.filter(pk=load.pk, state=LoadState.STAGED).update(**fields):
        raise NotStaged("This file has been imported already.")
    for name, value in fields.items():
        setattr(load, name, value)


def places_of(load):
    """{field: place of its column}; a name that stands twice means the first."""
    named: dict[str, int] = {}
    for place, head in enumerate(load.header):
        named.setdefault(head, place)
    return {field: named[column] for field, column in load.mapping.items() if column in named}


def outcomes(load, *, at, most=None, dry_run=True, keep=False):
    """What becomes of the file's rows (the first `most` of them), an `Outcome` a batch.

    Raises `Wrong` where no column is the title, `Unreadable` where the file is gone or damaged.
    """
    places = places_of(load)
    if "title" not in places:
        raise Wrong("Say which column is the title.")
    order = Order(load.date_order) if load.date_order else None
    channel = load.channel
    sender = imports.Sender(channel.owner, channel.team, channel.area, channel.type, channel)
    try:
        with open_table(_path(load)) as rows:
            next(rows, None)
            said = drafts(islice(rows, most), places, order)
            yield from imports.bring_in(
                said,
                source=channel.source,
                sender=sender,
                at=at,
                dry_run=dry_run,
                load=load if keep else None,
            )
    except OSError as error:
        raise Unreadable("The file is no longer kept here. Upload it again.") from error


def look(load, *, at):
    """What an import would do: counts, refusals and samples, of the first `LOOKED_AT` rows."""
    return summary(outcomes(load, at=at, most=LOOKED_AT))


def summary(found):
    """All outcomes as one: {"added", "here", "voices", "refused", "changed", "warned", "samples"}."""
    total: dict[str, Any] = {"added": 0, "here": 0, "voices": 0}
    total |= {"refused": [], "changed": [], "warned": [], "samples": []}
    for one in found:
        for name in ("added", "here", "voices"):
            total[name] += getattr(one, name)
        total["refused"] += one.refused
        total["changed"] += one.changed
        total["warned"] += one.warned
        total["samples"] += one.samples[: 8 - len(total["samples"])]
    return total


@transaction.atomic
def confirm(load, *, by, at):
    """Take the staged file in: at once, or where it is large by a `Job`. Gives the job or None."""
    if load.channel.closed_at:
        raise NotStaged(f"“{load.channel}” is closed: it takes nothing more. Open it again first.")
    staged = FileImport.objects.filter(pk=load.pk, state=LoadState.STAGED)
    won = staged.update(state=LoadState.RUNNING, trouble="")
    if not won:
        raise NotStaged("This file has been imported already.")
    load.refresh_from_db(fields=["state", "trouble"])
    if load.size <= SMALL:
        _take(load, at=at)
        return None
    load.job = jobs.start(f"Importing {load.file_name}"[:200], TASK, by=by, at=at, load_id=load.pk)
    load.save(update_fields=["job"])
    return load.job


def work(job, progress, *, at):
    """What the worker does for `job`. Killed half-way it is run again: what came first stays."""
    load = FileImport.objects.select_related("channel__owner", "channel__area", "channel__team").get(
        pk=job.arguments["load_id"]
    )
    if load.state != LoadState.RUNNING:
        progress.fail("There is nothing left to import: the file was imported or undone meanwhile.")
        return
    progress.stage("Reading and writing", total=load.size // 300)  # about the length of a row
    try:
        _take(load, at=at, step=progress.step)
    except jobs.Cancelled:
        if Job.objects.filter(pk=job.pk, cancel_asked_at__isnull=False).exists():  # not another worker's now
            _end(load, at=at)
            undo(load, by=job.asked_by, at=at)
            progress.cancelled()
        return
    except (Unreadable, Wrong) as error:
        progress.fail(str(error))
        wind_up(load, at=at, why=str(error))
        return
    progress.finish(load.get_absolute_url())


def _take(load, *, at, step=lambda done: None):
    total = dict.fromkeys(COUNTED, 0)
    seen = 0
    for one in outcomes(load, at=at, dry_run=False, keep=True):
        for name in ("added", "here", "voices"):
            total[name] += getattr(one, name)
        for name in ("refused", "changed", "warned"):
            total[name] += len(getattr(one, name))
        FileImportRefusal.objects.bulk_create(
            (FileImportRefusal(load=load, line=row.line, why=row.why) for row in one.refused),
            ignore_conflicts=True,  # a worker that went on after another reads its rows again
        )
        seen += one.added + one.here + len(one.refused)
        load.counts = total
        load.save(update_fields=["counts"])
        step(seen)
    _end(load, at=at)


def _end(load, *, at):
    """The import is in; where a worker went on after another, what both wrote counts."""
    load.counts = dict.fromkeys(COUNTED, 0) | load.counts
    load.counts["added"] = load.rows.filter(voice=None).count()
    load.counts["voices"] = load.rows.exclude(voice=None).count()
    load.state, load.done_at = LoadState.DONE, at
    load.save(update_fields=["counts", "state", "done_at", "trouble"])
    activity.record("channel.file_imported", on=load.channel, by=load.by, at=at, data=_data(load))
    if load.counts["added"] >= MANY:
        imports.settle()


@transaction.atomic
def wind_up(load, *, at, why=""):
    """End an import that no worker is at any more: its job was cancelled, failed or is gone. True if so.

    What came in stays and can be taken back; where nothing did, the file can be imported again.
    """
    loads = FileImport.objects.select_for_update(of=("self",)).select_related("channel", "by", "job")
    load = loads.get(pk=load.pk)
    if load.state != LoadState.RUNNING or (load.job and load.job.state in AT_WORK):
        return False
    stopped = load.job.stage if load.job and load.job.state == JobState.FAILED else "The import was cancelled"
    load.trouble = (why or stopped)[:300]
    if load.rows.exists():
        _end(load, at=load.job.finished_at or at if load.job else at)
    else:
        load.refusals.all().delete()
        load.state, load.job, load.counts = LoadState.STAGED, None, {}
        load.save(update_fields=["state", "job", "counts", "trouble"])
    return True


def _data(load):
    return {"file": load.file_name, "import": load.pk, **load.counts}


def refused(load, *, at):
    """[line, why, the row's cells] of the rows that were not taken, or in what is looked at would not be."""
    if not load.file or not _path(load).exists():
        raise Unreadable("The file is no longer kept here. Upload it again.")
    if load.state == LoadState.STAGED:
        rows = (row for one in outcomes(load, at=at, most=LOOKED_AT) for row in one.refused)
        return _with_cells(load, iter([(row.line, row.why) for row in rows]))
    return _with_cells(load, load.refusals.values_list("line", "why").iterator())


def _with_cells(load, refusals):
    width = len(load.header)
    line, why = next(refusals, (0, ""))
    if not line:
        return
    with open_table(_path(load)) as rows:
        for row in rows:
            while line and line < row.line:
                line, why = next(refusals, (0, ""))
            if row.line == line:
                yield [line, why, *[*row.cells, *[""] * width][:width]]
                line, why = next(refusals, (0, ""))
            if not line:
                return


def discard(load):
    """Throw away what was only staged."""
    gone = FileImport.objects.filter(pk=load.pk, state=LoadState.STAGED)
    if gone.delete()[0]:
        file = load.file
        transaction.on_commit(lambda: file.storage.delete(file.name), robust=True)


def sweep(*, at):
    """Forget files that nobody went on with, and the files of imports long done; end what hangs."""
    for load in FileImport.objects.filter(state=LoadState.RUNNING):
        wind_up(load, at=at)
    for load in FileImport.objects.filter(state=LoadState.STAGED, at__lt=at - KEPT):
        discard(load)
    for load in FileImport.objects.exclude(file="").filter(done_at__lt=at - KEPT):
        load.file.delete(save=True)


@transaction.atomic
def undo(load, *, by, at):
    """Take back what the file brought, within the hour. [(request or account, why it stays)].

    A request stays that somebody has decided, changed, talked about, joined or added an account to since,
    and an account that somebody has added words, revenue or a deal to: they are no longer only the file's.
    """
    load = FileImport.objects.select_for_update(of=("self",)).select_related("channel").get(pk=load.pk)
    if not load.may_undo(at):
        raise NotUndone("An import can be taken back within an hour.")
    rows = FileImportRow.objects.filter(load=load).select_related("request", "voice__account")
    brought = {row.request_id: row.request for row in rows if row.voice_id is None}
    voices = [row.voice for row in rows if row.voice is not None]
    homes = {voice.request_id for voice in voices}
    locked = Request.objects.select_for_update(of=("self",)).filter(pk__in={*brought, *homes})
    list(locked.order_by("pk"))
    why = _touched(brought, load)
    stays = [(request.ref, why[pk]) for pk, request in brought.items() if pk in why]
    free = [request for pk, request in brought.items() if pk not in why]
    held = _forget(free)
    stays += [(request.ref, "other things depend on it") for request in held]
    stays += _take_back(voices)
    impact.recount(*homes)
    load.state, load.undone_by, load.undone_at = LoadState.UNDONE, by, at
    load.kept_back = stays
    load.save(update_fields=["state", "undone_by", "undone_at", "kept_back"])
    data = {"file": load.file_name, "import": load.pk, "gone": len(free) - len(held), "kept": len(stays)}
    activity.record("channel.import_undone", on=load.channel, by=by, at=at, data=data)
    return stays


def _take_back(voices):
    """Delete what the file added to older requests, with its line there; [(request, why one stays)]."""
    told: dict[int, list[Event]] = {}
    homes = {voice.request_id for voice in voices}
    for event in (
        Event.objects.filter(subject_type="coordination.request", subject_id__in=homes)
        .filter(verb="request.account_added")
        .select_related("by")
        .order_by("pk")
    ):
        told.setdefault(event.data.get("voice", 0), []).append(event)
    stays = []
    for voice in voices:
        events = told.get(voice.pk, [])
        if len(events) > 1:  # the first is the file's, those after it say who added to the voice
            who = events[-1].by.name if events[-1].by else "somebody"
            stays.append((f"REQ-{voice.request_id}", f"{who} has added to “{voice.account.name}” since"))
            continue
        Event.objects.filter(pk__in=[event.pk for event in events]).delete()
        voice.delete()
    return stays


def _touched(requests, load):
    """{request id: what happened to it since} of those that are no longer only the file's."""
    ids = list(requests)
    why: dict[int, str] = {}
    for pk, request in requests.items():
        if request.state == State.MERGED:
            why[pk] = "it was joined with another"
    joined = Request.objects.filter(merged_into__in=ids).exclude(pk__in=ids)
    for pk in joined.values_list("merged_into", flat=True):
        why[pk or 0] = "another was joined with it"
    own = ("request.submitted", "request.accepted", "request.declined")
    events = Event.objects.filter(subject_type="coordination.request", subject_id__in=ids)
    # the past that the file brought was written with it, whenever it happened
    later = events.filter(at__gt=load.done_at) | events.exclude(verb__in=own)
    for event in later.select_related("by").order_by("pk"):
        who = event.by.name if event.by else "somebody"
        why.setdefault(event.subject_id, f"{who} has worked on it since")
    for model, words in ((Comment, "it was talked about"), (Attachment, "a file hangs on it")):
        hung = model.objects.filter(subject_type="coordination.request", subject_id__in=ids)
        for pk in hung.values_list("subject_id", flat=True):
            why.setdefault(pk, words)
    return why


def _forget(requests):
    """Take requests out as if they had never come, with their history; gives those that others hold on to."""
    held = []
    for batch in batched(requests, 500, strict=False):
        try:
            _remove(batch)
        except (ProtectedError, RestrictedError):
            for one in batch:
                try:
                    _remove([one])
                except (ProtectedError, RestrictedError):
                    held.append(one)
    return held


@transaction.atomic
def _remove(requests):
    ids = [one.pk for one in requests]
    Request.objects.filter(pk__in=ids).delete()
    Event.objects.filter(subject_type="coordination.request", subject_id__in=ids).delete()
    search.remove_many(requests)
