"""Review meetings: objectives one after another, what was decided, and who does what until when."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, both_or_neither

from .cycles import OkrCycle
from .objectives import Objective


class ReviewMeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def for_list(self):
        return self.select_related("cycle", "team", "begun_by").fetch_mode(STRICT_FETCH)


class ReviewMeeting(models.Model):
    """A review of a cycle's objectives, those of one team or (`team` is null) of the whole company.

    Its agenda is put in order once, when it begins. Open until it is ended, it can be gone on with any time.
    """

    cycle = models.ForeignKey(OkrCycle, models.PROTECT, related_name="meetings")
    team = models.ForeignKey("prodops.Team", models.PROTECT, null=True, blank=True, related_name="+")
    begun_at = models.DateTimeField(editable=False)
    begun_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")

    objects = ReviewMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [both_or_neither("ended_at", "ended_by", name="review_meeting_ended_pair")]

    def __str__(self):
        return f"Review of {self.cycle}"

    def get_absolute_url(self):
        return reverse("process:meeting_detail", args=[self.pk])

    @property
    def open(self):
        return self.ended_at is None


class AgendaItem(models.Model):
    """A place on the agenda. What the minutes say of the objective stays when that changes or goes.

    `why` are the risks that put it there; `stood` is how it stood when it was discussed.
    """

    meeting = models.ForeignKey(ReviewMeeting, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField()  # from 1
    objective = models.ForeignKey(Objective, models.SET_NULL, null=True, related_name="agenda_items")
    title = models.CharField(max_length=160)
    why = models.CharField(max_length=300, blank=True)
    stood = models.CharField(max_length=200, blank=True)
    discussed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["meeting_id", "number"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="agenda_item_number_once")]

    def __str__(self):
        return self.title


class Decision(models.Model):
    """What a review meeting decided of an objective."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="decisions")
    text = models.CharField(max_length=1000)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["item_id", "at", "pk"]

    def __str__(self):
        return self.text


class ActionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def undone(self):
        return self.filter(done_at=None)

    def tickable_by(self, user):
        """One's own, and those of meetings about one's teams."""
        if user.runs_product_ops:
            return self
        mine = Q(owner=user) | Q(item__objective__team__in=user.editor_team_ids)
        return self.filter(mine | Q(item__meeting__begun_by=user))

    def for_list(self):
        return self.select_related("owner", "item__meeting__cycle").fetch_mode(STRICT_FETCH)


class ReviewAction(models.Model):
    """What somebody does for an objective, agreed in a review meeting, until a day."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="actions")
    text = models.CharField(max_length=500)
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    due_on = models.DateField()
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [both_or_neither("done_at", "done_by", name="review_action_done_pair")]
        indexes = [
            models.Index(fields=["owner", "due_on"], condition=Q(done_at=None), name="review_action_waiting")
        ]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return f"{self.item.meeting.get_absolute_url()}#action-{self.pk}"
