"""Where the links in our invitations lead: pages for people without an account, mostly on a phone.

Following a link changes nothing, since mail programs follow links by themselves; what changes is sent.
"""

from functools import wraps

from django.conf import settings
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import access
from prodops.http import render_page
from research.models import Recruit, RecruitState
from research.queries import consent
from research.queries import recruiting as reads
from research.queries.scheduling import zone_named
from research.services import answering, recruits

_UNSENT = (RecruitState.PICKED, RecruitState.WITHHELD)  # nobody has their links


def _found(view):
    """Give the view the recruit of its `token`; a link that is none of ours gets a page that says so."""

    @wraps(view)
    def found(request, token):
        rows = Recruit.objects.by_token(token).exclude(state__in=_UNSENT)
        rows = rows.filter(study__recruiting__isnull=False)
        recruit = rows.select_related("study__recruiting", "participant__account").first()
        if recruit is None:
            response = render_page(request, "research/invited_unknown.html", status=404)
        else:
            response = view(request, recruit)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return found


def _page(request, recruit, *, status=200):
    shut = "" if recruit.state == RecruitState.BOOKED else reads.shut(recruit, at=timezone.now())
    context = {
        "recruit": recruit,
        "recruiting": recruit.study.recruiting,
        "company": settings.COMPANY_NAME,
        "shut": shut if recruit.state in (RecruitState.INVITED, RecruitState.SCREENED) else "",
        "signed": consent.has_signed(recruit.study, recruit.participant),
        "asks": bool(reads.questions(recruit.study_id)) if recruit.state == RecruitState.INVITED else False,
    }
    late = context["shut"] and recruit.expired(timezone.now())
    return render_page(request, "research/invited.html", context, status=410 if late else status)


@access(None)
@never_cache
@require_GET
@_found
def invited(request, recruit):
    """The invitation, or what became of it."""
    return _page(request, recruit)


@access(None)
@never_cache
@require_http_methods(["GET", "POST"])
@_found
def screener(request, recruit):
    """The questions; without any, the way on. Answered twice, or too late, it says so and changes nothing."""
    if recruit.state != RecruitState.INVITED or reads.shut(recruit, at=timezone.now()):
        return _page(request, recruit)
    questions, faults, sent = reads.questions(recruit.study_id), {}, {}
    if request.method == "POST":
        sent = {one.key: request.POST.getlist(f"q{one.key}") for one in questions}
        try:
            faults = answering.answer(recruit, sent, at=timezone.now()).faults
        except (answering.Closed, recruits.NotPossible):
            recruit.refresh_from_db()
            return _page(request, recruit)
        if not faults:
            return _onward(recruit)
    context = {
        "recruit": recruit,
        "recruiting": recruit.study.recruiting,
        "questions": questions,
        "faults": faults,
        "sent": sent,
    }
    return render_page(request, "research/screener.html", context, status=422 if faults else 200)


@access(None)
@never_cache
@require_GET
@_found
def onward(request, recruit):
    """The next thing they have to do."""
    return _onward(recruit)


def _onward(recruit):
    """To what has to be signed, else to the times; who may not book sees where they are."""
    if not recruit.may_book:
        return redirect("research:invited", recruit.token)
    booked = recruit.state == RecruitState.BOOKED  # what is left to sign never keeps them from their time
    unsigned = not booked and consent.missing(recruit.study, recruit.participant, timezone.now())
    return redirect("research:consent_sign" if unsigned else "research:book", recruit.token)


@access(None)
@never_cache
@require_POST
@_found
def invitation_decline(request, recruit):
    """Not this time. Pressed twice it is said once."""
    try:
        answering.decline(recruit, at=timezone.now())
    except recruits.NotPossible:
        recruit.refresh_from_db()
        return _page(request, recruit)
    return redirect("research:invited", recruit.token)


@access(None)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
@_found
def opt_out(request, recruit):
    """No more such mail. The unsubscribe button of mail programs sends here too, without a form's token.

    Whoever has booked is asked whether they still come; the button of a mail program says that they do not.
    """
    done, now = request.method == "POST", timezone.now()
    before = list(answering.booked_by([recruit.participant_id], at=now))
    keep = "keep" in request.POST
    if done:
        answering.opt_out(recruit, at=now, keep=keep)
        recruit.refresh_from_db()
    context = {
        "recruit": recruit,
        "done": done,
        "bookings": [(one, one.starts_at.astimezone(zone_named(one.zone))) for one in before],
        "keep": keep,
    }
    return render_page(request, "research/opt_out.html", context)
