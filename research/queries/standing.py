"""What insights stand on: their evidence as the badges need it, and as a page shows it."""

from collections import defaultdict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from research.models import InsightEvidence, SurveyAnswer, TaskResult, policy
from research.models.highlight import said_by_another
from research.synthesis.badges import Badges, Piece, Weight, badges

MOST = 5_000  # insights whose badges are worked out to filter by them

_ANSWERS = (
    SurveyAnswer.objects.filter(question=OuterRef("question"))
    .order_by()
    .values("question")
    .annotate(number=Count("pk"))
    .values("number")
)
_TESTED = TaskResult.objects.filter(task=OuterRef("task")).values("session__participant")


def pieces_of(insights):
    """{insight id: [Piece]} of these insights (or their ids), in one query.

    A highlight that has lost its place, or whose consent was taken back, counts no more.
    """
    rows = (
        InsightEvidence.objects.filter(insight__in=insights)
        .filter(Q(highlight=None) | Q(highlight__orphaned_at=None, highlight__withdrawn=False))
        .order_by()
        .values_list(
            "insight",
            "kind",
            "highlight",
            Coalesce("highlight__session__study", "question__survey__session__study", "task__study"),
            Coalesce(
                "highlight__session__study__method",
                "question__survey__session__study__method",
                "task__study__method",
            ),
            Coalesce(
                "highlight__session__held_on",
                "question__survey__session__held_on",
                "task__study__ended_on",
                "task__study__started_on",
                F("task__study__created_at__date"),
            ),
            "highlight__session__participant",
            "highlight__session",
            "highlight__session__participant__account__segment",
            Subquery(_ANSWERS),
            ArraySubquery(_TESTED),
        )
    )
    found = defaultdict(list)
    for insight, kind, quote, study, method, on, person, session, segment, answers, tested in rows:
        people = {("person", one) for one in tested if one}
        if quote:  # somebody without a name is one person a session
            people.add(("person", person) if person else ("session", session))
        found[insight].append(
            Piece(
                weight=Weight(kind),
                study=study,
                method=method,
                on=on,
                people=frozenset(people),
                unnamed=answers or 0,
                segments=frozenset([segment] if segment else []),
                is_quote=bool(quote),
            )
        )
    return found


def badges_of(insights, today) -> dict[int, Badges]:
    """{insight id: Badges} of these insights; every one has some."""
    pieces = pieces_of([insight.pk for insight in insights])
    return {insight.pk: badges(pieces.get(insight.pk, ()), today) for insight in insights}


def flagged(insights, flag, today):
    """The ids of the QuerySet's insights with this flag, `clear` for those with none."""
    ids = list(insights.order_by().values_list("pk", flat=True)[:MOST])
    pieces = pieces_of(ids)
    known = {pk: badges(pieces.get(pk, ()), today).flags for pk in ids}
    return [pk for pk, flags in known.items() if (not flags if flag == "clear" else flag in flags)]


def evidence_of(insight, user):
    """([piece of evidence that `user` may read], how many more there are), in order.

    Each has all that its quote or its result says of itself.
    """
    rows = list(
        InsightEvidence.objects.filter(insight=insight)
        .annotate(
            seen=Case(When(policy.evidence(user), then=Value(True)), default=Value(False)),
            another_speaks=said_by_another("highlight__"),
        )
        .select_related("highlight__session__study", "highlight__session__participant__account")
        .select_related("highlight__start_cue", "question__survey__session__study", "task__study")
        .prefetch_related("highlight__tags")
        .order_by("position", "pk")
    )
    for row in rows:
        if row.highlight:
            row.highlight.another_speaks = row.another_speaks  # type: ignore[attr-defined]
    readable = [row for row in rows if row.seen]
    return readable, len(rows) - len(readable)
