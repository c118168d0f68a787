"""Linking a request to an insight, a document or an address elsewhere."""

from django.db import transaction

from coordination.models import RequestLink
from prodops import activity


@transaction.atomic
def add(request, *, by, at, insight=None, document=None, url="", label=""):
    """Link it to the one thing given; once. Returns (link, whether it is new)."""
    link, new = RequestLink.objects.get_or_create(
        request=request,
        insight=insight,
        document=document,
        url=url,
        defaults={"label": label, "linked_by": by, "linked_at": at},
    )
    if new:
        title = str(insight or document or label or url)[:200]
        activity.record("request.linked", on=request, by=by, at=at, data={"title": title})
    return link, new


@transaction.atomic
def remove(link, *, by, at):
    """Take a link back; what it led to stays."""
    title = str(link.insight or link.document or link.label or link.url)[:200]
    activity.record("request.unlinked", on=link.request, by=by, at=at, data={"title": title})
    link.delete()
