"""The panel: who may be asked, by name for those who run research and by alias for everybody else."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops import custom_fields
from prodops.access import Can, access, allowed
from prodops.http import csv_response, next_url, paginate, render_page
from research.filters import PanelFilter
from research.forms.panel import (
    BarForm,
    BulkBarForm,
    LimitsForm,
    MergeForm,
    OverrideForm,
    PersonForm,
    ReasonForm,
)
from research.models import Bar, ContactBar, Participant, Study
from research.queries import panel as queries
from research.services import contact, panel

MOST_BULK = 500
HEADER = [
    "Alias",
    "Role",
    "Account",
    "Segment",
    "Language",
    "Time zone",
    "How they came",
    "State",
    "Free from",
    "Why",
]


def _found(request):
    now = timezone.now()
    named = allowed(request.user, Can.PARTICIPANT_CONTACT)
    people = Participant.objects.in_panel_of(request.user).with_segment().for_list()
    found = PanelFilter(
        request.GET,
        people.order_by("name", "pk") if named else people.order_by("pk"),
        named=named,
        at=now,
        request=request,
    )
    return found, named, now


@access(Can.RESEARCH_READ)
@require_GET
def panel_list(request):
    found, named, now = _found(request)
    page = paginate(request, found.qs)
    context = {
        "found": found,
        "page": page,
        "named": named,
        "contacts": queries.contacts_of(page, at=now),
        "facets": [(facet, _links(request, facet)) for facet in queries.facets(found.qs)],
        "edits": allowed(request.user, Can.PANEL_EDIT),
    }
    return render_page(request, "research/panel_list.html", context, partial="rows")


def _links(request, facet):
    """[(name, how many, address of the list narrowed to it or "", whether it is now)]."""
    links = []
    for value, name, number in facet.values:
        params = request.GET.copy()
        params.pop("page", None)
        params[facet.name] = value
        chosen = request.GET.get(facet.name) == value != ""
        if chosen:
            params.pop(facet.name)
        links.append((name, number, f"?{params.urlencode()}" if value else "", chosen))
    return links


@access(Can.RESEARCH_READ)
@require_GET
def panel_csv(request):
    """The list as it was narrowed; names for those who run research, e-mail and phone for nobody."""
    found, named, now = _found(request)
    people = list(found.qs[:10_000])
    contacts = queries.contacts_of(people, at=now)
    typed = custom_fields.Columns("research.participant", people)
    header = [*(["Name"] if named else []), *HEADER, *typed.header]
    rows = (
        [*([one.name] if named else []), *_row(one, contacts[one.pk]), *typed.cells(one)] for one in people
    )
    return csv_response("panel", header, rows)


def _row(one, standing):
    return [
        one.alias,
        one.role,
        one.account.name if one.account else "",
        one.segment.label,
        one.locale or "Unknown",
        one.time_zone or "Unknown",
        one.get_came_by_display(),
        standing.state.label,
        standing.until,
        "; ".join(standing.reasons),
    ]


@access(Can.PANEL_EDIT)
@require_POST
def panel_bulk(request):
    """Several people at once: into the panel, not to be contacted, or blocklisted."""
    chosen = [
        int(one)
        for one in request.POST.getlist("person")
        if one.isascii() and one.isdecimal() and len(one) < 10
    ]
    back = redirect(next_url(request, "/research/panel/"))
    people = list(
        Participant.objects.editable_by(request.user).filter(pk__in=chosen[:MOST_BULK]).order_by("pk")
    )
    if not people:
        messages.error(request, "Choose at least one person.")
        return back
    verb, now = request.POST.get("do", ""), timezone.now()
    if verb == "join":
        number = panel.join(people, by=request.user, at=now)
        messages.success(request, f"{number} of {len(people)} were not in the panel yet and are now.")
        return back
    form = BulkBarForm(request.POST)
    if verb not in (Bar.DO_NOT_CONTACT, Bar.BLOCKLISTED) or not form.is_valid():
        messages.error(request, "Say what is to be done, and why.")
        return back
    for one in people:
        contact.bar(one, Bar(verb), because=form.cleaned_data["because"], by=request.user, at=now)
    messages.success(
        request, f"{Bar(verb).label}: {len(people)} people. It can be lifted on each person's page."
    )
    return back


@access(Can.PANEL_EDIT)
@require_http_methods(["GET", "POST"])
def participant_create(request):
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = panel.add(by=request.user, at=timezone.now(), **form.cleaned_data)
        except panel.Known as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "Added to the panel.")
            return redirect(made)
    context = {"form": form, "participant": None}
    return render_page(request, "research/participant_form.html", context, status=422 if form.errors else 200)


def _editable(request, pk):
    people = Participant.objects.editable_by(request.user).select_related("account")
    return get_object_or_404(people, pk=pk)


@access(Can.PANEL_EDIT)
@require_http_methods(["GET", "POST"])
def participant_edit(request, pk):
    participant = _editable(request, pk)
    form = PersonForm(request.POST or None, participant=participant)
    if request.method == "POST" and form.is_valid():
        try:
            panel.change(participant, by=request.user, at=timezone.now(), **form.cleaned_data)
        except panel.Known as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "Saved.")
            return redirect(participant)
    context = {"form": form, "participant": participant}
    return render_page(request, "research/participant_form.html", context, status=422 if form.errors else 200)


@access(Can.PANEL_EDIT)
@require_http_methods(["GET", "POST"])
def participant_bar(request, pk):
    """Say that somebody is not to be asked, and lift what says so."""
    participant = _editable(request, pk)
    form = BarForm(request.POST or None, initial={"kind": Bar.DO_NOT_CONTACT})
    if request.method == "POST" and form.is_valid():
        try:
            contact.bar(
                participant,
                Bar(form.cleaned_data.pop("kind")),
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except contact.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Nobody can invite them now.")
            return redirect(participant)
    bars = participant.bars.for_list()
    context = {"participant": participant, "form": form, "bars": bars}
    return render_page(request, "research/participant_bar.html", context, status=422 if form.errors else 200)


@access(Can.PANEL_EDIT)
@require_POST
def bar_lift(request, pk):
    people = Participant.objects.editable_by(request.user)
    row = get_object_or_404(
        ContactBar.objects.select_related("participant").filter(participant__in=people), pk=pk
    )
    form = ReasonForm(request.POST)
    try:
        because = form.cleaned_data["because"] if form.is_valid() else ""
        contact.lift(row, because=because, by=request.user, at=timezone.now())
        messages.success(request, "Lifted. The rolling limits count as before.")
    except contact.Refused as error:
        messages.error(request, str(error))
    return redirect("research:participant_bar", row.participant_id)


@access(Can.CONTACT_OVERRIDE)
@require_http_methods(["GET", "POST"])
def participant_override(request, pk):
    """Let one study ask somebody who cools down or is not to be contacted, with a reason."""
    people = Participant.objects.visible_to(request.user).select_related("account")
    participant = get_object_or_404(people, pk=pk)
    now = timezone.now()
    form = OverrideForm(request.POST or None)
    form.fields["study"].user = request.user  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        study = Study.objects.editable_by(request.user).filter(pk=form.cleaned_data["study"].pk).first()
        try:
            if study is None:
                raise contact.Refused("Only who may change a study makes exceptions for it.")
            contact.override(
                participant, study, because=form.cleaned_data["because"], by=request.user, at=now
            )
        except contact.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "That study can invite them now.")
            return redirect(participant)
    standing = queries.contacts([participant.pk], at=now)[participant.pk]
    context = {"participant": participant, "form": form, "standing": standing}
    return render_page(
        request, "research/participant_override.html", context, status=422 if form.errors else 200
    )


@access(Can.PANEL_EDIT)
@require_http_methods(["GET", "POST"])
def participant_merge(request, pk):
    """Choose who else this person is, see both side by side, make them one."""
    kept = _editable(request, pk)
    everybody = Participant.objects.editable_by(request.user).exclude(pk=kept.pk)
    form = MergeForm(request.POST or request.GET or None)
    other = None
    if form.is_bound and form.is_valid():
        other = everybody.filter(pk=form.cleaned_data["other"]).select_related("account").first()
        if other is None:
            raise Http404
    if request.method == "POST" and other is not None:
        try:
            name = panel.merge(kept, other, by=request.user, at=timezone.now())
        except panel.Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{name} and {kept.name} are one person now.")
            return redirect(kept)
    context = {"participant": kept, "other": other, "likely": _likely(request, kept, everybody)}
    return render_page(request, "research/participant_merge.html", context)


def _likely(request, kept, everybody):
    """Whom they could be: of the same e-mail or a word of the name, or what is searched for."""
    words = request.GET.get("q", "").replace("\0", "").split()[:5]
    if words:
        found = everybody
        for word in words:
            found = found.filter(Q(name__icontains=word) | Q(account__name__icontains=word))
    else:
        alike = Q(pk__in=[])
        for word in kept.name.split()[:5]:
            if len(word) > 2:
                alike |= Q(name__icontains=word)
        if kept.email:
            alike |= Q(email__iexact=kept.email)
        found = everybody.filter(alike)
    return found.for_list().order_by("name", "pk")[:20]


@access(Can.PANEL_EDIT)
@require_http_methods(["GET", "POST"])
def panel_limits(request):
    """How often people and accounts are asked, and from which sum a year is pointed out."""
    rule = queries.rules()
    form = LimitsForm(request.POST or None, instance=rule)
    if request.method == "POST" and form.is_valid():
        panel.set_limits(by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "Saved. Everybody's state follows at once.")
        return redirect("research:panel_limits")
    return render_page(
        request,
        "research/panel_limits.html",
        {"form": form, "rule": rule},
        status=422 if form.errors else 200,
    )
