"""Inviting people, and changing what they may do."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access
from prodops.forms import InvitationForm, RoleForm
from prodops.http import paginate, render_page
from prodops.models import Invitation, Role, User
from prodops.services import invitations
from prodops.services import people as standing


@access(Can.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def invitation_list(request):
    now = timezone.now()
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            invitations.invite(data["email"], role=data["role"], team=data["team"], by=request.user, at=now)
        except (invitations.AlreadyHere, invitations.NotSent) as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, f"{data['email']} is invited, for a fortnight.")
            return redirect("invitation_list")
    waiting = Invitation.objects.open(now).select_related("team", "invited_by")
    context = {"form": form, "page": paginate(request, waiting)}
    return render_page(request, "prodops/invitations.html", context, status=422 if form.errors else 200)


@access(Can.PEOPLE_MANAGE)
@require_POST
def invitation_revoke(request, pk):
    invitation = get_object_or_404(Invitation, pk=pk)
    invitations.revoke(invitation, by=request.user, at=timezone.now())
    messages.success(request, f"The invitation of {invitation.email} no longer works.")
    return redirect("invitation_list")


@access(None)
@require_GET
def invitation_accept(request, token):
    """The link in the mail: on to sign-up with the invited address, which the link proves."""
    invitation = invitations.find(token, at=timezone.now())
    if invitation is None:
        return render_page(request, "prodops/invitation_gone.html", status=410)
    request.session["invitation"] = token
    get_adapter().stash_verified_email(request, invitation.email)
    return redirect("account_signup")


@access(Can.PEOPLE_MANAGE)
@require_POST
def person_role(request, pk):
    person = get_object_or_404(User.objects.active(), pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles.")
        return redirect(person)
    role = Role(form.cleaned_data["role"])
    change = lambda: standing.set_role(person, role, by=request.user, at=timezone.now())  # noqa: E731
    return _change(request, person, change, f"{person}'s role is now: {role.label}.")


@access(Can.PEOPLE_MANAGE)
@require_POST
def person_close(request, pk):
    person = get_object_or_404(User.objects.active(), pk=pk)
    close = lambda: standing.close(person, by=request.user, at=timezone.now())  # noqa: E731
    return _change(request, person, close, f"{person} can no longer sign in. What they wrote stays.")


@access(Can.PEOPLE_MANAGE)
@require_POST
def person_reopen(request, pk):
    person = get_object_or_404(User, pk=pk)
    reopen = lambda: standing.reopen(person, by=request.user, at=timezone.now())  # noqa: E731
    return _change(request, person, reopen, f"{person} can sign in again.")


def _change(request, person, verb, words):
    try:
        verb()
    except standing.NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("person_detail", person.pk)
