"""Widgets: what they ask and where, the secret that signs visitors, and taking in what came by them."""

import datetime as dt
import secrets
from dataclasses import replace

from django.db import IntegrityError, transaction

from coordination.formats import questions
from coordination.formats.incoming import Incoming, clean
from coordination.formats.visitors import Visitor
from coordination.models import Channel, FormVersion, RequestAnswers, SurveyAnswer, Widget
from prodops import activity, vault

from . import intake

A_VISITOR = "A visitor"  # who asked, where nobody says who it is
AT_ONCE = 500  # held answers that are dealt with in one go
GRACE = dt.timedelta(hours=24)  # how long the secret before a new one still holds


class NotNow(Exception):
    """It is not possible; the words say why."""


@transaction.atomic
def set_up(channel, *, by, at, **fields):
    """Say what the channel's widget asks, and on which pages; makes it where there is none."""
    Channel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
    widget, new = Widget.objects.get_or_create(
        channel=channel,
        defaults={"key": secrets.token_urlsafe(16), "changed_by": by, "changed_at": at, **fields},
    )
    if not new:
        for name, value in fields.items():
            setattr(widget, name, value)
        widget.changed_by, widget.changed_at = by, at
        widget.save()
    activity.record("channel.widget_set_up", on=channel, by=by, at=at)
    return widget


@transaction.atomic
def new_secret(channel, *, by, at):
    """A new secret to sign visitors with; it is shown now and never again. The one before holds a day."""
    widget = Widget.objects.select_for_update(of=("self",)).filter(channel=channel).first()
    if widget is None:
        raise NotNow("Say first what the widget asks.")
    secret = secrets.token_urlsafe(32)
    if widget.sealed_secret:
        widget.sealed_former, widget.former_until = widget.sealed_secret, at + GRACE
    widget.sealed_secret, widget.secret_at = vault.seal(secret), at
    widget.save()
    activity.record("channel.widget_secret_made", on=channel, by=by, at=at)
    return secret


def secrets_of(widget, *, at):
    """The secrets that sign visitors now; none where they were sealed under another key."""
    sealed = [widget.sealed_secret]
    if widget.former_until and at < widget.former_until:
        sealed.append(widget.sealed_former)
    found = []
    for one in sealed:
        try:
            found.append(vault.unseal(one)) if one else None
        except vault.Unreadable:
            continue
    return found


def take(
    widget, *, once, door, at, visitor: Visitor | None = None, nps=None, csat=None, comment="",
    name="", email="", version: FormVersion | None = None, answers=None, held=False,
):  # fmt: skip
    """Keep an answer, once for each page that was shown; gives it. What was written becomes a request, but
    of one that is `held` only when somebody has let it in.

    `visitor` is one that was vouched for; others are anonymous, and `name` and `email` what they wrote.
    `answers` are those to the questions of a form's `version`.
    """
    channel = widget.channel
    comment = clean(comment)[:4_000]
    body = "\n\n".join(part for part in (comment, _written_out(version, answers)) if part)
    said = _incoming(body, once, visitor, name, email, nps, csat) if body else None
    known = SurveyAnswer.objects.filter(channel=channel, once=once).first()
    if known:
        return known
    try:
        with transaction.atomic():
            account = intake.account_of(said or _who(visitor)) if visitor else None
            answer = SurveyAnswer.objects.create(
                channel=channel,
                once=once,
                at=at,
                door=door,
                nps=nps,
                csat=csat,
                comment=body[:4_000],
                signed=visitor is not None,
                person=visitor.user if visitor else "",
                email=(visitor.email if visitor else email)[:254],
                account=account,
                company=visitor.account if visitor and account is None else "",
                held_at=at if held else None,
                held=_held(name, body, version, answers) if held else {},
            )
            if said and not held:
                _ask(answer, said, version, answers, at)
            return answer
    except IntegrityError:
        known = SurveyAnswer.objects.filter(channel=channel, once=once).first()
        if known is None:
            raise
        return known  # the same page was sent twice at once


def _ask(answer, said, version, answers, at):
    """Make what was written a request."""
    request, new = intake.take(said, channel=answer.channel, at=at)
    if new and version:
        RequestAnswers.objects.create(request=request, version=version, values=answers or {})
    SurveyAnswer.objects.filter(pk=answer.pk).update(request=request)
    answer.request = request


def _held(name, body, version, answers):
    version_id = version.pk if version else None
    return {"name": name, "body": body, "version": version_id, "answers": answers or {}}


@transaction.atomic
def let_in(channel, ids, *, by, at):
    """Let held answers in: they count, and what was written becomes requests of the time it was sent."""
    rows = _of_those_held(channel, ids).select_related("channel__owner", "channel__team", "channel__area")
    versions = FormVersion.objects.in_bulk({row.held.get("version") for row in rows} - {None})
    for row in rows:
        name, body = row.held.get("name", ""), row.held.get("body", "")
        version, answers = versions.get(row.held.get("version")), row.held.get("answers")
        row.held_at, row.held = None, {}
        row.save(update_fields=["held_at", "held"])
        if body:
            said = _incoming(body, row.once, None, name, row.email, row.nps, row.csat)
            _ask(row, replace(said, sent_at=row.at), version, answers, at)
    if rows:
        activity.record("channel.answers_let_in", on=channel, by=by, at=at, data={"count": len(rows)})
    return len(rows)


@transaction.atomic
def throw_out(channel, ids, *, by, at):
    """Delete held answers that are no customer's."""
    gone = [row.pk for row in _of_those_held(channel, ids)]
    SurveyAnswer.objects.filter(pk__in=gone).delete()
    if gone:
        activity.record("channel.answers_thrown_out", on=channel, by=by, at=at, data={"count": len(gone)})
    return len(gone)


def _of_those_held(channel, ids):
    """Those of `ids` that are held, locked, `AT_ONCE` of them; None means all."""
    held = SurveyAnswer.objects.held().filter(channel=channel).select_for_update(of=("self",)).order_by("pk")
    return (held if ids is None else held.filter(pk__in=ids))[:AT_ONCE]


def _written_out(version, answers):
    if not version:
        return ""
    said = ((one, questions.in_words(one, (answers or {}).get(one.key))) for one in version.questions)
    return "\n".join(f"{one.said(outside=True)}: {words}" for one, words in said if words)


def _who(visitor):
    return Incoming(
        title="",
        author_email=visitor.email,
        account_id=visitor.account,
        account_domain=visitor.account if "." in visitor.account else "",
        account_name=visitor.account,
    )


def _incoming(body, once, visitor, name, email, nps, csat):
    scores = {"NPS": nps, "CSAT": csat}
    more = {label: str(score) for label, score in scores.items() if score is not None}
    if visitor is None:
        # What an unsigned visitor says of themselves makes nobody of ours the author
        return Incoming(
            title="",
            body=body,
            external_id=f"answer:{once}",
            author_name=name or email or A_VISITOR,
            more=more,
        )
    who = _who(visitor)
    return Incoming(
        title="",
        body=body,
        external_id=f"answer:{once}",
        author_name=name or visitor.user or A_VISITOR * (not visitor.email),
        author_email=visitor.email,
        account_id=who.account_id,
        account_domain=who.account_domain,
        account_name=who.account_name,
        more=more,
    )
