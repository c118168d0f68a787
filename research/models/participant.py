"""The people studies listen to: those who took part, and those of the panel who may be asked."""

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.db.models.functions import Lower
from django.urls import reverse

from prodops.models.company import Segment
from prodops.models.custom_field import properties_field, properties_index
from prodops.models.fields import STRICT_FETCH, guid, one_of


class CameBy(models.TextChoices):
    """How we came to know somebody: reports say who was asked, so that one-sided panels show."""

    CUSTOMER_LIST = "customer_list", "Customer list"
    IN_PRODUCT = "in_product", "Asked in the product"
    SIGNED_UP = "signed_up", "Signed up"
    REFERRAL = "referral", "Referred by somebody"
    SALES = "sales", "Through sales"
    SUPPORT = "support", "Through support"
    EVENT = "event", "Met at an event"
    AGENCY = "agency", "Through an agency"
    UNKNOWN = "unknown", "Unknown"


ADDED = Q(added_on__isnull=False)  # to the panel, rather than known from a session alone


class ParticipantQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those whose name `user` may read: a name is material of the studies they took part in.

        Who runs research also sees whoever was added to the panel, by name.
        """
        from prodops.access import Can, allowed

        heard = self._heard_by(user)
        return self.filter(heard | ADDED if allowed(user, Can.PARTICIPANT_CONTACT) else heard)

    def in_panel_of(self, user):
        """Those `visible_to`, and the whole panel: pages show an alias where the name is not for `user`."""
        from prodops.access import Can, allowed

        return self.filter(self._heard_by(user) | ADDED) if allowed(user, Can.RESEARCH_READ) else self.none()

    @staticmethod
    def _heard_by(user):
        from .session import Session

        return Q(Exists(Session.objects.visible_to(user).filter(participant=OuterRef("pk"))))

    def editable_by(self, user):
        from prodops.access import Can, allowed

        return self.visible_to(user) if allowed(user, Can.PANEL_EDIT) else self.none()

    def with_segment(self):
        """Each with `shown_segment`: their account's, or where that is unknown or missing their own."""
        theirs = Q(account__isnull=False) & ~Q(account__segment=Segment.UNKNOWN)
        return self.annotate(
            shown_segment=Case(When(theirs, then=F("account__segment")), default=F("own_segment"))
        )

    def for_list(self):
        return self.select_related("account").fetch_mode(STRICT_FETCH)


class Participant(models.Model):
    """Somebody who took or may take part in research, of a customer account or of none.

    What is not known says so: "unknown" of a list, an empty text. E-mail and phone are for those who run
    research alone; `contact` of `queries.panel` says whether they may be asked.
    """

    guid = guid(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=120, blank=True)  # their job: "Dispatcher"
    account = models.ForeignKey(
        "prodops.CustomerAccount", models.PROTECT, null=True, blank=True, related_name="+"
    )
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    own_segment = models.CharField(
        "segment", max_length=12, choices=Segment, default=Segment.UNKNOWN, db_default=Segment.UNKNOWN
    )
    locale = models.CharField("language", max_length=16, blank=True, db_default="")  # a code of LANG_INFO
    time_zone = models.CharField(max_length=64, blank=True, db_default="")  # "Europe/Vienna"
    came_by = models.CharField(
        max_length=14, choices=CameBy, default=CameBy.UNKNOWN, db_default=CameBy.UNKNOWN
    )
    added_on = models.DateField(null=True, blank=True, editable=False)  # to the panel; null: by a session
    properties = properties_field()

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["name", "id"], name="participant_by_name"),
            models.Index(Lower("email"), name="participant_by_email"),
            properties_index("participant_properties"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), "account", name="participant_once_in_account", nulls_distinct=False
            ),
            one_of("own_segment", Segment, name="participant_segment_known"),
            one_of("came_by", CameBy, name="participant_came_by_known"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("research:participant_detail", args=[self.pk])

    @property
    def alias(self):
        """What they are called before those who don't run research: "P-0042"."""
        return f"P-{self.pk:04d}"

    @property
    def segment(self):
        """Their account's segment, or where that is unknown or missing their own. Needs `account` loaded."""
        if self.account is not None and self.account.segment != Segment.UNKNOWN:
            return Segment(self.account.segment)
        return Segment(self.own_segment)
