from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from prodops import access as rules
from prodops.access import Can, access, allowed
from prodops.clock import company_day
from prodops.forms import AwayForm, MemberForm, PreferencesForm
from prodops.http import paginate, render_page
from prodops.models import Role, SentMail, Team, User
from prodops.services import people as standing


@access(Can.PEOPLE_READ)
@require_GET
def people(request):
    today = company_day(timezone.now())
    everyone = User.objects.active().with_away(today).order_by("name", "pk").for_list()
    teams = Team.objects.visible_to(request.user)
    context = {"page": paginate(request, everyone), "teams": teams}
    return render_page(request, "prodops/people.html", context)


@access(Can.PEOPLE_READ)
@require_GET
def person_detail(request, pk):
    # A closed account is still shown to those who can open it again
    known = User.objects.all() if allowed(request.user, Can.PEOPLE_MANAGE) else User.objects.active()
    person = get_object_or_404(known, pk=pk)
    context = {
        "person": person,
        "memberships": person.memberships.select_related("team"),
        "roles": Role,
        **_away(request, person),
    }
    return render_page(request, "prodops/person.html", context)


def _away(request, person):
    """The periods ahead, and the form for another where the reader may say so."""
    mine = person == request.user or request.user.runs_product_ops
    return {
        "away": list(person.away.not_over(company_day(timezone.now())).for_list()),
        "away_form": AwayForm() if mine and person.is_active else None,
    }


@access(Can.PEOPLE_READ)
@require_GET
def team_detail(request, slug):
    team = get_object_or_404(Team.objects.visible_to(request.user), slug=slug)
    memberships = team.memberships.filter(user__is_active=True).select_related("user").order_by("user__name")
    form = MemberForm() if allowed(request.user, Can.STRUCTURE_EDIT) else None
    context = {"team": team, "memberships": memberships, "form": form}
    return render_page(request, "prodops/team.html", context)


@access(Can.USE_WORKSPACE)
@require_http_methods(["GET", "POST"])
def preferences(request):
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        standing.edit_own(request.user, at=timezone.now(), **changed)
        messages.success(request, "Your preferences are saved.")
        return redirect("preferences")
    status = 422 if form.errors else 200
    context = {"form": form, "person": request.user, **_away(request, request.user)}
    return render_page(request, "prodops/preferences.html", context, status=status)


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
