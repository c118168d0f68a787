"""Incentives: what a study gives, who is given what, approval by somebody else, and finance's file."""

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access, allowed
from prodops.clock import company_day
from prodops.http import csv_response, paginate, render_page
from research.filters import IncentiveFilter
from research.forms.consent import IncentiveForm, PaidForm, TermsForm
from research.forms.panel import ReasonForm
from research.models import (
    Incentive,
    IncentiveTerms,
    Participant,
    Study,
)
from research.queries import panel as queries
from research.services import incentives
from research.views.naming import recruit_name_of

DUE_DAYS = 7  # after which what was entered for all should be paid
HEADER = [
    *(
        "Person",
        "Alias",
        "Account",
        "Study",
        "Amount",
        "Currency",
        "Method",
        "State",
        "Due on",
        "Approved by",
    ),
    *("Approved on", "Paid on", "Reference", "Entered by", "Year's total", "Currency of the total"),
]


def _found(request):
    rows = Incentive.objects.visible_to(request.user).for_list()
    return IncentiveFilter(request.GET, rows.order_by("-due_on", "-pk"), request=request)


@access(Can.RESEARCH_EDIT)
@require_GET
def incentive_list(request):
    found = _found(request)
    page = paginate(request, found.qs)
    today = company_day(timezone.now())
    people = {one.participant_id for one in page}
    rule = queries.rules()
    years = queries.promised_in(today.year, people)
    context = {
        "found": found,
        "page": page,
        "years": {pk: total for pk, (total, _) in years.items()},
        "over": {pk for pk, (total, _) in years.items() if queries.above_warning(total, rule)},
        "rule": rule,
        "today": today,
        "name_of": recruit_name_of(request.user),
        "approves": allowed(request.user, Can.INCENTIVE_APPROVE),
    }
    return render_page(request, "research/incentive_list.html", context, partial="rows")


@access(Can.INCENTIVE_APPROVE)
@require_GET
def incentive_csv(request):
    """For finance: one line an incentive, with names, and what each person was paid in that year."""
    rows = list(_found(request).qs[:10_000])
    years = {year: queries.paid_in(year) for year in {one.paid_on.year for one in rows if one.paid_on}}
    lines = ([*_row(one), _paid(years, one), settings.DEFAULT_CURRENCY] for one in rows)
    return csv_response("incentives", HEADER, lines)


def _paid(years, one):
    return years[one.paid_on.year].get(one.participant_id, (0, ()))[0] if one.paid_on else ""


def _row(one):
    person = one.participant
    return [
        person.name,
        person.alias,
        person.account.name if person.account else "",
        one.study.title,
        one.amount,
        one.currency,
        one.get_method_display(),
        one.get_state_display(),
        one.due_on,
        one.approved_by.name if one.approved_by else "",
        company_day(one.approved_at) if one.approved_at else "",
        one.paid_on,
        one.reference,
        one.created_by.name,
    ]


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def study_incentive(request, slug):
    """What the study gives each participant."""
    study = get_object_or_404(Study.objects.editable_by(request.user), slug=slug)
    terms = IncentiveTerms.objects.filter(study=study).first()
    names = ("amount", "currency", "method")
    initial = {name: getattr(terms, name) for name in names} if terms else {"currency": "EUR"}
    form = TermsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        incentives.set_terms(study, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "Saved. What is entered already stays as it is.")
        return redirect("research:study_incentive", slug)
    rows = Incentive.objects.filter(study=study).for_list().order_by("-due_on", "-pk")[:50]
    context = {
        "study": study,
        "form": form,
        "terms": terms,
        "rows": rows,
        "lacking": incentives.lacking(study).count(),
        "name_of": recruit_name_of(request.user),
    }
    return render_page(request, "research/study_incentive.html", context, status=422 if form.errors else 200)


@access(Can.RESEARCH_EDIT)
@require_POST
def study_incentive_enter(request, slug):
    """Enter what the study gives for everybody who took part and has nothing yet, due in a week."""
    study, now = get_object_or_404(Study.objects.editable_by(request.user), slug=slug), timezone.now()
    due_on = company_day(now) + dt.timedelta(days=DUE_DAYS)
    try:
        number = incentives.enter_for_all(study, due_on=due_on, by=request.user, at=now)
    except incentives.Refused as error:
        messages.error(request, str(error))
    else:
        people = "person" if number == 1 else "people"
        messages.success(request, f"Entered for {number} {people}. Somebody else has to approve it.")
    return redirect("research:study_incentive", slug)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def incentive_add(request, pk):
    """Enter what somebody is to be given for a study."""
    participant = get_object_or_404(Participant.objects.in_panel_of(request.user), pk=pk)
    form = IncentiveForm(request.POST or None, initial={"due_on": company_day(timezone.now())})
    form.fields["study"].user = request.user  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        study = Study.objects.editable_by(request.user).filter(pk=fields.pop("study").pk).first()
        try:
            if study is None:
                raise incentives.Refused("Only who may change a study enters its incentives.")
            incentives.enter(participant, study, by=request.user, at=timezone.now(), **fields)
        except incentives.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Entered. Somebody else has to approve it.")
            return redirect("research:incentive_list")
    context = {
        "form": form,
        "participant": participant,
        "named": allowed(request.user, Can.PARTICIPANT_CONTACT),
    }
    return render_page(request, "research/incentive_form.html", context, status=422 if form.errors else 200)


def _do(request, pk, verb, words, **fields):
    row = get_object_or_404(Incentive.objects.visible_to(request.user), pk=pk)
    try:
        verb(row, by=request.user, at=timezone.now(), **fields)
        messages.success(request, words)
    except incentives.Refused as error:
        messages.error(request, str(error))
    return redirect("research:incentive_list")


@access(Can.INCENTIVE_APPROVE)
@require_POST
def incentive_approve(request, pk):
    return _do(request, pk, incentives.approve, "Approved. It can be paid.")


@access(Can.INCENTIVE_APPROVE)
@require_http_methods(["GET", "POST"])
def incentive_pay(request, pk):
    """Note the payment, or that it failed."""
    row = get_object_or_404(Incentive.objects.visible_to(request.user).for_list(), pk=pk)
    form = PaidForm(request.POST or None, initial={"paid_on": company_day(timezone.now())})
    if request.method == "POST" and form.is_valid():
        return _do(request, pk, incentives.pay, "Noted as paid.", **form.cleaned_data)
    context = {"incentive": row, "form": form}
    return render_page(request, "research/incentive_pay.html", context, status=422 if form.errors else 200)


@access(Can.INCENTIVE_APPROVE)
@require_POST
def incentive_fail(request, pk):
    form = ReasonForm(request.POST)
    because = form.cleaned_data["because"] if form.is_valid() else ""
    return _do(request, pk, incentives.fail, "Noted. It can be paid again.", because=because)


@access(Can.RESEARCH_EDIT)
@require_POST
def incentive_cancel(request, pk):
    return _do(request, pk, incentives.cancel, "Nothing is given.")
