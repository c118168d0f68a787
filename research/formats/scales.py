"""Scales in words: which answers belong together, and in which order they go."""

from collections.abc import Iterable
from typing import NamedTuple


class Scale(NamedTuple):
    """`labels` from the lowest to the highest; `about` says what is asked."""

    about: str
    labels: tuple[str, ...]


def _scale(about: str, *labels: str) -> Scale:
    return Scale(about, labels)


AGREEMENT, SATISFACTION = "agreement", "satisfaction"

# The first that holds all the answers is taken: the usual one where several do.
SCALES = (
    _scale(
        AGREEMENT,
        *("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"),
    ),
    _scale(AGREEMENT, "Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"),
    _scale(
        AGREEMENT,
        *("Strongly disagree", "Somewhat disagree", "Neither agree nor disagree", "Somewhat agree"),
        "Strongly agree",
    ),
    _scale(
        AGREEMENT,
        *("Strongly disagree", "Disagree", "Somewhat disagree", "Neither agree nor disagree"),
        *("Somewhat agree", "Agree", "Strongly agree"),
    ),
    _scale(
        SATISFACTION,
        *("Very dissatisfied", "Dissatisfied", "Neither satisfied nor dissatisfied", "Satisfied"),
        "Very satisfied",
    ),
    _scale(SATISFACTION, "Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"),
    _scale(
        SATISFACTION,
        *("Very dissatisfied", "Somewhat dissatisfied", "Neither satisfied nor dissatisfied"),
        *("Somewhat satisfied", "Very satisfied"),
    ),
    _scale(
        SATISFACTION,
        *("Extremely dissatisfied", "Somewhat dissatisfied", "Neither satisfied nor dissatisfied"),
        *("Somewhat satisfied", "Extremely satisfied"),
    ),
    _scale("ease", "Very difficult", "Difficult", "Neither easy nor difficult", "Easy", "Very easy"),
    _scale("ease", "Very difficult", "Difficult", "Neutral", "Easy", "Very easy"),
    _scale("frequency", "Never", "Rarely", "Sometimes", "Often", "Always"),
    _scale("frequency", "Never", "Rarely", "Sometimes", "Usually", "Always"),
    _scale("quality", "Very poor", "Poor", "Fair", "Good", "Excellent"),
    _scale("quality", "Poor", "Fair", "Good", "Very good", "Excellent"),
    _scale("quality", "Very bad", "Bad", "Neutral", "Good", "Very good"),
    _scale("likelihood", "Very unlikely", "Unlikely", "Neutral", "Likely", "Very likely"),
    _scale(
        "importance",
        *("Not at all important", "Slightly important", "Moderately important", "Very important"),
        "Extremely important",
    ),
    _scale(
        "helpfulness",
        *("Not at all helpful", "Slightly helpful", "Moderately helpful", "Very helpful"),
        "Extremely helpful",
    ),
)
# What people say instead of an answer
NO_ANSWER = frozenset(
    {
        *("", "-", "–", "—", "n/a", "na", "n.a.", "none given", "no answer", "not applicable", "don't know"),
        *("don’t know", "do not know", "prefer not to say", "prefer not to answer", "no opinion", "skipped"),
    }
)


def bare(text: str) -> str:
    """An answer as answers are compared: one space between words, no case, no full stop."""
    return " ".join(text.split()).casefold().rstrip(".")


def is_no_answer(cell: str) -> bool:
    return bare(cell) in NO_ANSWER


def in_words(cells: Iterable[str]) -> Scale | None:
    """The scale that all of the answers stand on, if at least two of its steps were given."""
    given = {bare(cell) for cell in cells if not is_no_answer(cell)}
    if len(given) < 2:
        return None
    return next((scale for scale in SCALES if given <= {bare(label) for label in scale.labels}), None)


def step_of(cell: str, labels: Iterable[str]) -> int | None:
    """Which of the labels an answer is, counted from 1; None where it is none of them."""
    wanted = bare(cell)
    return next((number for number, label in enumerate(labels, start=1) if bare(label) == wanted), None)
