from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from prodops import access as rules
from prodops.access import Can, access
from prodops.forms import PreferencesForm
from prodops.http import paginate, render_page
from prodops.models import Role, SentMail, Team, User


@access(Can.PEOPLE_READ)
@require_GET
def people(request):
    everyone = User.objects.active().order_by("name", "pk").for_list()
    teams = Team.objects.visible_to(request.user)
    context = {"page": paginate(request, everyone), "teams": teams}
    return render_page(request, "prodops/people.html", context)


@access(Can.PEOPLE_READ)
@require_GET
def person_detail(request, pk):
    person = get_object_or_404(User.objects.active(), pk=pk)
    memberships = person.memberships.select_related("team")
    return render_page(request, "prodops/person.html", {"person": person, "memberships": memberships})


@access(Can.PEOPLE_READ)
@require_GET
def team_detail(request, slug):
    team = get_object_or_404(Team.objects.visible_to(request.user), slug=slug)
    memberships = team.memberships.select_related("user").order_by("user__name")
    return render_page(request, "prodops/team.html", {"team": team, "memberships": memberships})


@access(Can.USE_WORKSPACE)
@require_http_methods(["GET", "POST"])
def preferences(request):
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your preferences are saved.")
        return redirect("preferences")
    return render_page(request, "prodops/preferences.html", {"form": form})


@access(Can.USE_WORKSPACE)
@require_GET
def roles(request):
    return render_page(request, "prodops/roles.html", {"matrix": rules.MATRIX, "roles": Role})


@access(Can.USE_WORKSPACE)
@require_GET
def account_security(request):
    return render_page(request, "prodops/security.html")


@access(Can.OUTBOX_READ)
@require_GET
def outbox(request):
    return render_page(
        request, "prodops/outbox.html", {"page": paginate(request, SentMail.objects.all(), 30)}
    )
