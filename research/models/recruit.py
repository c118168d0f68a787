"""One person in the recruiting of one study, and every mail that asked them to come."""

import hashlib
import secrets

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from prodops.models import Segment
from prodops.models.fields import STRICT_FETCH, one_of

from . import policy


class RecruitState(models.TextChoices):
    PICKED = "picked", "Picked"
    INVITED = "invited", "Invited"
    ANSWERED = "answered", "To be looked at"
    SCREENED = "screened", "May book"
    SCREENED_OUT = "screened_out", "Does not fit"
    BOOKED = "booked", "Booked"
    DONE = "done", "Done"
    NO_SHOW = "no_show", "Did not come"
    DECLINED = "declined", "Declined"
    WITHHELD = "withheld", "Not invited"


_S = RecruitState
# state: those it may change to. What is done stays, and so does a no: nobody is asked twice.
RECRUIT_MOVES = {
    _S.PICKED: {_S.INVITED, _S.WITHHELD, _S.DECLINED},
    _S.INVITED: {_S.ANSWERED, _S.SCREENED, _S.SCREENED_OUT, _S.DECLINED, _S.BOOKED},
    _S.ANSWERED: {_S.SCREENED, _S.SCREENED_OUT, _S.DECLINED},
    _S.SCREENED: {_S.BOOKED, _S.SCREENED_OUT, _S.DECLINED},
    _S.SCREENED_OUT: {_S.SCREENED, _S.DECLINED},
    _S.BOOKED: {_S.SCREENED, _S.DONE, _S.NO_SHOW},  # to say no, they cancel first
    _S.NO_SHOW: {_S.SCREENED, _S.BOOKED, _S.DONE, _S.DECLINED},
    _S.DONE: {_S.NO_SHOW, _S.BOOKED},
    _S.DECLINED: set(),
    _S.WITHHELD: {_S.PICKED, _S.INVITED, _S.DECLINED},
}
MAY_BOOK = (_S.SCREENED, _S.BOOKED)
# Those who take up a place of their segment's quota.
SEATED = (_S.ANSWERED, _S.SCREENED, _S.BOOKED, _S.DONE)


def hash_of(token):
    """What is kept of a link's token: from it nobody makes the link."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_nonce():
    return secrets.token_urlsafe(16)


class RecruitQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(policy.readable(user, "study__"))

    def editable_by(self, user):
        return self.filter(policy.editable(user, "study__"))

    def by_token(self, token):
        """The recruit whose personal link has this token, as a QuerySet of one or none."""
        return self.filter(token_hash=hash_of(token or ""))

    def for_list(self):
        return self.select_related("participant__account", "session").fetch_mode(STRICT_FETCH)


class Recruit(models.Model):
    """A person whom a study has picked, and how far they are: `RECRUIT_MOVES` says what follows what.

    `segment` is what they were when they were picked: what quotas count must not change under them.
    `session` is theirs once they have booked.
    """

    study = models.ForeignKey("research.Study", models.CASCADE, related_name="recruits")
    participant = models.ForeignKey("research.Participant", models.PROTECT, related_name="recruits")
    batch = models.ForeignKey(
        "research.InvitationBatch", models.SET_NULL, null=True, blank=True, related_name="recruits"
    )
    session = models.ForeignKey(
        "research.Session", models.SET_NULL, null=True, blank=True, related_name="recruits"
    )
    state = models.CharField(max_length=12, choices=RecruitState, default=RecruitState.PICKED)
    segment = models.CharField(max_length=12, choices=Segment, default=Segment.UNKNOWN)
    because = models.CharField(max_length=300, blank=True)  # why screened out, withheld or declined
    answers = models.JSONField(default=list, blank=True)  # [{"question", "answer", "fits"}], as asked then
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(null=True)
    picked_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    picked_at = models.DateTimeField()
    invited_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    objects = RecruitQuerySet.as_manager()

    class Meta:
        ordering = ["study_id", "pk"]
        indexes = [
            models.Index(fields=["study", "state", "changed_at"], name="recruit_board"),
            models.Index(fields=["participant", "-changed_at"], name="recruit_of_person"),
        ]
        constraints = [
            one_of("state", RecruitState, name="recruit_state_known"),
            one_of("segment", Segment, name="recruit_segment_known"),
            models.UniqueConstraint(fields=["study", "participant"], name="recruit_once_in_study"),
            models.CheckConstraint(condition=~Q(token_hash=""), name="recruit_has_a_link"),
        ]

    def __str__(self):
        return f"{self.participant} for {self.study}"

    def save(self, *args, **kwargs):
        if not self.token_hash:
            self.token_hash = hash_of(self.token)
        super().save(*args, **kwargs)

    @property
    def token(self):
        """What stands in the person's links. It is made of a secret of the installation, and not kept."""
        return salted_hmac("research.recruit", self.nonce, algorithm="sha256").hexdigest()[:40]

    @property
    def may_book(self):
        return self.state in MAY_BOOK

    def expired(self, at):
        """Whether the link is too old to answer by; who has booked can always move or cancel."""
        return self.state != RecruitState.BOOKED and self.expires_at is not None and at >= self.expires_at


class InvitationKind(models.TextChoices):
    INVITATION = "invitation", "Invitation"
    REMINDER = "reminder", "Reminder"
    ACCEPTED = "accepted", "You fit"


class AskingQuerySet(models.QuerySet):
    def to_mail(self):
        return self.filter(mailed_at=None, given_up_at=None)


class Invitation(models.Model):
    """A mail that asks a recruit to take part; the limits of the panel count those of kind invitation."""

    recruit = models.ForeignKey(Recruit, models.CASCADE, related_name="invitations")
    kind = models.CharField(max_length=10, choices=InvitationKind, default=InvitationKind.INVITATION)
    at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    objects = AskingQuerySet.as_manager()

    class Meta:
        ordering = ["recruit_id", "at", "pk"]
        indexes = [
            models.Index(fields=["-at"], name="invitation_newest"),
            models.Index(
                fields=["at"], condition=Q(mailed_at=None, given_up_at=None), name="invitation_to_mail"
            ),
        ]
        constraints = [one_of("kind", InvitationKind, name="recruit_invitation_kind_known")]

    def __str__(self):
        return f"{self.get_kind_display()} to {self.recruit_id}"
