"""What an insight report says beside its counts: where insights stand, the panel, feedback, decisions."""

import datetime as dt
from collections import defaultdict
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count

from prodops import quarterly
from prodops.models import Segment
from research.models import (
    EvidenceKind,
    HighlightTag,
    Insight,
    InsightStatus,
    Participant,
    Tag,
    took_place,
)


def moments(quarter):
    """When the quarter begins, and when the next one does, where the company is."""
    zone = ZoneInfo(settings.TIME_ZONE)
    days = (quarter.first_day, quarter.next.first_day)
    return tuple(dt.datetime.combine(day, dt.time.min, tzinfo=zone) for day in days)


def panel():
    """{segment: how many people of the panel}, Unknown among them."""
    rows = Participant.objects.with_segment().order_by().values_list("shown_segment")
    found = dict(rows.annotate(number=Count("pk")))
    return {key: found[key] for key in Segment.values if key in found}


def standing(quarter):
    """{"superseded" | "retracted": insights that ended in the quarter; "due": to review by its last day}."""
    first, after = moments(quarter)
    ended = Insight.objects.filter(ended_at__gte=first, ended_at__lt=after).select_related("superseded_by")
    found: dict[str, list[dict]] = {"superseded": [], "retracted": [], "due": []}
    for one in ended.order_by("ended_at", "pk"):
        row = {"insight": one.pk, "title": one.title}
        if by := one.superseded_by:
            found["superseded"].append({**row, "by": by.pk, "by_title": by.title})
        elif one.status == InsightStatus.RETRACTED:
            found["retracted"].append({**row, "why": one.retraction})
    due = Insight.objects.filter(status=InsightStatus.PUBLISHED, review_by__lte=quarter.last_day)
    for pk, title, day in due.order_by("review_by", "pk").values_list("pk", "title", "review_by"):
        found["due"].append({"insight": pk, "title": title, "day": f"{day:%Y-%m-%d}"})
    return found


def contradicted(quarter):
    """{tag: published insights that a highlight of the quarter with this tag speaks against}."""
    rows = HighlightTag.objects.anchored().filter(
        took_place("highlight__session__"),
        highlight__session__held_on__range=(quarter.first_day, quarter.last_day),
        highlight__session__withdrawn_at=None,
        highlight__evidence__kind=EvidenceKind.CONTRADICTS,
        highlight__evidence__insight__status=InsightStatus.PUBLISHED,
    )
    pairs = rows.order_by("highlight__evidence__insight").values_list(
        "tag", "highlight__evidence__insight", "highlight__evidence__insight__title"
    )
    found = defaultdict(list)
    for tag, insight, title in pairs.distinct():
        found[tag].append({"insight": insight, "title": title})
    return dict(found)


def feedback(quarter):
    """What apps above count of customers' own words by theme, in the quarter and in the one before."""
    slugs = list(Tag.objects.live().order_by("slug").values_list("slug", flat=True))
    found = []
    for source in quarterly.feedback():
        spans = {"now": quarter, "before": quarter.previous}
        counts = {name: source.count(slugs, one.first_day, one.last_day) for name, one in spans.items()}
        spoken = sorted(set(counts["now"]) | set(counts["before"]))
        found.append(
            {
                "key": source.key,
                "title": source.title,
                "explanation": source.explanation,
                "total": {name: source.total(one.first_day, one.last_day) for name, one in spans.items()},
                "themes": {
                    slug: {name: counts[name].get(slug, 0) for name in ("now", "before")} for slug in spoken
                },
            }
        )
    return tuple(found)


def reuse(quarter):
    """Decisions of the quarter that rest on insights, by where they were taken."""
    sources = [
        (source.title, list(source.find(quarter.first_day, quarter.last_day))) for source in quarterly.reuse()
    ]
    titles = Insight.objects.in_bulk({insight for _, rows in sources for insight, _, _ in rows})
    return tuple(
        {
            "title": title,
            "rows": [
                {"insight": insight, "title": titles[insight].title, "what": what, "number": number}
                for insight, what, number in rows
                if insight in titles
            ],
        }
        for title, rows in sources
        if rows
    )
