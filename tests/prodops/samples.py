import hashlib
from datetime import timedelta

from django.utils import timezone

from prodops.models import Away, Invitation, Job, Role
from tests.factories.prodops import (
    CustomerAccountFactory,
    NotificationFactory,
    ProductAreaFactory,
    UserFactory,
)
from tests.prodops import samples_fields, samples_finding, samples_rates


def _job(people):
    asker = people[Role.PRODUCT_OPS]
    return Job.objects.create(
        title="A job", task="prodops.tasks.heartbeat", asked_by=asker, asked_at=timezone.now()
    )


def _invitation(people):
    now = timezone.now()
    return Invitation.objects.create(
        email="new@example.test",
        token_hash=hashlib.sha256(b"token").hexdigest(),
        invited_by=people[Role.ADMIN],
        invited_at=now,
        expires_at=now + timedelta(days=1),
    )


def _away(people):
    today = timezone.localdate()
    return Away.objects.create(user=people[Role.PRODUCT_OPS], first_day=today, last_day=today)


def _team_slug(people):
    return people[Role.MEMBER].teams.get().slug


SAMPLES = {
    "guide_image": lambda people: {"name": "session"},
    "options": lambda people: {"kind": "account"},
    "invitation_revoke": lambda people: {"pk": _invitation(people).pk},
    "invitation_accept": lambda people: {"token": "token"} if _invitation(people) else {},
    "guide_page": lambda people: {"page": "admins"},
    "person_role": lambda people: {"pk": people[Role.MEMBER].pk},
    "person_close": lambda people: {"pk": UserFactory().pk},
    "person_reopen": lambda people: {"pk": UserFactory(is_active=False).pk},
    "away_plan": lambda people: {"pk": people[Role.PRODUCT_OPS].pk},
    "away_cancel": lambda people: {"pk": _away(people).pk},
    "team_member_set": lambda people: {"slug": _team_slug(people)},
    "team_member_remove": lambda people: {"slug": _team_slug(people), "pk": people[Role.MEMBER].pk},
    "area_edit": lambda people: {"slug": ProductAreaFactory().slug},
    "account_edit": lambda people: {"slug": CustomerAccountFactory().slug},
    "notification_open": lambda people: {"pk": NotificationFactory(recipient=people[Role.PRODUCT_OPS]).pk},
    "job_detail": lambda people: {"pk": _job(people).pk},
    "job_cancel": lambda people: {"pk": _job(people).pk},
    "person_detail": lambda people: {"pk": people[Role.MEMBER].pk},
    "team_detail": lambda people: {"slug": _team_slug(people)},
    "area_detail": lambda people: {"slug": ProductAreaFactory().slug},
    "account_detail": lambda people: {"slug": CustomerAccountFactory().slug},
}
LISTS = {
    "notifications": lambda people, n: NotificationFactory.create_batch(
        n, recipient=people[Role.PRODUCT_OPS]
    ),
    "people": lambda people, n: UserFactory.create_batch(n),
    "area_list": lambda people, n: ProductAreaFactory.create_batch(n),
    "account_list": lambda people, n: CustomerAccountFactory.create_batch(n),
}

SAMPLES |= samples_rates.SAMPLES
LISTS |= samples_rates.LISTS
SAMPLES |= samples_finding.SAMPLES
LISTS |= samples_finding.LISTS
SAMPLES |= samples_fields.SAMPLES
