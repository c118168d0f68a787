"""The driver tree, conflicts and exchange: in the side bar, and on the KPIs' own pages."""

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from metrics.queries import conflicts
from prodops import nav, subjects, words
from prodops.access import Can, allowed
from prodops.comboboxes import ThingField, ThingInput
from prodops.panels import Panel


def _to_settle(user):
    return conflicts.waiting_for(user) if allowed(user, Can.KPI_EDIT) else None


nav.register(
    "metrics",
    nav.Item(
        "Registry",
        "metrics:conflict_list",
        Can.KPI_READ,
        waiting=_to_settle,
        under=("../tree/", "../registry/"),
    ),
)
nav.action(nav.Action("Import KPIs", "metrics:registry_import_new", Can.KPI_EDIT))
subjects.register("metrics.registryimport", Can.KPI_EDIT)
for verb, sentence in {
    "kpi.conflict_settled": "settled it against “{other}”: {ruling}",
    "kpi.conflict_reopened": "took back the verdict about “{other}”",
    "kpi.driver_added": "added “{child}” as a driver",
    "kpi.driver_removed": "took “{child}” away as a driver",
    "registry.imported": "imported this file: {defined} new, {edited} changed, {proposed} proposed",
    "registry.import_undone": "undid this import",
}.items():
    words.register(verb, sentence)


class DriverForm(forms.Form):
    """A KPI that moves another one."""

    note = forms.CharField(
        label="How it moves it",
        max_length=200,
        required=False,
        widget=forms.TextInput({"placeholder": "How it moves it, in a few words"}),
    )

    field_order = ("child", "note")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["child"] = ThingField(
            "kpi", user=user, label="KPI", widget=ThingInput({"placeholder": "A KPI that moves it"})
        )
        self.order_fields(self.field_order)


def drivers_of(request, kpi, around, figures):
    """A KPI's page: what moves it and what it moves, with a form for who may change it.

    `around, figures` is what `queries.drivers.around` gives; the page shows the KPI's own figures by it too.
    """
    may_edit = allowed(request.user, Can.KPI_EDIT) and kpi.is_editable_by(request.user)
    context = {
        "kpi": kpi,
        "around": around,
        "figures": figures,
        "may_edit": may_edit,
        "form": DriverForm(user=request.user, auto_id="driver_%s"),
    }
    html = render_to_string("metrics/_drivers_panel.html", context, request, using="jinja2")
    return Panel("drivers", "Drivers", mark_safe(html))  # noqa: S308  (our template, escaped there)
