"""What is written about a request, and to those who asked."""

import uuid

from django import forms

from coordination.models import Audience

MOST = 10_000


class CommentForm(forms.Form):
    """A member chooses who shall read it; what those who asked write is public by itself."""

    audience = forms.ChoiceField(choices=Audience, initial=Audience.INTERNAL, widget=forms.RadioSelect)
    body = forms.CharField(max_length=MOST, strip=True, error_messages={"required": "Write something first."})


class SendForm(forms.Form):
    """The last look at words that go out: `key` names the page they were looked at on, `override` says why
    they go out although something was found in them."""

    words = forms.CharField(label="What they will read", max_length=MOST, widget=forms.Textarea({"rows": 6}))
    override = forms.CharField(label="Why it may go out all the same", max_length=500, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class TermForm(forms.Form):
    """A word of ours that customers should not read."""

    term = forms.CharField(
        label="Word or name", min_length=3, max_length=80, help_text="Such as a project's working name."
    )
    instead = forms.CharField(label="What to say instead", max_length=200, required=False)
