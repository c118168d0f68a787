"""The form that a transcript comes in by."""

from pathlib import PurePath
from typing import cast

from django import forms
from django.http import QueryDict

from research.formats.transcripts import MAX_BYTES, to_webvtt

ACCEPT = ".vtt,.srt,.sbv,.txt,.docx,.rtf,.pdf,text/vtt,text/plain"
INSTEAD = "Upload the text, not the recording."


class TranscriptForm(forms.Form):
    """A transcript: a file, or text pasted in."""

    transcript = forms.FileField(
        required=False,
        label="Transcript file",
        help_text="WebVTT, SubRip, SBV, text with “Name:” turns, Word, Rich Text or PDF; up to 20 MB.",
        widget=forms.ClearableFileInput({"accept": ACCEPT, "data-most": MAX_BYTES, "data-most-say": INSTEAD}),
        error_messages={"empty": "This file is empty. Export the transcript again and upload that."},
    )
    pasted = forms.CharField(
        required=False,
        strip=False,
        label="Or paste the text",
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
        help_text="One turn a line, such as “Dana: I gave up after the second error.”",
    )
    source_name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def clean_transcript(self):
        upload = self.cleaned_data["transcript"]
        if upload and upload.size > MAX_BYTES:
            raise forms.ValidationError(
                f"This file is {upload.size / 1024**2:.0f} MB; a transcript may have up to "
                f"{MAX_BYTES // 1024**2} MB. {INSTEAD}"
            )
        return upload

    def clean(self):
        cleaned = super().clean() or {}
        has_file, has_text = cleaned.get("transcript"), (cleaned.get("pasted") or "").strip()
        if not has_file and not has_text and "transcript" not in self.errors:
            self.add_error("transcript", "Choose a file, or paste the text below.")
        if has_file and has_text:
            self.add_error("pasted", "There is a file and a pasted text. Keep one of them.")
        return cleaned

    @property
    def source(self):
        """(bytes, file name) of what was given, once valid."""
        upload = self.cleaned_data["transcript"]
        if upload:
            return upload.read(), upload.name
        return self.cleaned_data["pasted"].encode(), self.cleaned_data["source_name"] or "pasted.txt"

    @property
    def source_field(self):
        return "transcript" if self.cleaned_data["transcript"] else "pasted"

    def show_as_read(self, transcript):
        """Offer what was read of a malformed file as pasted text, to be looked at, corrected and sent."""
        name = PurePath(self.source[1]).with_suffix(".vtt").name
        data = cast(QueryDict, self.data).copy()
        data["pasted"], data["source_name"] = to_webvtt(transcript.cues), name
        self.data = data
        self.malformed = [str(notice) for notice in transcript.warnings if notice.malformed]
