"""A frozen report read later: what of it is gone or restricted since, and which reports stand beside it."""

from typing import NamedTuple

from django.db.models import Q

from prodops.quarters import Quarter
from research.models import OVER, Highlight, Insight, InsightReport, Session, policy


class Removed(NamedTuple):
    """What a frozen report speaks of and research no longer has, or keeps to some people."""

    sessions: frozenset
    highlights: frozenset
    insights: frozenset
    over: dict  # {insight id: what became of it} of those that no longer hold


def removed(sections):
    """What `sections` quote and cite that is gone or restricted since: its quotes are then not shown."""
    quotes = [quote for section in sections for quote in section.data.get("quotes", ())]
    cited = [one for section in sections for one in section.data.get("insights", ())]
    return Removed(
        _missing(_OPEN, {quote["session"] for quote in quotes}),
        _missing(Highlight.objects, {quote["highlight"] for quote in quotes}),
        _missing(Insight.objects, {one["insight"] for one in cited}),
        _over({one["insight"] for one in cited}),
    )


def _over(keys):
    if not keys:
        return {}
    return dict(Insight.objects.filter(pk__in=keys, status__in=OVER).values_list("pk", "status"))


_OPEN = Session.objects.filter(policy.open_to_all("study__"))


def _missing(found, keys):
    if not keys:
        return frozenset()
    return frozenset(keys - set(found.filter(pk__in=keys).values_list("pk", flat=True)))


def others(report):
    """Published reports one click apart: {"newer edition" | "quarter before" | "year before" | …: report}."""
    quarter = report.quarter
    wanted = {
        "before": quarter.previous,
        "after": quarter.next,
        "a year before": Quarter(quarter.year - 1, quarter.number, quarter.start_month),
        "here": quarter,
    }
    either = Q()
    for one in wanted.values():
        either |= Q(year=one.year, number=one.number)
    found = {}
    for other in InsightReport.objects.published().filter(either).for_list().order_by("edition"):
        for place, one in wanted.items():
            if (other.year, other.number) == (one.year, one.number):
                found[place] = other
    if "here" in found and found["here"].edition <= report.edition:
        del found["here"]
    return found
