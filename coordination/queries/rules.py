"""What the pages of rules show."""

from typing import Any, NamedTuple

from coordination.matching import BrokenRule, read_conditions
from coordination.matching import in_words as condition_in_words
from coordination.models import Request, RoutingRule

from .routing import LAST, compiled, last, names, readable

EXAMPLES = 5


class Told(NamedTuple):
    """A rule in words: when it matches, what it then does, and what is wrong with it."""

    rule: RoutingRule
    when: list[str]
    then: list[str]
    trouble: str


def in_words(rules):
    """[Told] of rules that `for_list` loaded: one query for all names."""
    known = names() if rules else {}
    return [_told(rule, known) for rule in rules]


def _told(rule, known):
    try:
        when, trouble = [condition_in_words(one, known) for one in read_conditions(rule.conditions)], ""
    except BrokenRule as error:
        when, trouble = [], f"It is passed over. {error}"
    return Told(rule, when, _then(rule), trouble or rule.trouble)


def _then(rule):
    done = []
    if rule.area:
        done.append(f"send it to {rule.area.name}")
    if rule.team:
        done.append(f"give it to the team {rule.team.name}")
    if rule.assignee:
        done.append(f"give it to {rule.assignee.name}")
    if rule.rotation:
        done.append(f"give it to whoever's turn it is in {rule.rotation.name}")
    if rule.urgency:
        done.append(f"set the urgency to {rule.get_urgency_display().lower()}")
    if rule.policy:
        done.append(f"measure it by {rule.policy.name}")
    if tags := [tag.name for tag in rule.tags.all()]:
        done.append(f"tag it {', '.join(tags)}")
    if rule.reply:
        done.append("answer those who asked")
    return done


class Tried(NamedTuple):
    """How a rule does on the newest `looked_at` requests: how many match, how many of those an earlier rule
    takes first, and some of them."""

    looked_at: int
    found: int
    taken: int
    since: Any
    examples: list[Request]


def tried(conditions, *, rule=None, newest=LAST):
    """Try conditions on the newest requests."""
    among = last(newest)
    oldest = among.order_by("submitted_at").values_list("submitted_at", flat=True).first()
    fitting = among.filter(compiled(conditions))
    examples = list(fitting.for_list().order_by("-submitted_at", "-pk")[:EXAMPLES])
    taken = 0
    if examples:
        earlier = RoutingRule.objects.live().filter(goes_on=False).order_by("position")
        if rule is not None and rule.pk:
            earlier = earlier.filter(position__lt=rule.position)
        good, _ = readable(earlier)
        if good:
            either = compiled(good[0][1])
            for _, others in good[1:]:
                either |= compiled(others)
            taken = fitting.filter(either).count()
    return Tried(among.count(), fitting.count(), taken, oldest, examples)
