"""People of the panel: added, changed, merged; and how often people and accounts are asked."""

from django.db import IntegrityError, transaction

from prodops import activity, search
from prodops.clock import company_day
from research.models import ContactBar, ContactOverride, PanelSettings, Participant, Session

FIELDS = (
    *("name", "role", "account", "email", "phone", "own_segment", "locale", "time_zone", "came_by"),
    "properties",
)


class Refused(Exception):
    """It can't be done; the words say why and what to do."""


class Known(Refused):
    """The panel has this person already: `participant`."""

    def __init__(self, participant, words):
        super().__init__(words)
        self.participant = participant


def twin(*, name, account, email, but=None):
    """(the participant of this e-mail, or of this name and account; how they are known) or (None, "")."""
    others = Participant.objects.exclude(pk=but.pk) if but else Participant.objects.all()
    if email:
        same = others.filter(email__iexact=email).first()
        if same:
            return same, "e-mail address"
    same = others.filter(name__iexact=name, account=account).first()
    return same, "name and account" if same else ""


@transaction.atomic
def add(*, by, at, **fields):
    """Put somebody into the panel; raises `Known` for one who is in it."""
    _refuse_twin(fields, None)
    made = Participant.objects.create(added_on=company_day(at), **fields)
    activity.record("participant.added", on=made, by=by, at=at)
    return made


@transaction.atomic
def change(participant, *, by, at, **fields):
    """Change what is known of somebody. The event names the fields, never what stands in them."""
    changed = [name for name, value in fields.items() if getattr(participant, name) != value]
    if not changed:
        return
    _refuse_twin({name: fields.get(name, getattr(participant, name)) for name in FIELDS}, participant)
    for name in changed:
        setattr(participant, name, fields[name])
    participant.save(update_fields=changed)
    if {"name", "role", "account"} & set(changed):
        search.index_many(
            Session.objects.filter(participant=participant).select_related("study", "participant__account")
        )
    activity.record("participant.changed", on=participant, by=by, at=at, data={"fields": sorted(changed)})


def _refuse_twin(fields, participant):
    name, account, email = fields["name"], fields.get("account"), fields.get("email", "")
    same, how = twin(name=name, account=account, email=email, but=participant)
    if same:
        raise Known(same, f"The panel has somebody of this {how} already. Change or merge them instead.")


@transaction.atomic
def join(people, *, by, at):
    """Put people who are known from sessions into the panel; returns how many were not in it."""
    fresh = list(Participant.objects.filter(pk__in=[one.pk for one in people], added_on=None))
    Participant.objects.filter(pk__in=[one.pk for one in fresh]).update(added_on=company_day(at))
    for one in fresh:
        activity.record("participant.added", on=one, by=by, at=at)
    return len(fresh)


@transaction.atomic
def merge(kept, gone, *, by, at):
    """Make `gone` and `kept` one person: all that hangs on `gone` hangs on `kept`, blanks are filled in.

    It can't be undone. Raises `Refused` where both stand in one thing that holds a person once.
    """
    if kept.pk == gone.pk:
        raise Refused("This is one and the same person. Choose another one to merge with.")
    locked = Participant.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk])
    if len(list(locked.order_by("pk"))) < 2:
        raise Refused("One of the two has been merged by somebody else meanwhile.")
    sessions = list(Session.every.filter(participant=gone).values_list("pk", flat=True))
    for relation in _relations():
        _move(relation, kept, gone)
    filled = {
        name: getattr(gone, name)
        for name in ("role", "email", "phone", "locale", "time_zone", "account_id", "added_on")
        if getattr(gone, name) and not getattr(kept, name)
    }
    filled |= {
        name: getattr(gone, name)
        for name in ("own_segment", "came_by")
        if getattr(kept, name) == "unknown" != getattr(gone, name)
    }
    properties = {**gone.properties, **kept.properties}
    alias, name = gone.alias, gone.name
    gone.delete()
    for field, value in filled.items():
        setattr(kept, field, value)
    kept.properties = properties
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise Refused(
            "With the other's account they would be a third person's twin. Merge those first."
        ) from error
    search.index_many(Session.every.filter(pk__in=sessions).select_related("study", "participant__account"))
    data = {"alias": alias, "sessions": len(sessions)}
    activity.record("participant.merged", on=kept, by=by, at=at, data=data)
    return name


def _relations():
    """Every column that points at a participant, those without a reverse name as well."""
    return [
        field
        for field in Participant._meta.get_fields(include_hidden=True)
        if field.auto_created
        and not field.concrete
        and (field.many_to_one or field.one_to_many or field.one_to_one)
    ]


def _move(relation, kept, gone):
    model, name = relation.related_model, relation.field.name
    rows = model._base_manager.filter(**{name: gone}).order_by("pk")
    for row in rows:
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=row.pk).update(**{name: kept})
        except IntegrityError as error:
            if model in (ContactBar, ContactOverride):  # the other one's says the same
                row.delete()
                continue
            what = model._meta.verbose_name
            raise Refused(
                f"Both have a {what} where there can be one ({row}). Remove one of the two, then merge."
            ) from error


@transaction.atomic
def set_limits(*, by, at, **fields):
    """Say how often people and accounts may be asked, and from which sum a person's year is pointed out."""
    row, _ = PanelSettings.objects.update_or_create(
        pk=1, defaults=fields | {"changed_by": by, "changed_at": at}
    )
    activity.record("panel.limits_set", on=row, by=by, at=at)
    return row
