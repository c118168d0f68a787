"""Highlights: the verbatim words of a transcript that somebody marked, and their tags."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, guid

from . import policy
from .part import Speaker, SpeakerRole

# The words between the two anchors, cue by cue, must be the quote. Whatever writes a highlight (a service,
# an import, a hand in the database) is held to it; only one that has lost its place is not. One look-up a
# step rather than a join: the plan is kept, and one made while the tables were small would stay.
_VERBATIM = """
SELECT position, part_id INTO first_at, part FROM research_cue
 WHERE id = NEW.start_cue_id AND session_id = NEW.session_id;
SELECT position INTO last_at FROM research_cue
 WHERE id = NEW.end_cue_id AND session_id = NEW.session_id AND part_id IS NOT DISTINCT FROM part;
SELECT string_agg(
         substring(cue.text
           FROM CASE WHEN cue.id = NEW.start_cue_id THEN NEW.start_offset ELSE 0 END + 1
           FOR greatest(0,
             CASE WHEN cue.id = NEW.end_cue_id THEN NEW.end_offset ELSE char_length(cue.text) END
             - CASE WHEN cue.id = NEW.start_cue_id THEN NEW.start_offset ELSE 0 END)),
         E'\\n' ORDER BY cue.position),
       bool_and(cue.id <> NEW.end_cue_id OR NEW.end_offset <= char_length(cue.text))
  INTO said, inside
  FROM research_cue cue
 WHERE cue.session_id = NEW.session_id AND cue.position BETWEEN first_at AND last_at;
IF said IS DISTINCT FROM NEW.quote OR NOT inside THEN
  RAISE EXCEPTION 'the quote is not what the transcript says there'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'highlight_quote_verbatim';
END IF;
RETURN NEW;
"""


def moment_page(session_id, part_id=None):
    """The page that shows the transcript of a session, or another text of it."""
    if part_id:
        return reverse("research:part_detail", args=[part_id])
    return reverse("research:session_detail", args=[session_id])


def moment_url(session_id, cue_id, part_id=None):
    """The page that shows a cue, at that cue. From the session's page one of another text is found, too."""
    return f"{moment_page(session_id, part_id)}#c{cue_id}"


def said_by_another(path=""):
    """The condition that the highlight at `path` begins with the words of somebody other than the session's
    participant, as its speakers are mapped: nobody's words are put into another's mouth."""
    speakers = Speaker.objects.filter(
        session=models.OuterRef(f"{path}session"), label=models.OuterRef(f"{path}start_cue__speaker")
    )
    theirs = Q(participant=None) | Q(participant=models.OuterRef(f"{path}session__participant"))
    return models.Exists(speakers.exclude(Q(role=SpeakerRole.PARTICIPANT) & theirs))


class HighlightQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user, "session__study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "session__study__"))

    def anchored(self):
        """Those whose words stand in the text; the rest lost their place and wait for review."""
        return self.filter(orphaned_at=None)

    def said_by(self, role):
        """Those that begin with the words of somebody in that `SpeakerRole`."""
        return self.filter(
            models.Exists(
                Speaker.objects.filter(
                    session=models.OuterRef("session"), label=models.OuterRef("start_cue__speaker"), role=role
                )
            )
        )

    def orphaned(self):
        return self.filter(orphaned_at__isnull=False)

    def to_review(self):
        """Those that a correction of the text has touched: lost, or standing on other words than before."""
        return self.filter(Q(orphaned_at__isnull=False) | Q(reworded_at__isnull=False))

    def for_list(self):
        """Load exactly what a row shows, its tags in one more query."""
        return (
            self.annotate(another_speaks=said_by_another())
            .select_related("session__study", "session__participant__account", "start_cue")
            .prefetch_related(models.Prefetch("tags", queryset=_tags()))
            .fetch_mode(STRICT_FETCH)
        )


class StandingHighlights(models.Manager.from_queryset(HighlightQuerySet)):  # type: ignore[misc]
    """All but those of sessions whose consent was taken back."""

    def get_queryset(self):
        return super().get_queryset().filter(withdrawn=False)


def _tags():
    from .tag import Tag

    return Tag.objects.order_by("name", "pk").fetch_mode(STRICT_FETCH)


class Highlight(models.Model):
    """The words from `start_offset` of `start_cue` to `end_offset` of `end_cue`.

    Offsets count Unicode code points of the cue's text; the end is exclusive. `quote` is those words,
    cues apart by a line break.

    When the text is corrected, a highlight moves with its words. Where they were changed it stands on
    the new ones and waits for somebody to confirm that (`reworded_at`, the old words in `quote_was`);
    where they are gone, or could be in two places, it loses its place (`orphaned_at`): it keeps its quote
    and tags, the anchors only say about where it stood, between `prefix` and `suffix`, and it is neither
    drawn nor counted until somebody gives it a place.
    """

    guid = guid()
    session = models.ForeignKey("research.Session", models.CASCADE, related_name="highlights")
    start_cue = models.ForeignKey("research.Cue", models.CASCADE, related_name="+")
    start_offset = models.PositiveIntegerField()
    end_cue = models.ForeignKey("research.Cue", models.CASCADE, related_name="+")
    end_offset = models.PositiveIntegerField()
    quote = models.TextField()
    orphaned_at = models.DateTimeField(null=True, editable=False)
    reworded_at = models.DateTimeField(null=True, editable=False)
    # its session is out of sight (`Session.withdrawn_at`): said here too, so that counting needs no join
    withdrawn = models.BooleanField(default=False, db_default=False, editable=False)
    quote_was = models.TextField(blank=True, db_default="", default="", editable=False)
    prefix = models.CharField(max_length=80, blank=True, db_default="", default="", editable=False)
    suffix = models.CharField(max_length=80, blank=True, db_default="", default="", editable=False)
    tags = models.ManyToManyField("research.Tag", through="HighlightTag", related_name="highlights")
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)

    objects = StandingHighlights()
    every = HighlightQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="highlight_newest"),
            models.Index(
                fields=["session"],
                condition=Q(orphaned_at__isnull=False) | Q(reworded_at__isnull=False),
                name="highlight_to_review",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["session", "guid"], name="highlight_guid_once_in_session"),
            models.UniqueConstraint(
                fields=["start_cue", "start_offset", "end_cue", "end_offset"],
                condition=Q(orphaned_at=None),
                name="highlight_span_once",
            ),
            models.CheckConstraint(
                condition=Q(orphaned_at__isnull=False)
                | ~Q(start_cue=F("end_cue"))
                | Q(end_offset__gt=F("start_offset")),
                name="highlight_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(reworded_at=None, quote_was="")
                | (Q(reworded_at__isnull=False, orphaned_at=None) & ~Q(quote_was="")),
                name="highlight_says_what_it_was",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="highlight_verbatim",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__orphaned_at__isnull=True),
                declare=[
                    *(("said", "text"), ("inside", "boolean")),
                    *(("first_at", "integer"), ("last_at", "integer"), ("part", "bigint")),
                ],
                func=_VERBATIM,
            )
        ]

    def __str__(self):
        return self.quote[:80]

    def get_absolute_url(self):
        return reverse("research:highlight_detail", args=[self.pk])

    only: set[int] | None = (
        None  # ids of the tags to be seen, for somebody who tags on their own; None is all
    )

    @property
    def drawn_tags(self):
        """Its tags, as far as the reader should see them."""
        return [tag for tag in self.tags.all() if self.only is None or tag.pk in self.only]

    @property
    def colour(self):
        """The colour it is drawn in: its first tag's."""
        return next((tag.colour for tag in self.drawn_tags), "slate")

    @property
    def aloud(self):
        """What somebody hears where it begins."""
        names = ", ".join(tag.name for tag in self.drawn_tags)
        return f"highlight, {'tags' if ',' in names else 'tag'} {names}" if names else "highlight"

    def moment_url(self):
        """Where it was said: the session's page at its first cue, which leads on to another text."""
        return moment_url(self.session_id, self.start_cue_id)


class HighlightTagQuerySet(models.QuerySet):
    def anchored(self):
        """Those that count: their highlight's words stand in the text."""
        return self.filter(highlight__orphaned_at=None, highlight__withdrawn=False)

    def given_by(self, user):
        """Those that `user` gave, as the first or after somebody else."""
        from .taxonomy import SecondTagging

        second = SecondTagging.objects.filter(tagging=models.OuterRef("pk"), by=user)
        return self.filter(Q(created_by=user) | models.Exists(second))


# What goes is remembered, a statement at a time: the history of a tag reads right as of any day.
_PAST = """
INSERT INTO research_pasttagging (highlight_id, tag_id, created_by_id, began_at, ended_at)
SELECT gone.highlight_id, gone.tag_id, gone.created_by_id, coalesce(gone.since, gone.created_at),
       greatest(coalesce(gone.since, gone.created_at),
                coalesce(nullif(current_setting('prodops.at', true), '')::timestamptz, now()))
  FROM gone JOIN research_tag kept ON kept.id = gone.tag_id {unless};
RETURN NULL;
"""


class HighlightTag(models.Model):
    """A highlight has a tag. `since` is when it got it, where that was not by tagging but by a merge,
    a split or the undoing of one: who tagged the words, and when, stays as it was.
    """

    highlight = models.ForeignKey(Highlight, models.CASCADE, related_name="taggings")
    tag = models.ForeignKey("research.Tag", models.PROTECT, related_name="taggings")
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    since = models.DateTimeField(null=True, editable=False)

    objects = HighlightTagQuerySet.as_manager()

    class Meta:
        ordering = ["highlight_id", "tag_id"]
        constraints = [models.UniqueConstraint(fields=["highlight", "tag"], name="highlight_tag_once")]
        indexes = [models.Index(fields=["tag", "-highlight"], name="highlight_tag_by_tag")]
        triggers = [
            pgtrigger.Trigger(
                name="highlight_tag_gone",
                level=pgtrigger.Statement,
                operation=pgtrigger.Delete,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(old="gone"),
                func=_PAST.replace("{unless}", ""),
            ),
            pgtrigger.Trigger(
                name="highlight_tag_moved",
                level=pgtrigger.Statement,
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                referencing=pgtrigger.Referencing(old="gone", new="come"),
                func=_PAST.replace(
                    "{unless}", "JOIN come ON come.id = gone.id WHERE come.tag_id <> gone.tag_id"
                ),
            ),
        ]

    def __str__(self):
        return f"{self.tag_id} on {self.highlight_id}"
