"""Who may be asked to take part: what bars somebody, the rolling limits, and exceptions with their reason."""

from django.db import models
from django.db.models import Q

from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class Bar(models.TextChoices):
    """Why somebody is not asked. Beyond these, the rolling limits let people cool down."""

    DO_NOT_CONTACT = "do_not_contact", "Do not contact"
    BLOCKLISTED = "blocklisted", "Blocklisted"
    OPTED_OUT = "opted_out", "Opted out"


FINAL = (Bar.BLOCKLISTED, Bar.OPTED_OUT)  # nobody can make an exception to these


class ContactBarQuerySet(models.QuerySet):
    def live(self, today):
        """Those that hold on `today`."""
        return self.filter(lifted_at=None).filter(Q(until=None) | Q(until__gte=today))

    def for_list(self):
        return self.select_related("by", "lifted_by").fetch_mode(STRICT_FETCH)


class ContactBar(models.Model):
    """From `at` on somebody is not to be asked, until `until` (the last day) or until it is lifted.

    `by` is null where they said so themselves, by a link in a mail.
    """

    participant = models.ForeignKey("research.Participant", models.CASCADE, related_name="bars")
    kind = models.CharField(max_length=14, choices=Bar)
    because = models.CharField(max_length=300, blank=True)
    until = models.DateField(null=True, blank=True)
    by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)
    lifted_at = models.DateTimeField(null=True, editable=False)
    lifted_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")
    lifted_because = models.CharField(max_length=300, blank=True)

    objects = ContactBarQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("kind", Bar, name="contact_bar_kind_known"),
            models.UniqueConstraint(
                fields=["participant", "kind"], condition=Q(lifted_at=None), name="contact_bar_once"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(kind=Bar.DO_NOT_CONTACT), name="contact_bar_ends_where_soft"
            ),
            both_or_neither("lifted_at", "lifted_by", name="contact_bar_lifted_pair"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} since {self.at:%Y-%m-%d}"


class ContactOverride(models.Model):
    """Somebody may be asked for this one study although they cool down or are not to be contacted."""

    participant = models.ForeignKey("research.Participant", models.CASCADE, related_name="overrides")
    study = models.ForeignKey("research.Study", models.CASCADE, related_name="+")
    because = models.CharField(max_length=300)
    by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "study"], name="contact_override_once"),
            models.CheckConstraint(condition=~Q(because=""), name="contact_override_has_reason"),
        ]

    def __str__(self):
        return self.because


class PanelSettings(models.Model):
    """One row for the workspace: how often people and accounts are asked, and paid.

    At most `person_invites` invitations within any `person_invite_days` days, and so on; null is no limit.
    `yearly_warning` is the sum, in the company's currency, from which a person's year is pointed out.
    """

    person_invites = models.PositiveSmallIntegerField(null=True, blank=True, default=2)
    person_invite_days = models.PositiveSmallIntegerField(default=90)
    person_sessions = models.PositiveSmallIntegerField(null=True, blank=True, default=1)
    person_session_days = models.PositiveSmallIntegerField(default=90)
    account_invites = models.PositiveSmallIntegerField(null=True, blank=True, default=10)
    account_invite_days = models.PositiveSmallIntegerField(default=90)
    account_sessions = models.PositiveSmallIntegerField(null=True, blank=True, default=6)
    account_session_days = models.PositiveSmallIntegerField(default=90)
    yearly_warning = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True, default=500)
    changed_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    changed_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name_plural = "panel settings"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="panel_settings_one_row"),
            models.CheckConstraint(
                condition=Q(
                    person_invite_days__range=(1, 1095),
                    person_session_days__range=(1, 1095),
                    account_invite_days__range=(1, 1095),
                    account_session_days__range=(1, 1095),
                ),
                name="panel_settings_days",
            ),
        ]

    def __str__(self):
        return "Panel settings"
