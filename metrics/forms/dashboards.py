"""What people fill in about dashboards and panels."""

from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from metrics.models import AccessKind, BoardRange, Dashboard, PanelKind, PanelWidth
from metrics.models.dashboard import CADENCES
from prodops.comboboxes import ThingField
from prodops.models import Role, Team, User

WHO = "Who is it for?"


class DashboardForm(forms.Form):
    """An entry of the catalogue, or with `board` a board of ours. `editor` writes it in a team's name."""

    name = forms.CharField(max_length=120, help_text="As people call it: “Weekly activation review”.")
    url = forms.CharField(
        max_length=1000,
        label="Link",
        widget=forms.URLInput({"placeholder": "https://"}),
        help_text="Where it opens. It is checked by itself where its host is on the list.",
    )
    tool = forms.CharField(max_length=40, help_text="Looker, Metabase, a spreadsheet, …")
    purpose = forms.CharField(
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="What question it answers, and when people look at it.",
    )
    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, help_text="Who answers for it, and is asked to review it."
    )
    team = forms.ModelChoiceField(
        Team.objects.none(), help_text="Its editors may change, verify and archive it."
    )
    audience = forms.CharField(
        max_length=200, required=False, label=WHO, help_text="“Product leads, for the Monday review”."
    )
    roles = forms.MultipleChoiceField(
        choices=Role, required=False, label="For these roles", widget=forms.CheckboxSelectMultiple
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), required=False, label="For these teams", widget=forms.CheckboxSelectMultiple
    )
    access = forms.ChoiceField(choices=AccessKind, label="Access", initial=AccessKind.AUDIENCE)
    how_to_ask = forms.CharField(
        max_length=300,
        required=False,
        label="How to ask for access",
        help_text="“Write to data@… and name your team; it takes a day”.",
    )
    review_days = forms.TypedChoiceField(
        choices=CADENCES, coerce=int, initial=91, label="Review", help_text="How long a verification holds."
    )
    range = forms.ChoiceField(choices=BoardRange, initial=BoardRange.QUARTER, label="Time shown at first")

    def __init__(self, data=None, *, editor, board, dashboard=None):
        super().__init__(data, initial=self._of(dashboard) if dashboard else {"owner": editor.pk})
        self.board = board
        mine = Team.objects.editable_by(editor)
        people = User.objects.active()
        if dashboard:
            mine = (mine | Team.objects.filter(pk=dashboard.team_id)).distinct()
            people = people | User.objects.filter(pk=dashboard.owner_id)
        elif editor.editor_team_ids:
            self.fields["team"].initial = editor.editor_team_ids[0]
        self.fields["team"].queryset = mine  # type: ignore[attr-defined]
        self.fields["owner"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]
        if board:
            for name in ("url", "tool", "access"):
                del self.fields[name]
            self.fields["roles"].label = "Share with these roles"
            self.fields["teams"].label = "Share with these teams"
            self.fields["roles"].help_text = "Its owner, its team and product ops see it in any case."
        else:
            del self.fields["range"]

    @staticmethod
    def _of(dashboard):
        names = ("name", "url", "tool", "purpose", "audience", "roles", "access", "how_to_ask")
        return {name: getattr(dashboard, name) for name in (*names, "review_days", "range")} | {
            "owner": dashboard.owner_id,
            "team": dashboard.team_id,
            "teams": list(dashboard.teams.values_list("pk", flat=True)),
        }

    def clean_url(self):
        """A link that a browser opens as a page and that tells nobody's password."""
        url = self.cleaned_data["url"].strip()
        if "://" not in url:
            url = f"https://{url}"
        try:
            parts = urlsplit(url)
            parts.port  # noqa: B018  (raises where it is no number)
        except ValueError as error:
            raise ValidationError("That is not the address of a page.") from error
        if parts.scheme not in ("http", "https") or not parts.hostname or any(map(str.isspace, url)):
            raise ValidationError("Give the address of a page, beginning with https://.")
        if "\\" in url or any(ord(one) < 33 or ord(one) == 127 for one in url):
            raise ValidationError("The address has characters that no address has.")
        if parts.username or parts.password:
            raise ValidationError("Leave out the name and password: everybody would read them.")
        return url

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if not self.board and cleaned.get("access") != AccessKind.EVERYBODY and not cleaned.get("how_to_ask"):
            self.add_error("how_to_ask", "Say how to ask, or say that everybody has access.")
        return cleaned


class StaleForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        label="What is wrong with it?",
        help_text="Everybody reads this beside its name until somebody verifies it.",
    )


class KpiNamedForm(forms.Form):
    kpi = ThingField("kpi", label="KPI")


class PanelForm(forms.Form):
    """A panel; `there` is the one that is edited, whose KPI stays."""

    kpi = ThingField("kpi", label="KPI", help_text="Type a part of its name.")
    kind = forms.ChoiceField(choices=PanelKind, label="Shows", initial=PanelKind.TREND)
    width = forms.TypedChoiceField(choices=PanelWidth, coerce=int, initial=PanelWidth.QUARTER)
    title = forms.CharField(
        max_length=80, required=False, label="Title", help_text="Left empty, it is the KPI’s name."
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, there=None, version=0):
        initial = {"version": version}
        if there:
            initial |= {"kind": there.kind, "width": there.width, "title": there.title}
        super().__init__(data, initial=initial)
        if there:
            del self.fields["kpi"]


class ShareForm(forms.Form):
    roles = forms.MultipleChoiceField(
        choices=Role, required=False, label="Roles", widget=forms.CheckboxSelectMultiple
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), required=False, label="Teams", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data=None, *, board):
        super().__init__(data, initial={"roles": board.roles, "teams": list(board.teams.all())})


class CopyForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name of the copy")
    team = forms.ModelChoiceField(Team.objects.none())

    def __init__(self, data=None, *, editor, board: Dashboard):
        super().__init__(data, initial={"name": f"{board.name} (copy)"[:120]})
        mine = Team.objects.editable_by(editor)
        self.fields["team"].queryset = mine  # type: ignore[attr-defined]
        first = (
            mine.filter(pk__in=[board.team_id, *editor.editor_team_ids]).values_list("pk", flat=True).first()
        )
        self.fields["team"].initial = first


class ReassignForm(forms.Form):
    owner = forms.ModelChoiceField(User.objects.none(), label="New owner")

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["owner"].queryset = User.objects.active().order_by("name", "pk")  # type: ignore[attr-defined]


class HostForm(forms.Form):
    host = forms.CharField(
        max_length=300,
        label="Host",
        widget=forms.TextInput({"placeholder": "bi.example.com or *.example.com"}),
        help_text="A name, or *. and a name for all hosts below it. A pasted link is cut down to its host.",
    )
