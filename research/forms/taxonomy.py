"""What one says of tags: what they are, where they go, how they are shared out."""

from django import forms
from django.db.models import Q

from prodops.access import Can, allowed
from prodops.models import User
from research.models import Colour, Study, Tag, TagGroup, TagState
from research.queries.vocabulary import descendants


def _people():
    return User.objects.active().order_by("name", "pk")


class TagChoice(forms.ModelChoiceField):
    """One of `tags`, by its address; named with what it stands under or belongs to."""

    def __init__(self, queryset, **kwargs):
        rows = queryset.select_related("parent", "study", "group").order_by("name", "pk")
        super().__init__(rows, to_field_name="slug", **kwargs)

    def label_from_instance(self, tag):
        where = tag.study.title if tag.study_id else tag.parent.name if tag.parent_id else tag.group.name
        return f"{tag.name} ({where})"


class TagForm(forms.ModelForm):
    """A tag: the workspace's for those who manage it, else one of a study that `user` edits."""

    guideline = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="When to use it and when not, with an example. People see it while tagging.",
    )

    class Meta:
        model = Tag
        fields = ["name", "study", "group", "parent", "colour", "guideline", "owner"]
        labels = {"study": "Belongs to", "parent": "Stands under"}
        help_texts = {
            "study": "A study's own tag is offered in that study only; make it a workspace tag once it proves"
            " itself.",
            "parent": "A tag above it, in whose group it then is.",
            "owner": "Whom to ask what it means.",
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        tag = self.instance
        self.manages = allowed(user, Can.TAXONOMY_MANAGE)
        self.fields["owner"].queryset = _people()  # type: ignore[attr-defined]
        above = Tag.objects.visible_to(user).in_use()
        if tag.pk:
            above = above.exclude(pk__in=descendants([tag])).filter(Q(study=None) | Q(study=tag.study_id))
            del self.fields["study"]  # a tag changes its scope by promotion only
        else:
            studies = Study.objects.editable_by(user).order_by("title", "pk")
            field = forms.ModelChoiceField(
                studies,
                to_field_name="slug",
                required=not self.manages,
                empty_label="The workspace" if self.manages else "Choose a study",
                label="Belongs to",
                help_text=self.Meta.help_texts["study"],
            )
            self.fields["study"] = field
        self.fields["parent"] = TagChoice(
            above, required=False, label="Stands under", help_text=self.Meta.help_texts["parent"]
        )
        self.fields["parent"].empty_label = "Nothing: at the top of its group"  # type: ignore[attr-defined]
        groups = TagGroup.objects.all()
        if not self.manages:
            groups = groups.filter(Q(locked=False) | Q(owner=user) | Q(pk=tag.group_id if tag.pk else None))
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        if not self.manages and tag.pk and tag.owner_id != user.pk:
            del self.fields["owner"]

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean(self):
        cleaned = super().clean() or {}
        parent, study = cleaned.get("parent"), cleaned.get("study")
        if not self.instance.pk and parent and parent.study_id and parent.study != study:
            self.add_error("parent", f"{parent.name} belongs to another study.")
        return cleaned

    def validate_unique(self):
        """Names are the service's matter: it says what to do about one that is taken."""

    def validate_constraints(self):
        """The same."""

    def _post_clean(self):
        """Nothing is written into the tag here: the service changes it."""


class TagGroupForm(forms.ModelForm):
    class Meta:
        model = TagGroup
        fields = ["name", "position", "locked", "owner"]
        help_texts = {
            "position": "Groups stand in this order, the smallest number first.",
            "locked": "Only its owner and product ops change the tags of a locked group.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = _people()  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """Which of all tags takes in those `chosen`."""

    def __init__(self, *args, chosen, user, **kwargs):
        super().__init__(*args, **kwargs)
        studies = {tag.study_id for tag in chosen}
        scope = Q(study=None)
        if len(studies) == 1:
            scope |= Q(study=studies.pop())
        self.fields["into"] = TagChoice(
            Tag.objects.visible_to(user).live().filter(scope),
            label="Keep the name",
            help_text="The others' highlights get this tag. Their names and addresses lead to it.",
        )


class MoveForm(forms.Form):
    """Where the tags `chosen` go."""

    group = forms.ModelChoiceField(TagGroup.objects.all(), to_field_name="slug", required=False)

    def __init__(self, *args, chosen, user, **kwargs):
        super().__init__(*args, **kwargs)
        above = Tag.objects.visible_to(user).in_use().exclude(pk__in=descendants(chosen))
        studies = {tag.study_id for tag in chosen}
        own = Q(study=studies.pop()) if len(studies) == 1 else Q(study=None)
        self.fields["group"].help_text = "To the top of this group,"
        if not allowed(user, Can.TAXONOMY_MANAGE):
            groups = TagGroup.objects.filter(Q(locked=False) | Q(owner=user))
            self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.fields["parent"] = TagChoice(
            above.filter(Q(study=None) | own),
            required=False,
            label="Or under a tag",
            help_text="in whose group they then are.",
        )

    def clean(self):
        cleaned = super().clean() or {}
        if not cleaned.get("group") and not cleaned.get("parent") and not self.errors:
            self.add_error("group", "Choose a group, or a tag to stand under.")
        return cleaned


class TreeForm(forms.Form):
    """What of the taxonomy is shown."""

    SHOW = (
        ("", "All in use"),
        ("unused", "Unused"),
        ("thin", "Thin: under 3 highlights or one participant"),
        ("retired", "Retired"),
    )

    q = forms.CharField(required=False, max_length=80)
    scope = forms.ChoiceField(required=False)
    show = forms.ChoiceField(required=False, choices=SHOW)

    def __init__(self, data, *, studies):
        super().__init__(data)
        self.fields["scope"].choices = [  # type: ignore[attr-defined]
            ("", "Workspace and studies"),
            ("workspace", "Workspace only"),
            *((study.slug, study.title) for study in studies),
        ]

    def wanted(self):
        """A function of a tag and its counts: is it among what is asked for?"""
        asked = self.cleaned_data if self.is_valid() else {}
        words = asked.get("q", "").lower().split()
        scope, show = asked.get("scope", ""), asked.get("show", "")

        def is_wanted(tag, counts):
            if tag.state != (TagState.RETIRED if show == "retired" else TagState.USED):
                return False
            if (scope == "workspace" and tag.study_id) or (
                scope not in ("", "workspace") and not _of(tag, scope)
            ):
                return False
            if show in ("unused", "thin") and not getattr(counts, show):
                return False
            text = f"{tag.name} {tag.guideline}".lower()
            return all(word in text for word in words)

        return is_wanted


def _of(tag, slug):
    return tag.study is not None and tag.study.slug == slug


class AsOfForm(forms.Form):
    on = forms.DateField(required=False, label="As of", widget=forms.DateInput({"type": "date"}))


class SplitForm(forms.Form):
    """The names of the tags to split into, one a line, and which of them what says something goes to."""

    names = forms.CharField(
        widget=forms.Textarea({"rows": 4}),
        label="Split into",
        help_text="One tag a line, at least two. The order gives the keys 1 to 9 below.",
    )
    retire = forms.BooleanField(
        required=False, initial=True, label="Retire this tag if nothing is left on it"
    )

    def clean_names(self):
        names = [" ".join(line.split())[:80] for line in self.cleaned_data["names"].splitlines()]
        names = list({name.lower(): name for name in names if name}.values())
        if len(names) < 2:
            raise forms.ValidationError("Name at least two tags, one a line.")
        if len(names) > 9:
            raise forms.ValidationError("Nine tags at most, one for each key. Split again later for more.")
        return names


class QueryTagForm(forms.Form):
    """A tag that is computed: its name and the query that it stands for."""

    name = forms.CharField(max_length=80)
    colour = forms.ChoiceField(choices=Colour, initial=Colour.SLATE)
    guideline = forms.CharField(
        required=False, widget=forms.Textarea({"rows": 3}), help_text="What it gathers, and why."
    )
    query = forms.CharField(max_length=1000, widget=forms.HiddenInput)

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class KeepForm(forms.Form):
    """The tag that a computed one becomes: one that is there, or a new one."""

    name = forms.CharField(
        max_length=80, label="Tag", help_text="A tag of this name gets the highlights; it is made if need be."
    )

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())
