"""Boards: read, show on a wall, arrange, share, copy."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.forms.dashboards import CopyForm, PanelForm, ShareForm
from metrics.models import Dashboard, Panel, PanelWidth
from metrics.services import boards, dashboards
from metrics.views import board_page
from prodops.access import Can, access
from prodops.http import render_page, wants_partial
from prodops.models import Role

MOST_SENT = 400  # ids in one arrangement


@access(Can.KPI_READ)
@require_GET
def board(request, pk):
    """The board. Asked for by htmx it is its panels alone, and no use is counted."""
    now = timezone.now()
    one = get_object_or_404(board_page.boards(request.user, now), pk=pk)
    if not wants_partial(request):
        dashboards.count_use(one, by=request.user, at=now)
    return board_page.whole(request, board_page.context(request, one, at=now))


@access(Can.KPI_READ)
@require_GET
def board_wall(request, pk):
    """The board alone on a screen; it asks for its panels again by itself while somebody can see it."""
    now = timezone.now()
    one = get_object_or_404(board_page.boards(request.user), pk=pk)
    if not wants_partial(request):
        dashboards.count_use(one, by=request.user, at=now)
    found = board_page.context(request, one, at=now, arranging=False)
    return render_page(request, board_page.WALL, found, partial="wall")


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def panel_add(request, pk):
    one = _board(request, pk)
    form = PanelForm(request.POST or None, version=one.layout_version)
    if request.method == "POST" and form.is_valid() and form.cleaned_data["kpi"]:
        fields = form.cleaned_data
        fields["version"] = fields["version"] or one.layout_version
        try:
            boards.add_panel(one, **fields, by=request.user, at=timezone.now())
        except boards.Outdated:
            _again(form, one, "Send this again to add the panel at the end.")
        except (boards.Full, boards.Refused) as error:
            form.add_error(None, str(error))
        else:
            if request.POST.get("next") == "another":
                messages.success(request, "The panel is on the board. Add the next.")
                return redirect("metrics:panel_add", one.pk)
            return redirect(f"{reverse('metrics:board', args=[one.pk])}?arrange=1")
    context = {"form": form, "board": one, "panel": None}
    return render_page(request, "metrics/panel_form.html", context, status=422 if form.errors else 200)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def panel_edit(request, pk):
    panel = _panel(request, pk)
    one = panel.dashboard
    form = PanelForm(request.POST or None, there=panel, version=one.layout_version)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        fields["version"] = fields["version"] or one.layout_version
        try:
            boards.edit_panel(panel, **fields, by=request.user, at=timezone.now())
        except boards.Outdated:
            _again(form, one, "Send this again to change the panel.")
        except boards.Refused as error:
            form.add_error(None, str(error))
        else:
            return redirect(f"{reverse('metrics:board', args=[one.pk])}?arrange=1#panel-{panel.pk}")
    context = {"form": form, "board": one, "panel": panel}
    return render_page(request, "metrics/panel_form.html", context, status=422 if form.errors else 200)


@access(Can.KPI_EDIT)
@require_POST
def panel_remove(request, pk):
    panel = _panel(request, pk)
    name = panel.title or panel.kpi.name
    return _change(request, panel.dashboard, boards.remove_panel, f"{name} is off the board.", panel)


@access(Can.KPI_EDIT)
@require_POST
def panel_move(request, pk):
    """One panel to another place, for those who neither drag nor have a script."""
    panel = _panel(request, pk)
    to = _number(request.POST.get("to"))
    name = panel.title or panel.kpi.name
    return _change(request, panel.dashboard, boards.move, f"{name} is in place {to + 1} now.", panel, to)


@access(Can.KPI_EDIT)
@require_POST
def panel_size(request, pk):
    """Make one panel wider or narrower."""
    panel = _panel(request, pk)
    width = min(max(_number(request.POST.get("width")), 1), 4)

    def resize(panel, **options):
        boards.edit_panel(panel, width=width, **options)

    name = panel.title or panel.kpi.name
    words = PanelWidth(width).label.lower()
    return _change(request, panel.dashboard, resize, f"{name} takes {words} now.", panel)


@access(Can.KPI_EDIT)
@require_POST
def board_arrange(request, pk):
    """All panels in a new order, as somebody dragged them. The page has them so already."""
    one = _board(request, pk)
    order = [_number(pk) for pk in request.POST.get("order", "").split(",")[:MOST_SENT]]
    try:
        changed = boards.arrange(
            one, order, version=_number(request.POST.get("version")), by=request.user, at=timezone.now()
        )
    except (boards.Outdated, boards.Refused) as error:
        return _too_late(request, one, error)
    if not wants_partial(request):
        return redirect(f"{reverse('metrics:board', args=[one.pk])}?arrange=1")
    said = {"version": one.layout_version, "changed": changed}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"arranged": said})})


@access(Can.KPI_EDIT)
@require_POST
def board_undo(request, pk):
    one = _board(request, pk)
    try:
        said = boards.undo(
            one, version=_number(request.POST.get("version")), by=request.user, at=timezone.now()
        )
    except (boards.Outdated, boards.Refused) as error:
        return _too_late(request, one, error)
    return _done(request, one, f"Taken back: {said}.")


@access(Can.KPI_EDIT)
@require_POST
def board_pin(request, pk):
    """Have all panels follow the definitions that hold now."""
    one = _board(request, pk)
    return _change(request, one, boards.pin_newest, "All panels follow the newest definitions.", one)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def board_share(request, pk):
    one = _board(request, pk)
    form = ShareForm(request.POST or None, board=one)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        changed = boards.share(
            one, roles=fields["roles"], teams=list(fields["teams"]), by=request.user, at=timezone.now()
        )
        messages.success(
            request, "It holds from now on, in search as well." if changed else "Nothing changed."
        )
        return redirect(one)
    context = {"form": form, "board": one, "roles": Role}
    return render_page(request, "metrics/board_share.html", context, status=422 if form.errors else 200)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def board_copy(request, pk):
    """A board of one's own out of one that one may read."""
    one = get_object_or_404(board_page.boards(request.user), pk=pk)
    form = CopyForm(request.POST or None, editor=request.user, board=one)
    if request.method == "POST" and form.is_valid():
        made = boards.copy(one, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, "This is your copy. Nobody else sees it until you share it.")
        return redirect(made)
    context = {"form": form, "board": one}
    return render_page(request, "metrics/board_copy.html", context, status=422 if form.errors else 200)


def _board(request, pk):
    return get_object_or_404(Dashboard.objects.editable_by(request.user).boards(), pk=pk)


def _panel(request, pk):
    mine = Dashboard.objects.editable_by(request.user)
    panels = Panel.objects.select_related("dashboard", "kpi")
    return get_object_or_404(panels, pk=pk, dashboard__in=mine)


def _again(form, one, words):
    """Say that it came too late; sent again, it is meant for the board as it is now."""
    form.add_error(None, f"Somebody else has changed this board meanwhile. {words}")
    form.data = form.data.copy()
    form.data["version"] = one.layout_version


def _number(text):
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _change(request, one, verb, said, *arguments):
    try:
        verb(*arguments, version=_number(request.POST.get("version")), by=request.user, at=timezone.now())
    except (boards.Outdated, boards.Refused) as error:
        return _too_late(request, one, error)
    return _done(request, one, said)


def _done(request, one, said):
    if wants_partial(request):
        return board_page.answer(request, one, at=timezone.now(), trigger=json.dumps({"announce": said}))
    messages.success(request, said)
    return redirect(f"{reverse('metrics:board', args=[one.pk])}?arrange=1")


def _too_late(request, one, error):
    """The board as it is now, with why the change was not made."""
    trigger = json.dumps({"refused": str(error)})
    if wants_partial(request):
        return board_page.answer(request, one, at=timezone.now(), status=409, trigger=trigger)
    now = timezone.now()
    fresh = board_page.boards(request.user, now).get(pk=one.pk)
    messages.warning(request, str(error))
    return board_page.whole(request, board_page.context(request, fresh, at=now, arranging=True), status=409)
