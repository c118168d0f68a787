"""The list of words of ours that customers should not read."""

from django.db import transaction

from coordination.models import BlockedTerm
from prodops import activity


@transaction.atomic
def add(*, term, instead, by, at):
    """Put a word on the list; one that is there takes on what to say instead. Returns (term, is new)."""
    term = " ".join(term.split())
    there = BlockedTerm.objects.select_for_update().filter(term__iexact=term).first()
    if there:
        BlockedTerm.objects.filter(pk=there.pk).update(instead=instead)
        return there, False
    made = BlockedTerm.objects.create(term=term, instead=instead, added_by=by, added_at=at)
    activity.record("blockedterm.added", on=made, by=by, at=at)
    return made, True


@transaction.atomic
def remove(term, *, by, at):
    activity.record("blockedterm.removed", on=term, by=by, at=at)
    BlockedTerm.objects.filter(pk=term.pk).delete()
