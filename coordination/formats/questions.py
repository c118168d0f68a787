"""What a form asks, as product ops builds it: its fields, when each is shown, and answers in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

MOST_QUESTIONS, MOST_OPTIONS = 40, 60
LABEL, HELP, OPTION = 160, 300, 120


class Kind(StrEnum):
    """Kinds of field; the value is stored."""

    SHORT = "short"
    LONG = "long"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    ONE = "one"
    SEVERAL = "several"
    ACCOUNT = "account"
    LINK = "link"
    CHECKBOX = "checkbox"


KIND_WORDS = {
    Kind.SHORT: "Short text",
    Kind.LONG: "Long text",
    Kind.NUMBER: "Number",
    Kind.MONEY: "Money",
    Kind.DATE: "Date",
    Kind.ONE: "One of a list",
    Kind.SEVERAL: "Several of a list",
    Kind.ACCOUNT: "Customer account",
    Kind.LINK: "Link",
    Kind.CHECKBOX: "Checkbox",
}
WITH_OPTIONS = (Kind.ONE, Kind.SEVERAL)
TICKED = "Yes"  # what a condition asks of a checkbox, and what its answer reads as


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a form. `when` is the key of the question on whose answer it depends.

    With `when_is` it is shown where that answer is any of these, without where there is any answer at
    all. `outside` is what customers read in place of `label`, and
    `outside_help` all the help that they read; an `internal` one is never asked of them.
    A `removed` one is kept in a draft only, so that it can be put back.
    """

    key: str
    kind: str
    label: str
    outside: str = ""
    help: str = ""
    required: bool = False
    internal: bool = False
    options: tuple[str, ...] = ()
    when: str = ""
    when_is: tuple[str, ...] = ()
    removed: bool = False
    outside_help: str = ""

    @property
    def kind_words(self) -> str:
        return KIND_WORDS[Kind(self.kind)]

    @property
    def for_customers(self) -> bool:
        """Customers choose no account from our list: they say who they are."""
        return not self.internal and self.kind != Kind.ACCOUNT

    def said(self, *, outside: bool = False) -> str:
        """The label, for colleagues or for customers."""
        return (self.outside or self.label) if outside else self.label

    def hint(self, *, outside: bool = False) -> str:
        """What stands under the label, for colleagues or for customers."""
        return self.outside_help if outside else self.help


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """The questions that `written` wrote."""
    return tuple(
        Question(**{**row, "options": tuple(row["options"]), "when_is": tuple(row["when_is"])})
        for row in rows
    )


def written(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """The same as JSON takes it."""
    return [{**asdict(one), "options": list(one.options), "when_is": list(one.when_is)} for one in questions]


def possible(question: Question) -> tuple[str, ...]:
    """The answers that a condition may name."""
    if question.kind in WITH_OPTIONS:
        return question.options
    return (TICKED,) if question.kind == Kind.CHECKBOX else ()


def shown(questions: Sequence[Question], given: Mapping[str, Sequence[str]]) -> set[str]:
    """The keys of the questions that are asked, where `given` is what was answered so far, as texts.

    What depends on a question that is not asked is not asked either.
    """
    asked: set[str] = set()
    for one in questions:
        if one.removed:
            continue
        answers = [text for text in given.get(one.when, ()) if text.strip()]
        if not one.when or (one.when in asked and _met(one, answers)):
            asked.add(one.key)
    return asked


def for_customers(questions: Iterable[Question]) -> tuple[Question, ...]:
    """Those that customers are asked: none that depends on what they never see."""
    found: dict[str, Question] = {}
    for one in questions:
        if one.for_customers and (not one.when or one.when in found):
            found[one.key] = one
    return tuple(found.values())


def _met(question: Question, answers: Sequence[str]) -> bool:
    return bool(set(answers) & set(question.when_is)) if question.when_is else bool(answers)


def condition(question: Question, questions: Iterable[Question], *, outside: bool = False) -> str:
    """When the question is shown, in words; empty where it always is."""
    other = next((one for one in questions if one.key == question.when), None)
    if other is None:
        return ""
    label = other.said(outside=outside)
    if not question.when_is:
        return f"If “{label}” is filled in"
    if other.kind == Kind.CHECKBOX:
        return f"If “{label}” is ticked"
    return f"If “{label}” is {' or '.join(f'“{value}”' for value in question.when_is)}"


def problems(questions: Sequence[Question]) -> list[str]:
    """What keeps a form from being published, in words."""
    found = []
    before: dict[str, Question] = {}
    labels: set[str] = set()
    for one in questions:
        if one.removed:
            continue
        if one.label.casefold() in labels:
            found.append(f"Two fields are called “{one.label}”. Call one of them something else.")
        if one.kind in WITH_OPTIONS and len(one.options) < 2:
            found.append(f"“{one.label}” is a list: give it at least two options.")
        found += _condition_problems(one, before)
        labels.add(one.label.casefold())
        before[one.key] = one
    return found


def _condition_problems(one: Question, before: Mapping[str, Question]) -> list[str]:
    if not one.when:
        return []
    other = before.get(one.when)
    if other is None:
        return [
            f"“{one.label}” is shown only when another field has a value, and that one was removed or "
            "stands below it. Move it up, or change when this field is shown."
        ]
    gone = [value for value in one.when_is if value not in possible(other)]
    if gone:
        return [f"“{one.label}” is shown for “{gone[0]}”, which “{other.label}” no longer offers."]
    if one.for_customers and not other.for_customers:
        return [
            f"“{one.label}” depends on “{other.label}”, which customers are never asked. "
            "Ask this one of colleagues only too."
        ]
    return []


def in_words(question: Question, value: Any) -> str:
    """An answer as people read it; empty where there is none."""
    if value in (None, "", [], False):
        return ""
    if question.kind == Kind.CHECKBOX:
        return TICKED
    if question.kind == Kind.SEVERAL:
        return ", ".join(value)
    if question.kind == Kind.MONEY:
        return f"{value['amount']} {value['currency']}"
    if question.kind == Kind.ACCOUNT:
        return str(value["name"])
    return str(value)
