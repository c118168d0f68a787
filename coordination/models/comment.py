"""What is said about a request: among ourselves, or to and by those who asked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, one_of


class Audience(models.TextChoices):
    INTERNAL = "internal", "Internal"
    PUBLIC = "public", "Public"


class RequestCommentQuerySet(models.QuerySet):
    def of(self, request):
        """What stands on the request's page: its own, and what was said to all it was joined with.

        What others said of the request it was joined with stays there.
        """
        told = Q(message__isnull=False) & Q(
            pk__in=RequestComment.objects.filter(message__requests=request).values("pk")
        )
        return self.filter(Q(request=request) | told)

    def readable_by(self, user, request):
        """Of the comments `of` a request, those that `user` may read, who follows it.

        `request` is loaded `with_rights_of` the user. Members read all. Who may read the request reads
        what is public; who only added an account to it, what was said to everybody, and their own words.
        """
        rows = self.of(request)
        if allowed(user, Can.REQUEST_TRIAGE):
            return rows
        public = rows.filter(audience=Audience.PUBLIC)
        return public if request.readable else public.filter(Q(message__isnull=False) | Q(author=user))

    def for_list(self):
        return self.select_related("author", "message", "request").fetch_mode(STRICT_FETCH)


class RequestComment(models.Model):
    """A public comment of ours has the `message` it was sent with; one of those who asked has none.

    An author outside is named, as they wrote by mail. What was sent is never edited.
    """

    request = models.ForeignKey("coordination.Request", models.CASCADE, related_name="comments")
    audience = models.CharField(max_length=8, choices=Audience, editable=False)
    body = models.TextField(max_length=10_000)
    author = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=254, blank=True)
    mentions = ArrayField(models.BigIntegerField(), default=list, blank=True)  # ids of people
    message = models.OneToOneField(
        "coordination.Message", models.PROTECT, null=True, editable=False, related_name="+"
    )
    # What the other system calls it where it was said in one: with it the same words come in once
    external_id = models.CharField(max_length=200, blank=True, editable=False)
    at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    objects = RequestCommentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["request", "at"], name="request_comment_by_request")]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "external_id"],
                condition=~Q(external_id=""),
                name="request_comment_once_per_id",
            ),
            one_of("audience", Audience, name="request_comment_audience"),
            models.CheckConstraint(
                condition=Q(audience="public") | Q(message=None, author__isnull=False),
                name="request_comment_internal_stays",
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=False) | ~Q(author_name=""), name="request_comment_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(audience="internal"), name="request_comment_sent_is_kept"
            ),
        ]

    def __str__(self):
        return self.body[:60]

    @property
    def is_public(self):
        return self.audience == Audience.PUBLIC

    @property
    def who(self):
        return self.author.name if self.author else self.author_name
