from django.utils import timezone

from coordination.formats.questions import Kind, Question
from coordination.models import ChannelKind, FormDefinition, FormVersion
from coordination.services import forms, widgets
from prodops.models import Role
from tests.factories.coordination import ChannelFactory


def built_form(person, name="Integration wish"):
    """A form with a list, a field that depends on it, and a version in use; and a draft after it."""
    at = timezone.now()
    form = forms.make(name=name, by=person, at=at)
    way = Question("", Kind.ONE, "Which way?", options=("Push", "Pull"), required=True)
    way = forms.put_field(form, way, by=person, at=at)
    often = Question("", Kind.NUMBER, "How often a day?", required=True, when=way.key, when_is=("Pull",))
    forms.put_field(form, often, by=person, at=at)
    forms.publish(form, by=person, at=at)
    return form


def _form(people):
    return {"slug": built_form(people[Role.PRODUCT_OPS]).slug}


def _field(people):
    form = built_form(people[Role.PRODUCT_OPS])
    return {"slug": form.slug, "key": forms.latest(form).questions[0].key}


def _forms(people, n):
    by, at, first = people[Role.PRODUCT_OPS], timezone.now(), FormDefinition.objects.count()
    made = FormDefinition.objects.bulk_create(
        FormDefinition(slug=f"form-{k}", name=f"Form {k}", created_by=by, created_at=at)
        for k in range(first, first + n)
    )
    FormVersion.objects.bulk_create(
        FormVersion(form=one, number=1, edited_by=by, edited_at=at) for one in made
    )


_ONE = ("detail", "change", "preview", "publish", "discard", "retire", "standard", "csv")
SAMPLES = {f"coordination:form_{name}": _form for name in _ONE}
SAMPLES |= {f"coordination:field_{name}": _field for name in ("change", "move", "remove")}
SAMPLES["coordination:field_add"] = lambda people: {**_form(people), "kind": "short"}
SAMPLES["coordination:form_version"] = lambda people: {**_form(people), "number": 1}
LISTS = {"coordination:form_list": _forms}


def widget_of(person, **fields):
    """A widget of a channel, which asks for NPS and words unless `fields` say otherwise."""
    channel = ChannelFactory(kind=ChannelKind.WIDGET, owner=person)
    fields = {"asks_nps": True, "asks_text": True, "origins": ["https://app.example.com"]} | fields
    return widgets.set_up(channel, by=person, at=timezone.now(), **fields)


def _widget(people):
    return {"slug": widget_of(people[Role.PRODUCT_OPS]).channel.slug}


def _door(people):
    return {"key": widget_of(people[Role.PRODUCT_OPS]).key}


SAMPLES |= {f"coordination:{name}": _widget for name in ("widget_edit", "widget_secret")}
_SURVEY = ("results", "csv", "held", "let_in", "throw_out")
SAMPLES |= {f"coordination:survey_{name}": _widget for name in _SURVEY}
SAMPLES |= {f"coordination:widget_{name}": _door for name in ("page", "json")}
