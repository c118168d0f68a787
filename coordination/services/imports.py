"""Bringing in requests by the thousand, with their past: each once, whatever is run twice."""

import uuid
from itertools import batched
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from coordination.formats import Draft, Refused
from coordination.formats.cells import in_words
from coordination.formats.incoming import BODY
from coordination.models import (
    DECIDED,
    FileImportRow,
    Request,
    RequestAnswers,
    State,
    Urgency,
    WakeOn,
)
from coordination.queries.candidates import forget_shape
from prodops import activity, search
from prodops.services import embedding, vocabulary

from . import import_voices, joining
from .import_book import Book, Sender
from .import_differences import differing_fields
from .intake import tags_named

__all__ = ["Outcome", "Sender", "bring_in", "settle"]
BATCH = 2_000  # rows that are written together: what is there stays when a later one fails
NO_REASON = "Declined before it came here."


class Outcome(NamedTuple):
    """What became of a batch of rows. `changed` were here already and read differently in the file: the
    request itself, or an account's part in it.

    `voices` is how many accounts were added to requests that were here before.
    """

    added: int
    here: int
    changed: list[tuple[Draft, list[str]]]
    refused: list[Refused]
    warned: list[Draft]
    voices: int = 0
    samples: tuple[Draft, ...] = ()


def bring_in(rows, *, source, sender, at, dry_run=False, load=None):
    """Write the drafts among `rows` that are not here; yields an `Outcome` a batch, each committed.

    Nobody is told: these were asked elsewhere. A request's text is never edited after it was sent, so one
    that is here stays as it came first; an account that it has not gets its voice. `load` keeps what came
    with it. Afterwards call `settle`.
    """
    book = Book()
    joins: dict[int, tuple] = {}
    for batch in batched(rows, BATCH, strict=False):
        yield _batch(batch, book, joins, source, sender, at, dry_run, load)
    joining.join_past(joins)


@transaction.atomic
def _batch(rows, book, joins, source, sender, at, dry_run, load):
    refused = [row for row in rows if isinstance(row, Refused)]
    said = [row for row in rows if isinstance(row, Draft)]
    unknown = [one for one in said if one.area and not one.again and not book.area(one.area)]
    refused += [Refused(one.line, f"there is no product area “{one.area[:80]}”.") for one in unknown]
    lost = {one.line for one in unknown}
    said = [_with_its_form(one, book) for one in said if one.line not in lost]
    here = _here(said, source)
    fresh = [one for one in said if not one.again and _found(one, here) is None]
    known = [(one, row) for one in said if not one.again and (row := _found(one, here)) is not None]
    about = (book, source, sender, at)
    differing = {
        one.line: (one, found)
        for one, row in known
        if (found := differing_fields(one, row, _wanted(one, *about)))
    }
    written = {} if dry_run else _write(fresh, book, joins, source, sender, at, load)
    added = [one for one in fresh if dry_run or one.line in written]
    voices, homeless, other = import_voices.add(
        said, _homes(said, here, fresh, written), book=book, sender=sender, at=at, load=load, dry_run=dry_run
    )
    for one, found in other:
        _, before = differing.get(one.line, (one, []))
        differing[one.line] = (one, before + found)
    return Outcome(
        added=len(added),
        here=len(known) + len(fresh) - len(added),
        changed=[differing[line] for line in sorted(differing)],
        refused=sorted(refused + homeless),
        warned=[one for one in added if one.warnings],
        voices=voices,
        samples=tuple(said[:20]),
    )


def _here(drafts, source):
    """{key or external id: request} of those that came before."""
    ids = {one.external_id for one in drafts if one.external_id}
    keys = {one.key for one in drafts if one.key}
    known = Q(source=source, external_id__in=ids)
    held = Request.objects.filter(known | Q(key__in=keys) if keys else known)
    if keys:
        held = held.select_related("merged_into", "answered__version__form")
    if any("tags" in one.given for one in drafts):
        held = held.prefetch_related("tags")
    found: dict[object, Request] = {}
    for row in held:
        found[row.key] = row
        if row.source == source and row.external_id:
            found[row.external_id] = row
    return found


def _found(draft, here):
    return here.get(draft.key) if draft.key else here.get(draft.external_id)


def _homes(said, here, fresh, written):
    """{line: (request, whether it is new)} of the rows that may add an account; request None in a dry run."""
    new: dict[object, tuple] = {}
    for one in fresh:
        new[one.key or one.external_id] = (written.get(one.line), True)
    homes = {}
    for one in said:
        name = one.key or one.external_id
        if name in new:
            homes[one.line] = new[name]
        elif row := _found(one, here):
            homes[one.line] = (row, False)
    return homes


def _wanted(draft, *about):
    """The request that the row would make, joined where it says so."""
    book, _, sender, _ = about
    wanted = _request(draft, *about)
    if draft.key and draft.joined_with and draft.state == State.MERGED:
        for name, value in (_joined(draft, book, sender) | _before(draft, book)).items():
            setattr(wanted, name, value)
    return wanted


def _with_its_form(draft, book):
    """The row with its answers in its text, where the form that they are to is not here."""
    if not draft.form or book.version(draft.form, draft.form_version):
        return draft
    said = "\n".join(f"{label}: {in_words(answer)}" for _, label, answer in draft.answers)
    body = f"{draft.problem}\n\n{said}".strip()[:BODY]
    why = f"there is no form “{draft.form[:60]}” of that version: its answers stand in the text now."
    return draft._replace(
        problem=body, answers=(), form="", form_version=None, warnings=(*draft.warnings, why)
    )


def _write(fresh, book, joins, source, sender, at, load):
    """{line: request} of those that were written; another import of the file may be quicker."""
    requests = {one.line: _request(one, book, source, sender, at) for one in fresh}
    Request.objects.bulk_create(requests.values(), ignore_conflicts=True)
    ids = dict(
        Request.objects.filter(key__in=[one.key for one in requests.values()]).values_list("key", "pk")
    )
    for one in requests.values():
        one.pk = ids.get(one.key)
    requests = {line: one for line, one in requests.items() if one.pk}
    if not requests:
        return {}
    drafts = {one.line: one for one in fresh if one.line in requests}
    put_tags([(requests[line], one.tags) for line, one in drafts.items() if one.tags])
    RequestAnswers.objects.bulk_create(
        RequestAnswers(
            request=requests[line],
            version=version,
            values={key: answer for key, _, answer in one.answers},
        )
        for line, one in drafts.items()
        if (version := book.version(one.form, one.form_version))
    )
    for line, one in drafts.items():
        if one.joined_with and one.state == State.MERGED:
            by = book.person(one.decided_by) or sender.by
            joins[requests[line].pk] = (one.joined_with, by, one.decided_at, _before(one, book))
    _record(requests.values(), sender, source, at)
    search.index_many(requests.values())
    if load is not None:
        FileImportRow.objects.bulk_create(
            FileImportRow(load=load, request=one, line=line) for line, one in requests.items()
        )
    return requests


def _record(requests, sender, source, at):
    data = {"channel": sender.channel.name} if sender.channel else {"source": source}
    sent = [(one, one.submitter if one.submitter_id else sender.by, one.submitted_at) for one in requests]
    activity.record_past("request.submitted", sent, at=at, data=data)
    for one in requests:
        if one.state in DECIDED:
            verb = "request.declined" if one.state == State.DECLINED else "request.accepted"
            decided = [(one, one.decided_by, one.decided_at)]
            activity.record_past(verb, decided, at=at, data={"reason": one.decision_reason})


def _request(draft, book, source, sender, at):
    sent = min(draft.submitted_at or at, at)
    asker = book.colleague(draft.author_email)
    account = book.account(draft.said) if draft.said else None
    named = draft.said.account if draft.said and not account else ""
    channel, source = _door(draft, book, source, sender)
    return Request(
        key=draft.key or uuid.uuid4(),
        source=source,
        external_id=draft.external_id,
        title=draft.title,
        problem=draft.problem,
        affected=draft.affected,
        workaround=draft.workaround,
        effect=draft.effect,
        evidence_url=draft.evidence_url,
        urgency=draft.urgency or Urgency.NORMAL,
        area=book.area(draft.area) if draft.area else _own(draft, "area", sender.area),
        type=book.type(draft.type) or _own(draft, "type", sender.type),
        language=draft.language,
        channel=channel,
        author_name="" if asker and not draft.key else draft.author_name,
        author_email="" if asker and not draft.key else draft.author_email,
        company=draft.company or named[:160],
        submitter=book.person(draft.submitter) or asker or sender.by,
        submitter_team=book.team(draft.team) or _own(draft, "team", sender.team),
        submitted_at=sent,
        **_handling(draft, book),
        **_decision(draft, book, sender, sent, at),
    )


def _own(draft, field, usual):
    """What a row has that says nothing: our own export's empty cell says that there is none."""
    return None if draft.key and field in draft.given else usual


def _door(draft, book, source, sender):
    """(channel, source) of the row. Ids of two channels that are not here stay apart."""
    if not draft.key or "channel" not in draft.given:
        return sender.channel, source
    if channel := book.channel(draft.channel):
        return channel, draft.source or channel.source
    if draft.channel:
        return sender.channel, f"{source}/{draft.channel}"[:40]
    taken = "source" in draft.given and not draft.source.startswith("channel:")
    return None, draft.source if taken and (draft.source or not draft.external_id) else source


def _handling(draft, book):
    """Whose matter it is, until when it is put off, and why it was asked again."""
    put_off = draft.state == State.NEW and draft.snoozed_until is not None
    again = bool(draft.revisited_at and draft.revisited_why)
    return {
        "team": book.team(draft.owner_team),
        "assignee": book.person(draft.assignee),
        "snoozed_until": draft.snoozed_until if put_off else None,
        "snoozed_for": draft.snoozed_for if put_off and draft.snoozed_for in WakeOn.values else "",
        "revisited_at": draft.revisited_at if again else None,
        "revisited_why": draft.revisited_why if again else "",
    }


def _decision(draft, book, sender, sent, at):
    """What was decided elsewhere; who, where nobody here is named, is whoever brings it in."""
    if draft.state not in DECIDED:
        return {"changed_at": sent}
    again = _declined(draft, book) if draft.state == State.DECLINED else {}
    decided_at = max(sent, min(draft.decided_at or sent, at))
    return {
        "state": draft.state,
        "decided_by": book.person(draft.decided_by) or sender.by,
        "decided_at": decided_at,
        "decision_reason": draft.reason or (NO_REASON if draft.state == State.DECLINED else ""),
        "changed_at": decided_at,
        **again,
    }


def _declined(draft, book):
    return {
        "decline_code": book.code(draft.decline_code),
        "revisit_on": draft.revisit_on,
        "revisit_accounts": draft.revisit_accounts,
        "revisit_arr": draft.revisit_arr,
    }


def _before(draft, book):
    """What a joined request keeps of the time before, for the day it is taken out again."""
    before = draft.state_before if draft.state_before in DECIDED else State.NEW
    return {"state_before_merge": before, "decision_reason": draft.reason, **_declined(draft, book)}


def _joined(draft, book, sender):
    """The fields that the join of a row sets."""
    by = book.person(draft.decided_by) or sender.by
    return {"state": State.MERGED, "decided_by": by, "decided_at": draft.decided_at}


def put_tags(pairs):
    """Put words on many requests at once: [(request, words)]."""
    tags = tags_named({word for _, words in pairs for word in words})
    through = Request.tags.through
    through.objects.bulk_create(
        [
            through(request_id=request.pk, requesttag_id=tags[word.casefold()].pk)
            for request, words in pairs
            for word in {word.casefold(): word for word in words}.values()
        ],
        ignore_conflicts=True,
    )


def settle(*, embed=False, progress=lambda left: None):
    """After a large import: the index's words, so that typos are repaired, and the planner's figures.

    With `embed` every missing vector is made here and now, else the `meaning` queue makes them.
    """
    vocabulary.refresh()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE coordination_request, prodops_searchentry, prodops_searchlexeme")
    forget_shape()
    done = 0
    while embed and (number := embedding.embed_batch()):
        done += number
        progress(done)
    return done
