from django.utils import timezone
from django.views.decorators.http import require_GET

from prodops import panels
from prodops.access import Can, access
from prodops.http import render_page


@access(Can.USE_WORKSPACE)
@require_GET
def home(request):
    context = {"panels": panels.render("home", request), "today": timezone.localdate()}
    return render_page(request, "prodops/home.html", context)
