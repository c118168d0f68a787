"""The filter of the delivery log."""

import datetime as dt

import django_filters
from django.db.models import Q
from django.utils import timezone

from coordination.models import Channel, DeliveryState
from prodops.filters import AmongFilter, ListFilter
from prodops.forms import DateInput

DEAD_WORDS = "Dead letters"


class DeliveryFilter(ListFilter):
    q = django_filters.CharFilter(method="with_words", label="Search")
    state = django_filters.ChoiceFilter(
        choices=[("dead", DEAD_WORDS), *DeliveryState.choices],
        method="in_state",
        empty_label="Any state",
        label="State",
    )
    channel = AmongFilter(Channel, field_name="channel", empty_label="Any channel", label="Channel")
    since = django_filters.DateFilter(method="from_day", label="Since", widget=DateInput())
    until = django_filters.DateFilter(method="to_day", label="Until", widget=DateInput())

    def with_words(self, queryset, name, value):
        """By its number, how it is known, or what was said of it."""
        for word in value.replace("\0", "").split()[:8]:
            either = Q(key__icontains=word) | Q(why__icontains=word)
            if word.isascii() and word.isdecimal() and len(word) < 18:
                either |= Q(pk=int(word))
            queryset = queryset.filter(either)
        return queryset

    def in_state(self, queryset, name, value):
        return queryset.dead() if value == "dead" else queryset.filter(state=value)

    def from_day(self, queryset, name, value):
        return queryset.filter(at__gte=_midnight(value))

    def to_day(self, queryset, name, value):
        return queryset.filter(at__lt=_midnight(value) + dt.timedelta(1)) if value < dt.date.max else queryset


def _midnight(day):
    return dt.datetime.combine(day, dt.time(), tzinfo=timezone.get_current_timezone())
