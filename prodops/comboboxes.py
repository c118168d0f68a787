"""Fields that search the server while one types, for things too many for a list.

Apps offer the kinds of thing one may choose (`offer`); a field or a filter names its kind.
"""

from collections.abc import Callable
from typing import NamedTuple

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse

LONGEST = 160  # characters of what is typed that count


class Source(NamedTuple):
    """A kind of thing to choose from.

    `things(user)` is what the person may choose, best first. What is typed stands in one of `fields`;
    `key` names the thing in addresses, and `label` is the field with its full name. `about(thing, user)`
    gives the words beside it and what scripts may read: (hint, {data name: value}).
    """

    can: str
    things: Callable[..., QuerySet]
    fields: tuple[str, ...]
    key: str
    label: str
    about: Callable
    none: str


_sources: dict[str, Source] = {}


def offer(name, *, can, things, fields, none, key="slug", label="", about=lambda thing, user: ("", {})):
    """Let fields of the kind `name` choose from `things`; `none` is said where nothing fits."""
    _sources[name] = Source(can, things, fields, key, label or fields[0], about, none)


def source(name):
    return _sources.get(name)


def suggestions(name, typed, user, limit=8):
    """[(key, name, hint, data)] of what fits the text typed so far."""
    chosen = _sources[name]
    fits = Q()
    for field in chosen.fields:
        fits |= Q(**{f"{field}__icontains": typed[:LONGEST]})
    things = chosen.things(user).filter(fits)[:limit]
    return [(_key(chosen, one), str(one), *chosen.about(one, user)) for one in things]


def _key(chosen, thing):
    return str(getattr(thing, chosen.key))


class ThingInput(forms.Widget):
    """A text field with suggestions. The value is a pair: the key of what was chosen, and what was typed."""

    template_name = "components/_combobox.html"
    kind = ""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        if isinstance(value, list | tuple):
            key, text = value
        else:
            key, text = (_key(_sources[self.kind], value), str(value)) if value else ("", "")
        context["widget"] |= {"key": key, "text": text, "options_url": reverse("options", args=[self.kind])}
        return context

    def value_from_datadict(self, data, files, name):
        return (data.get(name, ""), data.get(f"{name}_text", ""))

    def value_omitted_from_data(self, data, files, name):
        return name not in data and f"{name}_text" not in data

    def id_for_label(self, id_):
        return id_


class ThingField(forms.Field):
    """One thing of a kind, chosen from the suggestions or written out in full.

    `user` is who chooses, where that decides what there is to choose from.
    """

    widget = ThingInput
    default_error_messages = {
        "unknown": "There is nothing called “%(text)s”. Choose from the list.",
        "ambiguous": "More than one is called “%(text)s”. Choose from the list.",
    }

    def __init__(self, kind, *, user=None, **kwargs):
        self.kind, self.user = kind, user
        super().__init__(**kwargs)
        self.widget.kind = kind

    def to_python(self, value):
        chosen = _sources[self.kind]
        if value is None or isinstance(value, chosen.things(self.user).model):
            return value
        key, text = ((part or "").replace("\0", "").strip() for part in value)
        if not key and not text:
            return None
        things = chosen.things(self.user)
        # where the key is a number, nothing else is one
        named = key and (chosen.key != "pk" or (key.isascii() and key.isdecimal() and len(key) < 18))
        found = list(things.filter(**{chosen.key: key})[:1]) if named else []
        found = found or list(things.filter(**{f"{chosen.label}__iexact": (text or key)[:LONGEST]})[:2])
        if len(found) != 1:
            code = "ambiguous" if found else "unknown"
            raise forms.ValidationError(self.error_messages[code], code=code, params={"text": text or key})
        return found[0]


class ThingsInput(ThingInput):
    """What is chosen, each to be ticked off, and a field that adds another.

    The value is (keys that are ticked, what was typed to add); as an initial value a list of keys.
    """

    template_name = "components/_combobox_many.html"
    user = None

    def get_context(self, name, value, attrs):
        keys, added = value if isinstance(value, tuple) else (value or (), ("", ""))
        context = super().get_context(f"{name}_add", added, attrs)
        named = {_key(_sources[self.kind], one): str(one) for one in _of_keys(self.kind, keys, self.user)}
        chosen = [(key, named[key]) for key in dict.fromkeys(map(str, keys)) if key in named]
        context["widget"] |= {"chosen": chosen, "chosen_name": name}
        return context

    def value_from_datadict(self, data, files, name):
        keys = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return (keys, super().value_from_datadict(data, files, f"{name}_add"))

    def value_omitted_from_data(self, data, files, name):
        return False  # nothing ticked sends nothing


def _of_keys(kind, keys, user):
    """Those of the things with these keys that the person may choose."""
    chosen = _sources[kind]
    whole = [key for key in map(str, keys) if chosen.key != "pk" or (key.isascii() and key.isdecimal())]
    fit = [key.replace("\0", "") for key in whole if len(key) < 18 or chosen.key != "pk"]
    return list(chosen.things(user).filter(**{f"{chosen.key}__in": fit})) if fit else []


class ThingsField(ThingField):
    """Any number of things of a kind, found by typing; gives a list."""

    widget = ThingsInput

    def __init__(self, kind, *, user=None, **kwargs):
        super().__init__(kind, user=user, **kwargs)
        self.widget.user = user

    def to_python(self, value):
        if value is None:
            return []
        keys, added = value
        found = _of_keys(self.kind, keys, self.user)
        one = super().to_python(added)
        return found if one is None or one in found else [*found, one]


class AccountField(ThingField):
    """A customer account."""

    default_error_messages = {
        "unknown": "There is no account called “%(text)s”. Choose one from the list.",
        "ambiguous": "More than one account is called “%(text)s”. Choose one from the list.",
    }

    def __init__(self, **kwargs):
        super().__init__("account", **kwargs)


class ThingFilter(django_filters.Filter):
    """Narrows a list to one thing of a kind. The list's filter set must be given the request."""

    field_class = ThingField

    def __init__(self, kind, **kwargs):
        super().__init__(kind=kind, **kwargs)
        self.extra["widget"] = ThingInput({"placeholder": f"Any {kind}", "class": "sm"})

    @property
    def field(self):
        field = super().field
        field.user = self.parent.request.user
        return field
