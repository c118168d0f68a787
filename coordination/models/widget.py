"""Widgets and web forms on customers' pages, and the scores and words that came in by them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of

NPS_WORDS = "How likely are you to recommend us to a colleague?"
CSAT_WORDS = "How satisfied are you with this part of the product?"
TEXT_WORDS = "What could we do better?"
THANKS_WORDS = "Thank you. We read every answer."


class Widget(models.Model):
    """What a channel of the kind widget or form shows on pages of the company, and on which.

    Its page may be framed, and its JSON address called, from `origins` only. The secret signs who the
    visitor is; the one before a rotation holds until `former_until`.
    """

    channel = models.OneToOneField(
        "coordination.Channel", models.CASCADE, primary_key=True, related_name="widget"
    )
    key = models.CharField(max_length=32, unique=True, editable=False)  # its public address
    origins: ArrayField = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    form = models.ForeignKey(
        "coordination.FormDefinition", models.PROTECT, null=True, blank=True, related_name="+"
    )
    asks_nps = models.BooleanField(default=True)
    asks_csat = models.BooleanField(default=False)
    asks_text = models.BooleanField(default=True)
    nps_words = models.CharField(max_length=200, default=NPS_WORDS)
    csat_words = models.CharField(max_length=200, default=CSAT_WORDS)
    text_words = models.CharField(max_length=200, default=TEXT_WORDS)
    thanks_words = models.CharField(max_length=200, default=THANKS_WORDS)
    sealed_secret = models.BinaryField(null=True, editable=False)
    sealed_former = models.BinaryField(null=True, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    secret_at = models.DateTimeField(null=True, editable=False)
    changed_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    changed_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["channel_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(form__isnull=False) | Q(asks_nps=True) | Q(asks_csat=True) | Q(asks_text=True),
                name="widget_asks_something",
            ),
            both_or_neither("sealed_former", "former_until", name="widget_former_secret_pair"),
            both_or_neither("sealed_secret", "secret_at", name="widget_secret_pair"),
        ]

    def __str__(self):
        return f"Widget of {self.channel_id}"

    def get_page_url(self):
        """The page that is embedded."""
        return reverse("coordination:widget_page", args=[self.key])


class Door(models.TextChoices):
    PAGE = "page", "Embedded page"
    JSON = "json", "JSON"


class SurveyAnswerQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if allowed(user, Can.REQUEST_TRIAGE) else self.none()

    def taken(self):
        """Those that count: not those that are held for a person."""
        return self.filter(held_at=None)

    def held(self):
        return self.filter(held_at__isnull=False)

    def for_list(self):
        return self.select_related("account", "request").fetch_mode(STRICT_FETCH)


class SurveyAnswer(models.Model):
    """One visitor's answer. What they wrote is a request of the channel; a mere score stays here.

    `signed` says that the page that framed the widget vouched for who it is; otherwise nothing is known
    of the visitor but what they wrote. `once` is of the page that was shown: sent twice it counts once.
    """

    channel = models.ForeignKey("coordination.Channel", models.CASCADE, related_name="+", db_index=False)
    once = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField()
    door = models.CharField(max_length=4, choices=Door)
    nps = models.PositiveSmallIntegerField(null=True)
    csat = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(max_length=4_000, blank=True)
    request = models.OneToOneField(
        "coordination.Request", models.SET_NULL, null=True, related_name="survey_answer"
    )
    signed = models.BooleanField(default=False)
    person = models.CharField(max_length=120, blank=True)  # as the other system calls them
    email = models.CharField(max_length=254, blank=True)
    account = models.ForeignKey("prodops.CustomerAccount", models.PROTECT, null=True, related_name="+")
    company = models.CharField(max_length=160, blank=True)  # of which we know no account
    # Over the limit of the hour it is held: it counts nowhere until a person has let it in
    held_at = models.DateTimeField(null=True, editable=False)
    held = models.JSONField(default=dict, editable=False)  # what its request is made of then

    objects = SurveyAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("door", Door, name="widget_answer_door_known"),
            models.UniqueConstraint(fields=["channel", "once"], name="widget_answer_once"),
            models.CheckConstraint(
                condition=Q(nps=None) | Q(nps__range=(0, 10)), name="widget_answer_nps_on_scale"
            ),
            models.CheckConstraint(
                condition=Q(csat=None) | Q(csat__range=(1, 5)), name="widget_answer_csat_on_scale"
            ),
            models.CheckConstraint(
                condition=Q(nps__isnull=False) | Q(csat__isnull=False) | ~Q(comment=""),
                name="widget_answer_says_something",
            ),
            models.CheckConstraint(
                condition=Q(signed=True) | Q(person="", company="", account=None),
                name="widget_answer_unsigned_is_anonymous",
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "-at", "-id"], name="widget_answer_newest"),
            models.Index(
                fields=["channel", "held_at"], condition=Q(held_at__isnull=False), name="widget_answer_held"
            ),
        ]

    def __str__(self):
        return f"Answer {self.pk}"
