"""A participant: which sessions they took part in; how to reach them is for few and written down."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from prodops import custom_fields
from prodops.access import Can, access, allowed
from prodops.http import paginate, render_page
from research import queries
from research.forms import ContactForm
from research.models import Accessed, Participant, Session
from research.queries import panel, person
from research.services import access_log, participants


def _participant(request, pk):
    return get_object_or_404(Participant.objects.visible_to(request.user).for_list(), pk=pk)


def _sessions(request, participant):
    held = Session.objects.visible_to(request.user).filter(participant=participant)
    return held.for_list().order_by("-held_on", "-pk")


@access(Can.RESEARCH_READ)
@require_GET
def participant_detail(request, pk):
    """Somebody of the panel: whether they may be asked, and all we asked, signed and gave.

    Their name is for those who read a session of theirs and those who run research; others see an alias.
    """
    people = Participant.objects.in_panel_of(request.user).with_segment().for_list()
    participant = get_object_or_404(people, pk=pk)
    now = timezone.now()
    runs = allowed(request.user, Can.PARTICIPANT_CONTACT)
    page = paginate(request, _sessions(request, participant))
    context = {
        "participant": participant,
        "called": participant.name if runs or page.found else participant.alias,
        "page": page,
        "counts": queries.session_counts(page.rows),
        "standing": panel.contacts_of([participant], at=now)[pk],
        "typed": custom_fields.card(participant, may_edit=allowed(request.user, Can.PANEL_EDIT)),
        "runs": runs,
        "history": person.history(participant, request.user),
        "signatures": person.signatures(participant) if runs else [],
        "incentives": person.incentives(participant, request.user),
        "year": person.year_of(participant, at=now) if runs else None,
    }
    return render_page(request, "research/participant_detail.html", context, partial="rows")


@access(Can.PARTICIPANT_CONTACT)
@require_http_methods(["GET", "POST"])
def participant_contact(request, pk):
    """How to reach them, to look up and to change; each look is written down with their studies."""
    participant = _participant(request, pk)
    now = timezone.now()
    studies = _sessions(request, participant).order_by().values_list("study", flat=True)
    access_log.note(request.user, Accessed.CONTACT, [(study, 0) for study in studies], at=now)
    form = ContactForm(request.POST or None, initial={"email": participant.email, "phone": participant.phone})
    if request.method == "POST" and form.is_valid():
        participants.reach(participant, by=request.user, at=now, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("research:participant_detail", pk)
    context = {"participant": participant, "form": form}
    return render_page(
        request, "research/participant_contact.html", context, status=422 if form.errors else 200
    )
