"""What was said about a request, as one person may read it."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, F, Func, OuterRef, Q
from django.db.models.functions import Lower

from coordination.models import Addressee, MailStop, RequestComment
from prodops.models import User

SHOWN = 300
LOST_SHOWN = 20


def thread_of(request, *, user):
    """[RequestComment], oldest first, with `named` (whom it mentions) and `reached` (how many it was sent
    to), `lost` (whom of those outside it could not be delivered to). `request` is loaded `with_rights_of` the
    user."""
    among = Func(
        F("pk"),
        OuterRef("mentions"),
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )
    sent = Addressee.objects.filter(message=OuterRef("message"), given_up_at=None).order_by()
    stopped = MailStop.objects.annotate(low=Lower("email")).values("low")
    gone = Addressee.objects.filter(message=OuterRef("message"), given_up_at__isnull=False)
    back = Q(mailed_at__isnull=False) | ~Q(email__in=stopped)  # who wants none was never mailed
    gone = gone.filter(back).exclude(email="").order_by("email")
    rows = (
        RequestComment.objects.readable_by(user, request)
        .filter(Q(deleted_at=None))
        .for_list()
        .annotate(
            named=ArraySubquery(User.objects.filter(among).order_by("pk").values_list("name")),
            lost=ArraySubquery(gone.values("email")[:LOST_SHOWN]),
            reached=ArraySubquery(sent.values("message").annotate(n=Count("pk")).values("n")),
        )
        .order_by("-at", "-pk")[:SHOWN]
    )
    return list(rows)[::-1]
