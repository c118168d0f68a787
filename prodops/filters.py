"""What all list filters share: text, order, removable chips, all in the URL."""

from functools import partial

import django_filters
from django import forms
from django.db.models import Case, CharField, FloatField, Func, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Length
from django.db.models.lookups import Exact, LessThanOrEqual
from django.forms.utils import pretty_name

from prodops import custom_fields, memory
from prodops.models import FieldKind, User

MOST_DIGITS_STORED = 100  # of a number that is looked at
_ENDS = ("min", "max", "after", "before", "text")  # of the names of one filter's several inputs


class ListFilter(django_filters.FilterSet):
    """A FilterSet whose active filters can be shown as chips. A value that fits nothing filters nothing.

    Subclasses may declare `q` by `TextFilter` and `sort` by `django_filters.OrderingFilter`, and in `typed`
    the label of what has typed fields ("research.study"): each of those is a filter then.
    """

    typed = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in custom_fields.live(self.typed) if self.typed else ():
            for name, one in typed_filters(field):
                one.parent, one.model = self, self._meta.model
                one.field_name = one.field_name or "properties"
                self.filters[name] = one
        if "sort" in self.filters:
            self.filters["sort"] = self.filters.pop("sort")  # stands last

    def filter_queryset(self, queryset):
        """In a total order whatever is sorted by, so that no row stands on two pages."""
        found = super().filter_queryset(queryset)
        return found.order_by(*found.query.order_by, "-pk") if found.query.order_by else found

    @property
    def chips(self):
        """[(label, value in words, query string without it)] of the filters in force."""
        chips = []
        for name, field in self.form.fields.items():
            value = (
                self.form.cleaned_data.get(name) if self.form.is_valid() or self.form.cleaned_data else None
            )
            if (
                field.widget.is_hidden
                or name in ("q", "sort")
                or value in (None, "", [])
                or (hasattr(value, "exists") and not value)
            ):
                continue
            rest = self.data.copy()
            for key in ("page", name, *(f"{name}_{end}" for end in _ENDS)):
                rest.pop(key, None)
            chips.append((field.label or pretty_name(name), self._in_words(field, value), rest.urlencode()))
        return chips

    @staticmethod
    def _in_words(field, value):
        if isinstance(field, forms.ModelChoiceField):
            return ", ".join(map(str, value)) if hasattr(value, "all") else str(value)
        if isinstance(field, forms.ChoiceField):
            words = dict(field.choices)  # type: ignore[arg-type]
            many = value if isinstance(value, list | tuple) else [value]
            return ", ".join(str(words.get(one, one)) for one in many)
        if isinstance(value, slice):
            return f"{value.start or '…'} to {value.stop or '…'}"
        return "yes" if value is True else "no" if value is False else str(value)


class AmongFilter(django_filters.ChoiceFilter):
    """One of the things of a model that has few, such as teams. The choices are remembered.

    `key` names a thing in the address.
    """

    def __init__(self, model, *, key="slug", **kwargs):
        super().__init__(lookup_expr=key, choices=partial(_names, model, key), **kwargs)


def _names(model, key):
    def read():
        return [(str(getattr(thing, key)), str(thing)) for thing in model.objects.all()]

    return memory.remembered(f"names:{model._meta.label_lower}:{key}", read)


class TextFilter(django_filters.CharFilter):
    """The list's search box: every word must stand in one of `fields`, in any case."""

    def __init__(self, *fields, **kwargs):
        self.text_fields = fields
        kwargs.setdefault("label", "Search")
        super().__init__(**kwargs)

    def filter(self, qs, value):
        from django.db.models import Q

        for word in (value or "").split()[:8]:
            either = Q()
            for field in self.text_fields:
                either |= Q(**{f"{field}__icontains": word})
            qs = qs.filter(either)
        return qs


def typed_filters(field):
    """[(name in the address, filter)] of a typed field: by a range for numbers and dates, else one."""
    name, label = f"f_{field.key}", field.name
    text = KeyTextTransform(field.key, "properties")

    def holds(value):
        return lambda qs, _, chosen: qs.filter(properties__contains={field.key: value(chosen)})

    def compares(lookup, value):
        return lambda qs, _, chosen: qs.alias(**{name: value}).filter(**{f"{name}__{lookup}": chosen})

    if field.kind == FieldKind.SELECT:
        choices = list(field.option_names.items())
        yield name, _choice(label, choices, holds(lambda chosen: chosen))
    elif field.kind == FieldKind.MULTISELECT:
        choices = list(field.option_names.items())
        yield name, _choice(label, choices, holds(lambda chosen: [chosen]))
    elif field.kind == FieldKind.CHECKBOX:
        yield name, _choice(label, [("yes", "Yes"), ("no", "No")], _ticked(field))
    elif field.kind == FieldKind.PERSON:
        yield (
            name,
            django_filters.ModelChoiceFilter(
                queryset=User.objects.order_by("name", "pk"),
                empty_label=f"Any {label}",
                label=label,
                method=holds(lambda chosen: chosen.pk),
            ),
        )
    elif field.kind == FieldKind.NUMBER:
        number = _number(field)
        for suffix, lookup, words in (("from", "gte", "at least"), ("to", "lte", "at most")):
            attrs = {"placeholder": f"{label} {words}", "class": "tiny"}
            yield (
                f"{name}_{suffix}",
                django_filters.NumberFilter(
                    label=f"{label} {words}",
                    method=compares(lookup, number),
                    widget=forms.NumberInput(attrs),
                ),
            )
    elif field.kind == FieldKind.DATE:
        for suffix, lookup, words in (("since", "gte", "since"), ("until", "lte", "until")):
            method = compares(lookup, text)
            yield (
                f"{name}_{suffix}",
                django_filters.DateFilter(
                    label=f"{label} {words}",
                    method=lambda qs, one, day, method=method: method(qs, one, day.isoformat()),
                    widget=forms.DateInput({"type": "date"}),
                ),
            )
    else:
        attrs = {"placeholder": label, "class": "tiny"}
        widget = forms.TextInput(attrs)
        yield (
            name,
            django_filters.CharFilter(label=label, method=compares("icontains", text), widget=widget),
        )


def _number(field):
    """The number that stands there; what is none, or none that the database can count with, is left out."""
    held = KeyTransform(field.key, "properties")
    text = KeyTextTransform(field.key, "properties")
    kind = Func(held, function="jsonb_typeof", output_field=CharField())
    fits = Exact(kind, "number") & LessThanOrEqual(Length(text), MOST_DIGITS_STORED)
    return Case(When(fits, then=Cast(text, FloatField())))


def _choice(label, choices, method):
    return django_filters.ChoiceFilter(
        choices=choices, empty_label=f"Any {label}", label=label, method=method
    )


def _ticked(field):
    def narrowed(qs, _, chosen):
        ticked = {"properties__contains": {field.key: True}}
        return qs.filter(**ticked) if chosen == "yes" else qs.exclude(**ticked)

    return narrowed
