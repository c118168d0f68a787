"""Rules for raw recordings, and the nightly round that follows them. What was learned always stays."""

from collections import defaultdict

from django.db import transaction
from django.db.models import Q

from prodops import activity
from research.models import Keeping, Recording, RetentionRule
from research.queries import retention as queries

from . import recordings


class Refused(Exception):
    """The rule can't be; the words say why."""


def set_rule(study, *, keeping, days, by, at):
    """Say what becomes of the recordings of `study`, or of the whole workspace for None.

    What was announced under the old rule is announced anew, so that nobody is taken by surprise.
    """
    if keeping == Keeping.DELETE and not 1 <= (days or 0) <= 36_500:
        raise Refused("Give the number of days, from 1 to 36,500.")
    days = days if keeping == Keeping.DELETE else None
    with transaction.atomic():
        rule = _rule(study, by=by, at=at)
        rule.keeping, rule.days, rule.changed_by, rule.changed_at = keeping, days, by, at
        rule.save()
        _announce_anew(study)
        data = {"words": _words(keeping, days)}
        activity.record("retention.set", on=study or rule, by=by, at=at, data=data)
    return rule


def hold(study, *, because, by, at):
    """Keep the study's recordings whatever the rules say, until somebody lifts the hold."""
    if not because.strip():
        raise Refused("Say why they must stay, so that the next person knows when to lift the hold.")
    with transaction.atomic():
        rule = _rule(study, by=by, at=at)
        rule.held_because, rule.held_by, rule.held_at = because.strip()[:300], by, at
        rule.save()
        _announce_anew(study)
        activity.record("retention.held", on=study, by=by, at=at, data={"because": rule.held_because})


def release(study, *, by, at):
    """Lift the hold; nothing goes before it is announced again."""
    with transaction.atomic():
        held = RetentionRule.objects.filter(study=study, held_at__isnull=False)
        if held.update(held_because="", held_by=None, held_at=None):
            _announce_anew(study)
            activity.record("retention.released", on=study, by=by, at=at)


def _rule(study, *, by, at):
    first = Keeping.WORKSPACE if study else Keeping.KEEP
    rule, _ = RetentionRule.objects.select_for_update().get_or_create(
        study=study, defaults={"keeping": first, "changed_by": by, "changed_at": at}
    )
    return rule


def _announce_anew(study):
    reached = Recording.objects.filter(warned_on__isnull=False)
    (reached.filter(session__study=study) if study else reached).update(warned_on=None)


def _words(keeping, days):
    return f"delete {days} days after the session" if days else Keeping(keeping).label.lower()


def follow(*, today, at):
    """Announce what goes within two weeks, and delete what was announced long enough ago.

    Safe to run twice and to kill: each deletion and each study's announcement stands alone. Returns
    (announced, deleted).
    """
    announced = deleted = 0
    for days, reached in queries.reaches():
        deleted += _delete(days, reached, today=today, at=at)
        announced += _announce(days, reached, today=today, at=at)
    return announced, deleted


def _delete(days, reached, *, today, at):
    due = reached.filter(warned_on__lte=today - queries.NOTICE).select_related("session")
    return sum(
        _delete_one(one, today=today, at=at)
        for one in due.order_by("pk").iterator()
        if queries.goes_on(one, days) <= today
    )


@transaction.atomic
def _delete_one(recording, *, today, at):
    """Delete it by the rule that holds at this moment: one may have been set, or a hold, since it was found.

    Whoever sets a rule or a hold comes before and is heeded, or waits until the recording is gone.
    """
    study = recording.session.study_id
    list(RetentionRule.objects.select_for_update().filter(Q(study=study) | Q(study=None)).order_by("pk"))
    now = Recording.objects.ready().select_for_update(of=("self",)).select_related("session")
    row = now.filter(pk=recording.pk, warned_on__lte=today - queries.NOTICE).first()
    if row is None:
        return False
    rule = queries.standing(row.session.study_id)
    if rule.held or rule.days is None or queries.goes_on(row, rule.days) > today:
        return False
    because = f"Kept for {rule.days} days after the session, as the rule says"
    return recordings.delete(row, because=because, by=None, at=at)


def _announce(days, reached, *, today, at):
    by_study = defaultdict(list)
    soon = reached.filter(warned_on=None).select_related("session__study")
    for one in soon.order_by("pk").iterator():
        if queries.goes_on(one, days) <= today + queries.NOTICE:
            by_study[one.session.study].append(one.pk)
    for study, pks in by_study.items():
        with transaction.atomic():
            Recording.objects.filter(pk__in=pks, warned_on=None).update(warned_on=today)
            data = {"recordings": len(pks), "on": (today + queries.NOTICE).isoformat()}
            activity.record("retention.announced", on=study, by=None, at=at, data=data)
    return sum(map(len, by_study.values()))
