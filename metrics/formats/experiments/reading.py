"""A document as an experiment: its variants, its KPIs, its plan."""

from collections.abc import Mapping
from typing import Any

from metrics.formats.experiments import cells, measures, plans, terms
from metrics.formats.experiments.fields import Fields, Unreadable, number, plain
from metrics.stats.experiments.trial import Trial, Variant

MOST_VARIANTS = 50
PLANS = ("plan", "design", "experiment", "settings", "config")
RESULTS = ("results", "data")


def combine(plan: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """A plan and the results of its variants as one document; fields of the results win."""
    return {"plan": dict(plan), "results": dict(data)}


def read(document: Any) -> Trial:
    """The experiment in a document. Raises `Unreadable`.

    What is only wrong in one KPI (a count above n, a sum of squares that is too small) is no fault of the
    document: the read-out says of that KPI why nothing can be said.
    """
    top = Fields(_flat(document), "the document")
    notes: list[str] = []
    found = _variants(top)
    shares = _shares(top, found, notes)
    order = _control_first(top, found, notes)
    named, beside = measures.named(top, order)
    variants = tuple(_variant(found[key], key, shares[key], beside.get(key, {}), notes) for key in order)
    kpis = measures.read(top, named, variants)
    together = not any(kpi.role for kpi in kpis)
    return plans.read(top, variants, measures.with_roles(kpis, notes), together=together, notes=notes)


def _flat(document: Any) -> dict[str, Any]:
    """Plan and results side by side, however they were wrapped; what stands in the results wins."""
    if not isinstance(document, Mapping):
        raise Unreadable("The file must hold one JSON object {…} with “variants” in it.")
    plans_given, results_given, own = [], [], {}
    for name, value in document.items():
        if plain(name) in PLANS and isinstance(value, Mapping):
            plans_given.append(value)
        elif plain(name) in RESULTS and isinstance(value, Mapping | list):
            results_given.append(value if isinstance(value, Mapping) else {"variants": value})
        else:
            own[name] = value
    flat: dict[str, Any] = {}
    groups: list[Any] = []
    for part in (*plans_given, own, *results_given):
        for name, value in part.items():
            if plain(name) in terms.VARIANTS and value is not None:
                groups.append(value)
            elif value is not None:
                flat[plain(name)] = value
    if groups:
        flat["variants"] = _joined(groups)
    return flat


def _joined(groups: list[Any]) -> dict[str, dict[str, Any]]:
    """Variants of plan and results as one, by their keys."""
    found: dict[str, dict[str, Any]] = {}
    for given in groups:
        if isinstance(given, Mapping):
            pairs = [(str(key), value) for key, value in given.items()]
        elif isinstance(given, list):
            pairs = [(_key(value, place), value) for place, value in enumerate(given)]
        else:
            raise Unreadable("“variants” must be a list of objects, or an object with one for each variant.")
        keys = [key for key, _ in pairs]
        if twice := [key for key in keys if keys.count(key) > 1]:
            raise Unreadable(f"Two variants are called “{twice[0]}”.")
        for key, value in pairs:
            if not isinstance(value, Mapping):
                raise Unreadable(f"Variant “{key}” must be an object {{…}}.")
            found[key] = {**found.get(key, {}), **value}
    return found


def _key(value: Any, place: int) -> str:
    if not isinstance(value, Mapping):
        raise Unreadable(f"Variant {place + 1} must be an object {{…}}.")
    return measures.key_of(value, place, "variant")


def _variants(top: Fields) -> dict[str, dict[str, Any]]:
    found = top.take("variants")
    if found is None:
        raise Unreadable("There is no “variants”: a list of objects with “key”, “n” and “kpis”.")
    if len(found) < 2:
        raise Unreadable("An experiment has a control and at least one variant; fewer than two are given.")
    if len(found) > MOST_VARIANTS:
        raise Unreadable(f"There are {len(found):,} variants; at most {MOST_VARIANTS} are read.")
    return dict(found)


def _shares(top: Fields, found: Mapping[str, Any], notes: list[str]) -> dict[str, float]:
    """The configured share of each variant; equal ones where none are given, and a note of that."""
    given = top.take(*terms.SHARES)
    keys = list(found)
    if isinstance(given, str):
        given = given.replace(":", "/").split("/")
    if isinstance(given, list):
        if len(given) != len(keys):
            raise Unreadable(f"There are {len(keys)} variants and {len(given)} configured ratios.")
        raw = dict(zip(keys, given, strict=True))
    elif isinstance(given, Mapping):
        raw = {str(key): value for key, value in given.items()}
        if unknown := [key for key in raw if key not in found]:
            raise Unreadable(f"A ratio is configured for “{unknown[0]}”, which is no variant.")
    elif given is None:
        raw = {key: Fields(value, f"variant “{key}”").take(*terms.SHARE) for key, value in found.items()}
        raw = {key: value for key, value in raw.items() if value is not None}
    else:
        raise Unreadable("“ratios” must be a list, or an object with one number for each variant.")
    if not raw:
        notes.append("No ratios are configured in the file: equal ones are taken.")
        return dict.fromkeys(keys, 1 / len(keys))
    shares = {key: number(_percent(raw.get(key)), f"the ratio of “{key}”") or 0.0 for key in keys}
    if wrong := [key for key, share in shares.items() if share <= 0]:
        raise Unreadable(f"The configured ratio of “{wrong[0]}” is missing, or not above 0.")
    whole = sum(shares.values())
    if whole > 1e300:
        raise Unreadable("The configured ratios are too large.")
    return {key: share / whole for key, share in shares.items()}


def _percent(value: Any) -> Any:
    return value.strip().rstrip("%") if isinstance(value, str) else value


def _control_first(top: Fields, found: Mapping[str, Any], notes: list[str]) -> list[str]:
    """The variants' keys, the control's first."""
    keys = list(found)
    named = top.text(*terms.CONTROL)
    flagged = [key for key, value in found.items() if Fields(value, f"variant “{key}”").flag(*terms.MARKS)]
    called = [key for key in keys if plain(key) in terms.CALLED_CONTROL]
    if named:
        names = {str(value.get("name", key)): key for key, value in found.items()}
        if named not in found and named not in names:
            raise Unreadable(f"“{named}” should be the control and is no variant.")
        control = named if named in found else names[named]
    elif len(flagged) > 1:
        raise Unreadable(f"Two variants are called the control: “{flagged[0]}” and “{flagged[1]}”.")
    else:
        control = (flagged or called or keys)[0]
        if not flagged and not called:
            notes.append(f"No variant is marked as the control: the first one, “{control}”, is taken.")
    return [control, *(key for key in keys if key != control)]


def _variant(
    given: Mapping[str, Any], key: str, share: float, beside: Mapping[str, Any], notes: list[str]
) -> Variant:
    fields = Fields(given, f"variant “{key}”")
    name = fields.text("name", "label", "title") or key
    n = fields.whole(*terms.UNITS)
    fields.take(*terms.KEYS, *terms.SHARE, *terms.MARKS, "description", "position")
    found = {**_objects(fields.take(*terms.INSIDE), key), **beside}
    if not found:
        rest = fields.left()
        nested = {name: value for name, value in rest.items() if isinstance(value, Mapping)}
        direct = {name: value for name, value in rest.items() if plain(name) in terms.CELL}
        found = {"kpi": direct} if direct else nested
        for taken in direct or nested:
            fields.leave(taken)
    notes += [f"“{name}” of variant “{key}” is not known and was left out." for name in fields.left()]
    done = {
        str(kpi): cells.read(cell, f"KPI “{kpi}” of variant “{key}”", notes)
        for kpi, cell in found.items()
        if cell is not None
    }
    if n is None:
        sizes = [cell.n for cell in done.values() if cell.n is not None]
        if not sizes:
            raise Unreadable(f"Variant “{key}” has no “n”, the number of its units.")
        n = max(sizes)
    return Variant(key, name, n, share, done)


def _objects(inside: Any, key: str) -> dict[str, Any]:
    if inside is None:
        return {}
    if isinstance(inside, Mapping):
        return dict(inside)
    if isinstance(inside, list):
        return {measures.key_of(value, place, "KPI"): value for place, value in enumerate(inside)}
    raise Unreadable(f"The KPIs of variant “{key}” must be an object with one for each KPI.")
