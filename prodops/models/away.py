"""When people are not at work: work is not given to them then."""

from django.db import models
from django.db.models import F, Q

from .fields import STRICT_FETCH


class AwayQuerySet(models.QuerySet):
    def editable_by(self, user):
        """One's own; product ops look after everybody's."""
        return self if user.runs_product_ops else self.filter(user=user)

    def on(self, day):
        """Those that cover `day`."""
        return self.filter(first_day__lte=day, last_day__gte=day)

    def not_over(self, day):
        return self.filter(last_day__gte=day)

    def for_list(self):
        return self.select_related("user").fetch_mode(STRICT_FETCH)


class Away(models.Model):
    """A period, both days included, in which a person is not at work. Why is nobody's business."""

    user = models.ForeignKey("prodops.User", models.CASCADE, related_name="away")
    first_day = models.DateField()
    last_day = models.DateField()

    objects = AwayQuerySet.as_manager()

    class Meta:
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="away_ends_after_it_begins"
            ),
            models.UniqueConstraint(fields=["user", "first_day", "last_day"], name="away_once"),
        ]
        indexes = [models.Index(fields=["last_day", "first_day"], name="away_by_days")]

    def __str__(self):
        return f"{self.user_id} away {self.first_day} to {self.last_day}"
