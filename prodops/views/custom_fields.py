"""Typed fields: the settings of product ops, and one value at a time on a thing's page."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops import custom_fields
from prodops.access import Can, access, allowed
from prodops.forms import CustomFieldForm, typed_field
from prodops.http import redirect_to, render_page
from prodops.models import CustomField
from prodops.services import custom_fields as services


@access(Can.STRUCTURE_EDIT)
@require_GET
def field_list(request):
    held: dict[str, list] = {}
    for field in CustomField.objects.for_list():
        held.setdefault(field.subject, []).append(field)
    groups = [
        (
            subject,
            [one for one in held.get(subject.label, []) if one.retired_at is None],
            [one for one in held.get(subject.label, []) if one.retired_at is not None],
        )
        for subject in custom_fields.subjects()
    ]
    return render_page(request, "prodops/field_list.html", {"groups": groups})


@access(Can.STRUCTURE_EDIT)
@require_http_methods(["GET", "POST"])
def field_create(request, label):
    subject = custom_fields.subject(label)
    if subject is None:
        raise Http404("Nothing of that name has fields.")
    form = CustomFieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            field = services.create(label, by=request.user, at=timezone.now(), **form.cleaned_data)
        except services.Refused as error:
            form.add_error("new_options" if "list" in str(error) else "name", str(error))
        else:
            messages.success(request, f"{subject.plural} have the field “{field.name}” now.")
            return redirect("field_list")
    return _form(request, form, subject, f"New field of {subject.plural.lower()}")


@access(Can.STRUCTURE_EDIT)
@require_http_methods(["GET", "POST"])
def field_edit(request, pk):
    field = get_object_or_404(CustomField, pk=pk)
    form = CustomFieldForm(request.POST or None, field=field)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit(field, by=request.user, at=timezone.now(), **form.cleaned_data)
        except services.Refused as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "Saved.")
            return redirect("field_list")
    return _form(request, form, custom_fields.subject(field.subject), field.name)


def _form(request, form, subject, title):
    context = {"form": form, "subject": subject, "title": title, "cancel": "field_list"}
    return render_page(request, "prodops/edit.html", context, status=422 if form.errors else 200)


@access(Can.STRUCTURE_EDIT)
@require_POST
def field_move(request, pk):
    field = get_object_or_404(CustomField, pk=pk)
    services.move(field, up=request.POST.get("to") == "up", by=request.user, at=timezone.now())
    return redirect("field_list")


@access(Can.STRUCTURE_EDIT)
@require_POST
def field_retire(request, pk):
    field = get_object_or_404(CustomField, pk=pk)
    services.retire(field, by=request.user, at=timezone.now())
    messages.success(request, f"“{field.name}” is offered no more. Its values are kept.")
    return redirect("field_list")


@access(Can.STRUCTURE_EDIT)
@require_POST
def field_restore(request, pk):
    field = get_object_or_404(CustomField, pk=pk)
    try:
        services.restore(field, by=request.user, at=timezone.now())
        messages.success(request, f"“{field.name}” is back, with the values it had.")
    except services.Refused as error:
        messages.error(request, str(error))
    return redirect("field_list")


@access(Can.USE_WORKSPACE)
@require_http_methods(["GET", "POST"])
def typed_value(request, label, pk, key):
    """One field of one thing, saved alone."""
    subject = custom_fields.subject(label)
    if subject is None:
        raise Http404("Nothing of that name has fields.")
    if not allowed(request.user, subject.can_edit):
        raise PermissionDenied("Your role does not include changing this.")
    editable = custom_fields.model_of(label).objects.editable_by(request.user)
    thing = get_object_or_404(editable, pk=pk)
    field = get_object_or_404(CustomField.objects.of(label).live(), key=key)
    form = _value_form(request, field, thing.properties.get(key))
    if request.method == "POST" and form.is_valid():
        value = custom_fields.to_json(field, form.cleaned_data["value"])
        services.set_value(thing, field, value, by=request.user, at=timezone.now())
        messages.success(request, f"{field.name} is saved.")
        return redirect_to(request, thing.get_absolute_url())
    context = {"thing": thing, "field": field, "form": form, "back": thing.get_absolute_url()}
    status = 422 if form.errors else 200
    return render_page(request, "prodops/typed_value.html", context, partial="value", status=status)


def _value_form(request, field, value):
    form_type = type("ValueForm", (forms.Form,), {"value": typed_field(field, value)})
    return form_type(request.POST if request.method == "POST" else None)
