"""Lists of people: staged, looked through, taken in, undone. Only values that we know get in."""

import zoneinfo
from collections import Counter
from typing import Any, NamedTuple

from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from prodops import activity, custom_fields
from prodops.clock import company_day
from prodops.models import CustomerAccount, FieldKind, Segment
from research.formats import panel_list, tables
from research.formats.panel_list import folded
from research.models import CameBy, PanelImport, PanelImportState, Participant, Session, ValueAlias

LABELS = {
    "name": "Name",
    "email": "E-mail",
    "phone": "Phone",
    "account": "Customer account",
    "role": "Role",
    "own_segment": "Segment",
    "locale": "Language",
    "time_zone": "Time zone",
    "came_by": "How they came",
}
PLAIN = ("name", "email", "phone", "role")
LONGEST = {"name": 120, "role": 120, "phone": 40, "email": 254}


class Refused(Exception):
    """The list can't be taken; the words say where, why and what to do."""


class Line(NamedTuple):
    """What becomes of one row: `what` is "new", "known" (blanks are filled in), "same" or "left out"."""

    number: int
    what: str
    name: str
    fields: dict[str, Any]
    participant: Participant | None
    why: str


class Plan(NamedTuple):
    """`unknown` is {field: {word as written: how often}}: words that have to be mapped first."""

    lines: list[Line]
    unknown: dict[str, dict[str, int]]

    @property
    def counts(self):
        return Counter(line.what for line in self.lines)


def typed():
    return {f"properties.{one.key}": one for one in custom_fields.live("research.participant")}


def labels():
    """{field: label} of all that a column can be."""
    return LABELS | {key: field.name for key, field in typed().items()}


def stage(data, filename, *, by, at):
    """Read a file and guess what its columns are; nothing gets into the panel yet. Raises `Refused`."""
    try:
        table = tables.read(data, filename)
    except tables.TableError as error:
        raise Refused(str(error).replace("the answers", "the list").replace("answers", "people")) from error
    if len(table.rows) > panel_list.MOST_ROWS:
        raise Refused(f"There are more than {panel_list.MOST_ROWS:,} rows. Split the file.")
    if not table.rows:
        raise Refused("There is only one row. The first row names the columns, people follow below it.")
    rows = [list(table.header), *([row.line, *row.cells] for row in table.rows)]
    names = {folded(field.name): key for key, field in typed().items()}
    return PanelImport.objects.create(
        name=filename.replace("\\", "/").rpartition("/")[2][-200:] or "list.csv",
        rows=rows,
        mapping=panel_list.guessed(table.header, names),
        by=by,
        at=at,
    )


@transaction.atomic
def map_columns(load, mapping, *, values=None, by, at):
    """Say what the columns are, and which of our values unknown words mean ("" is Unknown).

    What a word means is kept, so that the next list need not ask.
    """
    known = labels()
    chosen = [field for field in mapping.values() if field]
    if doubled := [known[field] for field, number in Counter(chosen).items() if number > 1]:
        raise Refused(f"Two columns are “{doubled[0]}”. Choose one of them.")
    load.mapping = {place: field for place, field in mapping.items() if field in known}
    for field, words in (values or {}).items():
        allowed = {value for value, _ in options(field)} | {""}
        for said, value in words.items():
            if value in allowed:
                load.values.setdefault(field, {})[folded(said)] = value
                ValueAlias.objects.update_or_create(
                    field=field, said=folded(said), defaults={"value": value, "by": by, "at": at}
                )
    load.save(update_fields=["mapping", "values"])


def options(field):
    """[(value, name)] that `field` may have: the controlled vocabulary; empty for free text."""
    if field == "own_segment":
        return [pair for pair in Segment.choices if pair[0] != Segment.UNKNOWN]
    if field == "came_by":
        return [pair for pair in CameBy.choices if pair[0] != CameBy.UNKNOWN]
    if field == "locale":
        return sorted(
            ((code, info["name"]) for code, info in LANG_INFO.items() if "name" in info),
            key=lambda pair: pair[1],
        )
    if field == "time_zone":
        return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]
    if field == "account":
        return [(str(pk), name) for pk, name in CustomerAccount.objects.values_list("pk", "name")]
    one = typed().get(field)
    return one.live_options if one is not None and one.has_options else []


def _vocabulary(load):
    """{field: {folded word: value}} of the mapped fields that have one, aliases among them."""
    found = {}
    for field in load.mapping.values():
        pairs = options(field)
        if pairs or field == "account":
            found[field] = {folded(word): value for value, name in pairs for word in (name, value)}
    if "account" in found:
        domains = CustomerAccount.objects.exclude(domain="").values_list("pk", "domain")
        found["account"] |= {folded(domain): str(pk) for pk, domain in domains}
    allowed = {field: {value for value, _ in options(field)} | {""} for field in found}
    for alias in ValueAlias.objects.filter(field__in=found):
        if alias.value in allowed[alias.field]:
            found[alias.field].setdefault(alias.said, alias.value)
    for field, words in load.values.items():
        if field in found:
            found[field] |= words
    return found


def plan(load):
    """The `Plan` of a staged list, as the panel is now; nothing is written."""
    words, kinds = _vocabulary(load), typed()
    unknown: dict[str, Counter] = {}
    by_mail = {}
    by_name = {}
    for one in Participant.objects.select_related("account").order_by("-pk"):
        by_name[one.name.casefold(), one.account_id] = one
        if one.email:
            by_mail[one.email.casefold()] = one
    lines: list[Line] = []
    seen: dict = {}
    for number, *cells in load.rows[1:]:
        said = {field: " ".join(str(cells[int(place)]).split()) for place, field in load.mapping.items()}
        fields, why = _fields(said, words, kinds, unknown)
        lines.append(_line(number, fields, why, by_mail, by_name, seen))
    return Plan(lines, {field: dict(some.most_common()) for field, some in unknown.items()})


def _fields(said, words, kinds, unknown):
    """(the fields of one row, why it can't be taken or "")."""
    fields: dict[str, Any] = {"properties": {}}
    for field, text in said.items():
        if folded(text) in panel_list.NOTHING:
            continue
        if field in words:
            _controlled(field, text, words[field], kinds, fields, unknown)
        elif field in kinds:
            value = _free(kinds[field], text)
            if value is None:
                return fields, f"“{text[:40]}” does not fit {kinds[field].name}"
            fields["properties"][kinds[field].key] = value
        elif len(text) > LONGEST[field] or "\0" in text:
            return fields, f"{LABELS[field]} is longer than {LONGEST[field]} characters"
        else:
            fields[field] = text
    if not fields.get("name"):
        return fields, "it has no name"
    if fields.get("email"):
        try:
            validate_email(fields["email"])
        except ValidationError:
            return fields, f"“{fields['email'][:60]}” is no e-mail address"
    return fields, ""


def _controlled(field, text, known, kinds, fields, unknown):
    several = field in kinds and kinds[field].kind == FieldKind.MULTISELECT
    values = []
    for one in panel_list.several(text) if several else [text]:
        value = known.get(folded(one))
        if value is None:
            unknown.setdefault(field, Counter())[one] += 1
        elif value:
            values.append(value)
    if not values:
        return
    if field == "account":
        fields["account"] = int(values[0])
    elif field in kinds:
        fields["properties"][kinds[field].key] = list(dict.fromkeys(values)) if several else values[0]
    else:
        fields[field] = values[0]


def _free(field, text):
    if field.kind == FieldKind.CHECKBOX:
        return folded(text) in {"yes", "true", "1", "x", "ja", "y"}
    if field.kind == FieldKind.NUMBER:
        try:
            return custom_fields.fitting(field, float(text.replace(",", ".")))
        except ValueError:
            return None
    return None if field.kind == FieldKind.PERSON else custom_fields.fitting(field, text)


def _line(number, fields, why, by_mail, by_name, seen):
    name = fields.get("name", "")
    if why:
        return Line(number, "left out", name, {}, None, f"Row {number}: {why}.")
    key = name.casefold(), fields.get("account")
    mail = fields.get("email", "").casefold()
    twin = seen.get(key) or (seen.get(mail) if mail else None)
    if twin:
        return Line(number, "left out", name, {}, None, f"Row {number}: the same person as in row {twin}.")
    seen[key] = number
    if mail:
        seen[mail] = number
    known = (by_mail.get(mail) if mail else None) or by_name.get(key)
    if known is None:
        return Line(number, "new", name, fields, None, "")
    fills = _fills(known, fields)
    how = "e-mail" if mail and known.email.casefold() == mail else "name and account"
    return Line(number, "known" if fills else "same", name, fills, known, f"known by {how}")


def _fills(known, fields):
    """What of `fields` the known person has blank. What they have is never written over by a list."""
    fills = {}
    for field, value in fields.items():
        if field == "properties":
            fresh = {key: one for key, one in value.items() if key not in known.properties}
            if fresh:
                fills["properties"] = known.properties | fresh
        elif field == "account":
            if known.account_id is None:
                fills["account_id"] = value
        elif field != "name" and getattr(known, field) in ("", "unknown"):
            fills[field] = value
    if known.added_on is None:
        fills["added_on"] = None  # the day is filled in when it is done
    return fills


@transaction.atomic
def confirm(load, *, by, at):
    """Take the list in; raises `Refused` while words are unknown, or when it was done already."""
    held = PanelImport.objects.select_for_update().get(pk=load.pk)
    if held.state != PanelImportState.STAGED:
        raise Refused("This list was taken in or discarded already.")
    if "name" not in held.mapping.values():
        raise Refused("Say which column holds the names.")
    found = plan(held)
    if found.unknown:
        field = next(iter(found.unknown))
        raise Refused(f"Say first what the words under “{labels()[field]}” mean, or that they are Unknown.")
    today = company_day(at)
    made = []
    for line in found.lines:
        if line.what == "new":
            fields = {
                ("account_id" if key == "account" else key): value for key, value in line.fields.items()
            }
            properties = {key: one for key, one in fields.pop("properties").items() if one is not False}
            made.append(Participant.objects.create(added_on=today, properties=properties, **fields).pk)
        elif line.what == "known":
            _fill(line, today, held.changed)
    held.made, held.skipped = made, found.counts["left out"]
    held.state, held.done_at, held.rows = PanelImportState.DONE, at, []
    held.save()
    data = {"new": len(made), "changed": len(held.changed), "file": held.name}
    activity.record("panel.imported", on=held, by=by, at=at, data=data)
    return held


def _fill(line, today, changed):
    person, before = line.participant, {}
    for field, value in line.fields.items():
        if field == "added_on":
            value = today
        old = getattr(person, field)
        before[field] = [
            str(old) if field == "added_on" and old else old,
            str(value) if field == "added_on" else value,
        ]
        setattr(person, field, value)
    person.save(update_fields=list(line.fields))
    changed[str(person.pk)] = before


@transaction.atomic
def discard(load, *, at):
    """Throw a staged list away, with all that stood in it."""
    won = PanelImport.objects.filter(pk=load.pk, state=PanelImportState.STAGED)
    if not won.update(state=PanelImportState.DISCARDED, rows=[], done_at=at):
        raise Refused("This list was taken in or discarded already.")


@transaction.atomic
def undo(load, *, by, at):
    """Take a list out again: people it brought go, unless something hangs on them; blanks are blank again.

    Returns (gone, stayed). What somebody changed since stays as they left it.
    """
    held = PanelImport.objects.select_for_update().get(pk=load.pk)
    if held.state != PanelImportState.DONE:
        raise Refused("Only a list that was taken in can be undone, and only once.")
    used = _used(held.made)
    Participant.objects.filter(pk__in=held.made).exclude(pk__in=used).delete()
    for pk, fields in held.changed.items():
        person = Participant.objects.filter(pk=pk).first()
        if person is None:
            continue
        for field, (before, after) in fields.items():
            now = getattr(person, field)
            if (str(now) if field == "added_on" else now) == after:
                setattr(person, field, before)
        person.save(update_fields=list(fields))
    held.state, held.done_at = PanelImportState.UNDONE, at
    held.save(update_fields=["state", "done_at"])
    stayed = len(used)
    activity.record("panel.import_undone", on=held, by=by, at=at, data={"file": held.name, "stayed": stayed})
    return len(held.made) - stayed, stayed


def _used(people):
    """Of participants (ids), those on whom something hangs: a session, an invitation, a signature, money."""
    used = set(Session.every.filter(participant__in=people).values_list("participant", flat=True))
    for relation in ("recruits", "signatures", "incentives", "withdrawals", "bars"):
        rows = Participant.objects.filter(pk__in=people, **{f"{relation}__isnull": False})
        used |= set(rows.values_list("pk", flat=True))
    return used
