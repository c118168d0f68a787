"""What surveys and usability tests came to: question by question, task by task."""

from collections import Counter, defaultdict
from typing import NamedTuple

from django.db.models import Count, F, Func, OuterRef, Subquery

from prodops.models import Segment
from research.models import (
    QuestionKind,
    SurveyAnswer,
    SurveyQuestion,
    SurveyResponse,
    SusAnswers,
    TaskResult,
    UsabilityTask,
)
from research.synthesis import phrases, surveys, usability
from research.synthesis.intervals import Estimate

SCALED = (QuestionKind.NPS, QuestionKind.CSAT, QuestionKind.LIKERT)
MOST_BARS = 30  # different answers that are drawn; the rest are one bar
OTHERS = "Other answers"


class Result(NamedTuple):
    """What an insight cites: one plain sentence, where it stands, and how many people it is of."""

    sentence: str
    url: str
    n: int


def survey_result(question):
    """The `Result` of a question; needs nothing loaded but the question itself."""
    found = question_results(question.survey_id, only=question.pk)[0]
    return Result(f"{found.sentence}: {question.text}", question.get_absolute_url(), found.n)


def task_result(task):
    """The `Result` of a task over all sessions; needs `study` loaded."""
    found = task_summaries(task.study_id, only=task.pk)[0][1]
    return Result(f"{phrases.of_task(found)}: {task.title}", task.get_absolute_url(), found.n)


class SegmentRow(NamedTuple):
    """One segment's answers to a question. `score` is its NPS or its share in the top boxes."""

    segment: str
    n: int
    bars: list[surveys.Bar]
    score: Estimate | None


class QuestionResult(NamedTuple):
    """A question with all that its answers come to. What does not fit its kind is None or empty."""

    question: SurveyQuestion
    n: int
    skipped: int
    bars: list[surveys.Bar]
    nps: surveys.Nps | Estimate | None
    top: Estimate | None
    mean: float | None
    segments: list[SegmentRow]
    sentence: str


def question_results(survey_id, *, only=None):
    """[`QuestionResult`] of a survey in the order of its questions, in four queries however many answers."""
    questions = SurveyQuestion.objects.filter(survey_id=survey_id)
    if only is not None:
        questions = questions.filter(pk=only)
    asked = list(questions.order_by("position", "pk"))
    respondents = SurveyResponse.objects.filter(survey_id=survey_id).count()
    tallies = _tallies(asked)
    return [_result(question, tallies[question.pk], respondents) for question in asked]


class _Tally:
    """The answers to one question by segment, counted: how many people, and of each answer how many."""

    def __init__(self):
        self.people: Counter[str] = Counter()
        self.answers: dict[str, Counter] = defaultdict(Counter)

    def add(self, segment, answer, number):
        self.answers[segment][answer] += number


def _tallies(questions):
    tallies: dict[int, _Tally] = defaultdict(_Tally)
    answers = (
        SurveyAnswer.objects.filter(question__in=questions)
        .order_by()
        .values_list("question", "response__segment", "response__participant__account__segment")
    )
    for question, said, account, number, people in answers.values_list(
        "question", "response__segment", "response__participant__account__segment", "number"
    ).annotate(people=Count("pk")):
        segment = segment_of(said, account)
        tallies[question].people[segment] += people
        if number is not None:
            tallies[question].add(segment, number, people)
    chosen = answers.exclude(choices=[]).annotate(choice=Func(F("choices"), function="unnest"))
    for question, said, account, choice, people in chosen.values_list(
        "question", "response__segment", "response__participant__account__segment", "choice"
    ).annotate(people=Count("pk")):
        tallies[question].add(segment_of(said, account), choice, people)
    return tallies


def segment_of(said, account):
    """The file's own segment, else that of the participant's account; "" where neither is known."""
    if said:
        return said
    return Segment(account).label if account and account != Segment.UNKNOWN else ""


def _result(question, tally, respondents):
    everybody: Counter = sum(tally.answers.values(), Counter())
    n = tally.people.total()
    scaled = question.kind in SCALED
    labels = labels_of(question) if scaled else {label: label for label in question.labels}
    bars = _bars(everybody, labels, n)
    numbers = list(everybody.elements()) if scaled else []
    nps = surveys.nps(numbers) if question.kind == QuestionKind.NPS else None
    top = surveys.top_boxes(numbers, list(labels)) if question.kind in SCALED[1:] else None
    shown = [bar.label for bar in bars]
    rows = []
    if len(tally.people) > 1 and question.kind != QuestionKind.OPEN:
        ordered = sorted(tally.people.items(), key=lambda one: (one[0] == "", -one[1], one[0]))
        rows = [
            _segment_row(question, segment, people, tally.answers[segment], labels, shown)
            for segment, people in ordered
        ]
    return QuestionResult(
        question=question,
        n=n,
        skipped=respondents - n,
        bars=bars,
        nps=nps,
        top=top,
        mean=sum(numbers) / len(numbers) if numbers else None,
        segments=rows,
        sentence=_sentence(question, n, bars, nps, top),
    )


def labels_of(question):
    """{number: how it is shown} of a scale: its steps in words are numbered from 1."""
    numbers = [_as_number(label) for label in question.labels]
    if None in numbers:
        return {float(place): label for place, label in enumerate(question.labels, start=1)}
    return dict(zip(numbers, question.labels, strict=True))


def _as_number(label):
    try:
        return float(label)
    except ValueError:
        return None


def _bars(counts, labels, n, shown=None):
    """Bars in the order of `labels`, then by number; beyond `MOST_BARS` (or not in `shown`) as one bar."""
    words: Counter[str] = Counter()
    for answer, number in counts.items():
        words[labels.get(answer) or _plain(answer)] += number
    if shown is None:
        kept = set(list(labels.values()) + [word for word, _ in words.most_common(MOST_BARS)])
    else:
        kept = set(shown)
    rest = sum(number for word, number in words.items() if word not in kept)
    few = Counter({word: number for word, number in words.items() if word in kept})
    order = list(labels.values()) if shown is None else [word for word in shown if word != OTHERS]
    bars = surveys.distribution(few.elements(), order, of=n)
    if rest or (shown and OTHERS in shown and OTHERS not in few):
        bars.append(surveys.Bar(OTHERS, rest, rest / n if n else 0.0))
    return bars


def _plain(answer):
    return f"{answer:g}" if isinstance(answer, float) else answer


def _segment_row(question, segment, people, counts, labels, shown):
    score = None
    if question.kind == QuestionKind.NPS:
        found = surveys.nps(counts.elements())
        score = found if isinstance(found, Estimate) else found.score
    elif question.kind in SCALED:
        score = surveys.top_boxes(counts.elements(), list(labels))
    name = segment or surveys.NO_SEGMENT
    return SegmentRow(name, people, _bars(counts, labels, people, shown), score)


def _sentence(question, n, bars, nps, top):
    if nps is not None:
        return phrases.of_nps(nps)
    if question.kind == QuestionKind.CSAT:
        return phrases.of_scale(top, "are satisfied")
    if top is not None:
        return phrases.of_scale(top, "chose the top of the scale")
    if question.kind == QuestionKind.OPEN:
        word = "person" if n == 1 else "people"
        return f"{n:,} {word} answered in their own words"
    return phrases.of_choices(bars, n)


# --- usability tests --------------------------------------------------------------------------------------


def task_summaries(study_id, *, only=None):
    """[(task, its `TaskSummary`)] of a study in order, in two queries."""
    tasks = UsabilityTask.objects.filter(study_id=study_id)
    if only is not None:
        tasks = tasks.filter(pk=only)
    given = list(tasks.select_related("study").order_by("position", "pk"))
    attempts: dict[int, list] = defaultdict(list)
    for one in TaskResult.objects.filter(task__in=given).order_by():
        attempts[one.task_id].append(usability.Attempt(one.outcome, one.seconds, one.errors, one.seq))
    return [(task, usability.summarise(attempts[task.pk])) for task in given]


def sus_of(study_id):
    """The `Sus` of a study's sessions."""
    rows = SusAnswers.objects.filter(session__study_id=study_id)
    return usability.sus(rows.values_list("items", flat=True))


def with_tasks(studies):
    """`studies` (a QuerySet), each with the number of its tasks, for `number_of_tasks`."""
    own = UsabilityTask.objects.filter(study=OuterRef("pk")).order_by().values("study")
    return studies.annotate(task_number=Subquery(own.annotate(found=Count("pk")).values("found")))


def number_of_tasks(study):
    """How many usability tasks the study has; no query where it was loaded `with_tasks`."""
    if hasattr(study, "task_number"):
        return study.task_number or 0
    return study.tasks.count()
