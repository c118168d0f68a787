"""Forms of research: they check what people type; services write it."""

from django import forms

from prodops.access import MATRIX, Can
from prodops.comboboxes import AccountField
from prodops.forms import DateInput, MarkdownField, TypedFields
from prodops.models import Team, User
from prodops.quarters import Quarter
from research.formats.packages import MAX_ARCHIVE
from research.models import Confidence, Insight, Session, SessionKind, Study, Verdict, Visibility

from .transcripts import TranscriptForm

INSTEAD = "Export it without its recordings."


class Datalist(forms.TextInput):
    """A text field that suggests what the server knows; plain typing works as well."""

    def __init__(self, list_id, url, **attrs):
        super().__init__(
            {
                "list": list_id,
                "autocomplete": "off",
                "hx-get": url,
                "hx-target": f"#{list_id}",
                "hx-trigger": "input changed delay:200ms, focus once",
                **attrs,
            }
        )


def _people():
    return User.objects.active().order_by("name", "pk")


class StudyForm(TypedFields, forms.ModelForm):
    question = forms.CharField(
        widget=forms.Textarea({"rows": 3}),
        help_text="What you want to know, in a sentence or two.",
        required=False,
        label="Research question",
    )
    summary = MarkdownField(
        rows=6, required=False, help_text="What you learned. Fill it in as the study goes."
    )

    class Meta:
        model = Study
        fields = [
            *("title", "question", "method", "area", "team", "lead", "status", "started_on", "ended_on"),
            *("summary", "visibility"),
        ]
        widgets = {"started_on": DateInput(), "ended_on": DateInput(), "visibility": forms.RadioSelect()}
        labels = {
            "started_on": "From",
            "ended_on": "To",
            "area": "Product area",
            "visibility": "Who may see it",
        }
        help_texts = {"visibility": "The lead always does. People are named on the study's page."}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.editable_by(user)  # type: ignore[attr-defined]
        self.fields["lead"].queryset = _people()  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["visibility"]  # it has a page of its own, which says who that is
        self.add_typed("research.study", self.instance.properties)

    def clean(self):
        cleaned = super().clean() or {}
        start, end = cleaned.get("started_on"), cleaned.get("ended_on")
        if start and end and end < start:
            self.add_error("ended_on", "The study cannot end before it starts.")
        return cleaned


class ParticipantFields(forms.Form):
    """Who took part: an account by its name, a person of it by theirs."""

    account = AccountField(
        required=False,
        label="Customer account",
        help_text="Type to search. Leave empty for somebody outside your accounts.",
    )
    participant = forms.CharField(
        max_length=120,
        required=False,
        help_text="Pick somebody of the account, or type a new name.",
    )
    role = forms.CharField(
        max_length=120, required=False, label="Their role", help_text="Such as dispatcher."
    )

    def clean_participant(self):
        return " ".join(self.cleaned_data["participant"].split())


class SessionForm(TypedFields, ParticipantFields):
    title = forms.CharField(max_length=200, help_text="Such as “Interview with a dispatcher at Northwind”.")
    kind = forms.ChoiceField(choices=SessionKind, required=False, help_text="What happened in it.")
    held_on = forms.DateField(label="Date", widget=DateInput())
    moderator = forms.ModelChoiceField(queryset=User.objects.none(), required=False, empty_label="Nobody")
    field_order = ["title", "kind", "held_on", "moderator", "account", "participant", "role"]

    def __init__(self, *args, participant_url, properties=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_typed("research.session", properties)
        self.fields["moderator"].queryset = _people()  # type: ignore[attr-defined]
        self.fields["participant"].widget = Datalist(
            "participant-options",
            participant_url,
            maxlength=120,
            **{"hx-include": "[name=account], [name=account_text]"},
        )


class UploadForm(SessionForm, TranscriptForm):
    """A session with its transcript."""


class InsightForm(TypedFields, forms.ModelForm):
    title = forms.CharField(
        max_length=200,
        label="Claim",
        help_text="One sentence that could be true or false.",
        widget=forms.TextInput({"autofocus": True}),
    )
    body = MarkdownField(rows=10, required=False, label="What it means")

    class Meta:
        model = Insight
        fields = ["title", "body", "confidence", "review_by", "area", "team", "owner"]
        labels = {"area": "Product area", "review_by": "Look at it again by"}
        widgets = {"review_by": DateInput()}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.editable_by(user)  # type: ignore[attr-defined]
        self.fields["owner"].queryset = _people()  # type: ignore[attr-defined]
        self.fields["confidence"].choices = [("", "Not said"), *Confidence.choices]  # type: ignore[attr-defined]
        self.add_typed("research.insight", self.instance.properties)


class ReviewersForm(forms.Form):
    """Who is asked to read an insight before it is published."""

    reviewers = forms.ModelMultipleChoiceField(User.objects.none(), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, insight, **kwargs):
        super().__init__(*args, **kwargs)
        asked = [review.reviewer_id for review in insight.reviews.all()]
        may = _people().filter(role__in=MATRIX[Can.RESEARCH_EDIT][1]).exclude(pk=insight.owner_id)
        self.fields["reviewers"].queryset = may  # type: ignore[attr-defined]
        self.fields["reviewers"].initial = asked


class ConfirmForm(forms.Form):
    review_by = forms.DateField(required=False)


def session_initial(session: Session):
    """What the edit form of a session begins with."""
    person = session.participant
    return {
        "title": session.title,
        "kind": session.kind,
        "held_on": session.held_on,
        "moderator": session.moderator_id,
        "account": person.account if person else None,
        "participant": person.name if person else "",
        "role": person.role if person else "",
    }


class QuarterForm(forms.Form):
    """One of `quarters` (newest first)."""

    quarter = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, *args, quarters, start_month, **kwargs):
        super().__init__(*args, **kwargs)
        self.start_month = start_month
        self.fields["quarter"].choices = [(quarter.slug, str(quarter)) for quarter in quarters]  # type: ignore[attr-defined]

    def clean_quarter(self):
        return Quarter.parse(self.cleaned_data["quarter"], self.start_month)


class ReportTitleForm(forms.Form):
    title = forms.CharField(max_length=200)


class ReportReviewerForm(forms.Form):
    """Who is to read a draft report: anybody who reads research and was not asked, except the `asker`."""

    reviewer = forms.ModelChoiceField(User.objects.none(), empty_label="Choose somebody")

    def __init__(self, *args, asker, asked=(), **kwargs):
        super().__init__(*args, **kwargs)
        may = _people().filter(role__in=MATRIX[Can.RESEARCH_READ][1]).exclude(pk__in=[asker.pk, *asked])
        self.fields["reviewer"].queryset = may  # type: ignore[attr-defined]


class ReportVerdictForm(forms.Form):
    """What a reviewer says of a draft report."""

    verdict = forms.ChoiceField(choices=[(one, one.label) for one in (Verdict.AGREED, Verdict.CHANGES)])
    note = forms.CharField(max_length=1000, required=False)


class ThemeNameForm(forms.Form):
    name = forms.CharField(max_length=80)


class SectionForm(forms.Form):
    title = forms.CharField(max_length=200)
    body = MarkdownField(
        rows=8,
        required=False,
        max_length=50_000,
        label="Commentary",
        help_text="Markdown. It stands above the numbers of this section.",
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class VisibilityForm(forms.Form):
    visibility = forms.ChoiceField(choices=Visibility)


class ReaderForm(forms.Form):
    """Somebody to name as a reader of a study; `known` see it already by name."""

    person = forms.ModelChoiceField(User.objects.none(), empty_label="Choose a person", label="Add a person")

    def __init__(self, *args, known=(), **kwargs):
        super().__init__(*args, **kwargs)
        may_read = _people().filter(role__in=MATRIX[Can.RESEARCH_READ][1])
        self.fields["person"].queryset = may_read.exclude(pk__in=known)  # type: ignore[attr-defined]


class LeadForm(forms.Form):
    lead = forms.ModelChoiceField(User.objects.none(), empty_label="Choose a person")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        may_lead = _people().filter(role__in=MATRIX[Can.RESEARCH_EDIT][1])
        self.fields["lead"].queryset = may_lead  # type: ignore[attr-defined]


class MaterialForm(forms.Form):
    """A file of research material, and the study that it belongs to."""

    file = forms.FileField(
        help_text="REFI-QDA project (.qdpx) or codebook (.qdc), a study exported from Prodops (.zip), or a "
        "table of highlights (.csv, .xlsx).",
        widget=forms.ClearableFileInput(
            {"accept": ".qdpx,.qdc,.zip,.csv,.tsv,.xlsx", "data-most": MAX_ARCHIVE, "data-most-say": INSTEAD}
        ),
    )
    study = forms.ModelChoiceField(
        queryset=Study.objects.none(),
        required=False,
        empty_label="None: a codebook for the workspace, or an exported study",
        help_text="Where sessions and highlights go. An exported study brings its own.",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        studies = Study.objects.editable_by(user).order_by("title", "pk")
        self.fields["study"].queryset = studies  # type: ignore[attr-defined]

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > MAX_ARCHIVE:
            raise forms.ValidationError(f"This file is larger than {MAX_ARCHIVE // 1024**2} MB. {INSTEAD}")
        return upload


class ContactForm(forms.Form):
    email = forms.EmailField(
        required=False, label="E-mail address", help_text="Leave empty when they ask to be forgotten."
    )
    phone = forms.CharField(required=False, max_length=40)
