"""Where somebody signs, on a phone and without an account, by the personal link of their invitation."""

from functools import wraps

from allauth.account.adapter import get_adapter
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from prodops.access import access
from prodops.http import render_page
from research.forms.consent import SigningForm, SureForm
from research.models import Recruit
from research.queries import consent as queries
from research.queries import scheduling as times
from research.services import consent, withdrawal


def _found(view):
    """Give the view the recruit of its `token`; a link that is none of ours gets a page that says so."""

    @wraps(view)
    def found(request, token):
        rows = Recruit.objects.by_token(token)
        recruit = rows.select_related("study", "participant__account").first()
        if recruit is None:
            response = render_page(request, "research/sign_unknown.html", status=404)
        else:
            response = view(request, recruit)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return found


def _onward(recruit):
    """To the choice of a time, for those who may book one; others go back to their invitation."""
    return redirect("research:onward", recruit.token)


@access(None)
@never_cache
@require_http_methods(["GET", "POST"])
@_found
def consent_sign(request, recruit):
    """Read what the study asks to be signed, and sign all of it by typing one's name."""
    study, now = recruit.study, timezone.now()
    texts = queries.missing(study, recruit.participant, now)
    if not texts:
        return _onward(recruit)
    form = SigningForm(request.POST or None)
    if request.method == "POST" and _as_shown(request, texts) and form.is_valid():
        granted = set(request.POST.getlist("granted"))
        ip = get_adapter(request).get_client_ip(request)
        name = form.cleaned_data["typed_name"]
        try:
            consent.sign(recruit.participant, study, texts, typed_name=name, granted=granted, ip=ip, at=now)
        except consent.Refused as error:
            form.add_error("typed_name", str(error))
        else:
            return _onward(recruit)
    changed = request.method == "POST" and not _as_shown(request, texts)
    context = {"recruit": recruit, "texts": texts, "form": form, "changed": changed}
    return render_page(
        request, "research/consent_sign.html", context, status=422 if form.errors or changed else 200
    )


def _as_shown(request, texts):
    """Whether what is signed is what stood on the page: a version may have been published meanwhile."""
    return sorted(request.POST.getlist("text")) == sorted(text.sha256 for text in texts)


@access(None)
@never_cache
@require_http_methods(["GET", "POST"])
@_found
def consent_withdraw(request, recruit):
    """Take one's consent for this study back: what was said is out of sight at once."""
    form = SureForm(request.POST if request.method == "POST" else None)
    signed = queries.said_for(recruit.study, recruit.participant)
    stands = [one for one in signed if one.withdrawn_at is None]
    booked = bool(times.open_booking(recruit))
    something = stands or booked or queries.anything_of(recruit.participant, recruit.study)
    done = called_off = False
    if request.method == "POST" and form.is_valid() and something:
        taken_back = withdrawal.withdraw(
            recruit.participant,
            recruit.study,
            because="By the link in their invitation",
            by=None,
            at=timezone.now(),
        )
        done, stands, called_off = True, [], bool(taken_back.counts["bookings"])
    context = {"recruit": recruit, "form": form, "stands": stands, "done": done}
    context |= {"booked": booked, "called_off": called_off, "nothing": not something}
    return render_page(request, "research/consent_withdraw.html", context, status=422 if form.errors else 200)
