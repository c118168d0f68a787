"""Inviting people of the panel: choose, look at what it would do, send; and one recruit's page."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access, allowed
from prodops.http import paginate, render_page
from prodops.models import Segment
from research.filters import CandidateFilter
from research.forms.recruiting import BatchForm, ReasonForm
from research.models import Booking, InvitationBatch, Recruit
from research.models.policy import edits
from research.queries import panel, recruit_board, recruit_forecast
from research.queries import recruiting as reads
from research.services import answering, batches, inviting, recruits
from research.views.naming import name_of, recruit_name_of
from research.views.recruiting import editable, has_recruiting

_MOST = 6  # digits of an id that is taken from an address


def _ids(values):
    """The ids in what was sent; anything else is left out."""
    return {int(one) for one in values if one.isascii() and one.isdecimal() and len(one) < 10}


@access(Can.RESEARCH_EDIT)
@require_GET
def recruit_candidates(request, slug):
    """People of the panel who could be picked for the study, with whether they may be asked now."""
    study, now = editable(request, slug), timezone.now()
    if not has_recruiting(study):
        return redirect("research:recruiting_setup", slug)
    people = reads.candidates(request.user, study).for_list().order_by("name", "pk")
    found = CandidateFilter(request.GET, people)
    page = paginate(request, found.qs)
    context = {
        "study": study,
        "found": found,
        "page": page,
        "contacts": panel.contacts([one.pk for one in page.rows], at=now, study=study),
        "name_of": name_of(request.user),
        "segments": dict(Segment.choices),
        "places": recruit_board.places_of(study),
    }
    return render_page(request, "research/recruit_candidates.html", context, partial="rows")


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def recruit_check(request, slug):
    """What inviting `people` would do, before anything is sent; sent with the form on the page.

    With `suggest` (a number) instead of people: as many as that, spread by quota, account and who was asked
    least.
    """
    study, now = editable(request, slug), timezone.now()
    if not has_recruiting(study):
        return redirect("research:recruiting_setup", slug)
    sent = request.POST if request.method == "POST" else request.GET
    people = _ids(sent.getlist("people")[: batches.MOST + 1])
    suggest = sent.get("suggest", "")
    if not people and suggest.isascii() and suggest.isdecimal() and len(suggest) < _MOST:
        number = min(int(suggest), batches.MOST)
        people = set(recruit_forecast.suggested(request.user, study, number, at=now))
    recruiting = study.recruiting
    initial = {"subject": recruiting.public_title, "words": recruiting.words}
    form = BatchForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid() and _send(request, study, people, form, at=now):
        return redirect("research:recruiting_board", slug)
    context = {
        "study": study,
        "form": form,
        "forecast": recruit_forecast.forecast(request.user, study, people, at=now),
        "name_of": name_of(request.user),
        "segments": dict(Segment.choices),
        "may_override": allowed(request.user, Can.CONTACT_OVERRIDE),
        "why": request.POST.get("because", "")[:300],
    }
    return render_page(request, "research/recruit_check.html", context, status=422 if form.errors else 200)


def _send(request, study, people, form, *, at):
    """Make the batch; False, with the reason on the form, where nobody could be invited."""
    because = request.POST.get("because", "").replace("\0", "").strip()
    try:
        mine = reads.candidates(request.user, study).filter(pk__in=people).values_list("pk", flat=True)
        batch, number, left_out = batches.make(
            study,
            set(mine),
            subject=form.cleaned_data["subject"],
            words=form.cleaned_data["words"],
            send_at=form.cleaned_data["send_at"] or at - dt.timedelta(seconds=1),
            by=request.user,
            at=at,
            override=because if allowed(request.user, Can.CONTACT_OVERRIDE) else "",
        )
    except batches.Refused as error:
        form.add_error(None, str(error))
        return False
    left_out += len(people) - len(mine)
    words = f"{number} {'person is' if number == 1 else 'people are'} invited."
    if batch.send_at > at:
        words = f"{number} {'person' if number == 1 else 'people'} will be invited then."
    if left_out:
        words += f" {left_out} left out: they may not be asked now."
    messages.success(request, words)
    return True


@access(Can.RESEARCH_EDIT)
@require_POST
def batch_cancel(request, pk):
    """Take back a batch that has not gone out."""
    rows = InvitationBatch.objects.select_related("study")
    batch = get_object_or_404(rows, pk=pk)
    study = editable(request, batch.study.slug)
    try:
        batches.cancel(batch, by=request.user, at=timezone.now())
    except batches.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Taken back. Its people can be picked again.")
    return redirect("research:recruiting_board", study.slug)


@access(Can.RESEARCH_READ)
@require_GET
def recruit_detail(request, pk):
    """One person in the recruiting of a study: their answers, what they were sent, what is to do."""
    rows = Recruit.objects.visible_to(request.user).select_related(
        "study__recruiting", "participant__account", "session", "picked_by", "batch"
    )
    recruit = get_object_or_404(rows, pk=pk)
    now = timezone.now()
    [card] = recruit_board.cards_of(recruit.study, [recruit], at=now)
    context = {
        "recruit": recruit,
        "study": recruit.study,
        "card": card,
        "booking": recruit.bookings.order_by("-starts_at").first(),
        "contact": panel.contacts([recruit.participant_id], at=now)[recruit.participant_id],
        "invitations": recruit.invitations.order_by("at", "pk"),
        "name": recruit_name_of(request.user)(recruit),
        "may_edit": edits(request.user, recruit.study.team_id),
    }
    return render_page(request, "research/recruit_detail.html", context)


def _moved(request, pk, change, words):
    """Do `change(recruit, because)` for somebody who may; say `words`, or why it is not possible."""
    rows = Recruit.objects.editable_by(request.user).select_related("study__recruiting", "participant")
    recruit = get_object_or_404(rows, pk=pk)
    form = ReasonForm(request.POST)
    because = form.cleaned_data["because"] if form.is_valid() else ""
    try:
        change(recruit, because)
    except recruits.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("research:recruit_detail", pk)


@access(Can.RESEARCH_EDIT)
@require_POST
def recruit_admit(request, pk):
    """They fit: a mail lets them choose a time."""
    now = timezone.now()
    change = lambda recruit, _: answering.admit(recruit, by=request.user, at=now)  # noqa: E731
    return _moved(request, pk, change, "They may book, and are told by mail.")


@access(Can.RESEARCH_EDIT)
@require_POST
def recruit_turn_away(request, pk):
    """They do not fit, or the place goes to somebody else."""
    now = timezone.now()

    def change(recruit, because):
        answering.turn_away(recruit, because=because, by=request.user, at=now)

    return _moved(request, pk, change, "Noted. The place is free again.")


@access(Can.RESEARCH_EDIT)
@require_POST
def recruit_held(request, pk):
    """They came (`came`), or did not."""
    now = timezone.now()
    came = "came" in request.POST
    booking = Booking.objects.filter(recruit=pk).order_by("-starts_at").first()
    if booking is not None and get_object_or_404(Recruit.objects.editable_by(request.user), pk=pk):
        messages.info(request, "They have booked a time: say on its page how it went.")
        return redirect("research:recruit_detail", pk)
    change = lambda recruit, _: recruits.finish(recruit, came=came, by=request.user, at=now)  # noqa: E731
    return _moved(request, pk, change, "Noted: they came." if came else "Noted: they did not come.")


@access(Can.RESEARCH_EDIT)
@require_POST
def recruit_remind(request, pk):
    """Remind this one now."""
    recruit = get_object_or_404(Recruit.objects.editable_by(request.user), pk=pk)
    if inviting.remind([recruit.pk], at=timezone.now(), by=request.user):
        messages.success(request, "A reminder is on its way.")
    else:
        messages.info(request, "No reminder: they were mailed within a day, or need none.")
    return redirect("research:recruit_detail", pk)
