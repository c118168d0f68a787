"""How the data checks of a KPI are meant."""

from django import forms

from metrics.models import Rule
from metrics.services.quality import DEFAULTS

SHARES = (Rule.VOLUME, Rule.NULLS, Rule.RESTATED, Rule.PARTS)  # said in percent
SET_HERE = (*DEFAULTS, Rule.RANGE)
LARGEST = 1e15


class QualityForm(forms.Form):
    """Of each rule whether it is on, and its two thresholds; empty ones are the rule's own.

    Shares are typed in percent; of the range the two numbers are the lowest and the highest allowed value.
    """

    def __init__(self, data=None, *, settings):
        super().__init__(data)
        for rule in SET_HERE:
            held = settings.get(rule)
            label = Rule(rule).label
            self.fields[f"{rule}_on"] = forms.BooleanField(
                required=False, label=label, initial=held.on if held else True
            )
            for name in ("warn", "fail"):
                self.fields[f"{rule}_{name}"] = forms.FloatField(
                    required=False,
                    label=f"{label}: {_word(rule, name)}",
                    min_value=None if rule == Rule.RANGE else 0,
                    max_value=LARGEST,
                    initial=_shown(rule, getattr(held, name)) if held else None,
                    widget=forms.NumberInput({"step": "any", "placeholder": _default(rule, name)}),
                )

    def rows(self):
        """[(rule, whether on, first, second)] as bound fields."""
        return [
            (Rule(rule), self[f"{rule}_on"], self[f"{rule}_warn"], self[f"{rule}_fail"]) for rule in SET_HERE
        ]

    def wanted(self):
        """What `quality.configure` takes."""
        return {
            rule: (
                self.cleaned_data[f"{rule}_on"],
                *(_meant(rule, self.cleaned_data[f"{rule}_{name}"]) for name in ("warn", "fail")),
            )
            for rule in SET_HERE
        }


def _word(rule, name):
    if rule == Rule.RANGE:
        return "lowest" if name == "warn" else "highest"
    return "warn above" if name == "warn" else "fail above"


def _shown(rule, value):
    return value if value is None or rule not in SHARES else round(100 * value, 6)


def _meant(rule, value):
    return value if value is None or rule not in SHARES else value / 100


def _default(rule, name):
    if rule == Rule.RANGE:
        return "any"
    value = DEFAULTS[rule][name == "fail"]
    return f"{100 * value:g} %" if rule in SHARES else f"{value:g}"
