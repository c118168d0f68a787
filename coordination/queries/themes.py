"""What the quarterly insight report says of product requests: how many speak of a theme, which rest on it."""

from collections import Counter, defaultdict
from datetime import datetime, time, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower

from coordination.models import Request, RequestEvidence, RequestLink, State
from coordination.models.states import TAKEN_ON
from prodops.clock import company_zone
from research.models import HighlightTag, InsightEvidence, Tag

DECIDED = {**dict.fromkeys(TAKEN_ON, "taken on"), State.DECLINED: "declined"}


def _within(since, until):
    """The moments from which and before which something happened on these days."""
    zone = company_zone()
    return (
        datetime.combine(since, time(), tzinfo=zone),
        datetime.combine(until + timedelta(days=1), time(), tzinfo=zone),
    )


def _sent(since, until):
    first, after = _within(since, until)
    return Q(submitted_at__gte=first, submitted_at__lt=after)


def sent(since, until):
    """How many requests were sent on these days; what was joined with another counts as one with it."""
    rows = Request.objects.filter(_sent(since, until))
    return rows.order_by().values(one=Coalesce("root", "pk")).distinct().count()


def by_theme(slugs, since, until):
    """{slug of a research tag: distinct requests sent on these days that speak of it}.

    A request speaks of a theme if it has a tag of the same name, if its words were kept as a highlight with
    that tag, or if it is linked to an insight that stands on such a highlight.
    """
    theirs = Request.objects.filter(_sent(since, until)).values_list("pk", Coalesce("root", "pk"))
    roots = dict(theirs.order_by())
    found = defaultdict(set)
    names = {
        name: slug for slug, name in Tag.objects.filter(slug__in=slugs).values_list("slug", Lower("name"))
    }
    through = Request.tags.through.objects.filter(request__in=roots)
    tagged = through.annotate(name=Lower("requesttag__name")).values_list("name", "request_id")
    for name, request in tagged:
        if name in names:
            found[names[name]].add(roots[request])
    kept = RequestEvidence.objects.filter(request__in=roots).values_list("highlight", "request")
    linked = RequestLink.objects.filter(request__in=roots, insight__isnull=False)
    stands = defaultdict(set)
    for request, insight in linked.values_list("request", "insight"):
        stands[insight].add(request)
    of_highlight = defaultdict(set)
    for highlight, request in kept:
        of_highlight[highlight].add(request)
    rows = InsightEvidence.objects.filter(insight__in=stands, highlight__isnull=False)
    for highlight, insight in rows.values_list("highlight", "insight"):
        of_highlight[highlight] |= stands[insight]
    tags = HighlightTag.objects.filter(highlight__in=of_highlight, tag__slug__in=slugs)
    for slug, highlight in tags.order_by().values_list("tag__slug", "highlight"):
        found[slug] |= {roots[request] for request in of_highlight[highlight]}
    return {slug: len(requests) for slug, requests in found.items()}


def decided_on_insights(since, until):
    """[(insight id, "taken on" | "declined", requests)] decided on these days, the insight linked by then."""
    first, after = _within(since, until)
    rows = RequestLink.objects.filter(
        insight__isnull=False,
        request__decided_at__gte=first,
        request__decided_at__lt=after,
        request__state__in=DECIDED,
        linked_at__lte=F("request__decided_at"),
    ).values_list("insight", "request__state", "request")
    counts = Counter((insight, DECIDED[State(state)]) for insight, state, _ in rows.order_by().distinct())
    return sorted((insight, words, number) for (insight, words), number in counts.items())


def planned_on_insights(since, until):
    """[(insight id, "put on the roadmap", items)]: linked on these days to a request that cites it."""
    first, after = _within(since, until)
    rows = RequestLink.objects.filter(
        insight__isnull=False,
        request__roadmap_links__linked_at__gte=first,
        request__roadmap_links__linked_at__lt=after,
    ).values_list("insight", "request__roadmap_links__item")
    counts = Counter(insight for insight, _ in rows.order_by().distinct())
    return sorted((insight, "put on the roadmap", number) for insight, number in counts.items())
