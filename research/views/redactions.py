"""Taking personal data out of a study: looking through what is suggested, deciding, confirming."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from prodops.access import Can, access
from prodops.http import redirect_to, render_page, wants_partial
from research.models import Accessed, Choice, Insight, Redaction, Session, Study
from research.queries import redactions as reading
from research.services import access_log, redactions

CHOICES = {"", *Choice.values}


def _scope(request, slug):
    """(the study, its session that is looked at or None): `?session=12` narrows to one."""
    wanted = request.POST.get("session") or request.GET.get("session") or ""
    if not wanted:
        return get_object_or_404(Study.objects.editable_by(request.user).for_list(), slug=slug), None
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 18):
        raise Http404("There is no such session in this study.")
    held = Session.objects.editable_by(request.user).for_list()
    session = get_object_or_404(held, study__slug=slug, pk=int(wanted))
    return session.study, session


def _url(study, session):
    url = reverse("research:redaction", args=[study.slug])
    return f"{url}?session={session.pk}" if session else url


@access(Can.RESEARCH_EDIT)
@require_GET
def redaction(request, slug):
    """What looks like personal data, to accept or reject; what confirming would change."""
    study, session = _scope(request, slug)
    return _page(request, study, session)


def _page(request, study, session, *, words="", error="", status=200):
    if session:
        access_log.sessions(request.user, Accessed.READ, [session], at=timezone.now())
    else:
        access_log.study(request.user, Accessed.READ, study, at=timezone.now())
    found = reading.scan(study, session)
    undecided = [one for one in found if not one.choice]
    shown = [*undecided, *(one for one in found if one.choice == Choice.REMOVE)][: reading.MOST]
    place = {one.key: n for n, one in enumerate(found)}
    context = {
        "study": study,
        "session": session,
        "rows": sorted(shown, key=lambda one: place[one.key]),
        "undecided": len(undecided),
        "kept": sum(one.choice == Choice.KEEP for one in found),
        "kinds": reading.by_kind(found),
        "effect": reading.effect(found, request.user),
        "past": Redaction.objects.filter(study=study).select_related("by")[:10],
        "labels": reading.LABELS,
        "words": words,
        "error": error,
    }
    return render_page(request, "research/redaction.html", context, partial="work", status=status)


def _answer(request, study, session):
    if wants_partial(request):
        return _page(request, study, session)
    return redirect(_url(study, session))


def _cues(spans):
    """The ids of the turns in which spans (cue:start:end) lie."""
    ids = {span.partition(":")[0] for span in spans}
    return [int(one) for one in ids if one.isascii() and one.isdecimal() and len(one) < 18]


@access(Can.RESEARCH_EDIT)
@require_POST
def redaction_choose(request, slug):
    """Decide on spans (`span` as cue:start:end) or on all open ones of a `kind`; no choice takes it back."""
    study, session = _scope(request, slug)
    choice = request.POST.get("choice", "")
    spans, kind = set(request.POST.getlist("span")), request.POST.get("kind", "")
    if choice in CHOICES and (spans or kind):
        found = reading.scan(study, session, None if kind else _cues(spans))
        of_kind = [
            one for one in found if kind and one.kind == kind and one.choice == ("" if choice else "remove")
        ]
        wanted = of_kind or [one for one in found if one.key in spans]
        redactions.decide(study, wanted, choice, by=request.user, at=timezone.now())
    return _answer(request, study, session)


@access(Can.RESEARCH_EDIT)
@require_POST
def redaction_words(request, slug):
    """Choose words that nothing suggested, wherever they stand."""
    study, session = _scope(request, slug)
    words = request.POST.get("words", "")[:200].replace("\0", "")
    try:
        at = timezone.now()
        number = redactions.decide_words(study, words, session=session, by=request.user, at=at)
    except redactions.Refused as error:
        return _page(request, study, session, words=words, error=str(error), status=422)
    messages.success(request, f"Chosen at {number} {'place' if number == 1 else 'places'}. Confirm below.")
    return _answer(request, study, session)


@access(Can.RESEARCH_EDIT)
@require_POST
def redaction_confirm(request, slug):
    """Remove what was chosen, for good."""
    study, session = _scope(request, slug)
    try:
        done = redactions.confirm(study, session=session, by=request.user, at=timezone.now())
    except (redactions.NothingChosen, redactions.Refused) as error:
        messages.info(request, str(error))
        return redirect_to(request, _url(study, session))
    return redirect_to(request, reverse("research:redaction_done", args=[study.slug, done.pk]))


@access(Can.RESEARCH_READ)
@require_GET
def redaction_done(request, slug, pk):
    """What a redaction changed: how much of what, and the insights whose quotes it touched."""
    study = get_object_or_404(Study.objects.visible_to(request.user).for_list(), slug=slug)
    done = get_object_or_404(Redaction.objects.select_related("by"), study=study, pk=pk)
    insights = Insight.objects.visible_to(request.user).filter(pk__in=done.insight_ids).for_list()
    context = {
        "study": study,
        "done": done,
        "insights": insights.order_by("title", "pk"),
        "labels": reading.LABELS,
    }
    return render_page(request, "research/redaction_done.html", context)
