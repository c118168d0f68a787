"""Exchange rates: what other currencies are worth in the company's, from which day."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from prodops.access import Can, access
from prodops.clock import company_day
from prodops.http import paginate, render_page
from prodops.models import CustomerAccount, ExchangeRate
from prodops.money import read_rates
from prodops.services import rates

MOST_BYTES = 500_000


class RatesForm(forms.Form):
    """Lines that are typed or pasted, or a file of such lines."""

    lines = forms.CharField(
        required=False,
        max_length=100_000,
        label="Rates",
        widget=forms.Textarea({"rows": 4, "placeholder": "USD, 2026-11-01, 0.92"}),
        help_text="One a line: currency, first day, and what one unit of it is worth in the company's.",
    )
    file = forms.FileField(required=False, label="Or a CSV file of such lines")

    def text(self):
        """All the lines, as text; raises `ValidationError` for a file that is none."""
        file = self.cleaned_data["file"]
        if not file:
            return self.cleaned_data["lines"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 500 kB: it is no list of rates.")
        try:
            return file.read().decode("utf-8-sig").replace("\0", "")
        except UnicodeDecodeError:
            raise forms.ValidationError("The file is not text in UTF-8: save it as CSV (UTF-8).") from None


@access(Can.RATE_EDIT)
@require_http_methods(["GET", "POST"])
def rate_list(request):
    """The rates, the newest first, and the currencies that have none. POST enters rates."""
    form = RatesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _enter(request, form):
        return redirect("rate_list")
    rows = ExchangeRate.objects.visible_to(request.user).for_list().order_by("-on", "currency")
    known = ExchangeRate.objects.order_by().values("currency")
    bare = CustomerAccount.objects.exclude(currency=settings.DEFAULT_CURRENCY).exclude(currency__in=known)
    context = {
        "form": form,
        "page": paginate(request, rows),
        "home": settings.DEFAULT_CURRENCY,
        "missing": list(bare.order_by("currency").values_list("currency", flat=True).distinct()),
    }
    status = 422 if form.errors else 200
    return render_page(request, "prodops/rate_list.html", context, status=status)


def _enter(request, form):
    """Enter what the form has; all or nothing, so that a list is never half there."""
    now = timezone.now()
    try:
        given, wrong = read_rates(form.text(), today=company_day(now))
    except forms.ValidationError as error:
        form.add_error("file", error)
        return False
    for words in wrong[:10]:
        form.add_error(None, words)
    if len(wrong) > 10:
        form.add_error(None, f"And {len(wrong) - 10} lines more. Nothing was entered.")
    if not given and not wrong:
        form.add_error("lines", "Write at least one rate, such as USD, 2026-11-01, 0.92.")
    if form.errors:
        return False
    number = rates.enter(given, by=request.user, at=now)
    messages.success(request, f"{number} {'rate was' if number == 1 else 'rates were'} entered.")
    return True


@access(Can.RATE_EDIT)
@require_POST
def rate_remove(request, pk):
    rate = get_object_or_404(ExchangeRate.objects.editable_by(request.user), pk=pk)
    said = f"{rate.currency} of {rate.on:%d %B %Y} was removed: the rate before it counts."
    rates.remove(rate, by=request.user, at=timezone.now())
    messages.success(request, said)
    return redirect("rate_list")
