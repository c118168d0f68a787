from coordination.models import RequestType
from prodops.models import Role
from tests.factories.coordination import ChannelFactory


def _channel(people):
    return {"slug": ChannelFactory(owner=people[Role.PRODUCT_OPS]).slug}


def _type(people):
    RequestType.objects.create(slug="first-of-all", name="First of all", position=0)
    return {"slug": RequestType.objects.create(slug="oddity", name="Oddity", position=90).slug}


def _channels(people, n):
    ChannelFactory.create_batch(n, owner=people[Role.PRODUCT_OPS])


def _types(people, n):
    first = RequestType.objects.count()
    RequestType.objects.bulk_create(
        RequestType(slug=f"t{k}", name=f"Type {k}", position=k) for k in range(first, first + n)
    )


SAMPLES = {
    **dict.fromkeys(
        (
            "coordination:channel_detail",
            "coordination:channel_edit",
            "coordination:channel_close",
            "coordination:channel_reopen",
        ),
        _channel,
    ),
    **{f"coordination:request_type_{verb}": _type for verb in ("edit", "retire", "restore", "raise")},
}
LISTS = {"coordination:channel_list": _channels, "coordination:request_types": _types}
