"""Bringing in requests by the thousand, with their past: each once, whatever is run twice."""

import uuid
from itertools import batched
from typing import NamedTuple

from django.db import connection, transaction

from coordination.formats import Draft, Refused
from coordination.models import Request
from coordination.queries.candidates import forget_shape
from prodops import activity, search
from prodops.models import ProductArea
from prodops.services import embedding, vocabulary

BATCH = 2_000  # rows that are written together: what is there stays when a later one fails


class Sender(NamedTuple):
    """In whose name rows come in, and where they go that say nothing of it."""

    by: object
    team: object = None
    area: object = None


class Outcome(NamedTuple):
    """What became of a batch of rows. `changed` were here already, with another title or text."""

    added: int
    here: int
    changed: list[Draft]
    refused: list[Refused]
    warned: list[Draft]


def bring_in(rows, *, source, sender, at, dry_run=False):
    """Write the drafts among `rows` that are not here; yields an `Outcome` a batch, each committed.

    Nobody is told: these were asked elsewhere. A request's text is never edited after it was sent, so one
    that is here stays as it came first. Afterwards call `settle`.
    """
    areas = {area.name.casefold(): area for area in ProductArea.objects.select_related("owner", "team")}
    for batch in batched(rows, BATCH, strict=False):
        yield _batch(batch, areas, source, sender, at, dry_run)


@transaction.atomic
def _batch(rows, areas, source, sender, at, dry_run):
    refused = [row for row in rows if isinstance(row, Refused)]
    drafts = [row for row in rows if isinstance(row, Draft)]
    unknown = [one for one in drafts if one.area and one.area.casefold() not in areas]
    refused += [Refused(one.line, f"there is no product area “{one.area[:80]}”.") for one in unknown]
    lost = {one.line for one in unknown}
    drafts = [one for one in drafts if one.line not in lost]
    here = _here(drafts, source)
    fresh = [one for one in drafts if one.external_id not in here]
    changed = [
        one for one in drafts if one.external_id in here and here[one.external_id] != (one.title, one.problem)
    ]
    if fresh and not dry_run:
        requests = [_request(one, areas, source, sender, at) for one in fresh]
        # Another import of the same file may be under way: what it wrote first stays
        Request.objects.bulk_create(requests, ignore_conflicts=True)
        requests = _written(requests)
        activity.record_past(
            "request.submitted",
            [(one, sender.by, one.submitted_at) for one in requests],
            at=at,
            data={"source": source},
        )
        search.index_many(requests)
        added = {request.external_id for request in requests}
        fresh = [one for one in fresh if one.external_id in added]
    return Outcome(
        added=len(fresh),
        here=len(drafts) - len(fresh),
        changed=changed,
        refused=sorted(refused),
        warned=[one for one in fresh if one.warnings],
    )


def _here(drafts, source):
    """{external id: (title, problem)} of those that came before."""
    ids = [one.external_id for one in drafts]
    held = Request.objects.filter(source=source, external_id__in=ids)
    return {
        pk: (title, problem) for pk, title, problem in held.values_list("external_id", "title", "problem")
    }


def _request(draft, areas, source, sender, at):
    sent = min(draft.submitted_at or at, at)
    return Request(
        key=uuid.uuid4(),
        source=source,
        external_id=draft.external_id,
        title=draft.title,
        problem=draft.problem,
        affected=draft.affected,
        workaround=draft.workaround,
        evidence_url=draft.evidence_url,
        area=areas[draft.area.casefold()] if draft.area else sender.area,
        submitter=sender.by,
        submitter_team=sender.team,
        submitted_at=sent,
        changed_at=sent,
    )


def _written(requests):
    """Those that were written just now, by their keys, with their ids."""
    ids = dict(Request.objects.filter(key__in=[one.key for one in requests]).values_list("key", "pk"))
    for one in requests:
        one.pk = ids.get(one.key)
    return [one for one in requests if one.pk]


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
