"""What asks for much the same, as one types and beside a request, and what research knows of it."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from coordination import queries
from coordination.matching import enough
from coordination.models import Request, State
from prodops.access import Can, access
from prodops.disclosure import disclosed
from prodops.http import render_page
from research.queries.known import NOTHING
from research.queries.known import known as research_known

PAGE = "coordination/request_similar.html"
KNOWN = 2  # insights, and as many quotes


@access(Can.REQUEST_SUBMIT)
@require_POST
def similar(request):
    """What others ask for already, for the words typed so far."""
    title, problem = request.POST.get("title", "")[:400], request.POST.get("problem", "")[:4_000]
    found = queries.suggestions(title, problem, user=request.user)
    context = {"found": found, "known": _known(request, title, problem), "join": True, "merge": None}
    return render_page(request, PAGE, context, partial="list")


@access(Can.REQUEST_SUBMIT)
@require_GET
def request_similar(request, pk):
    """The same of a request that is there: loaded after its page, since it takes a search.

    Who may decide the request merges it from here; in the inbox (`inbox=1`) the next one opens then.
    """
    readable = Request.objects.visible_to(request.user).with_rights_of(request.user)
    item = get_object_or_404(readable, pk=pk)
    found = queries.suggestions(
        item.title, item.problem, user=request.user, apart_from=item.root_id or item.pk
    )
    query = request.GET.copy()
    inside = bool(query.pop("inbox", None))
    context = {
        "found": found,
        "known": _known(request, item.title, item.problem),
        "join": False,
        "merge": item if item.may_decide and item.state != State.MERGED else None,
        "inbox": inside,
        "query": f"?{query.urlencode()}" if inside and query else "",
    }
    return render_page(request, PAGE, context, partial="list")


def _known(request, title, problem):
    """What research knows, as far as the person may read it; that they were shown it is written down."""
    if not enough(title, problem):
        return NOTHING
    known = research_known(f"{title}. {problem}"[:400], user=request.user, limit=KNOWN)
    disclosed(request.user, "found", known.restricted, at=timezone.now())
    return known
