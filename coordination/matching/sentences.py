"""Conditions in the words of the rule page."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from .conditions import Condition
from .language import LANGUAGES

NONE = {"channel": "the pages here", "form": "no form", "type": "no type", "area": "no area yet"}
BEGIN = {
    ("channel", "is"): "it came in by",
    ("channel", "not"): "it did not come in by",
    ("form", "is"): "it was written in the form",
    ("form", "not"): "it was not written in the form",
    ("type", "is"): "its type is",
    ("type", "not"): "its type is not",
    ("area", "is"): "its area is",
    ("area", "not"): "its area is not",
    ("tag", "is"): "it is tagged",
    ("tag", "not"): "it is not tagged",
    ("tier", "is"): "an account's tier is",
    ("tier", "not"): "no account's tier is",
    ("segment", "is"): "an account's segment is",
    ("segment", "not"): "no account's segment is",
    ("language", "is"): "it is written in",
    ("language", "not"): "it is not written in",
    ("words", "any"): "it says",
    ("words", "all"): "it says",
    ("words", "none"): "it does not say",
    ("stake", "min"): "revenue at stake is at least",
    ("stake", "max"): "revenue at stake is below",
    ("arr", "min"): "its accounts' ARR is at least",
    ("arr", "max"): "its accounts' ARR is below",
}


def in_words(condition: Condition, names: Mapping[str, Mapping[Any, str]]) -> str:
    """ "it came in by Zendesk or Intercom"; `names` are {kind: {value: name}}."""
    kind, op, values = condition
    if kind in ("arr", "stake"):
        shown = [f"{Decimal(value):,.0f}" for value in values]
    elif kind == "words":
        shown = [f"“{value}”" for value in values]
    elif kind == "language":
        shown = [LANGUAGES.get(value, value) or "a language we do not know" for value in values]
    else:
        known = names.get(kind, {})
        shown = [
            NONE[kind] if value == 0 and kind in NONE else known.get(value, "(deleted)") for value in values
        ]
    return f"{BEGIN[kind, op]} {_listed(shown, 'and' if op == 'all' else 'or')}"


def _listed(words: list[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def sentence(conditions: Iterable[Condition], names: Mapping[str, Mapping[Any, str]]) -> str:
    """ "it came in by Zendesk and it says “invoice”", or "anything comes in"."""
    return " and ".join(in_words(one, names) for one in conditions) or "anything comes in"
