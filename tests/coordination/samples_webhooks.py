from prodops.models import Role
from tests.factories.coordination import ChannelFactory, DeliveryFactory, WebhookEndpointFactory


def _webhook(people):
    channel = ChannelFactory(owner=people[Role.PRODUCT_OPS])
    WebhookEndpointFactory(channel=channel)
    return {"slug": channel.slug}


def _hook(people):
    return {"key": WebhookEndpointFactory(channel__owner=people[Role.PRODUCT_OPS]).key}


def _delivery(people):
    return {"pk": DeliveryFactory(channel__owner=people[Role.PRODUCT_OPS]).pk}


def _deliveries(people, n):
    channel = ChannelFactory(owner=people[Role.PRODUCT_OPS])
    DeliveryFactory.create_batch(n, channel=channel)


_OF_CHANNEL = ("webhook_set_up", "webhook_rotate", "webhook_revoke", "mapping_edit", "mapping_try")
SAMPLES = {
    **{f"coordination:{name}": _webhook for name in _OF_CHANNEL},
    **{f"coordination:delivery_{name}": _delivery for name in ("detail", "raw", "replay")},
    "coordination:hook": _hook,
    "coordination:hook_with_token": lambda people: {**_hook(people), "token": "hook_test"},
}
LISTS = {"coordination:delivery_list": _deliveries}
