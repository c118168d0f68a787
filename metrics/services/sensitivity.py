"""What answers teach the checks of a KPI: visible, one step at a time, and reversible."""

from django.db import transaction

from metrics.models import DETECTED, Cause, FlagKind, Lesson, SensitivityChange, Watch
from prodops import activity

FALSE_ALARM_STEP = 1.15
CONFIRMED_STEP = 1.05
LOWEST, HIGHEST = 1.0, 2.5
LEARNT_FROM = [kind for kind in DETECTED if kind != FlagKind.MISSING]  # judgements, not facts


class NothingLearnt(Exception):
    """The checks judge this KPI as they judge every new one."""


def learn(incident, *, by, at):
    """After a false positive the next one has to be more unusual; a real change takes back a little."""
    if not incident.flags.filter(kind__in=LEARNT_FROM).exists():
        return
    if incident.cause == Cause.FALSE_POSITIVE:
        _step(incident.kpi_id, FALSE_ALARM_STEP, Lesson.FALSE_ALARM, incident, by, at)
    elif incident.cause == Cause.REAL_CHANGE:
        _step(incident.kpi_id, 1 / CONFIRMED_STEP, Lesson.CONFIRMED, incident, by, at)


def unlearn(incident, *, by, at):
    """An answer was taken back: so is what it taught, once."""
    last = SensitivityChange.objects.filter(incident=incident).order_by("-at", "-pk").first()
    if last is None or last.lesson == Lesson.TAKEN_BACK:
        return
    reset = SensitivityChange.objects.filter(kpi=incident.kpi_id, lesson=Lesson.RESET, at__gte=last.at)
    if not reset.exists():
        _step(incident.kpi_id, last.before / last.after, Lesson.TAKEN_BACK, incident, by, at)


@transaction.atomic
def reset(kpi, *, by, at):
    """Judge the KPI as if nothing had been learnt."""
    watch = Watch.objects.select_for_update().filter(kpi=kpi).first()
    if watch is None or watch.factor == LOWEST:
        raise NothingLearnt("Nothing has been learnt for this KPI: it is checked as a new one is.")
    SensitivityChange.objects.create(
        kpi=kpi, before=watch.factor, after=LOWEST, lesson=Lesson.RESET, by=by, at=at
    )
    Watch.objects.filter(pk=watch.pk).update(factor=LOWEST)
    data = {"before": f"{watch.factor:.2f}"}
    activity.record("kpi.sensitivity_reset", on=kpi, by=by, at=at, data=data)


def _step(kpi_id, ratio, lesson, incident, by, at):
    watch = Watch.objects.select_for_update().filter(kpi=kpi_id).first()
    if watch is None:
        return
    after = round(min(max(watch.factor * ratio, LOWEST), HIGHEST), 4)
    if after == watch.factor:
        return
    SensitivityChange.objects.create(
        kpi_id=kpi_id, before=watch.factor, after=after, lesson=lesson, incident=incident, by=by, at=at
    )
    Watch.objects.filter(pk=watch.pk).update(factor=after)
