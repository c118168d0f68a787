"""Adding an account with all there is to say of it: its deal, and the colleague it is for."""

from django import forms

from coordination.formats.incoming import Deal
from prodops.access import Can, allowed
from prodops.forms import DateInput
from prodops.models import Team, User

from .voices import CURRENCIES, AmountField, VoiceForm


class FullVoiceForm(VoiceForm):
    """Whom it is for decides whose voice it is: they see it and hear what is decided."""

    colleague = forms.ModelChoiceField(
        User.objects.none(),
        label="For a colleague",
        required=False,
        empty_label="No, it is mine",
        help_text="They are told, see it in their requests, and hear what is decided.",
    )
    deal_name = forms.CharField(label="Deal", max_length=160, required=False)
    deal_amount = AmountField(
        label="Its amount",
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    deal_currency = forms.ChoiceField(
        label="In",
        choices=[("", "Theirs"), *((code, code) for code in CURRENCIES)],
        required=False,
    )
    deal_stage = forms.CharField(label="Its stage", max_length=80, required=False)
    deal_closes_on = forms.DateField(label="Closes on", required=False, widget=DateInput())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        people = User.objects.active().exclude(pk=user.pk).order_by("name", "pk")
        if not allowed(user, Can.REQUEST_TRIAGE):  # of one's own teams only
            people = people.filter(memberships__team__in=user.team_ids).distinct()
        self.fields["colleague"].queryset = people  # type: ignore[attr-defined]

    def voice(self):
        """The keyword arguments of the service but for `by` and `recorded_by`."""
        data = self.cleaned_data
        said = super().voice()
        if colleague := data["colleague"]:
            said["team"] = self._team_of(colleague, said["team"])
        deal = Deal(
            name=data["deal_name"],
            amount=data["deal_amount"],
            currency=data["deal_currency"],
            stage=data["deal_stage"],
            closes_on=data["deal_closes_on"],
        )
        return {**said, "words": data["words"], "deal": deal}

    @staticmethod
    def _team_of(colleague, mine):
        """The colleague's own team: the one that both are in, else their first, else none."""
        teams = list(Team.objects.filter(pk__in=colleague.team_ids).order_by("name"))
        return next((team for team in teams if team == mine), teams[0] if teams else None)
