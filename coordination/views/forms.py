"""Product ops builds forms: their fields, versions and previews."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import queries
from coordination.formats import questions
from coordination.forms import RequestForm
from coordination.forms.building import KINDS, FieldForm, FormForm
from coordination.models import FormDefinition, Part
from coordination.services import forms
from prodops import activity, words
from prodops.access import Can, access
from prodops.http import csv_response, paginate, render_page

CSV_HEADER = ["Request", "Title", "State", "Version of the form", "Sent by", "Sent on"]


@access(Can.CHANNEL_MANAGE)
@require_GET
def form_list(request):
    visible = queries.with_use(FormDefinition.objects.visible_to(request.user).for_list())
    page = paginate(request, visible.order_by("retired_at", "-standard", "name", "pk"))
    return render_page(request, "coordination/form_list.html", {"page": page}, partial="rows")


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def form_new(request):
    form = FormForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = forms.make(**form.cleaned_data, by=request.user, at=timezone.now())
        return redirect(made)
    context = {"form": form, "built": None}
    return render_page(request, "coordination/form_change.html", context, status=422 if form.errors else 200)


@access(Can.CHANNEL_MANAGE)
@require_GET
def form_detail(request, slug):
    """The form being built: its fields, what keeps it from being published, its versions."""
    built = get_object_or_404(_visible(request), slug=slug)
    version = forms.latest(built)
    rows = questions.read(version.fields)
    context = {
        "built": built,
        "version": version,
        "live": queries.published_version(built),
        "rows": [(one, questions.condition(one, rows)) for one in rows if not one.removed],
        "removed": [one for one in rows if one.removed],
        "wrong": questions.problems(rows),
        "kinds": KINDS,
        "part_words": Part.choices,
        "versions": queries.versions_of(built),
        "events": words.history_of(activity.history(built), request.user),
    }
    return render_page(request, "coordination/form_detail.html", context)


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def form_change(request, slug):
    built = get_object_or_404(_editable(request), slug=slug)
    form = FormForm(request.POST or None, form=built, parts=forms.latest(built).asks)
    if request.method == "POST" and form.is_valid():
        forms.change(built, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, "It is saved.")
        return redirect(built)
    context = {"form": form, "built": built}
    return render_page(request, "coordination/form_change.html", context, status=422 if form.errors else 200)


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def field_add(request, slug, kind):
    """A new field at the end of the form."""
    built = get_object_or_404(_editable(request), slug=slug)
    if kind not in dict(KINDS):
        raise Http404("There is no such kind of field.")
    return _field(request, built, kind, forms.latest(built).questions, None)


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def field_change(request, slug, key):
    built = get_object_or_404(_editable(request), slug=slug)
    asked = forms.latest(built).questions
    place = next((place for place, one in enumerate(asked) if one.key == key), None)
    if place is None:
        raise Http404("This field is gone.")
    return _field(request, built, asked[place].kind, asked[:place], asked[place])


def _field(request, built, kind, above, question):
    form = FieldForm(request.POST or None, kind=kind, above=above, question=question)
    if request.method == "POST" and form.is_valid():
        _do(request, forms.put_field, built, form.as_question())
        return redirect(built)
    context = {"form": form, "built": built, "question": question, "kind_words": dict(KINDS)[kind]}
    return render_page(request, "coordination/form_field.html", context, status=422 if form.errors else 200)


@access(Can.CHANNEL_MANAGE)
@require_POST
def field_move(request, slug, key):
    built = get_object_or_404(_editable(request), slug=slug)
    _do(request, forms.move_field, built, key, up=request.POST.get("up") == "1")
    return redirect(f"{built.get_absolute_url()}#field-{key}")


@access(Can.CHANNEL_MANAGE)
@require_POST
def field_remove(request, slug, key):
    """Take a field out; with `back=1` put it in again."""
    built = get_object_or_404(_editable(request), slug=slug)
    _do(request, forms.remove_field, built, key, back=request.POST.get("back") == "1")
    return redirect(f"{built.get_absolute_url()}#fields")


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def form_preview(request, slug):
    """The form as it will be filled in; sending it tries it out, and keeps nothing."""
    built = get_object_or_404(_visible(request), slug=slug)
    version = forms.latest(built)
    form = RequestForm(request.POST or None, user=request.user, version=version)
    tried = request.method == "POST" and form.is_valid()
    rows = []
    if tried:
        answers = form.cleaned_data["answers"]
        said = ((one.label, questions.in_words(one, answers.get(one.key))) for one in version.questions)
        rows = [(label, answer) for label, answer in said if answer]
    context = {"form": form, "built": built, "version": version, "tried": tried, "rows": rows}
    return render_page(request, "coordination/form_preview.html", context, status=422 if form.errors else 200)


@access(Can.CHANNEL_MANAGE)
@require_POST
def form_publish(request, slug):
    built = get_object_or_404(_editable(request), slug=slug)
    _do(
        request, forms.publish, built, said="It is published: whoever opens the form from now on fills it in."
    )
    return redirect(built)


@access(Can.CHANNEL_MANAGE)
@require_POST
def form_discard(request, slug):
    built = get_object_or_404(_editable(request), slug=slug)
    _do(request, forms.discard, built, said="The draft is gone; what is published stays.")
    return redirect(built)


@access(Can.CHANNEL_MANAGE)
@require_POST
def form_retire(request, slug):
    """Offer the form no more; with `back=1` again."""
    built = get_object_or_404(_editable(request), slug=slug)
    back = request.POST.get("back") == "1"
    said = "It is offered again." if back else "It is not offered any more. What it brought stays."
    _do(request, forms.retire, built, back=back, said=said)
    return redirect(built)


@access(Can.CHANNEL_MANAGE)
@require_POST
def form_standard(request, slug):
    """Let "New request" open this form; with `off=1` the built-in one."""
    built = get_object_or_404(_editable(request), slug=slug)
    off = request.POST.get("off") == "1"
    said = "“New request” opens the built-in form again." if off else "“New request” opens this form now."
    _do(request, forms.make_standard, built, standard=not off, said=said)
    return redirect(built)


@access(Can.CHANNEL_MANAGE)
@require_GET
def form_version(request, slug, number):
    """What one version asks."""
    built = get_object_or_404(_visible(request), slug=slug)
    version = next((one for one in queries.versions_of(built) if one.number == number), None)
    if version is None:
        raise Http404("There is no such version.")
    rows = [(one, questions.condition(one, version.questions)) for one in version.questions]
    context = {"built": built, "version": version, "rows": rows, "part_words": Part.choices}
    return render_page(request, "coordination/form_version.html", context)


@access(Can.CHANNEL_MANAGE)
@require_GET
def form_csv(request, slug):
    """All answers that the form brought, a column a question, whichever version asked it."""
    built = get_object_or_404(_visible(request), slug=slug)
    columns = queries.answer_columns(built)
    header = [*CSV_HEADER, *(label for _, label in columns)]
    return csv_response(
        f"answers-{built.slug}", header, queries.answer_rows(built, columns, user=request.user)
    )


def _visible(request):
    return FormDefinition.objects.visible_to(request.user).for_list()


def _editable(request):
    return FormDefinition.objects.editable_by(request.user).for_list()


def _do(request, verb, *args, said="", **kwargs):
    try:
        verb(*args, **kwargs, by=request.user, at=timezone.now())
    except forms.CannotChange as error:
        messages.error(request, str(error))
    else:
        if said:
            messages.success(request, said)
