"""What became of tags: other names, changes that can be taken back, and what was tagged before."""

import datetime as dt

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Lower
from django.urls import reverse

from prodops.models.fields import both_or_neither, one_of

from . import policy
from .tag import Colour, Tag

UNDO_DAYS = 30


class TagRedirect(models.Model):
    """A name that a tag had: whoever looks for it is led to the tag. Its address stays as it was.

    What was merged away needs no row here: the tag itself says where it went.
    """

    tag = models.ForeignKey("research.Tag", models.CASCADE, related_name="redirects")
    name = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(Lower("name"), "tag", name="tag_redirect_name_once")]

    def __str__(self):
        return self.name


class ChangeKind(models.TextChoices):
    RENAME = "rename", "Renamed"
    MERGE = "merge", "Merged"
    SPLIT = "split", "Split"
    PROMOTION = "promotion", "Made a workspace tag"
    MOVE = "move", "Moved"
    RETIRE = "retire", "Retired"
    REVIVE = "revive", "Brought back"
    BULK = "bulk", "Tagged in bulk"


class TagChangeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those all of whose tags `user` sees: a change's words name every one of them."""
        seen = Tag.objects.visible_to(user).order_by().values("pk")
        return self.filter(tag_ids__contained_by=ArraySubquery(seen))

    def standing(self):
        """Those that nobody has taken back."""
        return self.filter(undone_at=None)


class TagChange(models.Model):
    """One change to the taxonomy that moved highlights or tags, kept so that it can be taken back.

    `before` and `after` hold the fields changed, by tag: {"12": {"state": "used"}}. `counts` is what the
    preview said would move. Which highlights moved stands in `moves`.
    """

    kind = models.CharField(max_length=10, choices=ChangeKind)
    tag = models.ForeignKey("research.Tag", models.CASCADE, related_name="changes")
    tag_ids = ArrayField(models.BigIntegerField())  # all that it touches
    words = models.CharField(max_length=300)  # what was done, to follow a name
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")

    objects = TagChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [GinIndex(fields=["tag_ids"], name="tag_change_touches")]
        constraints = [
            one_of("kind", ChangeKind, name="tag_change_kind_known"),
            both_or_neither("undone_at", "undone_by", name="tag_change_undone_pair"),
        ]

    def __str__(self):
        return self.words

    @property
    def undo_until(self):
        return self.at + dt.timedelta(days=UNDO_DAYS)

    def may_be_undone(self, now):
        return self.undone_at is None and now <= self.undo_until


class TagMove(models.Model):
    """One highlight that a change took from one tag to another; who had tagged it, and when.

    `from_tag` is null where the change tagged what was not tagged. After the change the highlight has one
    tagging with `to_tag`, tagged at `kept_at`: that of the words it came from, or, if it `met` one that
    was there, that one's. `seconds` are who else had given it `from_tag`: [[user id, when], …].
    """

    change = models.ForeignKey(TagChange, models.CASCADE, related_name="moves")
    highlight = models.ForeignKey("research.Highlight", models.CASCADE, related_name="+")
    from_tag = models.ForeignKey("research.Tag", models.CASCADE, null=True, related_name="+")
    to_tag = models.ForeignKey("research.Tag", models.CASCADE, related_name="+")
    tagged_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    tagged_at = models.DateTimeField()
    kept_at = models.DateTimeField()
    met = models.BooleanField(default=False)
    seconds = models.JSONField(default=list)
    came_back = models.BooleanField(default=False)  # by undoing: it still stood

    class Meta:
        ordering = ["change_id", "highlight_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "highlight", "from_tag", "to_tag"],
                nulls_distinct=False,
                name="tag_move_once",
            )
        ]

    def __str__(self):
        return f"{self.highlight_id}: {self.from_tag_id} to {self.to_tag_id}"


class PastTagging(models.Model):
    """A highlight had a tag from `began_at` to `ended_at`. Written by a trigger when a tagging goes.

    It outlives the highlight, of which it holds no words.
    """

    highlight_id = models.BigIntegerField(db_index=True)
    tag = models.ForeignKey("research.Tag", models.CASCADE, related_name="past_taggings")
    created_by_id = models.BigIntegerField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        ordering = ["-ended_at", "-pk"]
        indexes = [models.Index(fields=["tag", "ended_at"], name="past_tagging_of_tag")]

    def __str__(self):
        return f"{self.tag_id} on {self.highlight_id} until {self.ended_at}"


class SecondTagging(models.Model):
    """Somebody else gave the same words the same tag: counted once, remembered for agreement."""

    tagging = models.ForeignKey("research.HighlightTag", models.CASCADE, related_name="seconds")
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["tagging_id", "pk"]
        constraints = [models.UniqueConstraint(fields=["tagging", "by"], name="second_tagging_once")]

    def __str__(self):
        return f"{self.by_id} too: {self.tagging_id}"


class QueryTagQuerySet(models.QuerySet):
    def visible_to(self, user):
        from prodops.access import Can, allowed

        return self if allowed(user, Can.RESEARCH_READ) else self.none()

    def editable_by(self, user):
        """One's own; product ops edit all."""
        from prodops.access import Can, allowed

        if not allowed(user, Can.RESEARCH_EDIT):
            return self.none()
        return self if user.runs_product_ops else self.filter(owner=user)


class QueryTag(models.Model):
    """A tag that is computed: the highlights that a query finds. It cannot be used to tag.

    `query` is the query string of the highlights' list: words and facets.
    """

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    colour = models.CharField(max_length=10, choices=Colour, default=Colour.SLATE)
    guideline = models.TextField(blank=True)
    query = models.CharField(max_length=1000)
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(editable=False)

    objects = QueryTagQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="query_tag_name_once"),
            one_of("colour", Colour, name="query_tag_colour_known"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("research:query_tag_detail", args=[self.slug])


class KeptApart(models.Model):
    """Two tags that look like duplicates and were found to be different. `first` has the smaller id."""

    first = models.ForeignKey("research.Tag", models.CASCADE, related_name="+")
    second = models.ForeignKey("research.Tag", models.CASCADE, related_name="+")
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="kept_apart_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="kept_apart_in_order"),
        ]

    def __str__(self):
        return f"{self.first_id} is not {self.second_id}"


class SuggestionState(models.TextChoices):
    OPEN = "open", "To decide"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"


class TagSuggestionQuerySet(models.QuerySet):
    def current(self):
        """Those to decide whose turn reads as it did."""
        return (
            self.filter(state=SuggestionState.OPEN)
            .annotate(now=Length("cue__text"))
            .filter(now=F("of_length"))
        )

    def visible_to(self, user):
        return self.filter(policy.readable(user, "cue__session__study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "cue__session__study__"))


class TagSuggestion(models.Model):
    """A sentence of a turn that may belong to a tag: code points from `start` to `end` of the cue.

    It holds no words of its own, so that what is redacted is gone from here too; once the turn has another
    length than `of_length`, it is out of date. `score` says how alike it is to what has the tag, up to
    1000. A span is suggested for a tag once: what was rejected does not come back.
    """

    tag = models.ForeignKey("research.Tag", models.CASCADE, related_name="suggestions")
    cue = models.ForeignKey("research.Cue", models.CASCADE, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    of_length = models.PositiveIntegerField()
    score = models.PositiveSmallIntegerField()
    because = ArrayField(models.TextField(), default=list)  # the words that speak for it
    state = models.CharField(max_length=8, choices=SuggestionState, default=SuggestionState.OPEN)
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    highlight = models.ForeignKey("research.Highlight", models.SET_NULL, null=True, related_name="+")

    objects = TagSuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["tag_id", "-score", "pk"]
        indexes = [models.Index(fields=["tag", "state", "-score"], name="suggestion_next")]
        constraints = [
            models.UniqueConstraint(fields=["tag", "cue", "start", "end"], name="suggestion_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="suggestion_not_empty"),
            one_of("state", SuggestionState, name="suggestion_state_known"),
            both_or_neither("decided_by", "decided_at", name="suggestion_decided_pair"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | ~Q(state="open") & Q(decided_at__isnull=False),
                name="suggestion_decided_when_it_says_so",
            ),
        ]

    def __str__(self):
        return f"{self.tag_id} at {self.start} of {self.cue_id}?"

    @property
    def quote(self):
        """The words themselves, as they stand; needs `cue` loaded."""
        return self.cue.text[self.start : self.end]

    @property
    def is_stale(self):
        return len(self.cue.text) != self.of_length

    @property
    def reasons(self):
        """The words that speak for it, as far as they still stand there."""
        said = self.quote.lower()
        return [words for words in self.because if all(word[:4] in said for word in words.split())]
