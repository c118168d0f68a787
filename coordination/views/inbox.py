"""The triage inbox: a list on the left, one request on the right."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from coordination import queries
from coordination.filters import TriageFilter
from coordination.models import Request
from prodops.access import Can, access
from prodops.http import next_url, paginate, render_block, render_page, wants_partial

PAGE = "coordination/triage.html"
KEYS = [
    *(("j", "Next request"), ("k", "Previous request"), ("Enter", "Open the request's page"), ("x", "Tick")),
    *(
        ("1", "Accept"),
        ("2", "Merge"),
        ("m", "Merge into the likest"),
        ("3", "Decline"),
        ("h", "Put off"),
        ("a", "Assign"),
    ),
]


@access(Can.REQUEST_TRIAGE)
@require_GET
def triage(request):
    """The first waiting request stands open beside the list; a phone shows the list alone."""
    return render_page(request, PAGE, inbox(request), partial="inbox")


@access(Can.REQUEST_TRIAGE)
@require_GET
def triage_item(request, pk):
    item = get_object_or_404(_readable(request), pk=pk)
    return render_page(request, PAGE, inbox(request, item=item), partial="detail")


def _readable(request):
    return Request.objects.visible_to(request.user).with_rights_of(request.user).for_list()


def inbox(request, *, item=None):
    """What the inbox shows: the page of the list, and `item` or else the list's first."""
    found = TriageFilter(request.GET, _readable(request), user=request.user, at=timezone.now())
    page = paginate(request, found.qs, 40)
    page.path = reverse("coordination:triage")  # filters and pages lead to the list, whatever is open
    opened = item is not None
    item = item or (page.rows[0] if page.rows else None)
    query = request.GET.urlencode()
    return {
        "found": found,
        "page": page,
        "impacts": queries.impact_of(page.rows),
        "item": item,
        "opened": opened,
        "shown": queries.request_page(item, user=request.user) if item else None,
        "query": f"?{query}" if query else "",
        "decline_reasons": queries.decline_reasons(),
        "page_keys": KEYS,
        "toast": None,
    }


def answer(request, item, words, *, undo="", ids=(), level="success"):
    """After a verb: in the inbox (htmx) the next request and a toast with `undo` (the URL that takes it
    back, for `ids` where there are several); elsewhere a message on the page that one came from."""
    if not wants_partial(request):
        getattr(messages, level)(request, words)
        return redirect(
            next_url(request, item.get_absolute_url() if item else reverse("coordination:triage"))
        )
    context = inbox(request) | {"toast": {"words": words, "undo": undo, "ids": ids, "level": level}}
    response = render_block(request, PAGE, "inbox", context)
    response["HX-Push-Url"] = reverse("coordination:triage") + context["query"]
    return response
