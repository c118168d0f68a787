"""What is odd about the rules: those that come to nothing, those that disagree, and what none takes."""

from collections import Counter
from itertools import combinations
from typing import NamedTuple

from coordination.matching import never, takes_all
from coordination.models import Request, RoutingRule, Urgency

from .routing import compiled, flag, last, newest_for, readable

SHOWN = 3  # requests that show what two rules disagree on
DISAGREE = {"area": "area", "team": "team", "assignee": "person", "urgency": "urgency"}


class Idle(NamedTuple):
    """A rule that does nothing: `by` is the earlier rule that takes all it could match, if that is why."""

    rule: RoutingRule
    why: str
    by: RoutingRule | None


class Conflict(NamedTuple):
    """Two rules that both match `requests` of the last requests and would send them to different places.

    `first` wins; `field` is what they disagree on, `says` what each sets.
    """

    first: RoutingRule
    second: RoutingRule
    field: str
    says: tuple[str, str]
    requests: int
    examples: list[Request]


class Checked(NamedTuple):
    looked_at: int
    idle: list[Idle]
    conflicts: list[Conflict]
    unrouted: int
    counts: dict[int, tuple[int, int]]  # rule: how many it matches, and how many reach it


def check():
    """Try all live rules on the newest requests: two queries for any number of rules."""
    good, _ = readable(RoutingRule.objects.live().for_list())
    rows = _matrix(good, newest_for(len(good)))
    matches: Counter[int] = Counter()
    reached: Counter[int] = Counter()
    together: Counter[tuple[int, int]] = Counter()
    shown: dict[tuple[int, int], list[int]] = {}
    unrouted = 0
    for pk, *flags in rows:
        hit = [place for place, holds in enumerate(flags) if holds]
        unrouted += not hit
        matches.update(hit)
        for place in hit:
            reached[place] += 1
            if not good[place][0].goes_on:
                break
        for pair in combinations(hit, 2):
            together[pair] += 1
            if len(shown.setdefault(pair, [])) < SHOWN:
                shown[pair].append(pk)
    return Checked(
        looked_at=len(rows),
        idle=[one for place in range(len(good)) if (one := _idle(good, place, matches, reached, len(rows)))],
        conflicts=_conflicts(good, together, shown),
        unrouted=unrouted,
        counts={rule.pk: (matches[place], reached[place]) for place, (rule, _) in enumerate(good)},
    )


def match_counts(rules):
    """(requests looked at, {rule id: how many of them it matches}) of `rules`: one query for all of them."""
    good, _ = readable(rules)
    if not good:
        return 0, {}
    rows = _matrix(good, newest_for(len(good)))
    return len(rows), {rule.pk: sum(row[place] for row in rows) for place, (rule, _) in enumerate(good, 1)}


def _matrix(good, newest):
    """[(request id, whether each rule matches it…)], newest first."""
    flags = {f"rule_{place}": flag(compiled(conditions)) for place, (_, conditions) in enumerate(good)}
    return list(last(newest).annotate(**flags).order_by("-submitted_at", "-pk").values_list("pk", *flags))


def _idle(good, place, matches, reached, looked_at):
    rule, conditions = good[place]
    if rule.policy and rule.policy.retired_at:
        return Idle(rule, f"It sets no response times: “{rule.policy.name}” is retired.", None)
    if never(conditions):
        return Idle(rule, "Two of its conditions exclude each other: nothing can fulfil both.", None)
    for earlier, wide in good[:place]:
        if not earlier.goes_on and takes_all(wide, conditions):
            return Idle(rule, "can never be reached: whatever it matches, an earlier rule takes", earlier)
    if matches[place] and not reached[place]:
        why = f"Earlier rules took all {matches[place]} of the last {looked_at:,} requests that it matches."
        return Idle(rule, why, None)
    if looked_at and not matches[place]:
        return Idle(rule, f"It matches none of the last {looked_at:,} requests.", None)
    return None


def _conflicts(good, together, shown):
    found = []
    for (one, other), count in together.most_common():
        first, second = good[one][0], good[other][0]
        for field, name in DISAGREE.items():
            says = _says(first, field), _says(second, field)
            if all(says) and says[0] != says[1]:
                found.append(Conflict(first, second, name, says, count, shown[one, other]))
                break
    ids = {pk for conflict in found for pk in conflict.examples}
    requests = Request.objects.for_list().in_bulk(ids)
    return [one._replace(examples=[requests[pk] for pk in one.examples]) for one in found]


def _says(rule, field):
    if field == "assignee" and rule.rotation:
        return f"the next in {rule.rotation.name}"
    value = getattr(rule, field)
    return Urgency(value).label if field == "urgency" and value else str(value) if value else ""


def unrouted():
    """(those of the newest requests that no live rule matches, as a QuerySet; how many it looks at)."""
    good, _ = readable(RoutingRule.objects.live().for_list())
    newest = newest_for(len(good))
    rest = last(newest)
    for _, conditions in good:
        rest = rest.exclude(compiled(conditions))
    return rest, newest


class Trial(NamedTuple):
    """How one rule does on one request: each condition with whether it holds; `did` is what it would do.

    `outcome` is "matched", "not", "late" (an earlier rule was the last), "paused" or "broken".
    """

    rule: RoutingRule
    outcome: str
    conditions: list[tuple[str, bool]]
    did: list[str]
    trouble: str


def condition_flags(request, rules):
    """{rule id: [whether each of its conditions holds]} of one request, in one query."""
    flags: dict = {}
    places: dict[int, list[str]] = {}
    for rule, conditions in rules:
        places[rule.pk] = []
        for number, one in enumerate(conditions):
            name = f"rule_{rule.pk}_{number}"
            flags[name] = flag(compiled([one]))
            places[rule.pk].append(name)
    if not flags:
        return {rule.pk: [] for rule, _ in rules}
    row = Request.objects.filter(pk=request.pk).annotate(**flags).order_by().values(*flags).first() or {}
    return {pk: [bool(row.get(name)) for name in names] for pk, names in places.items()}
