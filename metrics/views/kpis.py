from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics import queries
from metrics.filters import KpiFilter
from metrics.forms.kpis import BulkForm, DeprecateForm, KpiForm, KpiOwnForm, ReasonForm
from metrics.models import Kpi
from metrics.queries import registry
from metrics.services import checks, kpis, names, verification
from metrics.views import page
from prodops.access import Can, access, allowed
from prodops.clock import company_day
from prodops.http import csv_response, next_url, paginate, redirect_to, render_page
from prodops.models import User

LIST_HEADER = [
    *("KPI", "Slug", "Tier", "Status", "Unit", "Owner", "Team", "Period", "Value", "Compared with"),
    *("Open incidents", "Verified until", "Meaning", "Formula", "Source"),
]


@access(Can.KPI_READ)
@require_GET
def kpi_list(request):
    now = timezone.now()
    visible = Kpi.objects.visible_to(request.user).for_list()
    facets = queries.facets(Kpi.objects.visible_to(request.user).live())
    found = KpiFilter(request.GET, visible, facets=facets, at=now)
    if request.GET.get("format") == "csv":
        return csv_response("kpis", LIST_HEADER, _list_rows(found.qs[:10_000]))
    shown = paginate(request, found.qs)
    may_tick = allowed(request.user, Can.KPI_EDIT)
    context = {
        **{"found": found, "page": shown, "facets": facets, "figures": queries.figures(shown), "now": now},
        "quarantine": queries.quarantine([kpi.pk for kpi in shown], at=now),
        "may_tick": may_tick,
        "people": User.objects.active().order_by("name") if may_tick else (),
    }
    return render_page(request, "metrics/kpi_list.html", context, partial="rows")


def _list_rows(found):
    rows = list(found)
    figures = queries.figures(rows)
    for kpi in rows:
        one = figures[kpi.pk]
        yield (
            *(kpi.name, kpi.slug, kpi.get_tier_display(), kpi.get_status_display(), kpi.get_unit_display()),
            *(kpi.owner and kpi.owner.name, kpi.team.name, one.period and kpi.show_period(one.period)),
            *(one.value, one.before, one.incidents, kpi.verified_until, kpi.meaning, kpi.formula, kpi.source),
        )


@access(Can.KPI_EDIT)
@require_POST
def kpi_bulk(request):
    """Verify the ticked KPIs, or give them an owner; what the person may not edit is left alone."""
    form = BulkForm(request.POST, editable=Kpi.objects.editable_by(request.user).live())
    back = next_url(request, reverse("metrics:kpi_list"))
    if not form.is_valid():
        words = [str(error) for errors in form.errors.values() for error in errors]
        messages.warning(request, f"Nothing was done. {words[0]}")
        return redirect_to(request, back)
    chosen = list(form.cleaned_data["pk"])
    if form.cleaned_data["verb"] == "assign":
        owner = form.cleaned_data["owner"]
        moved = kpis.assign(chosen, owner=owner, by=request.user, at=timezone.now())
        messages.success(request, f"{owner} owns {_so_many(len(moved))} more.")
    else:
        done, left = verification.verify_many(chosen, by=request.user, at=timezone.now())
        said = f" {_so_many(left)} could not be: only approved ones are verified." if left else ""
        messages.success(request, f"{_so_many(done)} verified.{said}")
    return redirect_to(request, back)


def _so_many(number):
    return f"{number} KPI{'' if number == 1 else 's'}"


@access(Can.KPI_READ)
@require_GET
def kpi_detail(request, slug):
    now = timezone.now()
    visible = Kpi.objects.visible_to(request.user).for_page().with_standing(company_day(now)).with_hold(now)
    kpi = get_object_or_404(visible, slug=slug)
    context = page.context(request, kpi, at=now)
    return render_page(request, page.TEMPLATE, context, partial="series")


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def kpi_define(request):
    form = KpiForm(request.POST or None, editor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            kpi = kpis.define(**form.cleaned_data, by=request.user, at=timezone.now())
        except kpis.NorthStarTaken as error:
            form.add_error("tier", str(error))
        except names.NameTaken as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "The KPI is defined, as a draft. Now say exactly how it is counted.")
            return redirect("metrics:definition_edit", kpi.slug)
    status = 422 if form.errors else 200
    return render_page(request, "metrics/kpi_form.html", {"form": form, "kpi": None}, status=status)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def kpi_edit(request, slug):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user).for_page(), slug=slug)
    aliases = list(kpi.aliases.values_list("name", flat=True))
    form = KpiOwnForm(request.POST or None, instance=kpi, editor=request.user, aliases=aliases)
    if request.method == "POST" and form.is_valid():
        try:
            changed = kpis.edit(kpi, **form.cleaned_data, by=request.user, at=timezone.now())
        except kpis.NorthStarTaken as error:
            form.add_error("tier", str(error))
        except (names.NameTaken, kpis.WrongStatus) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The KPI is saved." if changed else "Nothing was different.")
            return redirect(kpi)
    status = 422 if form.errors else 200
    return render_page(request, "metrics/kpi_form.html", {"form": form, "kpi": kpi}, status=status)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def kpi_deprecate(request, slug):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user).for_page(), slug=slug)
    form = DeprecateForm(request.POST or None, kpi=kpi, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            kpis.deprecate(kpi, **form.cleaned_data, by=request.user, at=timezone.now())
        except kpis.WrongStatus as error:
            messages.info(request, str(error))
        except kpis.NoSuccessor as error:
            form.add_error("successor", str(error))
        else:
            messages.success(request, f"“{kpi}” is deprecated. Its page and its values stay.")
        if not form.errors:
            return redirect(kpi)
    context = {"form": form, "kpi": kpi, "impact": registry.impact(kpi, request.user)}
    return render_page(request, "metrics/kpi_deprecate.html", context, status=422 if form.errors else 200)


def _move(request, slug, verb, done, **options):
    """One step of a KPI's status by POST."""
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    try:
        verb(kpi, by=request.user, at=timezone.now(), **options)
    except (
        kpis.WrongStatus,
        kpis.NorthStarTaken,
        names.NameTaken,
        verification.CannotVerify,
    ) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, done.format(kpi=kpi, until=kpi.verified_until))
    return redirect(kpi)


@access(Can.KPI_EDIT)
@require_POST
def kpi_restore(request, slug):
    return _move(request, slug, kpis.restore, "“{kpi}” is in use again.")


@access(Can.KPI_EDIT)
@require_POST
def kpi_verify(request, slug):
    return _move(request, slug, verification.verify, "“{kpi}” is verified until {until:%-d %b %Y}.")


@access(Can.KPI_EDIT)
@require_POST
def kpi_drift(request, slug):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Say in up to 500 signs what the source counts differently.")
        return redirect(kpi)
    said = "“{kpi}” is marked as drifted from its definition."
    return _move(request, slug, kpis.mark_drifted, said, note=form.cleaned_data["reason"])


@access(Can.KPI_EDIT)
@require_POST
def kpi_settle(request, slug):
    return _move(request, slug, kpis.settle_drift, "“{kpi}” counts as defined again.", note="")


@access(Can.KPI_EDIT)
@require_POST
def kpi_check(request, slug):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    raised = checks.check(kpi.pk, at=timezone.now())
    if raised:
        messages.warning(
            request, f"Checked: found {'one thing' if len(raised) == 1 else f'{len(raised)} things'} unusual."
        )
    else:
        messages.success(request, "Checked: nothing new.")
    return redirect(kpi)
