from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from prodops.models import ExchangeRate, Role


def _rates(people, n):
    by, now = people[Role.PRODUCT_OPS], timezone.now()
    held = ExchangeRate.objects.count()
    return ExchangeRate.objects.bulk_create(
        ExchangeRate(
            currency="USD",
            on=now.date() - timedelta(days=ago),
            rate=Decimal("0.9"),
            entered_by=by,
            entered_at=now,
        )
        for ago in range(held, held + n)
    )


SAMPLES = {"rate_remove": lambda people: {"pk": _rates(people, 1)[0].pk}}
LISTS = {"rate_list": _rates}
