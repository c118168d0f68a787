"""Who fits a study, by what they answer to its screener."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

LONGEST = 1_000  # characters of an answer in words
_FINEST = Decimal("0.01")
_MOST = Decimal(10) ** 10
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{0,20})?|-?\.[0-9]{1,20}")


class Question(NamedTuple):
    """One question; `kind` is "one", "several", "number" or "text".

    Of a choice, one of `accepts` is needed where there are any, and any of `rejects` rules out. Of a number,
    the answer lies from `at_least` to `at_most`, both included; None is no bound.
    """

    key: str
    text: str
    kind: str
    options: Sequence[str] = ()
    accepts: Sequence[str] = ()
    rejects: Sequence[str] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    required: bool = True


class Given(NamedTuple):
    """An answer as it was understood: `said` in words, `because` why it does not fit, "" where it does."""

    question: str
    said: str
    because: str

    @property
    def fits(self) -> bool:
        return not self.because


class Reading(NamedTuple):
    """What somebody's answers come to. While there are `faults` ({key: words}), nothing is decided."""

    given: list[Given]
    faults: dict[str, str]

    @property
    def fits(self) -> bool:
        return not self.faults and all(one.fits for one in self.given)

    @property
    def reasons(self) -> list[str]:
        return [f"{one.question}: {one.because}" for one in self.given if one.because]


class Unclear(ValueError):
    """The answer can't be taken; the words are for the person who answers."""


def number_of(text: str) -> Decimal:
    """The number somebody typed ("1,200", "3.5", "12"); raises `Unclear`.

    A comma before exactly three digits parts thousands, any other stands for the decimal point.
    """
    plain = "".join(text.split()).replace("\u2212", "-")
    head, _, tail = plain.rpartition(",")
    if head and "." not in tail:
        plain = head.replace(",", "") + ("" if len(tail) == 3 else ".") + tail
    plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        raise Unclear("Write a number, such as 12.")
    number = Decimal(plain)
    if abs(number) >= _MOST:
        raise Unclear("Write a number below ten thousand million.")
    return number.quantize(_FINEST).normalize()


def judge(questions: Iterable[Question], answers: Mapping[str, Sequence[str]]) -> Reading:
    """Read `answers` ({question's key: the texts sent for it}) by the rules of `questions`.

    What was sent for no question is left out; a choice that is not on offer is a fault, not an answer.
    """
    given, faults = [], {}
    for question in questions:
        sent = [one.replace("\0", "").strip() for one in answers.get(question.key, ())]
        sent = [one for one in sent if one]
        try:
            given.append(_read(question, sent))
        except Unclear as error:
            faults[question.key] = str(error)
    return Reading(given, faults)


def _read(question: Question, sent: list[str]) -> Given:
    if not sent:
        if question.required:
            raise Unclear("Please answer this.")
        return Given(question.text, "", _unanswered(question))
    if question.kind in ("one", "several"):
        return _read_choice(question, sent)
    if len(sent[0]) > LONGEST:
        raise Unclear(f"At most {LONGEST:,} characters, please.")
    if question.kind == "number":
        return _read_number(question, sent[0])
    return Given(question.text, sent[0], "")


def _unanswered(question: Question) -> str:
    """Who skips a question that decides something can't be said to fit."""
    decides = question.accepts or question.at_least is not None or question.at_most is not None
    return "not answered" if decides else ""


def _read_choice(question: Question, sent: list[str]) -> Given:
    if any(one not in question.options for one in sent):
        raise Unclear("Choose from the answers on offer.")
    if question.kind == "one" and len(set(sent)) > 1:
        raise Unclear("Choose one answer.")
    chosen = [one for one in question.options if one in sent]
    said = ", ".join(chosen)
    if any(one in question.rejects for one in chosen):
        return Given(question.text, said, said)
    if question.accepts and not any(one in question.accepts for one in chosen):
        return Given(question.text, said, said)
    return Given(question.text, said, "")


def _read_number(question: Question, text: str) -> Given:
    number = number_of(text)
    said = f"{number:f}"
    if question.at_least is not None and number < question.at_least:
        return Given(question.text, said, f"{said} is below {question.at_least.normalize():f}")
    if question.at_most is not None and number > question.at_most:
        return Given(question.text, said, f"{said} is above {question.at_most.normalize():f}")
    return Given(question.text, said, "")


class OptionLine(NamedTuple):
    """One line of a question's options as somebody writes them: "+ Daily", "- Never", "Weekly"."""

    text: str
    mark: str


def option_lines(text: str) -> list[OptionLine]:
    """The options written one a line; a "+" before one accepts, a "-" rules out. Said twice counts once."""
    lines: dict[str, OptionLine] = {}
    for line in text.splitlines():
        line = " ".join(line.replace("\0", "").split())
        mark = line[:1] if line[:2] in ("+ ", "- ") or line[:1] == "+" else ""
        words = line[len(mark) :].strip()
        if words:
            lines.setdefault(words, OptionLine(words, mark))
    return list(lines.values())
