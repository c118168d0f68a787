"""Sending a request where the rules say: what came in, and, on demand, what came in before."""

import logging
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction

from coordination import queries
from coordination.matching import language_of
from coordination.models import Request, Routed, RoutingRule, State, Urgency
from prodops import activity, search
from prodops.clock import company_day

from . import clocks, request_comments, rotations
from .outgoing import CannotSend

log = logging.getLogger(__name__)
FIELDS = ("area", "team", "assignee", "urgency")
WHILE_NEW = ("assignee", "urgency")  # what is left alone once the request is decided


class Step(NamedTuple):
    """What one rule does to one request: {field: (what it was, what it is, its words)}."""

    rule: RoutingRule
    did: dict[str, tuple[Any, Any, str]]


def route(request, *, at):
    """Try the live rules on a new request, do what they say, and write down what they did.

    Gives the `Routed` rows. It never fails the intake: what cannot be tried is passed over, with words on
    the rule itself; should everything fail, the request stays as it came in.
    """
    try:
        with transaction.atomic():
            return _route(request, at)
    except Exception:
        log.exception("%s was not routed", request.ref)
        activity.record("request.not_routed", on=request, by=None, at=at)
        return []


def _route(request, at):
    if request.state != State.NEW:
        return []
    if not request.language and (found := language_of(f"{request.title}\n{request.problem}")):
        Request.objects.filter(pk=request.pk).update(language=found)
        request.language = found
    good, broken = queries.readable(RoutingRule.objects.live().for_list())
    for rule, why in broken.items():
        report(rule, f"It is passed over. {why}")
    matched = _matched(request, good)
    for rule in matched:
        if rule.policy and rule.policy.retired_at:
            report(rule, retired_words(rule))
    steps = plan(request, matched, at=at)
    return _do(request, steps, at)


def retired_words(rule):
    """What is said of a rule whose response times nobody is measured by any more."""
    return f"It sets no response times: “{rule.policy.name}” is retired. Choose others, or none."


def report(rule, why):
    """Write on a rule why it cannot be tried, or not wholly. The words go when the rule is saved again."""
    if rule.trouble != why[:300]:
        RoutingRule.objects.filter(pk=rule.pk).update(trouble=why[:300])
        log.warning("The routing rule %s cannot be tried: %s", rule.pk, why)


def _matched(request, rules):
    """Those that match: by one query, or where that fails each by its own, so that one cannot stop all."""
    try:
        with transaction.atomic():
            return queries.matched(request, rules)
    except DatabaseError:
        log.exception("The rules could not be tried together on %s", request.ref)
    found = []
    for pair in rules:
        try:
            with transaction.atomic():
                found += queries.matched(request, [pair])
        except DatabaseError as error:
            report(pair[0], f"It was passed over: the database refuses it. {error}")
    return found


def plan(request, matched, *, at, decided=False, take_turns=True, past=False) -> list[Step]:
    """What the rules that match do to the request, in their order; nothing is written but whose turn it is.

    What is so already is not done, and what an earlier rule has set, a later one leaves. With `decided`
    only what helps to find the request is done: nobody is given a request that needs no decision. What came
    in in the `past` is not answered, and keeps the response times it was measured by.
    """
    steps, taken = [], set()
    tags = {tag.pk for tag in request.tags.all()} if any(rule.tags.all() for rule in matched) else set()
    for rule in matched:
        did: dict[str, tuple[Any, Any, str]] = {}
        for field in FIELDS:
            if field in taken or (decided and field in WHILE_NEW):
                continue
            wanted = _wanted(rule, field, at, take_turns)
            if wanted is None:
                continue
            taken.add(field)
            is_now = getattr(request, column(field))
            if is_now != _key(wanted):
                did[field] = (is_now, _key(wanted), _words(field, wanted))
        put_on = [tag for tag in rule.tags.all() if tag.pk not in tags]
        if put_on:
            tags |= {tag.pk for tag in put_on}
            did["tags"] = (None, [tag.pk for tag in put_on], ", ".join(tag.name for tag in put_on))
        if rule.policy and not rule.policy.retired_at and "policy" not in taken and not past:
            taken.add("policy")
            did["policy"] = (None, rule.policy.pk, rule.policy.name)
        if rule.reply and not past:
            did["answer"] = (None, "sent", rule.reply[:80])
        steps.append(Step(rule, did))
        if not rule.goes_on:
            break
    return steps


def _wanted(rule, field, at, take_turns):
    if field != "assignee":
        return getattr(rule, field)
    if rule.rotation:
        if not take_turns:
            return rule.rotation
        return rotations.next_in_turn(rule.rotation, day=company_day(at))
    return rule.assignee if rule.assignee and rule.assignee.is_active else None


def column(field):
    return field if field == "urgency" else f"{field}_id"


def _key(value):
    return getattr(value, "pk", value)


def _words(field, value):
    return Urgency(value).label if field == "urgency" else str(value)


def _do(request, steps, at):
    """Write what the steps say; a request that was decided meanwhile is left alone."""
    changes = {
        column(field): done[1] for step in steps for field, done in step.did.items() if field in FIELDS
    }
    if changes and not Request.objects.filter(pk=request.pk, state=State.NEW).update(**changes):
        return []
    tags = [pk for step in steps if "tags" in step.did for pk in step.did["tags"][1]]
    if tags:
        request.tags.add(*tags)
    if changes:
        request.reload()
        search.index(request)
    for step in steps:
        if "policy" in step.did:
            clocks.put_under(request, step.rule.policy, at=at)
    _answer(request, steps, at)
    rows = Routed.objects.bulk_create(rows_of(request, steps, at))
    if rows:
        data = {"rules": ", ".join(f"“{row.rule_name}”" for row in rows), "did": _said(rows)}
        activity.record("request.routed", on=request, by=None, at=at, data=data)
    return rows


def _answer(request, steps, at):
    """Send what the rules answer, in the company's name: nobody wrote it for this request.

    What may not leave the house stays here, and its rule says so.
    """
    for step in steps:
        if "answer" not in step.did:
            continue
        try:
            with transaction.atomic():
                key = f"rule:{step.rule.pk}:{request.pk}"
                request_comments.answer(request, step.rule.reply, by=None, at=at, key=key)
        except CannotSend as error:
            del step.did["answer"]
            report(step.rule, f"Its answer to {request.ref} was not sent. {error}")


def rows_of(request, steps: Iterable[Step], at, run=None):
    """The `Routed` rows of some steps, unsaved."""
    return [
        Routed(
            request=request,
            rule=step.rule,
            rule_name=step.rule.name,
            run=run,
            at=at,
            did={field: list(done) for field, done in step.did.items()},
        )
        for step in steps
    ]


def _said(rows):
    return "; ".join(words for row in rows for words in row.words) or "nothing was left to do"
