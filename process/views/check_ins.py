from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from process import queries
from process.forms import CheckInForm
from process.models import KeyResult
from process.services import check_ins
from prodops.access import Can, access
from prodops.http import next_url, render_block, render_page, wants_partial


def _forms(standings, data=None):
    forms = [CheckInForm(data, standing=one, initial=queries.first_words(one)) for one in standings]
    waiting = [form for form in forms if not form.standing.done]
    if waiting and data is None:
        waiting[0].take_focus()
    return forms


def _context(request, entries, *, own):
    done = sum(form.standing.done for form in entries)
    return {"entries": entries, "done": done, "own": own, "week": queries.week_at(timezone.now())}


def _page(request, entries, *, own=True, status=200):
    return render_page(request, "process/check_in.html", _context(request, entries, own=own), status=status)


@access(Can.OKR_CHECK_IN)
@require_http_methods(["GET", "POST"])
def check_in(request):
    """All my key results on one screen, saved at once: all rows or, where one is wrong, none."""
    now = timezone.now()
    standings = queries.mine(request.user, at=now)
    if request.method == "GET":
        return _page(request, _forms(standings))
    # A key result that came to be mine since the page was drawn has no fields in it: it waits
    sent = [one for one in standings if f"k{one.key_result.pk}-confidence" in request.POST]
    entries = _forms(sent, request.POST)
    if not all([form.is_valid() for form in entries]):
        return _page(request, entries)
    to_save = [form for form in entries if form.to_save]
    said = [(form.standing.key_result, form.said()) for form in to_save]
    try:
        check_ins.record_all(said, by=request.user, at=now)
    except check_ins.NotActive as error:
        messages.error(request, str(error))
        return _page(request, entries)
    number = len(said)
    messages.success(request, f"Checked in on {number} key result{'' if number == 1 else 's'}. Thank you.")
    return redirect(next_url(request, "process:check_in"))


@access(Can.OKR_CHECK_IN)
@require_http_methods(["GET", "POST"])
def check_in_one(request, pk):
    """One key result: a row of the check-in page saved alone, or one of a colleague who is away."""
    allowed = KeyResult.objects.visible_to(request.user).checkable_by(request.user)
    row = get_object_or_404(allowed.for_list(), pk=pk)
    now = timezone.now()
    [standing] = queries.standings([row], at=now)
    [form] = _forms([standing], request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if form.to_save:
                check_ins.record(row, **form.said(), by=request.user, at=now)
        except check_ins.NotActive as error:
            form.add_error(None, str(error))
        else:
            if not wants_partial(request):
                messages.success(request, f"Checked in on “{row}”.")
                return redirect(next_url(request, row.get_absolute_url()))
            [form] = _forms(_again(row, at=now))
    if wants_partial(request):
        mine = _forms(queries.mine(request.user, at=now))
        context = _context(request, mine, own=True) | {"form": form, "saved": form.standing.done}
        return render_block(request, "process/check_in.html", "row", context)
    return _page(request, [form], own=False)


def _again(row, *, at):
    """Its standing after something was saved."""
    return queries.standings(KeyResult.objects.filter(pk=row.pk).for_list(), at=at)


@access(Can.OKR_CHECK_IN)
@require_POST
def check_in_undo(request, pk):
    """Take back one's own last check-in of this week."""
    allowed = KeyResult.objects.visible_to(request.user).checkable_by(request.user)
    row = get_object_or_404(allowed.for_list(), pk=pk)
    try:
        check_ins.undo(row, by=request.user, at=timezone.now())
    except (check_ins.NotYours, check_ins.NotActive) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, f"Your check-in on “{row}” is taken back.")
    return redirect(next_url(request, "process:check_in"))
