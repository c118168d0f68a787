"""The filters of the list of mails."""

import django_filters

from coordination.models import Channel, ChannelKind, MailState
from prodops.filters import ListFilter, TextFilter


class MailFilter(ListFilter):
    q = TextFilter("subject", "from_email", "from_name")
    state = django_filters.ChoiceFilter(choices=MailState, empty_label="Anything", label="What became of it")
    channel = django_filters.ModelChoiceFilter(
        queryset=Channel.objects.filter(kind=ChannelKind.EMAIL), empty_label="Any channel", label="Channel"
    )
