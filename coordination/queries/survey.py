"""What the answers of a widget come to."""

import datetime as dt
from collections import Counter, defaultdict
from typing import NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek

from coordination.models import SurveyAnswer
from prodops.clock import company_zone
from research.synthesis import surveys
from research.synthesis.intervals import Estimate

CSAT_STEPS = (1, 2, 3, 4, 5)


class Week(NamedTuple):
    """One week of answers, by the company's clock; scores are None where nobody gave one."""

    starts: dt.date
    answers: int
    nps: Estimate | None
    csat: Estimate | None


class Results(NamedTuple):
    answers: int
    signed: int
    comments: int
    nps: surveys.Nps | Estimate
    nps_bars: list[surveys.Bar]
    csat: Estimate
    csat_bars: list[surveys.Bar]
    weeks: list[Week]  # every one from the first with an answer on


def survey_results(channel, *, since, until, labels):
    """All of a channel's answers from `since` to `until`, counted; two queries however many there are.

    `labels` are the words of the steps of the CSAT scale.
    """
    found = SurveyAnswer.objects.taken().filter(channel=channel, at__range=(since, until)).order_by()
    counted = found.annotate(week=TruncWeek("at", tzinfo=company_zone())).values_list("week", "nps", "csat")
    nps: dict[dt.date, Counter] = defaultdict(Counter)
    csat: dict[dt.date, Counter] = defaultdict(Counter)
    total: Counter = Counter()
    for week, likely, satisfied, number in counted.annotate(number=Count("pk")):
        starts = week.date()
        total[starts] += number
        if likely is not None:
            nps[starts][likely] += number
        if satisfied is not None:
            csat[starts][satisfied] += number
    sums = found.aggregate(signed=Count("pk", filter=Q(signed=True)), comments=Count("request"))
    likely, satisfied = sum(nps.values(), Counter()), sum(csat.values(), Counter())
    return Results(
        answers=sum(total.values()),
        **sums,
        nps=surveys.nps(likely.elements()),
        nps_bars=surveys.distribution(map(str, likely.elements()), [str(n) for n in range(10, -1, -1)]),
        csat=surveys.top_boxes(satisfied.elements(), CSAT_STEPS),
        csat_bars=surveys.distribution(
            (labels[n] for n in satisfied.elements()), [labels[n] for n in (5, 4, 3, 2, 1)]
        ),
        weeks=_weeks(total, nps, csat),
    )


def _weeks(total, nps, csat):
    if not total:
        return []
    first, last = min(total), max(total)
    weeks = []
    for number in range((last - first).days // 7 + 1):
        starts = first + dt.timedelta(7 * number)
        likely = surveys.nps(nps[starts].elements()) if starts in nps else None
        weeks.append(
            Week(
                starts,
                total[starts],
                likely.score if isinstance(likely, surveys.Nps) else None,
                surveys.top_boxes(csat[starts].elements(), CSAT_STEPS) if starts in csat else None,
            )
        )
    return weeks
