"""Forms about a session's texts: notes, documents, who speaks."""

from django import forms

from prodops.models import User
from research.formats.transcripts import MAX_BYTES
from research.models import SpeakerRole

INSTEAD = "Upload the pages you need."


class NotesForm(forms.Form):
    """A text of a session as somebody types it."""

    title = forms.CharField(max_length=200)
    text = forms.CharField(
        strip=False,
        max_length=1_000_000,
        widget=forms.Textarea({"rows": 18, "data-fits": True}),
        help_text="An empty line begins a new paragraph, a hyphen a point. Each can be tagged.",
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class DocumentForm(forms.Form):
    """A file that becomes a text of a session."""

    document = forms.FileField(
        label="File",
        help_text="PDF with text, Word, Rich Text, Markdown or plain text; up to 20 MB and 500 pages.",
        widget=forms.ClearableFileInput(
            {
                "accept": ".pdf,.docx,.rtf,.md,.txt,text/plain,text/markdown",
                "data-most": MAX_BYTES,
                "data-most-say": INSTEAD,
            }
        ),
    )
    title = forms.CharField(
        max_length=200, required=False, help_text="The file's name, if you leave it empty."
    )

    def clean_document(self):
        upload = self.cleaned_data["document"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(
                f"This file is {upload.size / 1024**2:.0f} MB; a document may have up to "
                f"{MAX_BYTES // 1024**2} MB. {INSTEAD}"
            )
        return upload


class SpeakersForm(forms.Form):
    """Who each label of a transcript is: the role, and of a moderator which colleague."""

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = []
        for number, (speaker, turns) in enumerate(rows):
            role, user = f"role-{number}", f"user-{number}"
            self.fields[role] = forms.ChoiceField(
                choices=SpeakerRole.choices, initial=speaker.role, label=f"Role of {speaker.label}"
            )
            self.fields[user] = forms.ModelChoiceField(
                queryset=User.objects.active().order_by("name", "pk"),
                required=False,
                initial=speaker.user_id,
                empty_label="Nobody of us",
                label=f"Colleague who is {speaker.label}",
            )
            self.rows.append((speaker, turns, role, user))

    def bound_rows(self):
        """[(Speaker, number of turns, bound role, bound colleague)]"""
        return [(speaker, turns, self[role], self[user]) for speaker, turns, role, user in self.rows]

    def chosen(self, participant):
        """What `speakers.map_all` takes: the participant of the session is who has that role."""
        found = {}
        for speaker, _, role, user in self.rows:
            what = self.cleaned_data[role]
            who = participant if what == SpeakerRole.PARTICIPANT else None
            ours = self.cleaned_data[user] if what in (SpeakerRole.MODERATOR, SpeakerRole.OBSERVER) else None
            found[speaker.label] = (what, who, ours)
        return found
