from django.utils import timezone

from prodops.models import Job, Role
from tests.factories.prodops import (
    CustomerAccountFactory,
    NotificationFactory,
    ProductAreaFactory,
    UserFactory,
)


def _job(people):
    asker = people[Role.PRODUCT_OPS]
    return Job.objects.create(
        title="A job", task="prodops.tasks.heartbeat", asked_by=asker, asked_at=timezone.now()
    )


SAMPLES = {
    "notification_open": lambda people: {"pk": NotificationFactory(recipient=people[Role.PRODUCT_OPS]).pk},
    "job_detail": lambda people: {"pk": _job(people).pk},
    "job_cancel": lambda people: {"pk": _job(people).pk},
    "person_detail": lambda people: {"pk": people[Role.MEMBER].pk},
    "team_detail": lambda people: {"slug": people[Role.MEMBER].teams.get().slug},
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
