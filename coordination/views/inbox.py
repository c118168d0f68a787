"""The triage inbox: a list on the left, one request on the right."""

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from coordination import queries
from coordination.filters import TriageFilter
from coordination.models import Request
from coordination.services import claims
from prodops import memory
from prodops.access import Can, access
from prodops.clock import company_day
from prodops.http import next_url, paginate, render_block, render_page, wants_partial

PAGE = "coordination/triage.html"
KEYS = [
    *(
        ("j", "Next request"),
        ("k", "Previous request"),
        ("Enter", "Open the request's page"),
        ("x", "Tick; the verbs then act on all that is ticked"),
    ),
    *(
        ("1", "Accept"),
        ("2", "Merge"),
        ("m", "Merge into the likest"),
        ("3", "Decline"),
        ("h", "Put off"),
        ("a", "Assign"),
        ("l", "Link"),
        ("z", "Undo"),
        ("?", "These keys"),
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
    item = get_object_or_404(readable(request, timezone.now()), pk=pk)
    return render_page(request, PAGE, inbox(request, item=item), partial="detail")


@access(Can.REQUEST_TRIAGE)
@require_POST
def triage_take(request, pk):
    """Take over a request that somebody else has open."""
    now = timezone.now()
    item = get_object_or_404(Request.objects.triageable_by(request.user), pk=pk)
    claims.claim(item, by=request.user, at=now, over=True)
    if not wants_partial(request):
        return redirect(f"{item.get_triage_url()}?{request.GET.urlencode()}")
    item = get_object_or_404(readable(request, now), pk=pk)
    return render_block(request, PAGE, "detail", inbox(request, item=item))


@access(Can.REQUEST_TRIAGE)
@require_POST
def triage_keep(request, pk):
    """What an open page asks each minute while its reader is there: they are still on the request, or
    somebody else took it over or decided it."""
    now = timezone.now()
    item = get_object_or_404(readable(request, now), pk=pk)
    _be_on(item, request.user, now)
    query = request.GET.urlencode()
    context = {"item": item, "now": now, "query": f"?{query}" if query else "", "kept": True}
    return render_block(request, PAGE, "on_it", context)


def readable(request, at):
    """Requests that the person reads, with what the inbox shows of each."""
    shown = Request.objects.visible_to(request.user).with_rights_of(request.user).for_list()
    return shown.with_claims_of_others(request.user, at).with_clocks().with_answers()


def _rows(requests, user, at):
    """What the inbox's list shows of each."""
    shown = requests.for_rows("assignee__name").select_related("assignee")
    return shown.with_rights_of(user).with_claims_of_others(user, at)


def _duty(at):
    """(who looks after the inbox this week, for whom), or None."""

    def read():
        duty = queries.on_duty(company_day(at))
        return duty and (duty.user.name, duty.instead_of.name if duty.instead_of else "")

    return memory.remembered(f"inbox-duty:{company_day(at)}", read)


def _be_on(item, user, at):
    """Say that the person is on it, if they may decide it. False if somebody was quicker: it says who."""
    if item.claimed_by_name or not (item.undecided and item.may_decide):
        return True
    if claims.claim(item, by=user, at=at):
        return True
    item.claimed_by_name = claims.who_is_on(item)
    return False


def inbox(request, *, item=None):
    """What the inbox shows: the page of the list, and `item` or else the first that nobody else is on.

    Whoever sees it open and may decide it is on it from now on.
    """
    now = timezone.now()
    visible = Request.objects.visible_to(request.user)
    found = TriageFilter(request.GET, visible, user=request.user, at=now)
    page = paginate(request, found.qs, 40, dress=lambda rows: _rows(rows, request.user, now))
    page.path = reverse("coordination:triage")  # filters and pages lead to the list, whatever is open
    page.saved_as = "coordination:triage"
    opened = item is not None
    if opened:
        _be_on(item, request.user, now)
    else:
        free = (one for one in page.rows if not one.claimed_by_name)
        first = next(
            (one for one in free if _be_on(one, request.user, now)), page.rows[0] if page.rows else None
        )
        item = readable(request, now).filter(pk=first.pk).first() if first else None
    prefetch_related_objects([item] if item else [], "tags")
    impacts = queries.impact_of({one.pk: one for one in (*page.rows, item) if one}.values())
    query = request.GET.urlencode()
    return {
        "found": found,
        "page": page,
        "duty": _duty(now),
        "impacts": impacts,
        "item": item,
        "opened": opened,
        "shown": queries.request_page(item, user=request.user, impact=impacts[item.pk]) if item else None,
        "query": f"?{query}" if query else "",
        "decline_reasons": queries.decline_reasons(),
        "page_keys": KEYS,
        "now": now,
        "kept": False,
        "toast": None,
    }


def answer(request, item, words, *, undo="", ids=(), level="success", failures=()):
    """After a verb: in the inbox (htmx) the next request and a toast with `undo` (the URL that takes it
    back, for `ids` where there are several) and `failures`, a line for each; elsewhere a message on the
    page that one came from."""
    if not wants_partial(request):
        getattr(messages, level)(request, " ".join([words, *failures]))
        return redirect(
            next_url(request, item.get_absolute_url() if item else reverse("coordination:triage"))
        )
    context = inbox(request) | {
        "toast": {"words": words, "undo": undo, "ids": ids, "level": level, "failures": failures}
    }
    response = render_block(request, PAGE, "inbox", context)
    response["HX-Push-Url"] = reverse("coordination:triage") + context["query"]
    return response
