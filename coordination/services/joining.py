"""Requests that were joined before they came here."""

from django.db import transaction

from coordination.models import Request, State

from . import impact


@transaction.atomic
def join_past(joins):
    """Join requests with the ones that a file names: {request id: (key of the other, by whom, when, what
    it was before)}; the last are the fields that a joined request keeps.

    One whose other is not here, or that would be joined with itself, keeps waiting for a decision.
    """
    if not joins:
        return
    there = Request.objects.filter(key__in={key for key, *_ in joins.values()}).values_list(
        "key", "pk", "root"
    )
    others = {key: (pk, root) for key, pk, root in there}
    into = {pk: others[key][0] for pk, (key, *_) in joins.items() if key in others}
    roots = {pk: root for pk, root in others.values() if root}
    new = Request.objects.filter(pk__in=into, state=State.NEW)
    touched = set()
    for request in new.only("pk", "submitted_at", "state"):
        root, (_, by, at, before) = _end(request.pk, into, roots), joins[request.pk]
        if root is None:
            continue
        Request.objects.filter(pk=request.pk, state=State.NEW).update(
            state=State.MERGED,
            merged_into=into[request.pk],
            root=root,
            decided_by=by,
            decided_at=max(at or request.submitted_at, request.submitted_at),
            **{"snoozed_until": None, "snoozed_for": "", "state_before_merge": State.NEW, **before},
        )
        touched |= {request.pk, root}
    impact.recount(*touched)


def _end(pk, into, roots):
    """Where the chain of joins ends, None if it comes back to itself."""
    seen = {pk}
    while pk in into:
        pk = into[pk]
        if pk in seen:
            return None
        seen.add(pk)
    return roots.get(pk, pk)
