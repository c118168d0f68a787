"""What people fill in about drivers."""

from django import forms

from prodops.comboboxes import ThingField


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
        self.fields["child"] = ThingField("kpi", user=user, label="KPI")
        self.order_fields(self.field_order)
