"""Taking a survey's export in: staged, typed column by column, confirmed, undone."""

import hashlib
from dataclasses import asdict
from datetime import timedelta
from pathlib import PurePath

from django.db import transaction
from django.db.models import ProtectedError

from prodops import activity, jobs, search
from prodops.models import JobState
from research.formats import filenames, survey_columns, survey_headers, survey_rows, tables
from research.formats.survey_columns import QUESTIONS, Column, Kind
from research.models import Session, SessionKind, Survey, SurveyImport, SurveyImportState, SurveyQuestion

from . import sessions, survey_answers
from .highlights import held

LARGE = 1_500  # rows from which a worker takes the file in
UNDONE_WITHIN = timedelta(days=30)
DAYS = UNDONE_WITHIN.days
FORGOTTEN = timedelta(days=7)  # a file whose columns nobody has looked at since


class NotStaged(Exception):
    """The import is in, at work, or undone already."""


class Unclear(Exception):
    """The columns cannot be read as they are typed; says why."""


class NothingToImport(Exception):
    """No row of the file has an answer."""


class NotUndone(Exception):
    """The import cannot be taken back; says why and what to do."""


@transaction.atomic
def stage(study, *, data, file_name, title="", survey=None, by, at):
    """Keep an upload until somebody has looked at its columns, in place of one of theirs that waited.

    Columns that a survey has had before are read as they were then; the others are guessed. A file with
    the very columns of a survey of the study is taken to belong to it. Raises `tables.TableError`.
    """
    table = survey_headers.tidy(tables.read(data, file_name))
    mark = fingerprint(table.header)
    if survey is None:
        survey = Survey.objects.filter(session__study=study, fingerprint=mark).order_by("-pk").first()
    SurveyImport.objects.filter(study=study, by=by, state=SurveyImportState.STAGED, job=None).delete()
    return SurveyImport.objects.create(
        study=study,
        survey=survey,
        by=by,
        at=at,
        title=title or filenames.survey_title(file_name),
        file_name=PurePath(file_name).name[-200:],
        text=tables.to_text(table),
        columns=[asdict(column) for column in _typed(table, survey, mark, by)],
    )


def fingerprint(header):
    """The SHA-256 of the names of a file's columns, in order."""
    return hashlib.sha256("\0".join(header).encode(errors="replace")).hexdigest()


def _typed(table, survey, mark, by):
    """A column each: as it was the last time, else guessed."""
    known = survey
    if known is None:
        readable = Survey.objects.visible_to(by)
        known = readable.filter(fingerprint=mark).order_by("-pk").first()
    remembered = {one["header"]: one for one in known.columns} if known else {}
    columns = []
    for column in survey_columns.guess(table):
        before = remembered.get(column.header)
        if before is not None:
            kept = {"header": column.header, "reason": f"As in “{known.session.title}”."}
            column = column_of(before | kept)
        columns.append(column)
    return columns


def column_of(row):
    """The `Column` that was kept as JSON."""
    return Column(
        row["header"], Kind(row["kind"]), row.get("reason", ""), tuple(row["labels"]), row["separator"]
    )


def columns_of(load):
    return [column_of(row) for row in load.columns]


@transaction.atomic
def settle(load, *, columns, title, survey):
    """Keep how the staged file is to be read and where it goes; None for a new survey."""
    rows = [asdict(column) for column in columns]
    staged = SurveyImport.objects.filter(pk=load.pk, state=SurveyImportState.STAGED)
    if not staged.update(columns=rows, title=title[:200], survey=survey):
        raise NotStaged("This file has been imported already.")
    load.columns, load.title, load.survey = rows, title[:200], survey


def reading_of(load):
    """What the staged file holds by its columns; raises `Unclear`."""
    table, columns = tables.from_text(load.text), columns_of(load)
    if problems := [*survey_rows.problems(columns), *_at_odds(load.survey, columns)]:
        raise Unclear(" ".join(problems))
    return survey_rows.read(table, columns)


def problems_of(load):
    """What stands in the way of importing the file as it is typed."""
    columns = columns_of(load)
    return [*survey_rows.problems(columns), *_at_odds(load.survey, columns)]


def _at_odds(survey, columns):
    """Questions that the survey has asked as another kind: its answers would not fit together."""
    if survey is None:
        return []
    asked = {one.header: one for one in survey.questions.all()}
    return [
        f"“{one.header[:80]}” is “{asked[one.header].get_kind_display()}” in this survey. Keep it, "
        "or undo its first import and start again."
        for one in columns
        if one.kind in QUESTIONS and one.header in asked and asked[one.header].kind != one.kind
    ]


def discard(load):
    """Throw away what was only staged."""
    SurveyImport.objects.filter(pk=load.pk, state=SurveyImportState.STAGED).delete()


def sweep(*, at):
    """Forget files that nobody went on with."""
    old = SurveyImport.objects.filter(state=SurveyImportState.STAGED, at__lt=at - FORGOTTEN)
    old.exclude(job__state__in=[JobState.WAITING, JobState.RUNNING]).delete()


@transaction.atomic
def confirm(load, *, by, at):
    """Take the staged file in; gives the `Counts`, or the `Job` of a worker where the file is large."""
    load = _locked(load)
    if load.job is not None and not load.job.finished:
        return load.job
    reading = reading_of(load)
    if not reading.responses:
        raise NothingToImport("No row of this file has an answer that can be imported.")
    if len(reading.responses) < LARGE:
        return _take(load, reading, by=by, at=at)
    title = f"Importing {load.file_name}"
    load.job = jobs.start(title, "research.tasks.import_survey", by=by, at=at, load_id=load.pk)
    load.save(update_fields=["job"])
    return load.job


def work(job, progress, *, at):
    """What the worker does for `job`: read the file again and write it in one transaction."""
    progress.stage("Reading the file")
    with transaction.atomic():
        load = SurveyImport.objects.filter(pk=job.arguments["load_id"], job=job).first()
        if load is None or load.state != SurveyImportState.STAGED:
            progress.fail("There is nothing left to import: the file was imported or discarded meanwhile.")
            return
        load = _locked(load)
        reading = reading_of(load)
        progress.stage("Writing answers", total=len(reading.responses))
        _take(load, reading, by=job.asked_by, at=at, step=progress.step)
        if not progress.finish(load.survey.get_absolute_url()):
            transaction.set_rollback(True)  # another worker has taken over


def _locked(load):
    load = (
        SurveyImport.objects.select_for_update(of=("self",))
        .select_related("study", "survey__session__study", "job")
        .get(pk=load.pk)
    )
    if load.state != SurveyImportState.STAGED:
        raise NotStaged("This file has been imported already.")
    return load


def _take(load, reading, *, by, at, step=None):
    columns = columns_of(load)
    if load.survey is None:
        load.survey = _open(load, reading, columns, by=by, at=at)
    else:
        load.columns_before = load.survey.columns
    survey = load.survey
    _ask(survey, columns)
    known = {one.header for one in columns}
    kept = [row for row in survey.columns if row["header"] not in known]
    survey.columns = [*(row | {"reason": ""} for row in load.columns), *kept]
    survey.fingerprint = fingerprint([one.header for one in columns])
    survey.save(update_fields=["columns", "fingerprint"])
    counts = survey_answers.write(survey, reading.responses, load=load, by=by, at=at, step=step)
    load.new, load.changed, load.same = counts
    load.rejected, load.text, load.state, load.at = len(reading.faults), "", SurveyImportState.DONE, at
    load.save()
    data = {"import": load.pk, "file": load.file_name, **counts._asdict()}
    activity.record("survey.imported", on=survey.session, by=by, at=at, data=data)
    return counts


def _open(load, reading, columns, *, by, at):
    """The session and survey that a first file makes, held on the day of its latest answer."""
    answered = [one.submitted_on for one in reading.responses if one.submitted_on]
    session = Session.objects.create(
        study=load.study,
        title=load.title,
        kind=SessionKind.SURVEY,
        held_on=max(answered, default=at.date()),
        created_by=by,
        created_at=at,
    )
    search.index(session)
    activity.record("session.added", on=session, by=by, at=at, data={"cues": 0})
    mark = fingerprint([one.header for one in columns])
    return Survey.objects.create(session=session, columns=[], fingerprint=mark)


def _ask(survey, columns):
    """Add the questions that are new, and bring the scales of the others up to date."""
    asked = {one.header: one for one in survey.questions.all()}
    fresh = []
    for position, column in enumerate(columns):
        if column.kind not in QUESTIONS:
            continue
        question = asked.get(column.header)
        if question is None:
            fresh.append(
                SurveyQuestion(
                    survey=survey,
                    header=column.header,
                    position=position,
                    text=column.header,
                    kind=column.kind.value,
                    labels=list(column.labels),
                )
            )
        elif question.labels != list(column.labels):
            SurveyQuestion.objects.filter(pk=question.pk).update(labels=list(column.labels))
    SurveyQuestion.objects.bulk_create(fresh)


@transaction.atomic
def undo(load, *, by, at):
    """Take an import back: who came with it goes, who was changed by it is what they were before."""
    load = (
        SurveyImport.objects.select_for_update(of=("self",))
        .select_related("survey__session__study")
        .get(pk=load.pk)
    )
    survey = load.survey
    if load.state != SurveyImportState.DONE or survey is None:
        raise NotUndone("This import has been undone already.")
    if at - load.at > UNDONE_WITHIN:
        raise NotUndone(f"An import can be undone for {DAYS} days. Import a corrected file instead.")
    later = survey.imports.filter(state=SurveyImportState.DONE, pk__gt=load.pk)
    if later.exists():
        raise NotUndone("Later files were imported into this survey. Undo those first, the newest first.")
    held(survey.session)  # nobody highlights what is about to go
    changes = list(load.changes.all())
    new = [one.key for one in changes if one.before is None]
    if number := survey_answers.tagged(survey, new):
        raise NotUndone(
            f"{number} highlight{'s stand' if number > 1 else ' stands'} on answers of this import. "
            "Delete them first."
        )
    survey_answers.take_out(survey, new)
    survey_answers.restore(survey, [one for one in changes if one.before is not None], by=by, at=at)
    try:
        with transaction.atomic():
            _as_before(survey, load, by=by, at=at)
    except (ProtectedError, sessions.Cited) as error:
        raise NotUndone(
            "Insights stand on the results of this survey. Take them out of the evidence first."
        ) from error
    SurveyImport.objects.filter(pk=load.pk).update(state=SurveyImportState.UNDONE, undone_by=by, undone_at=at)


def _as_before(survey, load, *, by, at):
    """Take back questions and columns that came with the import; with the first, the survey itself."""
    session = survey.session
    if load.columns_before is None:
        if session.highlights.exists() or session.parts.filter(question=None).exists():
            raise NotUndone(
                "This was the survey's first import, and its session holds notes or highlights besides. "
                "Delete the session itself if nothing of it is to stay."
            )
        sessions.delete(session, by=by, at=at)
        return
    data = {"import": load.pk, "file": load.file_name}
    activity.record("survey.import_undone", on=session, by=by, at=at, data=data)
    before = {row["header"]: row for row in load.columns_before}
    came = survey.questions.exclude(header__in=before).filter(answers=None)
    for question in came.select_related("part"):
        part = question.part
        question.delete()
        if part is not None:
            part.delete()
    for question in survey.questions.filter(header__in=before):
        labels = before[question.header]["labels"]
        if before[question.header]["kind"] == question.kind and labels != question.labels:
            SurveyQuestion.objects.filter(pk=question.pk).update(labels=labels)
    survey.columns = load.columns_before
    survey.fingerprint = fingerprint(before)
    survey.save(update_fields=["columns", "fingerprint"])
