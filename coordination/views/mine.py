from django.views.decorators.http import require_GET

from coordination import queries
from coordination.filters import MineFilter
from coordination.models import Request
from prodops.access import Can, access
from prodops.http import paginate, render_page


@access(Can.REQUEST_SUBMIT)
@require_GET
def my_requests(request):
    """What the person and their team asked for, and where they added an account."""
    mine = Request.objects.mine(request.user).with_news_for(request.user).with_root_known_to(request.user)
    found = MineFilter(request.GET, mine.for_list().order_by("-changed_at", "-pk"), user=request.user)
    page = paginate(request, found.qs)
    context = {"found": found, "page": page, "becoming": queries.becoming_of(page.rows)}
    return render_page(request, "coordination/my_requests.html", context, partial="rows")
