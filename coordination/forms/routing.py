"""What the pages of rules and rotations ask for. A rule's form is its sentence: each condition one line."""

from django import forms
from django.db.models import Q

from coordination import queries
from coordination.forms.voices import AmountField
from coordination.matching import LANGUAGES, Condition, stored_conditions
from coordination.models import RoutingRule, SlaPolicy, Urgency
from prodops.models import Role, Segment, Tier, User

IS = [("is", "is one of"), ("not", "is none of")]
NAMES_MOST = 50
# kind: (the words before its choices, whether the choices are ids)
SETS = {
    "channel": ("It came in by", True),
    "form": ("It was written in the form", True),
    "type": ("Its type", True),
    "area": ("Its area, as it came in", True),
    "tag": ("One of its tags", True),
    "tier": ("The tier of one of its accounts", False),
    "segment": ("The segment of one of its accounts", False),
    "language": ("It is written in", False),
}
AMOUNTS = {"stake": "Revenue at stake", "arr": "ARR of its accounts"}


NONE = {"channel": "The pages here", "form": "No form", "type": "No type", "area": "No area yet"}


def _choices(kind, known):
    """[(value, words)] to choose from; 0 is "none"."""
    match kind:
        case "tier":
            return Tier.choices
        case "segment":
            return Segment.choices
        case "language":
            return [("", "Not known"), *LANGUAGES.items()]
    return [*([(0, NONE[kind])] if kind in NONE else []), *known[kind]]


class NamesField(forms.CharField):
    """Words or names, separated by commas or lines."""

    def __init__(self, *, longest, **kwargs):
        self.longest = longest
        super().__init__(required=False, max_length=4_000, **kwargs)

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value):
        text = super().clean(value).replace("\n", ",")
        names = list(dict.fromkeys(" ".join(name.split()) for name in text.split(",") if name.strip()))
        if long := next((name for name in names if len(name) > self.longest), None):
            raise forms.ValidationError(f"“{long[:30]}…” is longer than {self.longest} characters.")
        if len(names) > NAMES_MOST:
            raise forms.ValidationError(f"{NAMES_MOST} at most; make a second rule for more.")
        return names


class RuleForm(forms.ModelForm):
    """A rule. `conditions()` gives what it asks, `tag_names` what it puts on."""

    words_op = forms.ChoiceField(
        label="How many of them", choices=[("any", "any of them"), ("all", "all of them")], required=False
    )
    words = NamesField(
        longest=80,
        label="It says",
        help_text="Words or phrases, separated by commas. Any form counts: invoice also finds invoices.",
    )
    without = NamesField(longest=80, label="And does not say")
    tag_names = NamesField(
        longest=40, label="Put on these tags", help_text="Separated by commas; new ones are made."
    )

    class Meta:
        model = RoutingRule
        fields = ["name", "goes_on", "area", "team", "assignee", "rotation", "urgency", "policy", "reply"]
        labels = {
            "name": "Name of the rule",
            "goes_on": "Then try the rules below as well",
            "area": "Send it to the area",
            "team": "Give it to the team",
            "assignee": "Give it to",
            "rotation": "Or to whoever's turn it is in",
            "urgency": "Set the urgency to",
            "policy": "Measure it by the response times",
            "reply": "Answer those who asked",
        }
        help_texts = {
            "name": "Stands in the history of what it sent where.",
            "goes_on": "Without it this rule is the last for what it matches.",
            "team": "Its editors decide then, besides the area's.",
            "rotation": "Who is away is passed over.",
            "policy": "Whatever its urgency and its account say.",
        }
        widgets = {"reply": forms.Textarea({"rows": 3})}

    def __init__(self, data=None, *, instance=None):
        super().__init__(data, instance=instance, prefix=None)
        known = queries.rule_choices()
        for kind, (label, ids) in SETS.items():
            self.fields[f"if_{kind}_op"] = forms.ChoiceField(label=label, choices=IS, required=False)
            self.fields[f"if_{kind}"] = forms.TypedMultipleChoiceField(
                label=label,
                choices=_choices(kind, known),
                coerce=int if ids else str,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        for kind, label in AMOUNTS.items():
            for end, words in (("min", "at least"), ("max", "below")):
                self.fields[f"if_{kind}_{end}"] = AmountField(
                    label=f"{label} {words}", min_value=0, max_digits=14, decimal_places=2, required=False
                )
        # What the rule has now stays among the choices: saving it must not take it away silently
        people = Q(is_active=True) & ~Q(role=Role.SUBMITTER) | Q(pk=self.instance.assignee_id)
        measured = Q(retired_at=None) | Q(pk=self.instance.policy_id)
        self.fields["assignee"].queryset = User.objects.filter(people)  # type: ignore[attr-defined]
        self.fields["policy"].queryset = SlaPolicy.objects.filter(measured)  # type: ignore[attr-defined]
        as_it_is = ("", "As it is")
        self._offer("urgency", [as_it_is, *Urgency.choices])
        self._offer("assignee", [("", "Nobody in particular"), *self._with_own("assignee", known)])
        for name in ("area", "team", "rotation", "policy"):
            self._offer(name, [as_it_is, *self._with_own(name, known)])
        if instance is not None and instance.pk:
            self.initial |= self._initial(instance)

    def _with_own(self, name, known):
        """The choices, and what the rule has although nobody would choose it now."""
        own = getattr(self.instance, name)
        gone = own is not None and own.pk not in [pk for pk, _ in known[name]]
        return [*known[name], (own.pk, f"{own} (no longer available)")] if gone else known[name]

    def _offer(self, name, choices):
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def _initial(rule):
        initial = {"tag_names": [tag.name for tag in rule.tags.all()]}
        for one in rule.read:
            if one.kind in SETS:
                initial |= {f"if_{one.kind}_op": one.op, f"if_{one.kind}": list(one.values)}
            elif one.kind in AMOUNTS:
                initial[f"if_{one.kind}_{one.op}"] = one.values[0]
            elif one.op == "none":
                initial["without"] = list(one.values)
            else:
                initial |= {"words_op": one.op, "words": list(one.values)}
        return initial

    def sets(self):
        """[(the choices, how they are compared)] as bound fields, for the template."""
        return [(self[f"if_{kind}"], self[f"if_{kind}_op"]) for kind in SETS]

    def amounts(self):
        return [(label, self[f"if_{kind}_min"], self[f"if_{kind}_max"]) for kind, label in AMOUNTS.items()]

    def clean(self):
        data = super().clean() or {}
        if data.get("assignee") and data.get("rotation"):
            self.add_error("rotation", "Choose a person or a rotation, not both.")
        if self.instance.unreadable and not self.conditions():
            words = f"{self.instance.unreadable} Write its conditions again, or it would match everything."
            self.add_error(None, words)
        for kind, label in AMOUNTS.items():
            least, below = data.get(f"if_{kind}_min"), data.get(f"if_{kind}_max")
            if least is not None and below is not None and least >= below:
                self.add_error(f"if_{kind}_max", f"{label}: nothing is at least {least} and below {below}.")
        return data

    def does_something(self):
        """Whether the rule, as typed, changes anything."""
        done = ("area", "team", "assignee", "rotation", "urgency", "policy", "tag_names", "reply")
        return any(self.cleaned_data.get(name) not in (None, "", []) for name in done)

    def conditions(self):
        """What is asked, as far as it could be read: also of a form that is not valid yet."""
        data, found = self.cleaned_data, []
        for kind in SETS:
            if data.get(f"if_{kind}"):
                found.append(Condition(kind, data.get(f"if_{kind}_op") or "is", tuple(data[f"if_{kind}"])))
        if data.get("words"):
            found.append(Condition("words", data.get("words_op") or "any", tuple(data["words"])))
        if data.get("without"):
            found.append(Condition("words", "none", tuple(data["without"])))
        for kind in AMOUNTS:
            for end in ("min", "max"):
                if data.get(f"if_{kind}_{end}") is not None:
                    found.append(Condition(kind, end, (data[f"if_{kind}_{end}"],)))
        return found

    def stored(self):
        return stored_conditions(self.conditions())


class PastForm(forms.Form):
    """What a rule, or all, are applied to."""

    DEFAULTS = {"rule": None, "newest": 1_000, "decided_too": False}

    rule = forms.ModelChoiceField(
        RoutingRule.objects.all(), label="Which rule?", required=False, empty_label="All that are switched on"
    )
    newest = forms.TypedChoiceField(
        label="To how many requests?",
        coerce=int,
        choices=[
            (100, "The last 100"),
            (1_000, "The last 1,000"),
            (10_000, "The last 10,000"),
            (1_000_000, "All"),
        ],
        initial=1_000,
    )
    decided_too = forms.BooleanField(
        required=False,
        label="Decided ones too",
        help_text="They get the area, the team and the tags; nobody is asked to decide them again.",
    )


class OrderForm(forms.Form):
    """Ids in their new order."""

    order = forms.CharField(max_length=4_000)

    def clean_order(self):
        parts = self.cleaned_data["order"].split(",")
        if not all(part.isascii() and part.isdecimal() and len(part) < 18 for part in parts):
            raise forms.ValidationError("This is no order of rules.")
        return [int(part) for part in parts]
