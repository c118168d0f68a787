"""Remembering what a person has seen."""

from coordination.models import RequestLook


def look(request, *, by, at):
    """`by` has opened the request: what changed before `at` is no news to them."""
    RequestLook.objects.bulk_create(
        [RequestLook(request=request, user=by, at=at)],
        update_conflicts=True,
        unique_fields=["request", "user"],
        update_fields=["at"],
    )
