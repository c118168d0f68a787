"""Writing what respondents answered, and what they had answered before."""

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from django.db.models import Exists, F, Max, OuterRef

from prodops import search
from research.formats.survey_rows import Answer, Response
from research.models import (
    Cue,
    Highlight,
    Part,
    Participant,
    PartKind,
    QuestionKind,
    SurveyAnswer,
    SurveyChange,
    SurveyQuestion,
    SurveyResponse,
)
from research.models.survey import key_of

from . import cues
from .highlights import held

BATCH = 2_000
WITHDRAWN = ""  # instead of a digest: what such a respondent says in a file is left alone
FURTHER = 100  # answers in people's words that are corrected one after the other


class Counts(NamedTuple):
    new: int
    changed: int
    same: int


def compare(survey, responses):
    """`Counts` of what writing `responses` (of `survey_rows`) would do; a survey of None has nobody yet."""
    known = {} if survey is None else _known(survey)
    new = sum(key_of(one.key) not in known for one in responses)
    same = sum(known.get(key_of(one.key)) in (one.digest, WITHDRAWN) for one in responses)
    return Counts(new, len(responses) - new - same, same)


def _known(survey):
    """{key: digest} of the survey's respondents; `WITHDRAWN` of those who took their consent back."""
    rows = SurveyResponse.every.filter(survey=survey).values_list("key", "digest", "withdrawn_at")
    return {key: WITHDRAWN if withdrawn else digest for key, digest, withdrawn in rows}


def write(survey, responses, *, load, by, at, step=None):
    """Write the new and the changed of `responses` and remember in `load` what was; gives the `Counts`.

    `step` is called with how many respondents are done. In the caller's transaction.
    """
    held(survey.session)
    writer = _Writer(survey, by=by, at=at)
    known = {one.key: one for one in SurveyResponse.every.filter(survey=survey)}
    fresh, changed = [], []
    for response in responses:
        row = known.get(key_of(response.key))
        if row is None:
            fresh.append(response)
        elif row.digest != response.digest and row.withdrawn_at is None:
            changed.append((row, response))
    before = snapshots([row for row, _ in changed])
    changes = [SurveyChange(load=load, key=key_of(one.key)) for one in fresh]
    changes += [SurveyChange(load=load, key=row.key, before=before[row.pk]) for row, _ in changed]
    SurveyChange.objects.bulk_create(changes, batch_size=BATCH)
    for start in range(0, len(fresh), BATCH):
        writer.add(fresh[start : start + BATCH])
        if step:
            step(start)
    writer.change(changed)
    writer.finish()
    return Counts(len(fresh), len(changed), len(responses) - len(fresh) - len(changed))


def restore(survey, changes, *, by, at):
    """Make the respondents of `changes` (`SurveyChange` rows with a `before`) what they were."""
    held(survey.session)
    writer = _Writer(survey, by=by, at=at)
    known = {one.key: one for one in survey.responses.filter(key__in=[one.key for one in changes])}
    writer.change([(known[one.key], _response(one)) for one in changes if one.key in known])
    writer.finish()


def take_out(survey, keys):
    """Delete respondents with their answers. Raises `ProtectedError` where insights stand on their words."""
    gone = SurveyResponse.every.filter(survey=survey, key__in=keys)
    words = Cue.objects.filter(answer__response__in=gone)
    search.remove_many(list(words.only("pk")))
    words.delete()
    gone.delete()


def tagged(survey, keys):
    """How many highlights stand on words of these respondents, be it in their middle."""
    inside = Cue.objects.filter(
        session=survey.session,
        answer__response__survey=survey,
        answer__response__key__in=keys,
        position__gte=OuterRef("start_cue__position"),
        position__lte=OuterRef("end_cue__position"),
    )
    return Highlight.objects.filter(Exists(inside), session=survey.session).count()


def snapshots(rows):
    """{id: what a respondent says now, as JSON} of these `SurveyResponse` rows."""
    answers: dict[int, dict] = defaultdict(dict)
    found = SurveyAnswer.objects.filter(response__in=rows).select_related("question", "cue")
    for one in found:
        said = {"number": one.number, "choices": one.choices, "text": one.cue.text if one.cue else ""}
        answers[one.response_id][one.question.header] = said
    return {
        row.pk: {
            "digest": row.digest,
            "submitted_on": row.submitted_on.isoformat() if row.submitted_on else None,
            "segment": row.segment,
            "answers": answers[row.pk],
        }
        for row in rows
    }


def _response(change):
    before = change.before
    day = before["submitted_on"]
    return Response(
        line=0,
        key=change.key,
        digest=before["digest"],
        submitted_on=dt.date.fromisoformat(day) if day else None,
        segment=before["segment"],
        answers={
            header: Answer(said["number"], tuple(said["choices"]), said["text"])
            for header, said in before["answers"].items()
        },
    )


class _Writer:
    """Writes respondents of one survey; the words of open answers follow in `finish`."""

    def __init__(self, survey, *, by, at):
        self.survey, self.session, self.by, self.at = survey, survey.session, by, at
        questions = SurveyQuestion.objects.filter(survey=survey).select_related("part")
        self.questions = {one.header: one for one in questions}
        self.number = SurveyResponse.every.filter(survey=survey).aggregate(last=Max("number"))["last"] or 0
        self.words = defaultdict(list)  # question: [(response, text)] to append
        self.people = {
            email.lower(): pk
            for pk, email in Participant.objects.exclude(email="").values_list("pk", "email")
        }

    def add(self, responses):
        rows = []
        for response in responses:
            self.number += 1
            rows.append(
                SurveyResponse(
                    survey=self.survey,
                    key=key_of(response.key),
                    number=self.number,
                    digest=response.digest,
                    submitted_on=response.submitted_on,
                    segment=response.segment,
                    participant_id=self.people.get(response.key.strip().lower()),
                )
            )
        SurveyResponse.objects.bulk_create(rows)
        answers = []
        for row, response in zip(rows, responses, strict=True):
            answers += self._closed(row, response)
            for question, answer in self._answers(response, open_ones=True):
                self.words[question].append((row, answer.text))
        SurveyAnswer.objects.bulk_create(answers, batch_size=BATCH)

    def change(self, pairs):
        """[(`SurveyResponse`, what it is to say)]"""
        rows = []
        for row, response in pairs:
            row.digest, row.submitted_on, row.segment = (
                response.digest,
                response.submitted_on,
                response.segment,
            )
            rows.append(row)
        SurveyResponse.objects.bulk_update(rows, ["digest", "submitted_on", "segment"], batch_size=BATCH)
        held_words: dict[int, dict] = defaultdict(dict)
        open_answers = SurveyAnswer.objects.filter(response__in=rows, cue__isnull=False)
        for answer in open_answers.select_related("cue"):
            held_words[answer.response_id][answer.question_id] = answer.cue
        SurveyAnswer.objects.filter(response__in=rows, cue=None).delete()
        closed, reworded, dropped = [], {}, []
        for row, response in pairs:
            closed += self._closed(row, response)
            wanted = {
                question.pk: (question, answer.text)
                for question, answer in self._answers(response, open_ones=True)
            }
            for question_id, cue in held_words[row.pk].items():
                _, text = wanted.pop(question_id, (None, ""))
                if not text:
                    dropped.append(cue)
                elif text != cue.text:
                    reworded[cue] = text
            for question, text in wanted.values():
                self.words[question].append((row, text))
        SurveyAnswer.objects.bulk_create(closed, batch_size=BATCH)
        self._reword(reworded)
        self._drop(dropped)

    def _answers(self, response, *, open_ones):
        for header, answer in response.answers.items():
            question = self.questions.get(header)
            if question is not None and (question.kind == QuestionKind.OPEN) == open_ones:
                yield question, answer

    def _closed(self, row, response):
        return [
            SurveyAnswer(response=row, question=question, number=answer.number, choices=list(answer.choices))
            for question, answer in self._answers(response, open_ones=False)
            if answer.number is not None or answer.choices
        ]

    def _reword(self, reworded):
        """Words that somebody has tagged are corrected so that the highlights go with them."""
        marked = _marked(self.session, reworded)
        plain = [cue for cue in reworded if cue.pk not in marked]
        for cue in plain:
            cue.text, cue.session = reworded[cue], self.session
        Cue.objects.bulk_update(plain, ["text"], batch_size=BATCH)
        search.index_many(plain)
        texts = [(cue.pk, text) for cue, text in reworded.items() if cue.pk in marked]
        for start in range(0, len(texts), FURTHER):
            cues.rewrite(self.session, dict(texts[start : start + FURTHER]), by=self.by, at=self.at)

    def _drop(self, dropped):
        """Words that the file no longer has go, unless somebody has tagged them: those stay as they were."""
        marked = _marked(self.session, dropped)
        gone = [cue for cue in dropped if cue.pk not in marked]
        search.remove_many(gone)
        Cue.objects.filter(pk__in=[cue.pk for cue in gone]).delete()

    def finish(self):
        """Put the new words behind those of their question; what follows them in the session moves on."""
        for question, said in self.words.items():
            if question.part is None:
                question.part = self._part(question)
                SurveyQuestion.objects.filter(pk=question.pk).update(part=question.part)
            mine = Cue.objects.filter(part=question.part)
            last = mine.aggregate(last=Max("position"))["last"]
            everything = Cue.objects.filter(session=self.session)
            if last is None:
                last = everything.aggregate(last=Max("position"))["last"]
                last = -1 if last is None else last
            after = everything.filter(position__gt=last)
            after.update(position=F("position") + len(said))
            rows = [
                Cue(
                    session=self.session,
                    part=question.part,
                    position=last + place,
                    speaker=str(response),
                    text=text,
                )
                for place, (response, text) in enumerate(said, start=1)
            ]
            Cue.objects.bulk_create(rows, batch_size=BATCH)
            SurveyAnswer.objects.bulk_create(
                [
                    SurveyAnswer(response=response, question=question, cue=cue)
                    for cue, (response, _) in zip(rows, said, strict=True)
                ],
                batch_size=BATCH,
            )
            search.index_many(rows)
        self.words.clear()

    def _part(self, question):
        last = self.session.parts.aggregate(last=Max("position"))["last"]
        return Part.objects.create(
            session=self.session,
            kind=PartKind.ANSWERS,
            title=question.text[:200],
            position=0 if last is None else last + 1,
            created_by=self.by,
            created_at=self.at,
        )


def _marked(session, cues):
    """The ids of those cues that highlights stand on: where they begin or end, and all between."""
    if not cues:
        return set()
    marks = Highlight.objects.filter(session=session)
    ends = marks.values_list("start_cue__position", "end_cue__position")
    covered = {position for first, last in ends for position in range(first, last + 1)}
    return {cue.pk for cue in cues if cue.position in covered}
