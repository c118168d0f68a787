"""The KPIs of a document: what each is called, its role, and which way is better."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from metrics.formats.experiments import terms
from metrics.formats.experiments.fields import Fields, Unreadable, plain
from metrics.stats.experiments.trial import GUARDRAIL, PRIMARY, SECONDARY, Measure, Variant

MOST = 500


def key_of(value: Any, place: int, what: str) -> str:
    """The key of an object in a list; a text is its own."""
    if isinstance(value, str):
        return value
    return Fields(value, f"{what} {place + 1}").text(*terms.KEYS) or f"{what} {place + 1}"


def named(top: Fields, variants: list[str]) -> tuple[dict[str, Fields], dict[str, dict[str, Any]]]:
    """KPIs as the document names them, and what stands with them of each variant: {variant: {kpi: cell}}."""
    given = top.take(*terms.KPIS)
    inner: dict[str, dict[str, Any]] = {}
    found: dict[str, Fields] = {}
    if given is None:
        return found, inner
    if isinstance(given, Mapping):
        pairs = [(str(key), value) for key, value in given.items()]
    elif isinstance(given, list):
        pairs = [(key_of(value, place, "KPI"), value) for place, value in enumerate(given)]
    else:
        raise Unreadable("“kpis” must be a list of objects, or an object with one for each KPI.")
    for key, value in pairs:
        if key in found:
            raise Unreadable(f"Two KPIs are called “{key}”.")
        definition = _definition(key, value)
        fields = found[key] = Fields(definition, f"KPI “{key}”")
        beside = fields.take("variants", "results", "data", "arms", "variations", "by_variant")
        for variant in variants:
            cell = _of(beside, variant)
            if cell is None and isinstance(definition.get(variant), Mapping):
                cell = definition[variant]
                fields.leave(variant)
            if cell is not None:
                inner.setdefault(variant, {})[key] = cell
    return found, inner


def _definition(key: str, value: Any) -> Mapping[str, Any]:
    if value is None:
        return {}
    if isinstance(value, str):
        return {"role": value} if plain(value) in terms.ROLES else {}
    if not isinstance(value, Mapping):
        raise Unreadable(f"KPI “{key}” must be an object {{…}}.")
    return value


def _of(given: Any, key: str) -> Any:
    if isinstance(given, Mapping):
        return given.get(key)
    if isinstance(given, list):
        return next((one for place, one in enumerate(given) if key_of(one, place, "variant") == key), None)
    return None


def read(top: Fields, found: Mapping[str, Fields], variants: tuple[Variant, ...]) -> list[Measure]:
    """The plan's KPIs, and then those that only the variants show, in their order; a role may be ""."""
    keys = list(dict.fromkeys([*found, *(kpi for variant in variants for kpi in variant.cells)]))
    if not keys:
        raise Unreadable("No variant has a KPI: give each “kpis” with “count”, or “sum” and “sum_squares”.")
    if len(keys) > MOST:
        raise Unreadable(f"There are {len(keys):,} KPIs; at most {MOST} are read.")
    measures = [_measure(key, found.get(key) or Fields({}, f"KPI “{key}”")) for key in keys]
    roles = _listed(top, keys)
    return [replace(measure, role=roles.get(measure.key, measure.role)) for measure in measures]


def _measure(key: str, fields: Fields) -> Measure:
    role, kind = fields.text("role"), fields.text("kind", "type", "metric_type", "kpi_type", "measured_as")
    if plain(kind) in terms.ROLES and not role:  # {"type": "guardrail"}
        role, kind = kind, ""
    quantile = fields.number("quantile", "percentile")
    if quantile is None and plain(kind) == "median":
        quantile = 0.5
    if quantile is not None:
        quantile = quantile / 100 if quantile >= 1 else quantile
        if not 0 < quantile < 1:
            raise Unreadable(f"The quantile of {fields.where} lies between 0 and 1.")
    margin = fields.number(*terms.MARGIN)
    if margin is not None and not abs(margin) < 1:
        raise Unreadable(f"The margin of {fields.where} is a share: 0.02 is 2 %.")
    effect = fields.number(*terms.EFFECT)
    down = fields.flag("lower_is_better", "inverse")
    direction = fields.text("direction", "better", "wanted", "desired_direction", "goal_direction")
    return Measure(
        key=key,
        name=fields.text("name", "label", "title") or key,
        role=one_of(role, terms.ROLES, f"role of {fields.where}") if role else "",
        kind=one_of(kind, terms.KINDS, f"kind of {fields.where}") if kind else "",
        direction="down"
        if down
        else one_of(direction or "up", terms.DIRECTIONS, f"direction of {fields.where}"),
        margin=None if margin is None else abs(margin),
        effect=None if not effect else abs(effect),
        quantile=quantile,
    )


def one_of(word: str, known: Mapping[str, str], what: str) -> str:
    """The term that a word stands for. Raises `Unreadable`, which names them all."""
    found = known.get(plain(word))
    if found is None:
        choices = ", ".join(f"“{choice}”" for choice in dict.fromkeys(known.values()))
        raise Unreadable(f"The {what} is “{word[:40]}”, which is none of {choices}.")
    return found


def _listed(top: Fields, keys: list[str]) -> dict[str, str]:
    """Roles that the document gives by lists of keys rather than with the KPI."""
    lists = {
        PRIMARY: top.take("primary", "primary_kpi", "primary_metric", "primary_kpis", "primary_metrics"),
        SECONDARY: top.take("secondary", "secondaries", "secondary_kpis", "secondary_metrics"),
        GUARDRAIL: top.take("guardrail", "guardrails", "guardrail_kpis", "guardrail_metrics"),
    }
    roles = {}
    for role, given in lists.items():
        listed = given if isinstance(given, list) else [] if given is None else [given]
        for place, one in enumerate(listed):
            key = key_of(one, place, "KPI")
            if key not in keys:
                raise Unreadable(f"The {role} KPI “{key}” is nowhere among the KPIs.")
            roles[key] = role
    return roles


def with_roles(measures: list[Measure], notes: list[str]) -> tuple[Measure, ...]:
    """Every KPI with a role: without any primary one the first that is no guardrail is it."""
    if not any(measure.role == PRIMARY for measure in measures):
        first = next((one for one in measures if one.role == ""), None)
        first = first or next((one for one in measures if one.role != GUARDRAIL), None)
        if first is None:
            raise Unreadable("All KPIs are guardrails: one must be primary, or nothing can be decided.")
        if len(measures) > 1:
            notes.append(f"No KPI is marked as primary: the first one, “{first.name}”, is taken.")
        measures = [replace(one, role=PRIMARY) if one is first else one for one in measures]
    return tuple(one if one.role else replace(one, role=SECONDARY) for one in measures)
