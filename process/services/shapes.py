"""What a key result is made of, by its kind and its source: checked, and put as its row has it."""

from metrics.models import Unit
from process import queries
from process.formulas import okrs
from process.models import KEEPS, KeyResult, Kind, Source
from prodops import progress

NUMBERS = (Kind.INCREASE, Kind.DECREASE, *KEEPS)  # kinds whose value is a number that is measured
MOST_LEVELS = 12
LONGEST_LEVEL = 80  # characters of its name


class Misshapen(Exception):
    """A key result cannot be made of that. `field` is what to change."""

    def __init__(self, field, message):
        super().__init__(message)
        self.field = field


def shaped(
    *,
    kind=None,
    source=None,
    unit=Unit.PERCENT,
    start=None,
    target=None,
    stretch=None,
    low=None,
    high=None,
    levels=(),
    kpi=None,
    follows=None,
    item=None,
    key_result=None,
    at,
):
    """The fields of a `KeyResult` made like that; what its kind has no use for is left empty.

    Without `kind` it increases or decreases, as start and target say; without `source` it follows what is
    given. One that follows a KPI takes the KPI's unit and, where `start` is None, its value. `item` is the
    (label, id) of a thing with milestones. `key_result` is the row that is changed. Raises `Misshapen` and
    `okrs.NoDistance`.
    """
    source = source or (Source.KPI if kpi else Source.KEY_RESULT if follows else Source.HAND)
    made = {
        **dict.fromkeys(("start", "target", "stretch", "low", "high", "kpi", "follows", "item_id")),
        **{"item_label": "", "levels": []},
    }
    made |= _sourced(source, kind, kpi=kpi, follows=follows, item=item, key_result=key_result)
    made["unit"] = _unit(kind, unit, made["kpi"])
    if made["follows"]:
        _same_number(made["follows"], made["unit"])
    if kind in KEEPS:
        made |= _bounds(kind, low, high)
    elif kind == Kind.ORDINAL:
        made |= _scale(levels, start, target, stretch)
    elif kind != Kind.MILESTONES:
        made |= _way(kind, _started(made, start, at=at), target, stretch)
    return made | {"kind": made.get("kind") or kind, "source": source}


def _unit(kind, unit, kpi):
    if kind == Kind.MILESTONES:
        return Unit.PERCENT
    if kind == Kind.ORDINAL:
        return Unit.COUNT
    return kpi.unit if kpi else unit


def _sourced(source, kind, *, kpi, follows, item, key_result):
    """The pointer to where values come from, and no other."""
    if source == Source.HAND:
        return {}
    if source == Source.ROADMAP:
        if kind != Kind.MILESTONES:
            raise Misshapen("kind", "What is on the roadmap has milestones: choose the kind “Milestones”.")
        if item is None or progress.provider(item[0]) is None:
            raise Misshapen("item", "Choose what on the roadmap it follows.")
        return {"item_label": item[0], "item_id": item[1]}
    if kind is not None and kind not in NUMBERS:
        raise Misshapen("source", "Milestones and steps on a scale are not measured: they are said by hand.")
    if source == Source.KPI:
        if kpi is None:
            raise Misshapen("kpi", "Choose the KPI that it follows, or let values be typed at each check-in.")
        return {"kpi": kpi}
    if follows is None:
        raise Misshapen("follows", "Choose the key result that it follows.")
    if key_result is not None:
        _no_circle(key_result, follows)
    return {"follows": follows}


def _no_circle(key_result, follows):
    seen, one = [], follows
    while one is not None:
        seen.append(one.title)
        if one.pk == key_result.pk:
            path = " → ".join(f"“{title}”" for title in seen)
            raise Misshapen("follows", f"That would go in a circle: {path}. Choose another key result.")
        one = KeyResult.objects.filter(pk=one.follows_id).first() if one.follows_id else None


def _same_number(follows, unit):
    if follows.kind not in NUMBERS:
        raise Misshapen("follows", f"“{follows}” has no number that could be followed.")
    if follows.unit != unit:
        raise Misshapen(
            "follows",
            f"“{follows}” counts in {follows.get_unit_display().lower()}. "
            f"Choose the same unit here, or a key result that counts like this one.",
        )


def _started(made, start, *, at):
    """The start as said or, where nothing is said, where the KPI or the other key result stands."""
    kpi, follows = made["kpi"], made["follows"]
    if start is not None:
        return start
    if kpi is not None:
        value = queries.reading(kpi, until=queries.company_day(at), at=at).value
        if value is None:
            raise Misshapen("start", f"“{kpi}” has no value yet, so say from where the key result starts.")
        return value
    if follows is not None:
        [standing] = queries.standings(KeyResult.objects.filter(pk=follows.pk).for_list(), at=at)
        if standing.value is not None:
            return standing.value
    raise Misshapen("start", "Say where it starts, or choose a KPI to follow.")


def _way(kind, start, target, stretch):
    if target is None:
        raise Misshapen("target", "Say where it should get to.")
    okrs.progress(start, target, start)
    found = Kind.INCREASE if target > start else Kind.DECREASE
    if kind is not None and kind != found:
        way, other = ("above", "Decrease") if kind == Kind.INCREASE else ("below", "Increase")
        raise Misshapen(
            "target",
            f"{Kind(kind).label} means that the target lies {way} the start, and it starts at {start:g}. "
            f"Change the target, or choose the kind “{other}”.",
        )
    if stretch is not None and okrs.progress(start, target, stretch) <= 1:
        raise Misshapen("stretch", "The stretch lies beyond the target, in the same direction.")
    return {"kind": found, "start": start, "target": target, "stretch": stretch}


def _bounds(kind, low, high):
    needs_low, needs_high = kind != Kind.KEEP_BELOW, kind != Kind.KEEP_ABOVE
    if needs_low and low is None:
        raise Misshapen("low", "Say which value it should not fall below.")
    if needs_high and high is None:
        raise Misshapen("high", "Say which value it should not rise above.")
    if kind == Kind.KEEP_WITHIN and low >= high:
        raise Misshapen("high", "The upper bound lies above the lower one.")
    return {"low": low if needs_low else None, "high": high if needs_high else None}


def _scale(levels, start, target, stretch):
    names = [name.strip() for name in levels if name.strip()]
    if not 2 <= len(names) <= MOST_LEVELS:
        raise Misshapen("levels", f"Write 2 to {MOST_LEVELS} levels, one a line, the lowest first.")
    if max(len(name) for name in names) > LONGEST_LEVEL:
        raise Misshapen("levels", f"A level has a name of at most {LONGEST_LEVEL} characters.")
    if len({name.casefold() for name in names}) < len(names):
        raise Misshapen("levels", "Two levels have the same name.")
    start, target = 0 if start is None else start, len(names) - 1 if target is None else target
    for field, place in (("start", start), ("target", target), ("stretch", stretch)):
        if place is not None and not (0 <= place < len(names) and float(place).is_integer()):
            raise Misshapen(field, "Choose one of the levels.")
    okrs.on_scale(int(start), int(target), int(start), names)
    return {"levels": names, "start": start, "target": target}
