"""The catalogue of dashboards: the list, an entry, and what is done with one."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.filters.dashboards import DashboardFilter
from metrics.forms.dashboards import DashboardForm, KpiNamedForm, StaleForm
from metrics.models import Dashboard, DashboardKind
from metrics.queries import dashboards as reads
from metrics.queries.badges import badges, facts
from metrics.services import dashboards, links
from prodops import panels
from prodops.access import Can, access, allowed
from prodops.http import csv_response, next_url, paginate, redirect_to, render_page
from prodops.stars import star_of
from prodops.talk import talk_about

HEADER = [
    *("Name", "Kind", "Tool", "Link", "Owner", "Team", "For whom", "Roles", "Access", "How to ask", "KPIs"),
    *("Verified by", "Verified until", "Stale because", "Link state", "Link since", "Link answer"),
    *("People in 30 days", "Last opened", "Accurate", "Up to date", "Accessible"),
]


@access(Can.KPI_READ)
@require_GET
def dashboard_list(request):
    now = timezone.now()
    visible = Dashboard.objects.visible_to(request.user)
    facets = reads.facets(visible)
    rows = visible.for_list().with_use(now).with_kpis()
    found = DashboardFilter(request.GET, rows, facets=facets, at=now, request=request)
    if request.GET.get("format") == "csv":
        return csv_response("dashboards", HEADER, _csv_rows(list(found.qs[:10_000]), now))
    page = paginate(request, found.qs)
    context = {
        "found": found,
        "page": page,
        "facets": facets,
        "badges": reads.badges_of(page, at=now),
        "now": now,
    }
    return render_page(request, "metrics/dashboard_list.html", context, partial="rows")


def _csv_rows(rows, now):
    given = reads.badges_of(rows, at=now)
    names = reads.kpi_names(rows)
    for one in rows:
        yield (
            *(one.name, one.get_kind_display(), one.tool, one.url, one.owner and one.owner.name),
            *(one.team.name, one.audience, ", ".join(one.role_names), one.get_access_display()),
            *(one.how_to_ask, ", ".join(names[pk] for pk in one.kpi_ids if pk in names)),
            *(
                one.verified_by and one.verified_by.name,
                one.verified_until and one.verified_until.isoformat(),
            ),
            *("; ".join(one.stale_reasons(now)), one.get_link_state_display()),
            *(one.link_since and one.link_since.isoformat(), one.link_words, one.used_by),
            one.last_used and one.last_used.isoformat(),
            *("yes" if badge.given else "; ".join(badge.reasons) for badge in given[one.pk]),
        )


@access(Can.KPI_READ)
@require_GET
def dashboard_detail(request, pk):
    """What is known of a dashboard: whose it is, what it shows, whether to trust it."""
    return _page(request, pk)


def _page(request, pk, *, stale_form=None, kpi_form=None, status=200):
    now = timezone.now()
    visible = Dashboard.objects.visible_to(request.user).for_page().with_use(now).with_kpis()
    dashboard = get_object_or_404(visible, pk=pk)
    known = facts(dashboard.kpi_ids, at=now)
    shown = [known[one] for one in dashboard.kpi_ids if one in known]
    context = {
        "dashboard": dashboard,
        "badges": badges(dashboard, shown, at=now),
        "shown": shown,
        "may_edit": _may_edit(request.user, dashboard),
        "teams": list(dashboard.teams.all()) if dashboard.team_ids else [],
        "stale_reasons": dashboard.stale_reasons(now),
        "stale_form": stale_form or StaleForm(),
        "kpi_form": kpi_form or KpiNamedForm(),
        "star": star_of(request, dashboard),
        "panels": panels.render("metrics.dashboard", request, dashboard),
        "talk": talk_about(request, dashboard),
        "now": now,
    }
    return render_page(request, "metrics/dashboard_detail.html", context, status=status)


def _may_edit(user, dashboard):
    return allowed(user, Can.KPI_EDIT) and dashboard.is_editable_by(user)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def dashboard_add(request):
    """Take a dashboard of another tool into the catalogue."""
    return _add(request, DashboardKind.LINK)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def board_add(request):
    """Begin a board of our own."""
    return _add(request, DashboardKind.BOARD)


def _add(request, kind):
    board = kind == DashboardKind.BOARD
    form = DashboardForm(request.POST or None, editor=request.user, board=board)
    if request.method == "POST" and form.is_valid():
        made = dashboards.add(kind=kind, **_fields(form), by=request.user, at=timezone.now())
        if board:
            messages.success(request, "The board is there. Now put its first panel on it.")
            return redirect("metrics:panel_add", made.pk)
        messages.success(request, "It is in the catalogue. Name the KPIs it shows, then verify it.")
        return redirect("metrics:dashboard_detail", made.pk)
    context = {"form": form, "dashboard": None, "board": board}
    return render_page(request, "metrics/dashboard_form.html", context, status=422 if form.errors else 200)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def dashboard_edit(request, pk):
    dashboard = _editable(request, pk)
    form = DashboardForm(
        request.POST or None, editor=request.user, board=dashboard.is_board, dashboard=dashboard
    )
    if request.method == "POST" and form.is_valid():
        verified = dashboard.verified_by_id
        changed = dashboards.edit(dashboard, **_fields(form), by=request.user, at=timezone.now())
        said = "Saved." if changed else "Nothing was different."
        if verified and not dashboard.verified_by_id:
            said += " It has to be verified again, since what was verified has changed."
        messages.success(request, said)
        return redirect("metrics:dashboard_detail", dashboard.pk)
    context = {"form": form, "dashboard": dashboard, "board": dashboard.is_board}
    return render_page(request, "metrics/dashboard_form.html", context, status=422 if form.errors else 200)


def _fields(form):
    return {"tool": "", "url": "", **form.cleaned_data}


def _editable(request, pk):
    return get_object_or_404(Dashboard.objects.editable_by(request.user), pk=pk)


@access(Can.KPI_READ)
@require_GET
def dashboard_open(request, pk):
    """Go to where it lives, and count that somebody did; what a browser fetches ahead is not counted."""
    dashboard = get_object_or_404(Dashboard.objects.visible_to(request.user), pk=pk)
    if dashboard.is_board:
        return redirect(dashboard)
    if "prefetch" not in request.headers.get("Sec-Purpose", "").lower():
        dashboards.count_use(dashboard, by=request.user, at=timezone.now())
    return redirect(dashboard.url)


@access(Can.KPI_EDIT)
@require_POST
def dashboard_verify(request, pk):
    dashboard = _editable(request, pk)
    return _do(request, dashboard, dashboards.verify, "Verified until {0.verified_until:%d %b %Y}.")


@access(Can.KPI_READ)
@require_POST
def dashboard_call_stale(request, pk):
    """Whoever reads it may warn of it: a salesperson sees a wrong number first."""
    dashboard = get_object_or_404(Dashboard.objects.visible_to(request.user), pk=pk)
    form = StaleForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, stale_form=form, status=422)
    said = "Everybody who opens it is warned now, and its owner is told."
    return _do(request, dashboard, dashboards.call_stale, said, reason=form.cleaned_data["reason"])


@access(Can.KPI_EDIT)
@require_POST
def dashboard_clear_stale(request, pk):
    return _do(request, _editable(request, pk), dashboards.clear_stale, "The warning is gone.")


@access(Can.KPI_EDIT)
@require_POST
def dashboard_archive(request, pk):
    said = "It is archived: off the list, and here whenever it is wanted back."
    return _do(request, _editable(request, pk), dashboards.archive, said)


@access(Can.KPI_EDIT)
@require_POST
def dashboard_restore(request, pk):
    return _do(request, _editable(request, pk), dashboards.restore, "It is back on the list.")


@access(Can.KPI_EDIT)
@require_POST
def dashboard_name_kpi(request, pk):
    dashboard = _editable(request, pk)
    form = KpiNamedForm(request.POST)
    if not form.is_valid() or form.cleaned_data["kpi"] is None:
        return _page(request, pk, kpi_form=form, status=422)
    kpi = form.cleaned_data["kpi"]
    return _do(request, dashboard, dashboards.name_kpi, "The KPI is named.", kpi=kpi)


@access(Can.KPI_EDIT)
@require_POST
def dashboard_unname_kpi(request, pk, slug):
    dashboard = _editable(request, pk)
    shown = get_object_or_404(dashboard.shown.select_related("kpi"), kpi__slug=slug)
    return _do(request, dashboard, dashboards.unname_kpi, "It is named no longer.", kpi=shown.kpi)


@access(Can.KPI_EDIT)
@require_POST
def dashboard_check_link(request, pk):
    """Have its link asked now and not in a few hours; by a worker, since it may take a while to answer."""
    dashboard = _editable(request, pk)
    if dashboard.is_board:
        messages.info(request, "A board has no link.")
    else:
        links.check_soon(dashboard)
        messages.info(request, "The link is being asked. Load this page again in a few seconds.")
    return redirect("metrics:dashboard_detail", dashboard.pk)


def _do(request, dashboard, verb, said, **arguments):
    try:
        verb(dashboard, **arguments, by=request.user, at=timezone.now())
    except dashboards.Refused as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, said.format(dashboard))
    return redirect_to(request, next_url(request, reverse("metrics:dashboard_detail", args=[dashboard.pk])))
