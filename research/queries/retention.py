"""Which raw recordings a rule reaches, and when."""

import datetime as dt
from typing import NamedTuple

from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum

from research.models import Keeping, Recording, RetentionRule, Study

NOTICE = dt.timedelta(days=14)  # nothing is deleted that was not announced so long before


class Standing(NamedTuple):
    """What holds for one study: `days` after the session, None for ever; `own` where it has its own rule."""

    days: int | None
    own: bool
    held: RetentionRule | None

    @property
    def in_words(self):
        if self.held:
            return "On hold: kept until the hold is lifted"
        return "Kept" if self.days is None else f"Deleted {self.days:,} days after the session"


def standing(study):
    """The rule that holds for the study (or its id), in one query."""
    rules = _rules().filter(Q(study=study) | Q(study=None))
    return _standing({rule.study_id: rule for rule in rules}, getattr(study, "pk", study))


def _rules():
    return RetentionRule.objects.select_related("held_by")


def _standing(rules, study_id):
    own, workspace = rules.get(study_id), rules.get(None)
    decides = own if own and own.keeping != Keeping.WORKSPACE else workspace
    return Standing(
        decides.days if decides else None,
        decides is not None and decides is own,
        own if own and own.held_at else None,
    )


def workspace_rule():
    return RetentionRule.objects.filter(study=None).first()


def reaches():
    """[(days, the ready recordings that a rule deletes so many days after their session)]."""
    rules = list(RetentionRule.objects.all())
    ready = Recording.objects.ready()
    own = [rule for rule in rules if rule.study_id and (rule.held_at or rule.keeping != Keeping.WORKSPACE)]
    found = [
        (rule.days, ready.filter(session__study=rule.study_id))
        for rule in own
        if not rule.held_at and rule.keeping == Keeping.DELETE
    ]
    for rule in rules:
        if rule.study_id is None and rule.keeping == Keeping.DELETE:
            apart = [one.study_id for one in own]
            found.append((rule.days, ready.exclude(session__study__in=apart)))
    return found


def goes_on(recording, days):
    """The first day on which the rule may delete it: when it is due, and was announced long enough."""
    due = recording.session.held_on + dt.timedelta(days=days)
    return max(due, recording.warned_on + NOTICE) if recording.warned_on else due


class Kept(NamedTuple):
    """The raw recordings of a study that are there."""

    number: int
    size: int
    announced: int
    first_announced: dt.date | None


def kept_of(study):
    row = (
        Recording.objects.ready()
        .filter(session__study=study)
        .aggregate(number=Count("pk"), size=Sum("size"), announced=Count("warned_on"), first=Min("warned_on"))
    )
    return Kept(row["number"], row["size"] or 0, row["announced"], row["first"])


def with_summary(studies):
    """Studies that know what `summary_of` says, loaded with themselves: for a page that shows much else."""
    ready = Recording.objects.ready().filter(session__study=OuterRef("pk"))
    ready = ready.order_by().values("session__study")
    of_workspace = RetentionRule.objects.filter(study=None).values("days")[:1]
    return studies.select_related("retention_rule__held_by").annotate(
        kept_number=Subquery(ready.annotate(found=Count("pk")).values("found")),
        kept_bytes=Subquery(ready.annotate(found=Sum("size")).values("found")),
        kept_announced=Subquery(ready.annotate(found=Count("warned_on")).values("found")),
        kept_first=Subquery(ready.annotate(found=Min("warned_on")).values("found")),
        workspace_days=Subquery(of_workspace),
    )


def summary_of(study):
    """(Standing, Kept) of a study that `with_summary` loaded."""
    own = getattr(study, "retention_rule", None)
    standing = _standing({study.pk: own, None: RetentionRule(days=study.workspace_days)}, study.pk)
    kept = Kept(study.kept_number or 0, study.kept_bytes or 0, study.kept_announced or 0, study.kept_first)
    return standing, kept


def announced(user, limit=200):
    """Recordings whose deletion is announced, as far as `user` reads their studies, soonest first."""
    rows = Recording.objects.ready().filter(
        warned_on__isnull=False, session__study__in=Study.objects.visible_to(user)
    )
    return list(rows.select_related("session__study").order_by("warned_on", "pk")[:limit])


def of_studies(user):
    """[(study, its Standing, recordings, bytes)] of studies with recordings or with a rule of their own."""
    rules = {rule.study_id: rule for rule in _rules()}
    ready = Q(sessions__recordings__state="ready")
    studies = (
        Study.objects.visible_to(user)
        .annotate(
            number=Count("sessions__recordings", filter=ready),
            bytes=Sum("sessions__recordings__size", filter=ready),
            ruled=F("retention_rule"),
        )
        .filter(Q(number__gt=0) | Q(ruled__isnull=False))
        .order_by("title", "pk")[:200]
    )
    return [(study, _standing(rules, study.pk), study.number, study.bytes or 0) for study in studies]
