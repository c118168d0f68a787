"""Typed fields of any app's things: which there are, what they hold, and how that is said.

An app registers the models whose `properties` take them; forms (`prodops.forms.TypedFields`), filters
(`ListFilter.typed`), exports (`Columns`) and side columns (`card`) follow.
"""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator, URLValidator
from django.urls import reverse

from prodops import memory
from prodops.models import CustomField, FieldKind, User

MOST_TEXT = 1_000
MOST_URL = 500
MOST_DIGITS, DECIMAL_PLACES = 18, 6
is_web_link = URLValidator(["http", "https"])


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


def fitting(field, value):
    """`value` (JSON) as it may stand in `properties`, by the rules of the field's form; None if it may not.

    Of a list of options those stay that the field has.
    """
    if isinstance(value, list) and field.kind == FieldKind.MULTISELECT:
        found = [one for one in value if isinstance(one, str) and one in field.option_names]
        return list(dict.fromkeys(found)) or None
    if isinstance(value, bool):
        return True if value and field.kind == FieldKind.CHECKBOX else None
    if isinstance(value, int | float):
        return _fitting_number(field, value)
    return _fitting_text(field, value) if isinstance(value, str) else None


def _fitting_number(field, value):
    if field.kind == FieldKind.PERSON:
        return value if isinstance(value, int) and 0 < value < 2**63 else None
    if field.kind != FieldKind.NUMBER:
        return None
    try:
        DecimalValidator(MOST_DIGITS, DECIMAL_PLACES)(Decimal(str(value)))
    except (ValidationError, ValueError, OverflowError):  # of thousands of digits
        return None
    return int(value) if value == int(value) else value


def _fitting_text(field, value):
    text = value.strip()
    if not text or "\0" in text:
        return None
    if field.kind == FieldKind.TEXT:
        return text if len(text) <= MOST_TEXT else None
    if field.kind == FieldKind.URL:
        return text if _is_link(text) else None
    if field.kind == FieldKind.SELECT:
        return text if text in field.option_names else None
    if field.kind == FieldKind.DATE:
        try:
            return dt.date.fromisoformat(text).isoformat()
        except ValueError:
            return None
    return None


def _is_link(text):
    try:
        is_web_link(text)
    except ValidationError:
        return False
    return len(text) <= MOST_URL


def to_form(field, value):
    """What a form begins with; a stored value that does not fit is shown as text, where there is room."""
    fits = fitting(field, value)
    if fits is None:
        return None if value is None or field.kind == FieldKind.PERSON else str(value)
    return dt.date.fromisoformat(fits) if field.kind == FieldKind.DATE else fits


def merged(before, fields, values):
    """`properties` with `values` ({key: JSON or None}) of `fields`; what belongs to no such field stays."""
    kept = {key: value for key, value in before.items() if key not in {field.key for field in fields}}
    return kept | {field.key: values[field.key] for field in fields if values.get(field.key) is not None}


def in_words(field, value, people):
    """A value as text; `people` is {id: name}."""
    if value is None:
        return ""
    if fitting(field, value) is None:
        return str(value)  # nothing that is stored is hidden
    if field.kind == FieldKind.CHECKBOX:
        return "Yes"
    if field.kind == FieldKind.PERSON:
        return people.get(value, "")
    if field.kind == FieldKind.SELECT:
        return field.option_names.get(value, value)
    if field.kind == FieldKind.MULTISELECT:
        return ", ".join(field.option_names.get(one, str(one)) for one in value if isinstance(one, str))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _people(fields, all_properties):
    """{id: name} of everybody who stands in a person field: no query where there is none."""
    people = [field for field in fields if field.kind == FieldKind.PERSON]
    ids = {fitting(field, values.get(field.key)) for values in all_properties for field in people} - {None}
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
        href = fitting(field, value) if field.kind == FieldKind.URL else ""
        rows.append(Shown(field, in_words(field, value, people), href or "", edit_url))
    return rows
