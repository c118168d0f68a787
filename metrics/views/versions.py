"""A KPI's versions: read them, change the definition, and decide on what others propose."""

import datetime as dt

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.forms.definition import DefinitionForm
from metrics.forms.kpis import ReasonForm
from metrics.models import Kpi, KpiStatus, KpiVersion, VersionState
from metrics.queries import registry
from metrics.services import kpis, names, versions
from prodops.access import Can, access, allowed
from prodops.http import render_block, render_page

FORM = "metrics/definition_form.html"


def _version(request, slug, number, *, editable=False):
    """(the KPI, its version with that number)"""
    objects = Kpi.objects
    chosen = objects.editable_by(request.user) if editable else objects.visible_to(request.user)
    kpi = get_object_or_404(chosen.for_page(), slug=slug)
    version = get_object_or_404(KpiVersion.objects.for_list(), kpi=kpi, number=number)
    version.kpi = kpi
    return kpi, version


@access(Can.KPI_READ)
@require_GET
def version_list(request, slug):
    kpi = get_object_or_404(Kpi.objects.visible_to(request.user).for_page(), slug=slug)
    rows = registry.versions_of(kpi)
    context = {
        "kpi": kpi,
        "rows": [
            (version, said, registry.compare(version.base, version) if version.base_id else [])
            for version, said in rows
        ],
        "may_edit": _may_edit(request, kpi),
    }
    return render_page(request, "metrics/version_list.html", context)


@access(Can.KPI_READ)
@require_GET
def version_detail(request, slug, number):
    kpi, version = _version(request, slug, number)
    return render_page(request, "metrics/version_detail.html", _context(request, kpi, version))


def _context(request, kpi, version, reason=None):
    user = request.user
    mine = user.pk in (version.author_id, kpi.owner_id)
    waiting = version.state == VersionState.PROPOSED
    return {
        "kpi": kpi,
        "version": version,
        "sentence": registry.sentence_of(version),
        "changes": registry.compare(version.base, version) if version.base_id else [],
        "impact": registry.impact(kpi, user),
        "waiting": waiting,
        "stale": registry.is_stale(version, kpi),
        "mine": mine,
        "may_review": waiting and allowed(user, Can.KPI_APPROVE),
        "may_edit": _may_edit(request, kpi),
        "reason": reason or ReasonForm(),
    }


def _may_edit(request, kpi):
    return allowed(request.user, Can.KPI_EDIT) and kpi.is_editable_by(request.user)


def _form(request, kpi, data):
    """The form that changes a definition: a draft's in place, any other's by proposal."""
    version = registry.draft_or_live(kpi)
    taken_up = None
    wanted = request.GET.get("from", "")
    if kpi.live_version_id and wanted.isascii() and wanted.isdecimal() and len(wanted) < 5:
        open_ones = KpiVersion.objects.open().filter(kpi=kpi).select_related("base")
        taken_up = open_ones.filter(number=int(wanted)).first()
    said = _carried(taken_up, version) if taken_up else None
    fixed = ("unit", "grain") if kpi.points.exists() else ()
    form = DefinitionForm(
        data,
        kpi=kpi,
        version=version,
        said=said,
        proposing=bool(kpi.live_version_id),
        fixed=fixed,
        user=request.user,
    )
    return form, version, taken_up


def _carried(proposal, live):
    """The proposal as one of the live version: what it changed stays, and the rest is as live."""
    changed = versions.changes(proposal.base, {name: getattr(proposal, name) for name in versions.GOVERNED})
    said = {name: getattr(proposal if name in changed else live, name) for name in versions.GOVERNED}
    if {"kind", "definition"} & set(changed):
        said |= {"kind": proposal.kind, "definition": proposal.definition}
    return KpiVersion(kpi_id=live.kpi_id, note=proposal.note, effective_from=proposal.effective_from, **said)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def definition_edit(request, slug):
    """Change what a KPI means: the draft itself, or by proposal what was approved."""
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user).for_page(), slug=slug)
    if kpi.status in (KpiStatus.PROPOSED, KpiStatus.DEPRECATED):
        messages.info(
            request, f"This KPI is {kpi.get_status_display().lower()}, so its definition stays as it is."
        )
        return redirect(kpi)
    again = "again" in request.POST  # asks for another row of fields, and saves nothing
    form, version, taken_up = _form(request, kpi, request.POST or None)
    if request.method == "POST" and form.is_valid() and not again:
        try:
            return _save(request, kpi, form, taken_up)
        except (versions.Refused, kpis.NeedsProposal) as error:
            form.add_error(None, str(error))
        except names.NameTaken as error:
            form.add_error("name", str(error))
    if again:
        form.errors.clear()
    context = {
        "form": form,
        "kpi": kpi,
        "version": version,
        "taken_up": taken_up,
        "since": registry.compare(taken_up.base, version) if taken_up else [],
        "sentence": form.sentence() if form.is_bound else registry.sentence_of(version),
    }
    return render_page(request, FORM, context, status=422 if form.errors else 200)


def _save(request, kpi, form, taken_up):
    at = timezone.now()
    if kpi.live_version_id:
        cleaned = form.cleaned_data
        version = versions.propose(
            kpi,
            **form.said(),
            note=cleaned["note"],
            effective_from=cleaned["effective_from"],
            replaces=taken_up,
            by=request.user,
            at=at,
        )
        messages.success(request, f"Version {version.number} is proposed. The live version stays until then.")
        return redirect("metrics:version_detail", kpi.slug, version.number)
    kpis.edit(kpi, **form.said(), by=request.user, at=at)
    if "submit" in request.POST:
        versions.submit(kpi, by=request.user, at=at)
        messages.success(request, "The definition is saved and waits for a review.")
        return redirect("metrics:version_detail", kpi.slug, 1)
    messages.success(request, "The draft is saved.")
    return redirect(kpi)


@access(Can.KPI_EDIT)
@require_POST
def definition_preview(request, slug):
    """The builder of the chosen kind, or the sentence alone, from what is filled in so far."""
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user).for_page(), slug=slug)
    form, *_ = _form(request, kpi, request.POST)
    form.is_valid()
    fields = [name for name in form.fields if name in form.errors and _is_typed(name)]
    faults = [f"{form.called(name)}: {form.errors[name][0]}" for name in fields]
    context = {"form": form, "kpi": kpi, "sentence": form.sentence(), "faults": faults[:3]}
    block = "builder" if request.GET.get("part") == "builder" else "sentence"
    if block == "builder":
        form.errors.clear()  # it has only just been asked for
        context["faults"] = []
    return render_block(request, FORM, block, context)


def _is_typed(name):
    return name not in ("name", "meaning", "formula", "source", "note", "currency", "effective_from")


@access(Can.KPI_EDIT)
@require_POST
def version_submit(request, slug):
    """Send a draft to review."""
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    try:
        versions.submit(kpi, by=request.user, at=timezone.now())
    except versions.Refused as error:
        messages.warning(request, str(error))
        return redirect(kpi)
    messages.success(request, "The definition waits for a review by somebody else.")
    return redirect("metrics:version_detail", kpi.slug, 1)


@access(Can.KPI_APPROVE)
@require_POST
def version_approve(request, slug, number):
    kpi, version = _version(request, slug, number)
    try:
        read = dt.datetime.fromisoformat(request.POST.get("read", ""))
    except ValueError as error:
        raise Http404("The page that was read is not named.") from error
    try:
        versions.approve(version, read=read, by=request.user, at=timezone.now())
    except (versions.Refused, names.NameTaken) as error:
        messages.warning(request, str(error))
        return redirect(version)
    messages.success(request, f"Version {version.number} of “{version.name}” is live.")
    return redirect(kpi)


def _decide(request, kpi, version, verb, done):
    form = ReasonForm(request.POST)
    if not form.is_valid():
        context = _context(request, kpi, version, reason=form)
        return render_page(request, "metrics/version_detail.html", context, status=422)
    try:
        verb(version, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    except versions.Refused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, done)
    return redirect(version)


@access(Can.KPI_APPROVE)
@require_POST
def version_reject(request, slug, number):
    kpi, version = _version(request, slug, number)
    return _decide(request, kpi, version, versions.reject, "The proposal is sent back with your reason.")


@access(Can.KPI_EDIT)
@require_POST
def version_withdraw(request, slug, number):
    kpi, version = _version(request, slug, number, editable=True)
    return _decide(request, kpi, version, versions.withdraw, "The proposal is withdrawn.")
