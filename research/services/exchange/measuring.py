"""What an export has as tables, taken in: fields, readers, surveys with their answers, usability tests.

What is here already stays as it is; what of a file makes no sense is left out, row by row.
"""

import json
from collections import defaultdict

from django.db import transaction

from prodops import activity
from prodops.access import Can, allowed
from prodops.models import CustomField, FieldKind
from research.formats import measured as tables
from research.models import (
    Cue,
    Outcome,
    Part,
    QuestionKind,
    Session,
    StudyReader,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    SurveyResponse,
    SusAnswers,
    TaskResult,
    UsabilityTask,
)

from . import values

BATCH = 2_000
MOST_SECONDS = 24 * 3600
MOST_SMALL = 32_767
MOST_OPTIONS = 100
SUBJECTS = ("research.study", "research.session", "research.insight")


def _rows(taking, name):
    return tables.named(name, taking.bundle.tables.get(name, ()))


def may_make_fields(user):
    """Whether an import of theirs brings in the typed fields that this workspace lacks."""
    return allowed(user, Can.STRUCTURE_EDIT)


def new_fields(bundle, *, by, at=None):
    """The typed fields of the file that this workspace lacks, not saved yet."""
    found = []
    for row in tables.named(tables.FIELDS, bundle.tables.get(tables.FIELDS, ())):
        subject, key, name = row["subject"], row["key"][:60], " ".join(row["name"].split())[:80]
        if subject not in SUBJECTS or not (key and name) or row["kind"] not in FieldKind.values:
            continue
        held = CustomField.objects.of(subject)
        if held.filter(key=key).exists() or held.live().filter(name__iexact=name).exists():
            continue
        options = [one for one in _json_list(row["options"])[:MOST_OPTIONS] if isinstance(one, dict)]
        found.append(
            CustomField(
                subject=subject,
                key=key,
                name=name,
                kind=row["kind"],
                help_text=row["help"][:200],
                options=[
                    {"key": str(one.get("key"))[:60], "name": str(one.get("name"))[:80], "retired": False}
                    for one in options
                ],
                position=held.count() + 1,
                created_by=by,
                created_at=at,
            )
        )
    return found


@transaction.atomic
def take_fields(taking):
    """Bring typed fields in before their values come, where the importer may make fields."""
    if may_make_fields(taking.by):
        for field in new_fields(taking.bundle, by=taking.by, at=taking.at):
            field.save()
            activity.record("field.created", on=field, by=taking.by, at=taking.at)


@transaction.atomic
def take_measured(taking):
    """All the rest, once the sessions are here."""
    sessions = {str(one.guid): one for one in Session.objects.filter(study=taking.study)}
    _readers(taking)
    _surveys(taking, sessions)
    _usability(taking, sessions)
    taking.save()


def _readers(taking):
    """Who was named elsewhere is named here, where the import opens the study and knows them."""
    if taking.study.pk not in taking.made.get("study", ()):
        return
    people = {taking.people.get(row["person"]) for row in _rows(taking, tables.READERS)}
    for person in sorted(people - {None, taking.study.lead}, key=lambda one: one.pk):
        row = StudyReader.objects.create(
            study=taking.study, user=person, added_by=taking.by, added_at=taking.at
        )
        taking.remember("studyreader", [row])
    taking.study.refresh_from_db(fields=["reader_ids"])


# --- surveys ----------------------------------------------------------------------------------------------


def _surveys(taking, sessions):
    by_session = {
        name: _by_session(taking, name) for name in (tables.QUESTIONS, tables.RESPONDENTS, tables.ANSWERS)
    }
    here = set(Survey.objects.filter(session__study=taking.study).values_list("session", flat=True))
    for row in _rows(taking, tables.SURVEYS):
        session = sessions.get(row["session_guid"])
        if session is None or session.pk in here:
            continue
        here.add(session.pk)
        columns = [one for one in _json_list(row["columns"]) if isinstance(one, dict)]
        survey = Survey.objects.create(session=session, columns=columns, fingerprint=row["fingerprint"][:64])
        taking.remember("survey", [survey])
        mine = {name: rows[row["session_guid"]] for name, rows in by_session.items()}
        questions = _questions(taking, survey, mine[tables.QUESTIONS])
        responses = _responses(taking, survey, mine[tables.RESPONDENTS])
        _answers(taking, session, questions, responses, mine[tables.ANSWERS])


def _by_session(taking, name):
    found = defaultdict(list)
    for row in _rows(taking, name):
        found[row["session_guid"]].append(row)
    return found


def _questions(taking, survey, rows):
    parts = {str(one.guid): one for one in Part.objects.filter(session=survey.session)}
    made, used = {}, set()
    for row in rows:
        header = row["question"][:500]
        if not header or header in made or row["kind"] not in QuestionKind.values:
            continue
        part = parts.get(row["text_guid"]) if row["text_guid"] not in used else None
        used.add(row["text_guid"])
        labels = [str(one)[:200] for one in _json_list(row["labels"])]
        made[header] = SurveyQuestion(
            survey=survey,
            header=header,
            position=_whole(row["position"], MOST_SMALL) or 0,
            text=row["text"][:500],
            kind=row["kind"],
            labels=labels,
            part=part,
        )
    taking.remember("surveyquestion", SurveyQuestion.objects.bulk_create(made.values()))
    return made


def _responses(taking, survey, rows):
    made, keys = {}, set()
    for row in rows:
        number, key = _whole(row["number"], 2**31 - 1), row["key"][:200]
        if number is None or number in made or key in keys:
            continue
        keys.add(key)
        made[number] = SurveyResponse(
            survey=survey,
            number=number,
            key=key,
            digest=row["digest"][:64],
            submitted_on=values.day(row["submitted_on"]),
            segment=row["segment"][:120],
            participant=taking.participants.get(row["participant"]),
        )
    taking.remember("surveyresponse", SurveyResponse.objects.bulk_create(made.values(), batch_size=BATCH))
    return made


def _answers(taking, session, questions, responses, rows):
    cues = list(Cue.objects.filter(session=session).order_by("position").values_list("pk", flat=True))
    made, said = {}, set()
    for row in rows:
        question = questions.get(row["question"][:500])
        response = responses.get(_whole(row["respondent"], 2**31 - 1))
        if question is None or response is None or (response.pk, question.pk) in made:
            continue
        number, turn = _number(row["number"]), _whole(row["turn"], len(cues))
        choices = [str(one)[:200] for one in _json_list(row["choices"])]
        cue = cues[turn - 1] if turn else None
        if (number is not None) + bool(choices) + (cue is not None) != 1 or (cue and cue in said):
            continue  # an answer is of one kind, and words are one answer's
        said.add(cue)
        answer = SurveyAnswer(
            response=response, question=question, number=number, choices=choices, cue_id=cue
        )
        made[response.pk, question.pk] = answer
    SurveyAnswer.objects.bulk_create(made.values(), batch_size=BATCH)
    taking.counts["surveyanswer"] += len(made)


# --- usability tests --------------------------------------------------------------------------------------


def _usability(taking, sessions):
    study = taking.study
    tasks = {one.position: one for one in UsabilityTask.objects.filter(study=study)}
    if not tasks:
        for row in _rows(taking, tables.TASKS):
            position, title = _whole(row["position"], MOST_SMALL), row["task"].strip()[:200]
            if title and position is not None and position not in tasks:
                tasks[position] = UsabilityTask(
                    study=study, position=position, title=title, criterion=row["criterion"][:500]
                )
        taking.remember("usabilitytask", UsabilityTask.objects.bulk_create(tasks.values()))
    here = set(TaskResult.objects.filter(task__study=study).values_list("task", "session"))
    results = {}
    for row in _rows(taking, tables.RESULTS):
        session, task = sessions.get(row["session_guid"]), tasks.get(_whole(row["position"], MOST_SMALL))
        if (
            session is None
            or task is None
            or (task.pk, session.pk) in here
            or row["outcome"] not in Outcome.values
        ):
            continue
        seconds, seq = _number(row["seconds"]), _whole(row["seq"], 7)
        results[task.pk, session.pk] = TaskResult(
            task=task,
            session=session,
            outcome=row["outcome"],
            seconds=seconds if seconds is not None and 0 < seconds <= MOST_SECONDS else None,
            errors=_whole(row["errors"], 1_000),
            seq=seq or None,
        )
    taking.remember("taskresult", TaskResult.objects.bulk_create(results.values(), batch_size=BATCH))
    held = set(SusAnswers.objects.filter(session__study=study).values_list("session", flat=True))
    sheets = {}
    for row in _rows(taking, tables.SUS):
        session = sessions.get(row["session_guid"])
        if session is not None and session.pk not in held:
            items = [_whole(row[f"sus{number}"], 5) or None for number in range(1, 11)]
            sheets[session.pk] = SusAnswers(session=session, items=items)
    taking.remember("susanswers", SusAnswers.objects.bulk_create(sheets.values()))


def _json_list(text):
    try:
        found = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _whole(text, most):
    found = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
    return found if found is not None and found <= most else None


def _number(text):
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < 1e300 else None
