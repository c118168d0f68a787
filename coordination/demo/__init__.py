"""Fernway's year of requests: 150 written ones (requests.toml), as often as the scale asks."""

import datetime as dt
import tomllib
import uuid
from decimal import Decimal
from pathlib import Path

from coordination.models import Request, RequestLook, Source, State, Urgency, Voice
from coordination.services import impact
from prodops import search
from prodops.models import Event, Role, User

from . import channels, decisions, forms, mail, outgoing, response_times, routing, webhooks

TEXTS = Path(__file__).parent / "requests.toml"
BATCH = 2_000
URGENCY = {"blocker": Urgency.BLOCKER, "high": Urgency.HIGH, "normal": Urgency.NORMAL, "low": Urgency.LOW}
LOOKED_BACK = dt.timedelta(days=6)  # people have looked at what is older


def build(world):
    channels.build(world)
    response_times.build(world)
    texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))["requests"]
    teams = {key: next(iter(person.team_ids), None) for key, person in world.people.items()}
    for number in range(world.scale):
        _round(world, texts, teams, number)
    webhooks.build(world)
    decisions.build(world, by=_entered_by())
    forms.build(world)
    outgoing.build(world)
    mail.build(world)
    impact.recount_all()
    routing.build(world)


def _entered_by():
    return User.objects.active().filter(role=Role.PRODUCT_OPS).order_by("pk").first()


def _round(world, texts, teams, number):
    """Write all texts once; from the second round on the accounts and days differ."""
    dice = world.dice(f"requests:{number}")
    accounts = sorted(world.accounts)
    requests: dict[str, Request] = {}
    named: dict[str, str] = {}  # text: the slug of its account
    for text in texts:
        shift = dice.randint(0, 20) if number else 0
        sent = world.moment(text["days_ago"] + shift, dice.randint(7, 16), dice.randint(0, 59))
        account = text["account"] if not number else dice.choice(accounts)
        title = text["title"] if not number else f"{text['title']} at {world.accounts[account].name}"[:160]
        requests[text["title"]] = Request(
            key=uuid.UUID(int=dice.getrandbits(128), version=4),
            title=title,
            problem=text["problem"],
            workaround=text["workaround"],
            affected=text["affected"],
            urgency=URGENCY[text["urgency"]],
            area=world.areas[text["area"]],
            submitter=world.people[text["submitter"]],
            submitter_team_id=teams[text["submitter"]],
            submitted_at=sent,
            **{"changed_at": sent, **_decision(world, text, shift, dice)},
        )
        named[text["title"]] = account
    # What others were joined with has to be there first
    merged = [text for text in texts if text["state"] == "merged"]
    apart = [one for one in requests.values() if one.state != State.MERGED]
    Request.objects.bulk_create(apart, batch_size=BATCH)
    for text in merged:
        one, target = requests[text["title"]], requests[text["duplicate_of"]]
        one.merged_into = one.root = target
        one.state_before_merge = State.NEW
    Request.objects.bulk_create([requests[text["title"]] for text in merged], batch_size=BATCH)
    Voice.objects.bulk_create(_voices(world, texts, requests, named, dice), batch_size=BATCH)
    Event.objects.bulk_create(_events(requests.values()), batch_size=BATCH)
    RequestLook.objects.bulk_create(_looks(world, requests.values()), batch_size=BATCH)
    response_times.keep_clocks(world, list(requests.values()), world.dice(f"clocks:{number}"))
    search.index_many(requests.values())


def _decision(world, text, shift, dice):
    if text["state"] == "new":
        return {"state": State.NEW}
    at = world.moment(text["decided_days_ago"] + shift, dice.randint(8, 17), dice.randint(0, 59))
    sent = world.moment(text["days_ago"] + shift, 17)
    at = max(at, sent + dt.timedelta(minutes=30))
    return {
        "state": State(text["state"]),
        "decided_by": world.areas[text["area"]].owner,
        "decided_at": at,
        "decision_reason": text["reason"],
        "changed_at": at,
    }


def _voices(world, texts, requests, named, dice):
    for text in texts:
        request = requests[text["title"]]
        slugs = [
            named[text["title"]],
            *(slug for slug in text["more_accounts"] if slug != named[text["title"]]),
        ]
        for place, slug in enumerate(slugs):
            account = world.accounts[slug]
            later = dt.timedelta(hours=dice.randint(2, 60) * place)
            yield Voice(
                request=request,
                account=account,
                source=Source.JOINED if place else Source.FORM,
                revenue=Decimal(text["revenue"]) if text["revenue"] and not place else None,
                currency=text["currency"],
                added_by=account.owner if place and account.owner else request.submitter,
                team_id=request.submitter_team_id,
                added_at=min(request.submitted_at + later, world.moment(0, 12)),
            )


def _events(requests):
    verbs = {
        State.ACCEPTED: "request.accepted",
        State.DECLINED: "request.declined",
        State.MERGED: "request.merged",
    }
    for one in requests:
        yield _event("request.submitted", one, one.submitter, one.submitted_at, {})
        if one.state != State.NEW:
            data = {"reason": one.decision_reason}
            if one.state == State.MERGED:
                data = {"into": one.merged_into_id, "into_text": one.merged_into.title, "root": one.root_id}
            yield _event(verbs[one.state], one, one.decided_by, one.decided_at, data)


def _event(verb, one, by, at, data):
    return Event(
        verb=verb,
        subject_type="coordination.request",
        subject_id=one.pk,
        subject_text=one.title,
        by=by,
        at=at,
        data=data,
        delivered_at=at,
    )


def _looks(world, requests):
    looked_at = world.moment(0, 7) - LOOKED_BACK
    for one in requests:
        if one.submitted_at < looked_at:
            yield RequestLook(request=one, user=one.submitter, at=looked_at)
