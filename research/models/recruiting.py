"""How a study finds its people: whom it wants, what it asks them first, and who is asked before them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from prodops.models import Segment
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of

from . import policy


class Gatekeeping(models.TextChoices):
    """What the owner of an account hears before people of the account are invited."""

    NONE = "none", "Nothing"
    TELL = "tell", "They are told"
    ASK = "ask", "They are asked first"


class Recruiting(models.Model):
    """What a study looks for and what those who are invited read. A study that recruits nobody has none."""

    study = models.OneToOneField("research.Study", models.CASCADE, related_name="recruiting")
    target = models.PositiveSmallIntegerField("Sessions wanted", default=8)
    public_title = models.CharField(max_length=150)  # participants never see the study's own title
    words = models.TextField(blank=True)
    gatekeeping = models.CharField(max_length=5, choices=Gatekeeping, default=Gatekeeping.TELL)
    by_hand = models.BooleanField(default=False)  # somebody looks at the answers before anybody may book
    link_days = models.PositiveSmallIntegerField(default=21)
    reminders = models.PositiveSmallIntegerField(default=1)
    reminder_days = models.PositiveSmallIntegerField(default=3)
    closed_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            one_of("gatekeeping", Gatekeeping, name="recruiting_gatekeeping_known"),
            models.CheckConstraint(condition=Q(target__range=(1, 500)), name="recruiting_target_sane"),
            models.CheckConstraint(condition=Q(link_days__range=(1, 180)), name="recruiting_link_sane"),
            models.CheckConstraint(condition=Q(reminders__lte=3), name="recruiting_reminders_few"),
            models.CheckConstraint(
                condition=Q(reminder_days__range=(1, 30)), name="recruiting_reminder_days_sane"
            ),
        ]

    def __str__(self):
        return self.public_title


class AnswerKind(models.TextChoices):
    ONE = "one", "One of several"
    SEVERAL = "several", "Any of several"
    NUMBER = "number", "A number"
    TEXT = "text", "A few words"


class ScreenerQuestion(models.Model):
    """A question of a study's screener, and which answers make somebody eligible.

    Of a choice: `accepts` are the options of which one is needed, `rejects` those that rule out. Of a number:
    from `at_least` to `at_most`. Without either the answer decides nothing. See
    `research.synthesis.screening`.
    """

    study = models.ForeignKey("research.Study", models.CASCADE, related_name="screener_questions")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    kind = models.CharField(max_length=8, choices=AnswerKind, default=AnswerKind.ONE)
    options = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    accepts = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    rejects = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    at_least = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    at_most = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    required = models.BooleanField(default=True)

    class Meta:
        ordering = ["study_id", "position"]
        constraints = [
            one_of("kind", AnswerKind, name="screener_kind_known"),
            models.UniqueConstraint(
                fields=["study", "position"],
                name="screener_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(at_least=None) | Q(at_most=None) | Q(at_most__gte=F("at_least")),
                name="screener_range_in_order",
            ),
        ]

    def __str__(self):
        return self.text


class Quota(models.Model):
    """How many of one segment a study takes. Segments without a row are open up to the study's target."""

    study = models.ForeignKey("research.Study", models.CASCADE, related_name="quotas")
    segment = models.CharField(max_length=12, choices=Segment)
    wanted = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["study_id", "segment"]
        constraints = [
            one_of("segment", Segment, name="quota_segment_known"),
            models.UniqueConstraint(fields=["study", "segment"], name="quota_once_a_segment"),
            models.CheckConstraint(condition=Q(wanted__lte=500), name="quota_wanted_sane"),
        ]

    def __str__(self):
        return f"{self.wanted} × {self.get_segment_display()}"


class BatchState(models.TextChoices):
    WAITING = "waiting", "Goes out later"
    SENT = "sent", "Sent"
    CANCELLED = "cancelled", "Cancelled"


class InvitationBatch(models.Model):
    """Several people invited in one go, at once or at a time (`send_at`)."""

    study = models.ForeignKey("research.Study", models.CASCADE, related_name="batches")
    subject = models.CharField(max_length=150)
    words = models.TextField()
    send_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.WAITING)
    created_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["send_at"], condition=Q(state=BatchState.WAITING), name="batch_waiting")
        ]
        constraints = [one_of("state", BatchState, name="batch_state_known")]

    def __str__(self):
        return self.subject


class ClearanceState(models.TextChoices):
    TOLD = "told", "Told"
    WAITING = "waiting", "Asked"
    ALLOWED = "allowed", "Allowed"
    REFUSED = "refused", "Refused"


class ClearanceQuerySet(models.QuerySet):
    def answerable_by(self, user):
        """The owner answers, of the account as it is today; product ops answers for whoever is away."""
        mine = Q(owner=user.pk) | Q(account__owner=user.pk)
        return (
            self.filter(mine | policy.readable(user, "study__"))
            if user.runs_product_ops
            else self.filter(mine)
        )

    def for_list(self):
        return self.select_related("study", "account", "owner", "asked_by", "answered_by").fetch_mode(
            STRICT_FETCH
        )


class Clearance(models.Model):
    """What the owner of an account was told, or asked, about inviting people of it to a study."""

    study = models.ForeignKey("research.Study", models.CASCADE, related_name="clearances")
    account = models.ForeignKey("prodops.CustomerAccount", models.PROTECT, related_name="+")
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ClearanceState)
    asked_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True)

    objects = ClearanceQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["owner", "-asked_at", "-id"], name="clearance_of_owner")]
        constraints = [
            one_of("state", ClearanceState, name="clearance_state_known"),
            models.UniqueConstraint(fields=["study", "account"], name="clearance_once_an_account"),
            both_or_neither("answered_at", "answered_by", name="clearance_answer_pair"),
        ]

    def __str__(self):
        return f"{self.account} for {self.study}"
