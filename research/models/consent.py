"""What people sign before they take part, in versions; who signed what; and who took it back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, one_of


class ConsentKind(models.TextChoices):
    CONSENT = "consent", "Consent"
    NDA = "nda", "Non-disclosure agreement"


class ConsentFormQuerySet(models.QuerySet):
    def visible_to(self, user):
        from prodops.access import Can, allowed

        return self if allowed(user, Can.RESEARCH_READ) else self.none()

    def editable_by(self, user):
        from prodops.access import Can, allowed

        return self if allowed(user, Can.CONSENT_MANAGE) else self.none()

    def live(self):
        return self.filter(retired_at=None)

    def for_list(self):
        return self.fetch_mode(STRICT_FETCH)


class ConsentForm(models.Model):
    """Something to sign, whose wording changes over the years. The wording is a `ConsentText`.

    A signature given for one study counts in another for `carry_days` days; 0: each study is signed anew.
    `every_study`: all studies that invite people need it; others name it (`StudyConsent`).
    """

    kind = models.CharField(max_length=8, choices=ConsentKind, default=ConsentKind.CONSENT)
    name = models.CharField(max_length=120)
    carry_days = models.PositiveSmallIntegerField(default=0)
    every_study = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)

    objects = ConsentFormQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name", "pk"]
        constraints = [
            one_of("kind", ConsentKind, name="consent_form_kind_known"),
            models.UniqueConstraint(
                "name", condition=Q(retired_at=None), name="consent_form_name_once",
                violation_error_message="There is a text of this name already.",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("research:consent_form", args=[self.pk])


class ConsentText(models.Model):
    """One version of a form's wording: a draft until `published_at`, then for ever the same.

    `purposes` are what it is for, stated; `choices` what one may grant or not. A signature lasts `valid_days`
    days (null: for ever). `sign_anew`: what was signed in earlier versions no longer counts.
    `sha256` is of title and wording with purposes and choices, as it was signed.
    """

    form = models.ForeignKey(ConsentForm, models.CASCADE, related_name="texts")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120, editable=False)  # the form's name as it was when this was signed
    body = models.TextField()  # Markdown
    purposes = ArrayField(models.CharField(max_length=200), default=list)
    choices = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    valid_days = models.PositiveSmallIntegerField(null=True, blank=True)
    sign_anew = models.BooleanField(default=True)
    sha256 = models.CharField(max_length=64, editable=False)
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    published_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["form_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="consent_text_number_once"),
            models.UniqueConstraint(
                fields=["form"], condition=Q(published_at=None), name="consent_text_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="consent_text_published_pair",
            ),
        ]

    def __str__(self):
        return f"version {self.number}"


class StudyConsent(models.Model):
    """This study's participants sign that form before they book."""

    study = models.ForeignKey("research.Study", models.CASCADE, related_name="consents")
    form = models.ForeignKey(ConsentForm, models.CASCADE, related_name="+")

    class Meta:
        ordering = ["study_id", "form_id"]
        constraints = [models.UniqueConstraint(fields=["study", "form"], name="study_consent_once")]

    def __str__(self):
        return f"{self.form_id} for {self.study_id}"


class SignatureQuerySet(models.QuerySet):
    def standing(self):
        """Those not taken back nor signed anew; whether they still count is `synthesis.consenting`'s."""
        return self.filter(withdrawn_at=None, replaced_at=None)

    def for_list(self):
        return self.select_related("text__form", "study").fetch_mode(STRICT_FETCH)


class Signature(models.Model):
    """Somebody signed a text for a study: the name they typed, when, from which address, of which wording.

    One that ran out and was signed anew stays, with `replaced_at`.
    """

    participant = models.ForeignKey("research.Participant", models.PROTECT, related_name="signatures")
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="signatures")
    study = models.ForeignKey("research.Study", models.PROTECT, related_name="+")
    typed_name = models.CharField(max_length=120)
    granted = ArrayField(models.CharField(max_length=200), default=list)  # of the text's `choices`
    at = models.DateTimeField(editable=False)
    ip = models.GenericIPAddressField(null=True, editable=False)
    text_sha256 = models.CharField(max_length=64, editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    replaced_at = models.DateTimeField(null=True, editable=False)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(typed_name=""), name="signature_has_name"),
            models.UniqueConstraint(
                fields=["participant", "text", "study"],
                condition=Q(withdrawn_at=None, replaced_at=None),
                name="signature_once_in_study",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("at")),
                name="signature_withdrawn_later",
            ),
        ]

    def __str__(self):
        return f"{self.typed_name}, {self.at:%Y-%m-%d}"


class WithdrawalQuerySet(models.QuerySet):
    def visible_to(self, user):
        from prodops.access import Can, allowed

        return self if allowed(user, Can.CONSENT_MANAGE) else self.none()

    def for_list(self):
        return self.select_related("participant__account", "study", "by").fetch_mode(STRICT_FETCH)


class Withdrawal(models.Model):
    """Somebody took their consent back, for one study or for all (null), and what went out of sight with it.

    `by` is null where they did so themselves. It holds ids and counts, never words: `counts` is
    {"sessions", "answers", "recordings", "highlights", "entries", "bookings": how many}. Their words in
    surveys of many wait in sessions of their own, which `session_ids` names too. `erased_at`: what was hidden
    is deleted.
    """

    participant = models.ForeignKey("research.Participant", models.PROTECT, related_name="withdrawals")
    study = models.ForeignKey("research.Study", models.PROTECT, null=True, blank=True, related_name="+")
    because = models.CharField(max_length=300, blank=True)
    session_ids = ArrayField(models.BigIntegerField(), default=list)
    response_ids = ArrayField(models.BigIntegerField(), default=list)  # what they answered in surveys
    insight_ids = ArrayField(models.BigIntegerField(), default=list)
    report_ids = ArrayField(models.BigIntegerField(), default=list)
    counts = models.JSONField(default=dict)
    by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")
    at = models.DateTimeField(editable=False)
    erased_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, erased_by__isnull=True)
                | Q(erased_at__isnull=False, erased_by__isnull=False),
                name="withdrawal_erased_pair",
            )
        ]

    def __str__(self):
        return f"Withdrawal of {self.at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("research:withdrawal", args=[self.pk])
