"""The vocabulary that highlights are tagged with. Its history is kept field by field."""

import pghistory
from django.db import models
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


@pghistory.track(exclude=["guid"])
class TagGroup(models.Model):
    guid = guid(unique=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_group_name_once")]

    def __str__(self):
        return self.name


class TagQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user))

    def for_list(self):
        return self.select_related("group").fetch_mode(STRICT_FETCH)


@pghistory.track(exclude=["guid"])
class Tag(models.Model):
    """A theme of the workspace. `guideline` says when to use it, with an example."""

    guid = guid(unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    group = models.ForeignKey(TagGroup, models.PROTECT, related_name="tags")
    colour = models.CharField(max_length=10, choices=Colour, default=Colour.SLATE)
    guideline = models.TextField(blank=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["group__position", "group__name", "name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="tag_name_once"),
            one_of("colour", Colour, name="tag_colour_known"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("research:tag_detail", args=[self.slug])
