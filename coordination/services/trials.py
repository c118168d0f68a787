"""Trying the rules on one request without doing anything."""

from coordination import queries
from coordination.matching import in_words
from coordination.models import RoutingRule

from . import routing


def trace(request, *, at):
    """[Trial] of all rules, in their order: which match, which do not and by which condition, and what those
    that match would do. Paused rules are tried for themselves, and take nothing."""
    rules = list(RoutingRule.objects.for_list())
    good, broken = queries.readable(rules)
    held = queries.condition_flags(request, good)
    read = dict(good)
    names = queries.names() if rules else {}
    matching = [rule for rule, _ in good if rule.paused_at is None and all(held[rule.pk])]
    steps = {step.rule.pk: step for step in routing.plan(request, matching, at=at, take_turns=False)}
    trials = []
    for rule in rules:
        if rule in broken:
            trials.append(queries.Trial(rule, "broken", [], [], broken[rule]))
            continue
        said = [(in_words(one, names), holds) for one, holds in zip(read[rule], held[rule.pk], strict=True)]
        step = steps.get(rule.pk)
        did = [f"{field}: {done[2]}" for field, done in step.did.items()] if step else []
        trials.append(queries.Trial(rule, _outcome(rule, held[rule.pk], step), said, did, rule.trouble))
    return trials


def _outcome(rule, held, step):
    if not all(held):
        return "not"
    if rule.paused_at:
        return "paused"
    return "matched" if step else "late"
