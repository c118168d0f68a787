"""What people type about a key result: the fields depend on its kind and its source."""

from typing import Any

from django import forms

from metrics.models import Kpi, Unit
from process.formulas import okrs
from process.models import KEEPS, Kind, Source
from process.services import shapes
from prodops import progress
from prodops.comboboxes import ThingField
from prodops.models import User

LEVELS = 1_000
OFFERED = 200  # things of one provider to choose from


def people():
    return User.objects.active().order_by("name", "pk")


def number(**kwargs):
    return forms.FloatField(required=False, widget=forms.NumberInput({"step": "any"}), **kwargs)


KINDS = [
    (Kind.INCREASE, "Increase a number"),
    (Kind.DECREASE, "Decrease a number"),
    (Kind.KEEP_ABOVE, "Keep a number above a level"),
    (Kind.KEEP_BELOW, "Keep a number below a level"),
    (Kind.KEEP_WITHIN, "Keep a number between two levels"),
    (Kind.MILESTONES, "Reach milestones"),
    (Kind.ORDINAL, "Climb steps on a scale"),
]
# kind: the fields it needs beside those of every key result
FIELDS_OF = {
    Kind.INCREASE: ("start", "target", "stretch", "unit"),
    Kind.DECREASE: ("start", "target", "stretch", "unit"),
    Kind.KEEP_ABOVE: ("low", "unit"),
    Kind.KEEP_BELOW: ("high", "unit"),
    Kind.KEEP_WITHIN: ("low", "high", "unit"),
    Kind.MILESTONES: (),
    Kind.ORDINAL: ("levels", "start_level", "target_level"),
}
POINTERS = {Source.KPI: "kpi", Source.KEY_RESULT: "follows", Source.ROADMAP: "item"}


def sources_of(kind):
    """[(source, what it is called)] that a key result of this kind may have."""
    if kind == Kind.MILESTONES:
        return [(Source.HAND, "Ticked by hand"), (Source.ROADMAP, "An item of the roadmap")]
    if kind == Kind.ORDINAL:
        return [(Source.HAND, "Chosen at each check-in")]
    return [
        (Source.HAND, "Typed at each check-in"),
        (Source.KPI, "A KPI of the registry"),
        (Source.KEY_RESULT, "Another key result"),
    ]


def things_of(user):
    """[(provider's name, [("label:id", title)])] of what has milestones and may be followed."""
    return [
        (one.name, [(f"{one.label}:{thing.pk}", str(thing)) for thing in one.search(user)[:OFFERED]])
        for one in progress.providers()
    ]


class KeyResultForm(forms.Form):
    """A key result. `shape()` is what the services take; its fields are those of its kind and source.

    `agreed` says of a new one that the others beside it were agreed, so that it takes a reason.
    """

    chosen_kind: Any
    chosen_source: Any

    title = forms.CharField(
        max_length=160,
        label="Key result",
        help_text="The result, with its numbers: “Import success from 62 % to 70 %”.",
    )
    kind = forms.ChoiceField(choices=KINDS, label="What should happen", initial=Kind.INCREASE)
    source = forms.ChoiceField(choices=Source, label="Where its values come from", initial=Source.HAND)
    kpi = forms.ModelChoiceField(
        Kpi.objects.none(),
        required=False,
        label="KPI to follow",
        empty_label="Choose a KPI",
        help_text="Its values come in by themselves, in the KPI's unit and as it is defined today.",
    )
    item = forms.ChoiceField(
        required=False, label="On the roadmap", help_text="Its milestones are the steps from plan to shipped."
    )
    levels = forms.CharField(
        required=False,
        max_length=LEVELS,
        widget=forms.Textarea({"rows": 5}),
        label="Steps, one a line",
        help_text="The lowest first: “Not started”, “Pilot with two teams”, “All teams”.",
    )
    start_level = forms.CharField(
        required=False,
        max_length=80,
        label="It is on the step",
        help_text="As written above. Empty: the first.",
    )
    target_level = forms.CharField(
        required=False,
        max_length=80,
        label="It should get to",
        help_text="As written above. Empty: the last.",
    )
    start = number(
        label="Start", help_text="Where it stands now. Leave empty to start from where its source stands."
    )
    target = number(label="Target", help_text="Where it should get to.")
    stretch = number(label="Stretch", help_text="Beyond the target, if all goes well.")
    low = number(label="Not below")
    high = number(label="Not above")
    unit = forms.ChoiceField(choices=Unit, initial=Unit.PERCENT, required=False)
    owner = forms.ModelChoiceField(User.objects.none(), empty_label=None)
    weight = forms.FloatField(
        initial=1,
        min_value=0,
        max_value=1000,
        help_text="How much it counts beside the objective's other key results.",
        widget=forms.NumberInput({"step": "any", "min": "0"}),
    )
    guardrail = forms.BooleanField(
        required=False,
        label="Guardrail: watch it, and do not count it",
        help_text="Something that must not get worse on the way. It is shown as holding or broken.",
    )

    reason = forms.CharField(
        max_length=500,
        required=False,
        label="Why it changes",
        help_text="The cycle has been active: a change of what was agreed is kept with its reason.",
    )

    def __init__(self, data=None, *, user, key_result=None, agreed=False, initial=None):
        self.key_result = key_result
        super().__init__(data, initial=(_said(key_result) if key_result else {}) | (initial or {}))
        self.fields["follows"] = ThingField(
            "key-result",
            user=user,
            required=False,
            label="Key result to follow",
            help_text="Of an open cycle, counted in the same unit.",
        )
        fields: Any = self.fields
        fields["kpi"].queryset = (
            Kpi.objects.visible_to(user).only("pk", "name", "unit", "slug", "count_version").order_by("name")
        )
        fields["owner"].queryset = people()
        self.agreed = agreed if key_result is None else key_result.objective.cycle.frozen
        self._shown(user)

    def _shown(self, user):
        """Leave out the fields that the chosen kind and source have no use for."""
        self.chosen_kind = Kind(self._chosen("kind", dict(KINDS), Kind.INCREASE))
        offered = sources_of(self.chosen_kind)
        default = Source.KPI if self.data.get("kpi") and self.chosen_kind in shapes.NUMBERS else Source.HAND
        self.chosen_source = Source(self._chosen("source", dict(offered), default))
        fields: Any = self.fields
        fields["kind"].required = fields["source"].required = False
        fields["source"].choices = offered
        if len(offered) == 1:
            fields["source"].widget = forms.HiddenInput()
        kept = {"title", "kind", "source", "owner", "weight", "guardrail", *FIELDS_OF[self.chosen_kind]}
        if self.agreed:
            kept.add("reason")
            if self.key_result is None:
                fields["reason"].label, fields["reason"].required = "Why it is added", True
                fields["reason"].error_messages["required"] = "Say why it is added: the others were agreed."
                fields["reason"].help_text = "The others were agreed, so one more is kept with its reason."
        if pointer := POINTERS.get(self.chosen_source):
            kept.add(pointer)
            fields[pointer].required = True
        if self.chosen_source == Source.KPI:
            kept.discard("unit")
        if self.chosen_source == Source.ROADMAP:
            fields["item"].choices = [("", "Choose an item"), *things_of(user)]
        for name in set(fields) - kept:
            del fields[name]
        self.initial.update(kind=self.chosen_kind, source=self.chosen_source)

    def _chosen(self, name, offered, default):
        """What was chosen; where that is not on offer, or nothing was, `default`."""
        chosen = self.data.get(name) if self.is_bound else self.initial.get(name)
        return chosen if chosen in offered else default

    def places(self):
        """The fields of the shape in the order they are asked, in rows."""
        return [name for name in ("kpi", "follows", "item", "levels") if name in self.fields]

    def pairs(self):
        names = ("start_level", "target_level", "start", "target", "stretch", "low", "high", "unit")
        return [name for name in names if name in self.fields]

    def _level(self, name, names):
        """The place of the level that was named, or None where none was."""
        typed = (self.cleaned_data.get(name) or "").strip().casefold()
        if not typed:
            return None
        for place, level in enumerate(names):
            if level.casefold() == typed:
                return float(place)
        raise shapes.Misshapen(name, f"None of the steps above is called “{self.cleaned_data[name]}”.")

    def shape(self):
        """What `shapes.shaped` takes. Raises `shapes.Misshapen` for a level that is not on the scale."""
        data = self.cleaned_data
        made: dict[str, Any] = {
            name: data.get(name)
            for name in ("start", "target", "stretch", "low", "high", "kpi", "follows")
            if name in self.fields
        }
        if data.get("unit"):
            made["unit"] = data["unit"]
        if self.chosen_kind == Kind.ORDINAL:
            names = [line.strip() for line in data.get("levels", "").splitlines() if line.strip()]
            made["levels"] = names
            made |= {name: self._level(f"{name}_level", names) for name in ("start", "target")}
        if self.chosen_source == Source.ROADMAP and data.get("item"):
            label, pk = data["item"].split(":")
            made["item"] = (label, int(pk))
        direction = self.chosen_kind in (Kind.INCREASE, Kind.DECREASE) and not self.data.get("kind")
        return made | {"kind": None if direction else self.chosen_kind, "source": self.chosen_source}

    def refuse(self, error):
        """Put what a service refused beside the field it is about."""
        named = getattr(error, "field", None)
        if isinstance(error, okrs.NoDistance):
            named = "target_level" if self.chosen_kind == Kind.ORDINAL else "target"
        elif isinstance(error, okrs.ZeroWeights):
            named = "weight"
        elif self.chosen_kind == Kind.ORDINAL and named in ("start", "target"):
            named = f"{named}_level"
        self.add_error(named if named in self.fields else None, str(error))

    def said(self):
        """What the services take beside the shape."""
        names = ("title", "weight", "owner", "guardrail", *(["reason"] if self.agreed else []))
        return {name: self.cleaned_data[name] for name in names}


def _said(row):
    """A key result as the form's fields have it."""
    names = ("title", "kind", "source", "kpi", "follows", "unit", "start", "target", "stretch")
    said = {name: getattr(row, name) for name in (*names, "low", "high", "weight", "guardrail")}
    if row.item_id:
        said["item"] = f"{row.item_label}:{row.item_id}"
    if row.kind == Kind.ORDINAL:
        said |= {
            "levels": "\n".join(row.levels),
            "start_level": row.level_at(row.start),
            "target_level": row.level_at(row.target),
        }
    return said | {"owner": row.owner_id}


class MilestoneForm(forms.Form):
    title = forms.CharField(max_length=160, label="Milestone")
    due_on = forms.DateField(required=False, label="Due", widget=forms.DateInput({"type": "date"}))
    weight = forms.FloatField(
        initial=1, min_value=0.01, max_value=1000, widget=forms.NumberInput({"step": "any", "min": "0.01"})
    )
    reason = forms.CharField(max_length=500, required=False, label="Why it changes")


class RedefineForm(forms.Form):
    """The baseline a key result is held to by its KPI's new definition, and why."""

    start = forms.FloatField(widget=forms.NumberInput({"step": "any"}), label="Start, as counted now")
    target = forms.FloatField(widget=forms.NumberInput({"step": "any"}), label="Target, as counted now")
    low = forms.FloatField(widget=forms.NumberInput({"step": "any"}), label="Not below, as counted now")
    high = forms.FloatField(widget=forms.NumberInput({"step": "any"}), label="Not above, as counted now")
    reason = forms.CharField(max_length=500, label="Why these", widget=forms.Textarea({"rows": 2}))

    def __init__(self, data=None, *, key_result):
        super().__init__(
            data, initial={name: getattr(key_result, name) for name in ("start", "target", "low", "high")}
        )
        kept = (
            {"reason", *FIELDS_OF[key_result.kind]}
            if key_result.kind in KEEPS
            else {"reason", "start", "target"}
        )
        for name in set(self.fields) - kept:
            del self.fields[name]

    def said(self):
        """Every argument of `key_results.redefine`, None where the kind has no use for it."""
        return {name: self.cleaned_data.get(name) for name in ("start", "target", "low", "high", "reason")}
