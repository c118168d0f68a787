"""Numbers as people write them."""

from django import forms


class NumberField(forms.FloatField):
    """A number that stands in its field as short as it can: 50, not 50.0."""

    def __init__(self, **kwargs):
        super().__init__(**{"widget": forms.NumberInput({"step": "any"}), **kwargs})

    def prepare_value(self, value):
        return f"{value:.15g}" if isinstance(value, float) else value
