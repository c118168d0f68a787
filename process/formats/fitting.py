"""Whether what is said of a key result can be one, and what is left out so that it can."""

from collections.abc import Mapping

KINDS = ("increase", "decrease", "keep_above", "keep_below", "keep_within", "milestones", "ordinal")
BOUNDS = {"low": ("keep_above", "keep_within"), "high": ("keep_below", "keep_within")}
MOST_LEVELS = 20


def fitted(said: Mapping[str, object], *, steps: int = 0) -> tuple[dict[str, object], str]:
    """(the columns of a key result, why it cannot be one or "") of `said`; `steps` are its milestones."""
    row = dict(said)
    row.setdefault("kind", _kind(row, steps))
    kind = str(row["kind"])
    weight = row.get("weight")
    if kind not in KINDS:
        return row, f"“{kind[:40]}” is no kind of key result."
    if isinstance(weight, float) and not 0 <= weight <= 1000:
        return row, f"its weight {weight:g} is not between 0 and 1,000."
    why = _way(row, kind) or _bounds(row, kind)
    levels = row.get("levels")
    if isinstance(levels, list):
        row["levels"] = [str(one)[:80] for one in levels[:MOST_LEVELS]]
    return row, why


def _way(row: dict[str, object], kind: str) -> str:
    """What is wrong with the way from start to target; a kind without one loses them."""
    start, target = row.get("start"), row.get("target")
    if kind not in ("increase", "decrease", "ordinal"):
        row.pop("start", None)
        row.pop("target", None)
        return ""
    if not isinstance(start, float) or not isinstance(target, float):
        return "it has no start or no target."
    if start == target:
        return "start and target are the same."
    if kind != "ordinal" and (start < target) != (kind == "increase"):
        return f"from {start:g} to {target:g} is no {kind}."
    return ""


def _bounds(row: dict[str, object], kind: str) -> str:
    """What is wrong with the bounds; a kind without them loses them."""
    for name, kinds in BOUNDS.items():
        if kind not in kinds:
            row.pop(name, None)
        elif row.get(name) is None:
            return f"it has no {'lower' if name == 'low' else 'upper'} bound."
    low, high = row.get("low"), row.get("high")
    if isinstance(low, float) and isinstance(high, float) and low >= high:
        return "its lower bound is not below its upper one."
    return ""


def _kind(row: Mapping[str, object], steps: int) -> str:
    start, target = row.get("start"), row.get("target")
    if isinstance(start, float) and isinstance(target, float):
        return "increase" if start <= target else "decrease"
    if row.get("low") is not None:
        return "keep_within" if row.get("high") is not None else "keep_above"
    if row.get("high") is not None:
        return "keep_below"
    return "milestones" if steps else "increase"
