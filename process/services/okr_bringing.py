"""The objectives of a file as rows: with key results, milestones, and what they serve."""

import datetime as dt
from collections import defaultdict

from metrics.models import Unit
from process import formats
from process.formats.fitting import fitted
from process.formats.own import AGREED
from process.models import AlignmentKind, Intent, KeyResult, Level, Milestone, Objective, OkrCycle, Source
from process.queries import exchange
from prodops.quarters import period_of

from . import alignments, okr_living
from .okr_living import moment
from .okr_looking import key_of


def write(found, load, cycle, whose, *, at):
    """(the objectives made, {place in the file: what stands there: an objective or a key result}, {objective
    id: how many check-ins came with it})."""
    positions: dict[int, int] = defaultdict(int)
    for team, position in Objective.objects.filter(cycle=cycle).values_list("team", "position"):
        positions[team] = max(positions[team], position + 1)
    made, rows, by_ref = [], [], {said.id: one for said, one, _ in found.here if said.id}
    for said, one, _ in found.here:
        known = {key_of(row.title): row for row in one.key_results.all()}
        by_ref |= {row.id: known[key_of(row.title)] for row in said.key_results if key_of(row.title) in known}
    for said, team, owner in found.new:
        objective = _objective(said, cycle, team, owner, whose, positions[team.pk], at=at)
        positions[team.pk] += 1
        made.append(objective)
        by_ref[said.id] = objective
    Objective.objects.bulk_create(made)
    follows = []
    for objective, (said, _, owner) in zip(made, found.new, strict=True):
        for place, each in enumerate(said.key_results):
            fields, why = fitted(each.fields, steps=len(each.milestones))
            if why:
                continue
            row = _key_result(each, fields, objective, whose, place, owner)
            by_ref[each.id] = row
            rows.append((each, row))
            if each.follows:
                follows.append((each, row))
    KeyResult.objects.bulk_create(row for _, row in rows)
    for each, row in follows:
        other = by_ref.get(each.follows)
        if isinstance(other, KeyResult) and other.pk != row.pk:
            row.follows, row.source = other, Source.KEY_RESULT
            row.save(update_fields=["follows", "source"])
        else:
            why = f"it follows “{each.follows}”, which is not in the file: its values are typed."
            found.left.append(formats.Left(each.line, each.title[:80], why))
    Milestone.objects.bulk_create(
        _milestone(step, row, place, whose)
        for each, row in rows
        for place, step in enumerate(each.milestones)
    )
    told = list(zip((said for said, _, _ in found.new), made, strict=True))
    return made, by_ref, okr_living.write(rows, told, whose, found.left)


def _objective(said, cycle, team, owner, whose, position, *, at):
    fields = said.fields
    reason = str(fields.get("abandoned_reason", ""))[:500] or "It was left there."
    left = moment(fields.get("abandoned_at"))
    return Objective(
        cycle=cycle,
        team=team,
        owner=owner,
        title=said.title,
        why=str(fields.get("why", ""))[:2000],
        learned=str(fields.get("learned", ""))[:2000],
        intent=fields["intent"] if fields.get("intent") in Intent else Intent.COMMITTED,
        level=fields["level"] if fields.get("level") in Level else Level.TEAM,
        abandoned_at=left,
        abandoned_by=whose.person(str(fields.get("abandoned_by", ""))) if left else None,
        abandoned_reason=reason if left else "",
        position=position,
        created_at=at,
    )


def _key_result(said, fields, objective, whose, position, owner):
    kpi = whose.kpis.get(said.kpi)
    names = (
        *("kind", "start", "target", "stretch", "low", "high", "levels", "guardrail", "weight", "current"),
        *AGREED,
    )
    return KeyResult(
        objective=objective,
        title=said.title,
        unit=fields["unit"] if fields.get("unit") in Unit else Unit.PERCENT,
        owner=whose.person(said.owner) if said.owner else owner,
        source=Source.KPI if kpi else Source.HAND,
        kpi=kpi,
        kpi_version_id=kpi.pinned_version_id() if kpi else None,
        position=position,
        **{name: fields[name] for name in names if name in fields},
    )


def _milestone(said, row, position, whose):
    done = moment(said.done_at)
    try:
        due = dt.date.fromisoformat(said.due_on) if said.due_on else None
    except ValueError:
        due = None
    return Milestone(
        key_result=row,
        title=said.title,
        weight=min(said.weight, 1000),
        due_on=due,
        done_at=done,
        done_by=whose.person(said.done_by) if done else None,
        position=position,
    )


def align(found, made, by_ref, cycle, *, by, at):
    """Have what came in serve what the file says; what cannot be is left with why."""
    left, others = [], {}
    for objective, (said, _, _) in zip(made, found.new, strict=True):
        for kind, ref in said.serves:
            slug, elsewhere, place = ref.partition("#")
            if elsewhere and slug not in others:
                others[slug] = _of_cycle(slug)
            above = others[slug].get(place) if elsewhere else by_ref.get(ref)
            row = above if isinstance(above, KeyResult) else None
            parent = row.objective if row else above
            if parent is None:
                why = f"what it serves, “{ref[:40]}”, did not come in."
                left.append(formats.Left(said.line, said.title[:80], why))
                continue
            kind = kind if kind in AlignmentKind else AlignmentKind.SUPPORTS
            try:
                alignments.align(objective, parent, key_result=row, kind=kind, by=by, at=at)
            except (alignments.Circle, alignments.Refused) as error:
                left.append(formats.Left(said.line, said.title[:80], str(error)))
    return left


def _of_cycle(slug):
    """{place: what stands there} of another cycle's file."""
    try:
        period = period_of(slug)
    except ValueError:
        return {}
    cycle = OkrCycle.objects.filter(year=period.year, number=getattr(period, "number", None)).first()
    if cycle is None:
        return {}
    ones, results = exchange.places(cycle)
    found = {place: pk for pk, place in ones.items()}
    objectives = Objective.objects.in_bulk(found.values())
    rows = KeyResult.objects.select_related("objective").in_bulk(results)
    here = {place: objectives[pk] for place, pk in found.items()}
    return here | {place: rows[pk] for pk, place in results.items()}
