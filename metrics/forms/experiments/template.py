"""Templates of experiments, with guardrails and checks as lines of text."""

from django import forms

from metrics.models import AssignedBy, Correction, Kpi, Method

from .plan import PercentField, area_of

DESIGN = ("unit", "method", "correction", "alpha", "power", "min_days")
MOST_LINES = 30


class TemplateForm(forms.Form):
    name = forms.CharField(max_length=120)
    purpose = forms.CharField(
        max_length=500, required=False, widget=area_of(2), label="For which experiments"
    )
    unit = forms.ChoiceField(choices=AssignedBy, label="Assigned by")
    method = forms.ChoiceField(choices=Method)
    correction = forms.ChoiceField(choices=Correction)
    alpha = PercentField(least=0.1, most=49, label="Alpha, in %")
    power = PercentField(least=51, most=99.9, label="Power, in %")
    min_days = forms.IntegerField(min_value=1, max_value=365, label="Shortest run, in days")
    guardrails = forms.CharField(
        required=False,
        max_length=4000,
        widget=area_of(4),
        help_text="One a line: the KPI's name and its margin, such as “Support tickets per account; 3 %”.",
    )
    checklist = forms.CharField(
        required=False,
        max_length=8000,
        widget=area_of(6),
        label="Checks before the start",
        help_text="One a line. A line that ends in (optional) does not hold up the start.",
    )

    def __init__(self, *args, template=None, **kwargs):
        initial = {"unit": "person", "method": "fixed", "correction": "holm", "min_days": 14}
        initial |= {"alpha": 0.05, "power": 0.8}
        if template is not None:
            names = dict(
                Kpi.objects.filter(slug__in=[one["kpi"] for one in template.guardrails]).values_list(
                    "slug", "name"
                )
            )
            initial |= template.design | {"name": template.name, "purpose": template.purpose}
            initial["guardrails"] = "\n".join(
                f"{names.get(one['kpi'], one['kpi'])}"
                + (f"; {one['margin'] * 100:g} %" if one.get("margin") is not None else "")
                for one in template.guardrails
            )
            initial["checklist"] = "\n".join(
                one["text"] + ("" if one["required"] else " (optional)") for one in template.checklist
            )
        super().__init__(*args, **{"initial": initial, **kwargs})

    def clean_guardrails(self):
        found = []
        for line in _lines(self.cleaned_data["guardrails"]):
            name, _, margin = (part.strip() for part in line.partition(";"))
            kpi = (
                Kpi.objects.live().filter(name__iexact=name).first() or Kpi.objects.filter(slug=name).first()
            )
            if kpi is None:
                raise forms.ValidationError(f"There is no KPI called “{name}”.")
            found.append({"kpi": kpi.slug, "margin": _share(margin)})
        return found

    def clean_checklist(self):
        found = []
        for line in _lines(self.cleaned_data["checklist"]):
            optional = line.lower().endswith("(optional)")
            text = line[: -len("(optional)")].strip() if optional else line
            if not text or len(text) > 300:
                raise forms.ValidationError("A check has up to 300 signs of text.")
            found.append({"text": text, "required": not optional})
        return found

    def said(self):
        """What `services.experiments.save_template` takes."""
        data = self.cleaned_data
        kept = {name: data[name] for name in ("name", "purpose", "guardrails", "checklist")}
        return kept | {"design": {name: data[name] for name in DESIGN}}


def _lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()][:MOST_LINES]


def _share(text):
    if not text:
        return None
    try:
        share = float(text.removesuffix("%").strip()) / 100
    except ValueError as error:
        raise forms.ValidationError(f"“{text}” is no margin. Write it as 3 %.") from error
    if not 0 <= share <= 1:
        raise forms.ValidationError("A margin lies between 0 and 100 %.")
    return share
