"""What people hang on any thing of any app: comments, attachments, favourites; and filters they saved."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from .fields import STRICT_FETCH, guid


class SubjectQuerySet(models.QuerySet):
    def about(self, subject):
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)


class AboutSomething(models.Model):
    """A row about any thing: `subject_type` is the model's label, such as "research.insight"."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()

    class Meta:
        abstract = True


class CommentQuerySet(SubjectQuerySet):
    def editable_by(self, user):
        return self.filter(author=user, deleted_at=None)

    def for_list(self):
        return self.select_related("author").fetch_mode(STRICT_FETCH)


class Comment(AboutSomething):
    guid = guid()
    author = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    body = models.TextField(max_length=10_000)
    mentions = ArrayField(models.BigIntegerField(), default=list, blank=True)  # ids of people
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"], name="comment_by_subject")]

    def __str__(self):
        return self.body[:60]


class AttachmentQuerySet(SubjectQuerySet):
    def editable_by(self, user):
        return self.filter(by=user)

    def for_list(self):
        return self.select_related("by").fetch_mode(STRICT_FETCH)


class Attachment(AboutSomething):
    """A file hung on a thing. It is seen by whoever sees the thing, and downloaded, never rendered."""

    file = models.FileField(upload_to="attachments/%Y/%m/", max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")  # None: from outside
    at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"], name="attachment_by_subject")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("attachment_download", args=[self.pk])


class Favourite(AboutSomething):
    user = models.ForeignKey("prodops.User", models.CASCADE, related_name="favourites")
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    at = models.DateTimeField()

    objects = SubjectQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "subject_type", "subject_id"], name="favourite_once")
        ]

    def __str__(self):
        return self.title


class SavedFilter(models.Model):
    """A list's query string under a name of one's own.

    A search may tell of new hits (`bell`). `heard_to` is the index entry up to which all is told, with a
    check's delay, so that what was being written meanwhile is not missed: `heard_next` is where the last
    check stood, and `told` holds the entries after `heard_to` that were told already.
    """

    user = models.ForeignKey("prodops.User", models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=100)  # the list's URL name: "research:insight_list"
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)
    bell = models.BooleanField(default=False)
    heard_to = models.BigIntegerField(default=0, editable=False)
    heard_next = models.BigIntegerField(default=0, editable=False)
    told = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_filter_once")]
        indexes = [models.Index(fields=["user"], condition=models.Q(bell=True), name="saved_search_bell")]

    def __str__(self):
        return self.name
