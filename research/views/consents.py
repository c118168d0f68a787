"""Consent and NDA texts in versions, what a study asks for, and withdrawals."""

from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access, allowed
from prodops.http import paginate, render_page
from research.forms.consent import ConsentFormForm, ConsentTextForm, StudyConsentForm, WithdrawForm
from research.models import (
    ConsentForm,
    ConsentText,
    Insight,
    InsightReport,
    Participant,
    Signature,
    Study,
    StudyConsent,
    Withdrawal,
)
from research.queries import consent as queries
from research.services import consent, withdrawal


@access(Can.RESEARCH_READ)
@require_GET
def consent_list(request):
    """What people sign, and how many have."""
    standing = Q(texts__signatures__withdrawn_at=None, texts__signatures__replaced_at=None)
    rows = ConsentForm.objects.visible_to(request.user).for_list()
    rows = rows.annotate(
        signed=Count("texts__signatures", filter=standing, distinct=True),
        published=Count("texts", filter=Q(texts__published_at__isnull=False), distinct=True),
    )
    context = {
        "page": paginate(request, rows.order_by(F("retired_at").asc(nulls_first=True), "kind", "name", "pk")),
        "edits": allowed(request.user, Can.CONSENT_MANAGE),
    }
    return render_page(request, "research/consent_list.html", context, partial="rows")


@access(Can.CONSENT_MANAGE)
@require_http_methods(["GET", "POST"])
def consent_create(request):
    form = ConsentFormForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _named_already(form.cleaned_data["name"]):
            form.add_error("name", "There is a text of this name already.")
        else:
            made = consent.create_form(by=request.user, at=timezone.now(), **form.cleaned_data)
            return redirect("research:consent_write", made.pk)
    return render_page(
        request, "research/consent_new.html", {"form": form}, status=422 if form.errors else 200
    )


def _named_already(name, but=None):
    rows = ConsentForm.objects.live().filter(name=name)
    return (rows if but is None else rows.exclude(pk=but.pk)).exists()


def _form(request, pk, *, edit=False):
    rows = (
        ConsentForm.objects.editable_by(request.user)
        if edit
        else ConsentForm.objects.visible_to(request.user)
    )
    return get_object_or_404(rows, pk=pk)


@access(Can.RESEARCH_READ)
@require_GET
def consent_form(request, pk):
    """All versions of a text, the newest first, each as it was signed."""
    form = _form(request, pk)
    texts = form.texts.annotate(signed=Count("signatures", filter=Q(signatures__withdrawn_at=None)))
    context = {
        "form": form,
        "texts": texts.select_related("published_by").order_by("-number"),
        "edits": allowed(request.user, Can.CONSENT_MANAGE),
    }
    return render_page(request, "research/consent_form.html", context)


@access(Can.CONSENT_MANAGE)
@require_http_methods(["GET", "POST"])
def consent_edit(request, pk):
    """Its name and the rule by which it is signed; what was signed keeps its title."""
    form_of = _form(request, pk, edit=True)
    names = ("name", "kind", "carry_days", "every_study")
    form = ConsentFormForm(request.POST or None, initial={name: getattr(form_of, name) for name in names})
    if request.method == "POST" and form.is_valid():
        if form_of.retired_at is None and _named_already(form.cleaned_data["name"], but=form_of):
            form.add_error("name", "There is a text of this name already.")
        else:
            consent.change_form(form_of, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, "Saved. It holds for whoever signs from now on.")
            return redirect(form_of)
    context = {"form": form, "form_of": form_of}
    return render_page(request, "research/consent_edit.html", context, status=422 if form.errors else 200)


@access(Can.CONSENT_MANAGE)
@require_POST
def consent_retire(request, pk):
    """Ask nobody to sign it any more, or (`back`) ask for it again."""
    form_of = _form(request, pk, edit=True)
    try:
        if "back" in request.POST:
            consent.reinstate(form_of, by=request.user, at=timezone.now())
            messages.success(request, "In use again: people are asked to sign it.")
        else:
            consent.retire(form_of, by=request.user, at=timezone.now())
            messages.success(request, "Retired: nobody is asked to sign it. What was signed stays.")
    except consent.Refused as error:
        messages.error(request, str(error))
    return redirect(form_of)


@access(Can.CONSENT_MANAGE)
@require_http_methods(["GET", "POST"])
def consent_write(request, pk):
    """Write the draft of the next version; it begins as the newest one says."""
    form_of = _form(request, pk, edit=True)
    newest = form_of.texts.order_by("-number").first()
    names = ("body", "purposes", "choices", "valid_days", "sign_anew")
    initial = {name: getattr(newest, name) for name in names} if newest else {}
    form = ConsentTextForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        consent.write(form_of, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "The draft is kept. Nobody signs it before it is published.")
        return redirect(form_of)
    context = {"form": form, "form_of": form_of, "newest": newest}
    return render_page(request, "research/consent_write.html", context, status=422 if form.errors else 200)


@access(Can.CONSENT_MANAGE)
@require_POST
def consent_publish(request, pk):
    forms_ = ConsentForm.objects.editable_by(request.user)
    text = get_object_or_404(ConsentText.objects.select_related("form").filter(form__in=forms_), pk=pk)
    try:
        consent.publish(text, by=request.user, at=timezone.now())
        messages.success(request, "Published. From now on this is what people sign.")
    except consent.Refused as error:
        messages.error(request, str(error))
    return redirect(text.form)


@access(Can.RESEARCH_READ)
@require_http_methods(["GET", "POST"])
def study_consent(request, slug):
    """What this study's participants sign before they book."""
    study = get_object_or_404(Study.objects.visible_to(request.user), slug=slug)
    editable = Study.objects.editable_by(request.user).filter(pk=study.pk).exists()
    if request.method == "POST" and not editable:
        study = get_object_or_404(Study.objects.editable_by(request.user), slug=slug)
    offered = ConsentForm.objects.live().filter(every_study=False).order_by("kind", "name", "pk")
    chosen = StudyConsent.objects.filter(study=study).values_list("form", flat=True)
    form = StudyConsentForm(request.POST or None, offered=offered, initial={"forms_asked": list(chosen)})
    if request.method == "POST" and form.is_valid():
        consent.ask_in(study, form.cleaned_data["forms_asked"], by=request.user, at=timezone.now())
        messages.success(request, "Saved.")
        return redirect("research:study_consent", slug)
    context = {"study": study, "form": form, "edits": editable, "always": queries.forms_of(study)}
    return render_page(request, "research/study_consent.html", context, status=422 if form.errors else 200)


@access(Can.PARTICIPANT_CONTACT)
@require_GET
def signature_pdf(request, pk):
    """The copy that was mailed."""
    people = Participant.objects.visible_to(request.user)
    rows = Signature.objects.filter(participant__in=people).select_related("text__form", "participant")
    signature = get_object_or_404(rows, pk=pk)
    response = HttpResponse(consent.sheet(signature), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="signed-{signature.pk}.pdf"'
    return response


# --- withdrawal -------------------------------------------------------------------------------------------


@access(Can.CONSENT_MANAGE)
@require_http_methods(["GET", "POST"])
def participant_withdraw(request, pk):
    """Record that somebody took their consent back; the page says beforehand what goes out of sight."""
    participant = get_object_or_404(Participant.objects.visible_to(request.user), pk=pk)
    form = WithdrawForm(request.POST or None)
    form.fields["study"].user = request.user  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        study, because = form.cleaned_data["study"], form.cleaned_data["because"]
        done = withdrawal.withdraw(participant, study, because=because, by=request.user, at=timezone.now())
        messages.success(request, "Out of sight. Nothing is deleted before you say so.")
        return redirect(done)
    context = {"participant": participant, "form": form, "reach": queries.reach(participant)}
    return render_page(
        request, "research/participant_withdraw.html", context, status=422 if form.errors else 200
    )


@access(Can.CONSENT_MANAGE)
@require_GET
def withdrawal_list(request):
    page = paginate(request, Withdrawal.objects.visible_to(request.user).for_list().order_by("-at", "-pk"))
    return render_page(request, "research/withdrawal_list.html", {"page": page}, partial="rows")


def _withdrawal(request, pk):
    rows = Withdrawal.objects.visible_to(request.user).select_related(
        "participant", "study", "by", "erased_by"
    )
    return get_object_or_404(rows, pk=pk)


@access(Can.CONSENT_MANAGE)
@require_GET
def withdrawal_detail(request, pk):
    """What went out of sight, and the insights that somebody has to read again."""
    done = _withdrawal(request, pk)
    insights = Insight.objects.visible_to(request.user).filter(pk__in=done.insight_ids)
    context = {
        "done": done,
        "insights": insights.for_list().order_by("title", "pk"),
        "hidden": len(done.insight_ids) - insights.count(),
        "reports": InsightReport.objects.filter(pk__in=done.report_ids).for_list().order_by("-pk"),
    }
    return render_page(request, "research/withdrawal.html", context)


@access(Can.CONSENT_MANAGE)
@require_POST
def withdrawal_erase(request, pk):
    """Delete for good what is out of sight."""
    done = _withdrawal(request, pk)
    try:
        withdrawal.erase(done, by=request.user, at=timezone.now())
        messages.success(request, "Deleted for good: recordings, transcripts and quotes.")
    except withdrawal.Refused as error:
        messages.error(request, str(error))
    return redirect(done)
