"""The filters of the list of annotations."""

import django_filters

from metrics.models import AnnotationKind
from prodops.filters import ListFilter, TextFilter


class AnnotationFilter(ListFilter):
    q = TextFilter("text", "kpi__name")
    kind = django_filters.ChoiceFilter(choices=AnnotationKind, empty_label="Any kind", label="Kind")
    of = django_filters.ChoiceFilter(
        choices=[("all", "All KPIs"), ("one", "One KPI")],
        method="by_reach",
        empty_label="Anywhere",
        label="Stands on",
    )

    def by_reach(self, queryset, name, value):
        return queryset.filter(kpi__isnull=value == "all")
