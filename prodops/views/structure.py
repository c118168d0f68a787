"""Changing teams, product areas and customer accounts."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from prodops.access import Can, access
from prodops.forms import AccountForm, AreaForm, MemberForm, TeamForm
from prodops.http import render_page
from prodops.models import CustomerAccount, ProductArea, Team, User
from prodops.services import structure


def _edit(request, form, save, *, title, cancel):
    """The page of a form, or what comes after saving it."""
    if request.method == "POST" and form.is_valid():
        try:
            saved = save(form)
        except structure.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{saved} is saved.")
            return redirect(saved)
    status = 422 if form.errors else 200
    context = {"form": form, "title": title, "cancel": cancel}
    return render_page(request, "prodops/edit.html", context, status=status)


@access(Can.STRUCTURE_EDIT)
@require_http_methods(["GET", "POST"])
def team_create(request):
    form = TeamForm(request.POST or None)
    now = timezone.now()
    return _edit(
        request,
        form,
        lambda form: structure.create_team(form.cleaned_data["name"], by=request.user, at=now),
        title="New team",
        cancel="people",
    )


@access(Can.STRUCTURE_EDIT)
@require_POST
def team_member_set(request, slug):
    team = get_object_or_404(Team.objects.visible_to(request.user), slug=slug)
    form = MemberForm(request.POST)
    if form.is_valid():
        person, level = form.cleaned_data["person"], form.cleaned_data["level"]
        structure.set_member(team, person, level, by=request.user, at=timezone.now())
        messages.success(request, f"{person} is in {team}.")
    else:
        messages.error(request, "Choose a person and what they may do in the team.")
    return redirect(team)


@access(Can.STRUCTURE_EDIT)
@require_POST
def team_member_remove(request, slug, pk):
    team = get_object_or_404(Team.objects.visible_to(request.user), slug=slug)
    person = get_object_or_404(User, pk=pk)
    structure.remove_member(team, person, by=request.user, at=timezone.now())
    messages.success(request, f"{person} is no longer in {team}.")
    return redirect(team)


@access(Can.STRUCTURE_EDIT)
@require_http_methods(["GET", "POST"])
def area_create(request):
    return _edit_area(request, ProductArea(), title="New product area")


@access(Can.STRUCTURE_EDIT)
@require_http_methods(["GET", "POST"])
def area_edit(request, slug):
    area = get_object_or_404(ProductArea.objects.visible_to(request.user), slug=slug)
    return _edit_area(request, area, title=f"Edit {area.name}")


def _edit_area(request, area, *, title):
    form = AreaForm(request.POST or None, instance=area)
    now = timezone.now()
    save = lambda form: structure.save_area(form.save(commit=False), by=request.user, at=now)  # noqa: E731
    return _edit(request, form, save, title=title, cancel="area_list")


@access(Can.ACCOUNT_EDIT)
@require_http_methods(["GET", "POST"])
def account_create(request):
    return _edit_account(request, CustomerAccount(), title="New account")


@access(Can.ACCOUNT_EDIT)
@require_http_methods(["GET", "POST"])
def account_edit(request, slug):
    account = get_object_or_404(CustomerAccount.objects.visible_to(request.user), slug=slug)
    return _edit_account(request, account, title=f"Edit {account.name}")


def _edit_account(request, account, *, title):
    form = AccountForm(request.POST or None, instance=account)
    now = timezone.now()
    save = lambda form: structure.save_account(form.save(commit=False), by=request.user, at=now)  # noqa: E731
    return _edit(request, form, save, title=title, cancel="account_list")
