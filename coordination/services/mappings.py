"""The versions of what is what in a channel's payloads."""

from django.db import transaction

from coordination.formats import mapping
from coordination.models import Channel, WebhookMapping
from prodops import activity


class Faulty(Exception):
    """A rule cannot be read, or there is none; `faults` says which and why."""

    def __init__(self, faults):
        super().__init__("Some paths cannot be read.")
        self.faults = faults


@transaction.atomic
def save(channel, rules, *, by, at):
    """Make `rules` the version in use; gives (version, whether it is new). The same rules make none."""
    rules = {name: rule for name, rule in rules.items() if rule and name in mapping.RULES}
    if faults := mapping.faults(rules):
        raise Faulty(faults)
    Channel.objects.select_for_update().get(pk=channel.pk)  # two who save at once get two numbers
    latest = WebhookMapping.objects.filter(channel=channel).first()
    if latest and latest.rules == rules:
        return latest, False
    number = latest.number + 1 if latest else 1
    version = WebhookMapping.objects.create(channel=channel, number=number, rules=rules, by=by, at=at)
    activity.record("channel.mapping_saved", on=channel, by=by, at=at, data={"number": number})
    return version, True
