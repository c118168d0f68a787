"""Typed fields: made, changed, put in order, retired; and their values, one at a time."""

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.text import slugify

from prodops import activity, bands, custom_fields
from prodops.models import CustomField, FieldKind

MOST_FIELDS = 40  # of one kind of thing
MOST_OPTIONS = 100


class Refused(Exception):
    """The change makes no sense; the words say why and what to do."""


@transaction.atomic
def create(subject, *, name, kind, help_text="", required=False, options=(), by, at):
    """Add a field to `subject` ("research.study"), with options of those names."""
    held = CustomField.objects.of(subject)
    if held.live().count() >= MOST_FIELDS:
        raise Refused(f"There are {MOST_FIELDS} fields already. Retire one that nobody uses.")
    field = CustomField(
        subject=subject,
        key=_unused(name, set(held.values_list("key", flat=True))),
        name=name,
        kind=kind,
        help_text=help_text,
        required=required,
        options=[],
        position=(held.aggregate(last=Max("position"))["last"] or 0) + 1,
        created_by=by,
        created_at=at,
    )
    if field.has_options:
        field.options = _with_new([], options)
        if not field.options:
            raise Refused("A list needs at least one option.")
    _save(field)
    activity.record("field.created", on=field, by=by, at=at)
    return field


@transaction.atomic
def edit(field, *, name, help_text, required, renamed=None, retired=(), options=(), by, at):
    """Change what a field says of itself.

    `renamed` is {key of an option: its name}, `retired` keys of options no longer offered (values keep
    them), `options` names of new ones. Key and kind stay, so that no value loses its meaning.
    """
    field.name, field.help_text, field.required = name, help_text, required
    if field.has_options:
        held = [
            {
                "key": one["key"],
                "name": (renamed or {}).get(one["key"]) or one["name"],
                "retired": one["key"] in retired,
            }
            for one in field.options
        ]
        field.options = _with_new(held, options)
    _save(field)
    activity.record("field.edited", on=field, by=by, at=at)


def _save(field):
    names = [name for _, name in field.live_options] if field.kind == FieldKind.SELECT else []
    if both := bands.overlap(names):
        raise Refused(
            f"“{both[0]}” and “{both[1]}” overlap: somebody would fit both. Change or retire one of them."
        )
    try:
        with transaction.atomic():
            field.save()
    except IntegrityError as error:
        raise Refused(f"There is a field called “{field.name}” already. Choose another name.") from error


def _with_new(held, names):
    options, known = list(held), {one["name"].casefold() for one in held}
    for name in names:
        name = " ".join(name.split())[:80]
        if name and name.casefold() not in known:
            known.add(name.casefold())
            taken = {one["key"] for one in options}
            options.append({"key": _unused(name, taken), "name": name, "retired": False})
    if len(options) > MOST_OPTIONS:
        raise Refused(f"A list has at most {MOST_OPTIONS} options.")
    return options


def _unused(name, taken):
    base = slugify(name).replace("-", "_")[:50] or "field"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


@transaction.atomic
def move(field, *, up, by, at):
    """Put a field one place up or down among those of its subject."""
    fields = list(CustomField.objects.select_for_update().of(field.subject).live())
    at_place = next((place for place, one in enumerate(fields) if one.pk == field.pk), None)
    if at_place is None:
        return
    other = at_place - 1 if up else at_place + 1
    if not 0 <= other < len(fields):
        return
    fields[at_place], fields[other] = fields[other], fields[at_place]
    for position, one in enumerate(fields, start=1):
        CustomField.objects.filter(pk=one.pk).update(position=position)
    activity.record("field.moved", on=field, by=by, at=at)


@transaction.atomic
def retire(field, *, by, at):
    """Offer the field no more. Its values stay where they are and come back with it."""
    if CustomField.objects.filter(pk=field.pk, retired_at=None).update(retired_at=at):
        activity.record("field.retired", on=field, by=by, at=at)


@transaction.atomic
def restore(field, *, by, at):
    """Bring a retired field back; raises `Refused` where its name is another field's by now."""
    try:
        with transaction.atomic():
            CustomField.objects.filter(pk=field.pk).update(retired_at=None)
    except IntegrityError as error:
        raise Refused(f"There is another field called “{field.name}” by now. Rename that first.") from error
    activity.record("field.restored", on=field, by=by, at=at)


@transaction.atomic
def set_value(thing, field, value, *, by, at):
    """Give a thing one value (JSON, None for nothing); where versions are counted it is a new one."""
    model = type(thing)
    held = model.objects.select_for_update(of=("self",)).only("pk", "properties").get(pk=thing.pk)
    changes = {"properties": custom_fields.merged(held.properties, [field], {field.key: value})}
    if any(one.name == "version" for one in model._meta.concrete_fields):
        changes["version"] = F("version") + 1
    model.objects.filter(pk=thing.pk).update(**changes)
    verb = f"{model._meta.model_name}.field_set"
    activity.record(verb, on=thing, by=by, at=at, data={"field": field.name})
