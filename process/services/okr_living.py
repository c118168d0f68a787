"""What became of the objectives of a file, as rows: check-ins, grades, what they taught."""

import datetime as dt

from django.conf import settings

from process import formats
from process.formats.lives import TAUGHT
from process.formulas import okrs
from process.models import CheckIn, Grade, Retrospective

LONGEST = {one.name: one.max_length for one in Retrospective._meta.fields if one.name in TAUGHT}


def write(rows, objectives, whose, left):
    """Keep what was said of `rows` ([what the file says, the key result made]) and of `objectives` (alike).

    What cannot be is put to `left` with why. {objective id: how many check-ins came in}.
    """
    said, grades, counts = [], [], {objective.pk: 0 for _, objective in objectives}
    for each, row in rows:
        made = [one for one in (_check_in(one, row, whose, left) for one in each.check_ins) if one]
        said += made
        counts[row.objective_id] += len(made)
        if each.graded and (grade := _grade(each, row, whose, left)):
            grades.append(grade)
    CheckIn.objects.bulk_create(said)
    Grade.objects.bulk_create(grades)
    Retrospective.objects.bulk_create(
        told for each, objective in objectives if each.told and (told := _told(each, objective, whose, left))
    )
    return counts


def moment(text):
    """The time an ISO text says, in UTC where it names no zone; None for what is none."""
    try:
        found = dt.datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=dt.UTC)


def _signed(said, whose):
    return {"by": whose.signer(str(said.fields.get("by", ""))), "at": moment(said.fields["at"])}


def _leave(said, title, why, left):
    left.append(formats.Left(said.line, title[:80], why))


def _check_in(said, row, whose, left):
    fields, signed = said.fields, _signed(said, whose)
    confidence = fields.get("confidence", 0.0)
    try:
        week = okrs.week_of(dt.date.fromisoformat(fields["week"]), settings.WEEK_STARTS_ON)
    except (ValueError, OverflowError):
        return _leave(said, row.title, f"the week of a check-in, “{fields['week'][:40]}”, is no date.", left)
    if signed["at"] is None:
        return _leave(said, row.title, f"the time of a check-in, “{fields['at'][:40]}”, is none.", left)
    if not (0 <= confidence <= 10 and float(confidence).is_integer()):
        return _leave(said, row.title, f"a confidence of {confidence:g} is not 0 to 10.", left)
    return CheckIn(
        key_result=row,
        week=week,
        value=fields["value"],
        by_hand=fields.get("by_hand", True),
        confidence=int(confidence),
        note=fields.get("note", "")[:1000],
        next=fields.get("next", "")[:1000],
        **signed,
    )


def _grade(each, row, whose, left):
    said = each.graded
    fields, signed = said.fields, _signed(said, whose)
    odd = [value for name in ("value", "proposed") if not 0 <= (value := fields.get(name, 0.0)) <= 1]
    if odd:
        return _leave(said, row.title, f"a grade of {odd[0]:g} is not 0 to 1.", left)
    if signed["at"] is None:
        return _leave(said, row.title, f"the time of its grade, “{fields['at'][:40]}”, is none.", left)
    return Grade(
        key_result=row,
        value=fields["value"],
        proposed=fields.get("proposed"),
        proposed_edited=fields.get("proposed_edited"),
        why=fields.get("why", "")[:500],
        on_time=fields.get("on_time", False),
        **signed,
    )


def _told(each, objective, whose, left):
    said = each.told
    signed = _signed(said, whose)
    if signed["at"] is None:
        return _leave(
            said, objective.title, f"the time of what it taught, “{said.fields['at'][:40]}”, is none.", left
        )
    texts = {name: str(said.fields.get(name, ""))[: LONGEST[name]] for name in TAUGHT}
    return Retrospective(objective=objective, **texts, **signed)
