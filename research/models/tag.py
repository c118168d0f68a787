"""The vocabulary that highlights are tagged with. Its history is kept field by field."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, guid, one_of

from . import policy


class Colour(models.TextChoices):
    """The keys of the colours in static/css/tokens.css."""

    VIOLET = "violet", "Violet"
    AMBER = "amber", "Amber"
    BLUE = "blue", "Blue"
    GREEN = "green", "Green"
    RED = "red", "Red"
    TEAL = "teal", "Teal"
    PINK = "pink", "Pink"
    SLATE = "slate", "Slate"


class TagState(models.TextChoices):
    USED = "used", "In use"
    RETIRED = "retired", "Retired"  # keeps its highlights, is not offered any more
    MERGED = "merged", "Merged"  # its highlights are another tag's; its address leads there


DEEPEST = 6  # levels of tags under tags

# A tag stands under another of its own group; never under itself, however many tags lie between, and a
# workspace tag never under one study's. The lock makes two moves at once see each other.
_PARENT = """
IF NEW.parent_id IS NULL THEN RETURN NEW; END IF;
PERFORM pg_advisory_xact_lock(hashtext('research_tag_parent'));
WITH RECURSIVE above(id, parent_id, level) AS (
  SELECT id, parent_id, 1 FROM research_tag WHERE id = NEW.parent_id
  UNION ALL
  SELECT up.id, up.parent_id, above.level + 1 FROM research_tag up
  JOIN above ON up.id = above.parent_id WHERE above.level < 50)
SELECT bool_or(id = NEW.id), max(level) INTO round_trip, levels FROM above;
IF round_trip OR levels >= {deepest} THEN
  RAISE EXCEPTION 'a tag cannot stand under itself, nor more than {deepest} deep'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'tag_parent_above';
END IF;
IF EXISTS (SELECT 1 FROM research_tag
           WHERE id = NEW.parent_id AND study_id IS NOT NULL AND study_id IS DISTINCT FROM NEW.study_id) THEN
  RAISE EXCEPTION 'a tag cannot stand under a tag of another study'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'tag_parent_in_scope';
END IF;
RETURN NEW;
"""


@pghistory.track(exclude=["guid"])
class TagGroup(models.Model):
    """Tags that belong together. A locked one is changed by its owner and product ops only."""

    guid = guid(unique=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=100)
    locked = models.BooleanField(default=False)
    owner = models.ForeignKey("prodops.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_group_name_once")]

    def __str__(self):
        return self.name


class TagQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The workspace's tags, and those of the studies that `user` may read."""
        from prodops.access import Can, allowed

        if not allowed(user, Can.RESEARCH_READ):
            return self.none()
        readable = policy.readable(user, "study__")
        return self.filter(Q(study=None) | readable) if readable else self

    def editable_by(self, user):
        """Product ops change all; a study's editors its own tags; owners theirs, of a tag or of a group.

        What is in a locked group is changed by the group's owner and product ops only.
        """
        from prodops.access import Can, allowed

        if not allowed(user, Can.RESEARCH_EDIT):
            return self.none()
        if allowed(user, Can.TAXONOMY_MANAGE):
            return self.visible_to(user)
        of_study = Q(study__isnull=False) & policy.editable(user, "study__")
        own = of_study | Q(owner=user)
        return self.visible_to(user).filter(Q(group__owner=user) | Q(group__locked=False) & own)

    def live(self):
        """Those that are not merged away: in use or retired."""
        return self.exclude(state=TagState.MERGED)

    def in_use(self):
        """Those that are offered for tagging."""
        return self.filter(state=TagState.USED)

    def usable_in(self, study):
        """Those that highlights of `study` (or its id) may be tagged with: the workspace's and its own."""
        return self.in_use().filter(Q(study=None) | Q(study=study))

    def for_list(self):
        return self.select_related("group", "parent", "study", "owner").fetch_mode(STRICT_FETCH)


@pghistory.track(exclude=["guid"])
class Tag(models.Model):
    """A theme of the workspace, or of one `study`. `guideline` says when to use it, with an example."""

    guid = guid()
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    group = models.ForeignKey(TagGroup, models.PROTECT, related_name="tags")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    study = models.ForeignKey(
        "research.Study", models.CASCADE, null=True, blank=True, related_name="own_tags"
    )
    owner = models.ForeignKey("prodops.User", models.PROTECT, null=True, blank=True, related_name="+")
    colour = models.CharField(max_length=10, choices=Colour, default=Colour.SLATE)
    guideline = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=TagState, default=TagState.USED, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged_from"
    )

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["group__position", "group__name", "name", "pk"]
        constraints = [
            # a name stands once in the workspace, and once in each study; what is merged away gives it free
            models.UniqueConstraint(
                Lower("name"),
                "study",
                condition=~Q(state="merged"),
                nulls_distinct=False,
                name="tag_name_once",
            ),
            # one codebook may be brought into two studies, as tags of each
            models.UniqueConstraint(
                fields=["guid", "study"], nulls_distinct=False, name="tag_guid_once_in_study"
            ),
            one_of("colour", Colour, name="tag_colour_known"),
            one_of("state", TagState, name="tag_state_known"),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | ~Q(state="merged") & Q(merged_into__isnull=True),
                name="tag_merged_pair",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="tag_not_merged_into_itself"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="tag_parent_above",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id", "study_id"),
                when=pgtrigger.Before,
                declare=[("round_trip", "boolean"), ("levels", "integer")],
                func=_PARENT.replace("{deepest}", str(DEEPEST)),
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("research:tag_detail", args=[self.slug])

    @property
    def is_merged(self):
        return self.state == TagState.MERGED

    @property
    def is_retired(self):
        return self.state == TagState.RETIRED
