"""Typed fields of any app's things: which there are, what they hold, and how that is said.

An app registers the models whose `properties` take them; forms (`prodops.forms.TypedFields`), filters
(`ListFilter.typed`), exports (`Columns`) and side columns (`card`) follow.
"""

import datetime as dt
from typing import NamedTuple

from django.apps import apps
from django.urls import reverse

from prodops import memory
from prodops.models import CustomField, FieldKind, User


class Subject(NamedTuple):
    """A model that has typed fields. `can_edit` is the capability that changing a value takes."""

    label: str
    plural: str
    can_edit: str


_subjects: dict[str, Subject] = {}


def register(label, plural, *, can_edit):
    """Let product ops add fields to `label` ("research.study"), whose model has `properties`.

    Its manager has `editable_by(user)`.
    """
    _subjects[label] = Subject(label, plural, can_edit)


def subjects():
    return sorted(_subjects.values(), key=lambda one: one.plural)


def subject(label):
    """The `Subject` of that label, or None."""
    return _subjects.get(label)


def model_of(label):
    return apps.get_model(label)


def live(label):
    """The fields of `label` that are in use, in order."""
    return memory.remembered(f"fields:{label}", lambda: list(CustomField.objects.of(label).live().for_list()))


# --- values -----------------------------------------------------------------------------------------------


def to_json(field, value):
    """What a form gave, as it stands in `properties`; None for nothing."""
    if value in (None, "", []) or value is False:
        return None
    if field.kind == FieldKind.NUMBER:
        return int(value) if value == value.to_integral_value() else float(value)
    if field.kind == FieldKind.DATE:
        return value.isoformat()
    if field.kind == FieldKind.PERSON:
        return value.pk
    return list(value) if field.kind == FieldKind.MULTISELECT else value


def to_form(field, value):
    """What a form begins with."""
    return dt.date.fromisoformat(value) if field.kind == FieldKind.DATE and value else value


def merged(before, fields, values):
    """`properties` with `values` ({key: JSON or None}) of `fields`; what belongs to no such field stays."""
    kept = {key: value for key, value in before.items() if key not in {field.key for field in fields}}
    return kept | {field.key: values[field.key] for field in fields if values.get(field.key) is not None}


def in_words(field, value, people):
    """A value as text; `people` is {id: name}."""
    if value is None:
        return ""
    if field.kind == FieldKind.CHECKBOX:
        return "Yes"
    if field.kind == FieldKind.PERSON:
        return people.get(value, "")
    if field.kind == FieldKind.SELECT:
        return field.option_names.get(value, value)
    if field.kind == FieldKind.MULTISELECT:
        return ", ".join(field.option_names.get(one, one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _people(fields, all_properties):
    """{id: name} of everybody who stands in a person field: no query where there is none."""
    keys = [field.key for field in fields if field.kind == FieldKind.PERSON]
    ids = {properties.get(key) for properties in all_properties for key in keys} - {None}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


class Columns:
    """The typed fields as columns of an export: `header`, and `cells` of each thing of `things`."""

    def __init__(self, label, things):
        self.fields = live(label)
        self.header = [field.name for field in self.fields]
        self.people = _people(self.fields, [thing.properties for thing in things])

    def cells(self, thing):
        return [in_words(field, thing.properties.get(field.key), self.people) for field in self.fields]


class Shown(NamedTuple):
    """A field of one thing as its side column shows it."""

    field: CustomField
    text: str
    href: str
    edit_url: str


def card(thing, *, may_edit):
    """[`Shown`] of a thing: all fields for those who may fill them in, else those with a value."""
    label = thing._meta.label_lower
    fields = live(label)
    people = _people(fields, [thing.properties])
    rows = []
    for field in fields:
        value = thing.properties.get(field.key)
        if value is None and not may_edit:
            continue
        edit_url = reverse("typed_value", args=[label, thing.pk, field.key]) if may_edit else ""
        href = value if field.kind == FieldKind.URL and value else ""
        rows.append(Shown(field, in_words(field, value, people), href, edit_url))
    return rows
