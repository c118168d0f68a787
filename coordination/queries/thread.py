"""What was said about a request, as one person may read it."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, F, Func, OuterRef, Q

from coordination.models import Addressee, RequestComment
from prodops.models import User

SHOWN = 300


def thread_of(request, *, user):
    """[RequestComment], oldest first, with `named` (whom it mentions) and `reached` (how many it was sent
    to). `request` is loaded `with_rights_of` the user."""
    among = Func(
        F("pk"),
        OuterRef("mentions"),
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )
    sent = Addressee.objects.filter(message=OuterRef("message"), given_up_at=None).order_by()
    rows = (
        RequestComment.objects.readable_by(user, request)
        .filter(Q(deleted_at=None))
        .for_list()
        .annotate(
            named=ArraySubquery(User.objects.filter(among).order_by("pk").values_list("name")),
            reached=ArraySubquery(sent.values("message").annotate(n=Count("pk")).values("n")),
        )
        .order_by("-at", "-pk")[:SHOWN]
    )
    return list(rows)[::-1]
