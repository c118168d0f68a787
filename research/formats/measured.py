"""What of a study is measured, as tables of an export: surveys with answers, usability tasks and results.

Rows are lists of text, in the order of `COLUMNS`, so that a row of a file and a row of this workspace are the
same if they say the same. Who may read a study goes with them: nothing else of a study is a plain table.
"""

import json
from collections.abc import Iterable
from typing import Any

SURVEYS, QUESTIONS = "surveys.csv", "survey-questions.csv"
RESPONDENTS, ANSWERS = "survey-respondents.csv", "survey-answers.csv"
TASKS, RESULTS, SUS = "usability-tasks.csv", "usability-results.csv", "sus.csv"
READERS, FIELDS = "readers.csv", "fields.csv"

COLUMNS = {
    FIELDS: ["subject", "key", "name", "kind", "help", "options", "required"],
    READERS: ["person", "name"],
    SURVEYS: ["session_guid", "session", "columns", "fingerprint"],
    QUESTIONS: ["session_guid", "question", "position", "text", "kind", "labels", "text_guid"],
    RESPONDENTS: ["session_guid", "number", "key", "digest", "submitted_on", "segment", "participant"],
    ANSWERS: ["session_guid", "respondent", "question", "number", "choices", "turn"],
    TASKS: ["position", "task", "criterion"],
    RESULTS: ["session_guid", "session", "position", "outcome", "seconds", "errors", "seq"],
    SUS: ["session_guid", "session", *(f"sus{number}" for number in range(1, 11))],
}
WORDS = {
    FIELDS: "Definitions of typed fields",
    READERS: "People named as readers",
    SURVEYS: "Surveys",
    QUESTIONS: "Questions of surveys",
    RESPONDENTS: "Respondents of surveys",
    ANSWERS: "Answers of surveys",
    TASKS: "Usability tasks",
    RESULTS: "Results of usability tasks",
    SUS: "SUS questionnaires",
}

type Tables = dict[str, list[list[str]]]


def row(*cells: Any) -> list[str]:
    """Cells as text: nothing is "", a list or an object JSON."""
    return [_cell(one) for one in cells]


def named(name: str, rows: Iterable[list[str]]) -> list[dict[str, str]]:
    """Rows by the names of their columns."""
    return [dict(zip(COLUMNS[name], one, strict=True)) for one in rows]


def _cell(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)
