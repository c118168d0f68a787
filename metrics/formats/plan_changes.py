"""What two plans of an experiment say differently, in the words of people."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

LABELS = {
    "title": "Title",
    "because": "Because",
    "change": "Change",
    "audience": "Audience",
    "wanted": "Expected direction",
    "size": "Expected size",
    "know_when": "We know it when",
    "unit": "Assigned by",
    "method": "Method",
    "correction": "Correction",
    "alpha": "Alpha",
    "power": "Power",
    "mde": "Smallest effect worth finding",
    "sample_size": "Sample size per variant",
    "min_days": "Shortest run, days",
    "starts": "First day",
    "stops": "Planned last day",
    "surfaces": "Surfaces",
    "exclusion_group": "Exclusion group",
}
PARTS = {"name": "name", "ratio": "share", "role": "role", "margin": "margin", "kind": "measured as"}
PARTS |= {"direction": "direction", "control": "control", "version": "version"}
SHARES = {"size", "mde", "margin"}
DAYS = {"starts", "stops"}


class Difference(NamedTuple):
    """One thing said differently; `field` is its path in the plan, such as "kpis.activation.margin"."""

    field: str
    label: str
    before: str
    after: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """All differences of two plans (`queries.experiments.plan_of`), in the plan's order."""
    found = list(_fields({**before, **before["hypothesis"]}, {**after, **after["hypothesis"]}))
    for part, word in (("variants", "Variant"), ("kpis", "KPI")):
        found += _parts(part, word, before[part], after[part])
    return found


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name, label in LABELS.items():
        if before.get(name) != after.get(name):
            yield Difference(name, label, said(before.get(name), name), said(after.get(name), name))


def _parts(part: str, word: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    olds, news = ({one["key"]: one for one in rows} for rows in (before, after))
    for key in dict.fromkeys((*olds, *news)):
        old, new = olds.get(key), news.get(key)
        if old is None or new is None:
            name = (old or new)["name"]  # type: ignore[index]
            yield Difference(f"{part}.{key}", f"{word} “{name}”", _there(old), _there(new))
            continue
        for field, label in PARTS.items():
            if old.get(field) != new.get(field):
                where = f"{word} “{new['name']}”, {label}"
                yield Difference(
                    f"{part}.{key}.{field}", where, said(old.get(field), field), said(new.get(field), field)
                )


def _there(part: Mapping[str, Any] | None) -> str:
    if part is None:
        return "not in the plan"
    if "role" not in part:
        return f"{part['ratio']:g} % of the units"
    margin = part.get("margin")
    return str(part["role"]) + (f", margin {said(margin, 'margin')}" if margin is not None else "")


def said(value: Any, field: str = "") -> str:
    """A value of a plan in words."""
    if value in (None, "", []):
        return "—"
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if field in DAYS:
        return f"{dt.date.fromisoformat(value):%-d %b %Y}"
    if field in SHARES:
        return f"{value * 100:.4g} %"
    if field == "ratio":
        return f"{value:g} %"
    return f"{value:,}" if isinstance(value, int) else str(value)
