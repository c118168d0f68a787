"""The registry as entries of a file, and what a file would change of it."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Prefetch

from metrics.formats.definition import Invalid, read
from metrics.formats.registry import FIELDS, Entry, clean, folded, records, slug_of
from metrics.formats.sql_texts import fault_in
from metrics.models import (
    GOVERNED,
    HELD,
    Direction,
    Driver,
    Grain,
    Kpi,
    KpiAlias,
    KpiStatus,
    KpiTarget,
    KpiTier,
    KpiVersion,
    Unit,
)
from prodops.models import ProductArea, Team, User

CHOICES = {"unit": Unit, "direction": Direction, "tier": KpiTier, "grain": Grain}
EXACT = ("prodops", "table")  # formats whose lists are the whole: of others nothing is taken away


def for_exchange(kpis, *, history=False):
    """KPIs with all that a file says of them: four queries, with their `history` five."""
    aliases = Prefetch(
        "aliases", KpiAlias.objects.filter(in_use=True).order_by("name"), to_attr="held_aliases"
    )
    edges = Prefetch(
        "driver_edges",
        Driver.objects.among_living().select_related("child").order_by("pk"),
        to_attr="held_edges",
    )
    targets = Prefetch("targets", KpiTarget.objects.order_by("effective_from"), to_attr="held_targets")
    wanted = [aliases, edges, targets]
    if history:
        held = KpiVersion.objects.filter(state__in=HELD).select_related("author", "reviewer")
        wanted.append(Prefetch("versions", held.order_by("number"), to_attr="held_versions"))
    joined = ("owner", "team", "area", "live_version", "count_version", "successor")
    return kpis.select_related(*joined).prefetch_related(*wanted)


def entry_of(kpi):
    """A KPI of `for_exchange` as an entry."""
    version = kpi.live_version or kpi.count_version
    gone = kpi.status == KpiStatus.DEPRECATED
    return Entry(
        key=kpi.slug,
        slug=kpi.slug,
        name=kpi.name,
        meaning=_text("meaning", kpi.meaning),
        formula=_text("formula", kpi.formula),
        unit=kpi.unit,
        currency=kpi.currency or None,
        direction=kpi.direction,
        tier=kpi.tier,
        grain=kpi.grain,
        source=_text("source", kpi.source),
        freshness_hours=kpi.freshness_hours,
        freshness_error_hours=kpi.freshness_error_hours,
        owner=kpi.owner.email if kpi.owner else None,
        team=kpi.team.name,
        area=kpi.area.name if kpi.area else None,
        aliases=tuple(alias.name for alias in kpi.held_aliases) or None,
        dimensions=tuple(kpi.dimensions) or None,
        definition=(version.definition or None) if version else None,
        sql=(version.sql or None) if version else None,
        drivers=tuple(edge.child.slug for edge in kpi.held_edges) or None,
        targets=tuple(_target(one) for one in kpi.held_targets) or None,
        status=KpiStatus.DEPRECATED.value if gone else None,
        status_note=clean(kpi.status_note, 500) or None if gone else None,
        successor=kpi.successor.slug if kpi.successor else None,
        history=tuple(map(_version, getattr(kpi, "held_versions", ()))) or None,
    )


def _target(one):
    return records.target(one.effective_from, one.value, one.low, one.high, one.note)


def _version(version):
    """A version that has held, as a file has it: what it said, since when, and who stood for it."""
    said = {
        "version": version.number,
        "state": version.state,
        "from": version.effective_from and version.effective_from.isoformat(),
        "kind": version.kind,
        **{name: getattr(version, name) for name in GOVERNED},
        "note": version.note,
        "author": version.author.email,
        "reviewer": version.reviewer and version.reviewer.email,
        "approved": version.decided_at and version.decided_at.isoformat(),
    }
    return {name: value for name, value in said.items() if value not in (None, "", {}, [])}


def _text(name, value):
    return clean(value, 5_000, lines=name in ("meaning", "formula")) or None


def _named(entry):
    """The entry with the values of lists that people wrote as the pages show them: “Higher is better”."""
    said = {}
    for name, choices in CHOICES.items():
        value = getattr(entry, name)
        if value is not None and value not in choices.values:
            by_label = {str(label).casefold(): key for key, label in choices.choices}
            said[name] = by_label.get(str(value).strip().casefold(), value)
    return replace(entry, **said) if said else entry


@dataclass(slots=True)
class Line:
    """One metric of a file, compared with the registry."""

    entry: Entry
    state: str
    kpi: Any = None
    reason: str = ""
    changes: list = field(default_factory=list)


class Comparison:
    """Compares the entries of a file with the registry, as `user` may change it."""

    def __init__(self, entries, *, user, format):
        self.user, self.exact = user, format in EXACT
        told = any(one.history for one in entries)
        self.kpis = list(for_exchange(Kpi.objects.visible_to(user), history=told))
        self.notes: list[str] = []
        self.by_slug = {kpi.slug: kpi for kpi in self.kpis}
        living = [kpi for kpi in self.kpis if kpi.status != KpiStatus.DEPRECATED]
        self.by_name = {folded(alias.name): kpi for kpi in living for alias in kpi.held_aliases}
        self.by_name |= {folded(kpi.name): kpi for kpi in living}
        self.people = {email.lower(): pk for pk, email in User.objects.active().values_list("pk", "email")}
        self.teams = {folded(team.name): team for team in Team.objects.all()}
        self.areas = {folded(area.name): area for area in ProductArea.objects.all()}
        self.matched = {slug_of(one.key): kpi for one in entries if (kpi := self.match(one))}

    def match(self, entry):
        """The KPI that an entry is about, or None for a new one."""
        for slug in (entry.slug, slug_of(entry.key)):
            if slug and slug in self.by_slug:
                return self.by_slug[slug]
        if entry.status == KpiStatus.DEPRECATED:
            return None  # what is out of use leaves its name free: one in use may have it now
        return self.by_name.get(folded(entry.name))

    def line(self, entry):
        """What would become of an entry."""
        entry = self.linked(_named(entry))
        kpi = self.match(entry)
        if reason := self.fault(entry, kpi):
            return Line(entry, "refused", kpi, reason)
        if kpi is None:
            said = [
                {"field": name, "before": None, "after": plain(getattr(entry, name))}
                for name in FIELDS
                if name != "history" and getattr(entry, name) not in (None, (), {}, "")
            ]
            if entry.history:
                self.notes.append(
                    f"“{entry.name}” begins anew as a draft: its {len(entry.history)} earlier versions stay"
                    " in the file, as only a review here makes one."
                )
            return Line(entry, "new", None, "", said)
        here = entry_of(kpi).history or ()
        if any(version not in here for version in entry.history or ()):
            self.notes.append(f"The file has another history of “{kpi}” than there is here; it is not taken.")
        changes = self.changes(entry, kpi)
        return Line(entry, "changed" if changes else "same", kpi, "", changes)

    def linked(self, entry):
        """The entry with the KPIs of its formula by the addresses they have here."""
        if not entry.definition or entry.definition.get("kind") != "derived":
            return entry
        inputs = entry.definition.get("inputs")
        if not isinstance(inputs, dict):
            return entry
        here = {
            name: self.matched[slug].slug if slug in self.matched else slug for name, slug in inputs.items()
        }
        return replace(entry, definition={**entry.definition, "inputs": here})

    def fault(self, entry, kpi):
        """Why an entry cannot be taken in; "" where it can."""
        for name, choices in CHOICES.items():
            value = getattr(entry, name)
            if value is not None and value not in choices.values:
                known = ", ".join(choices.values)
                return f"{FIELDS[name]}: “{str(value)[:40]}” is not one of {known}."
        if entry.definition:
            try:
                read(entry.definition)
            except Invalid as error:
                where, words = next(iter(error.errors.items()))
                return f"Definition{f', {where}' if where else ''}: {words}"[:500]
        for dialect, text in (entry.sql or {}).items():
            if fault := fault_in(dialect, str(text)):
                return f"SQL ({dialect}): {fault}"[:500]
        for name in ("freshness_hours", "freshness_error_hours"):
            value = getattr(entry, name)
            if value is not None and not 1 <= value <= 2400:
                return f"{FIELDS[name]}: {value} is not between 1 and 2400."
        if any(len(one) > 60 for one in entry.dimensions or ()):
            return "A dimension is named in 60 signs at most."
        if fault := records.fault_in(entry.targets or ()):
            return f"Targets: {fault}"
        return self._status_fault(entry) or (self._no_right(entry, kpi) if kpi is not None else "")

    def _status_fault(self, entry):
        if entry.status not in (None, "", KpiStatus.DEPRECATED):
            return (
                f"Status: “{entry.status[:40]}” is not given by a file; deprecated is, the rest by a review."
            )
        if entry.successor and entry.status != KpiStatus.DEPRECATED:
            return "Successor: only what is deprecated has one. Write deprecated as its status."
        return ""

    def _no_right(self, entry, kpi):
        if kpi.status == KpiStatus.DEPRECATED and entry.status == KpiStatus.DEPRECATED:
            return self._gone_otherwise(entry, kpi)
        if kpi.status == KpiStatus.DEPRECATED:
            return f"“{kpi}” is deprecated. Restore it first, or give the metric another name."
        if not kpi.is_editable_by(self.user):
            return f"“{kpi}” is {kpi.team}’s, and you may not change it. Ask them to import it."
        return ""

    def _gone_otherwise(self, entry, kpi):
        """What is out of use is left as it is: a file may only say the same of it."""
        said = [FIELDS[one["field"]].lower() for one in self.changes(entry, kpi)]
        if not said:
            return ""
        return f"“{kpi}” is deprecated and the file says another {', '.join(said)}. Restore it to change it."

    def changes(self, entry, kpi):
        """What an entry says otherwise than a KPI: [{field, before, after}]."""
        held = entry_of(kpi)
        found = []
        for name in FIELDS:
            wanted = getattr(entry, name)
            if wanted is None or name in entry.guessed or name == "history":
                continue
            before = getattr(held, name)
            after = self._wanted(name, wanted, before)
            if self._same(name, before, after):
                continue
            if name in ("owner", "team", "area") and self.known(name, after) is None:
                continue  # nobody or nothing of that name here: silence
            found.append({"field": name, "before": plain(before), "after": plain(after)})
        return found

    def _wanted(self, name, wanted, before):
        if name == "targets":
            kept = {} if self.exact else {one["from"]: one for one in before or ()}
            merged = kept | {one["from"]: records.numbered(one) for one in wanted}
            return tuple(merged[day] for day in sorted(merged))
        if name in ("aliases", "dimensions", "drivers") and not self.exact:
            held = {one.lower() for one in before or ()}
            return (*(before or ()), *(one for one in wanted if one.lower() not in held))
        if name in ("meaning", "formula", "source", "name"):
            return clean(wanted, 5_000, lines=name in ("meaning", "formula")) or None
        return wanted

    def _same(self, name, before, after):
        if name in ("aliases", "drivers"):
            return sorted(before or ()) == sorted(after or ())
        if name == "owner":
            return (before or "").lower() == (after or "").lower()
        if name in ("team", "area"):
            return folded(before or "") == folded(after or "")
        return (before or None) == (after or None)

    def known(self, name, value):
        """The person, team or area that a file names; None for none that is here, "" where it clears it."""
        if not value:
            return "" if name == "area" else None
        if name == "owner":
            return self.people.get(value.lower())
        return (self.teams if name == "team" else self.areas).get(folded(value))


def plain(value):
    """A value as JSON keeps it."""
    return list(value) if isinstance(value, tuple) else value
