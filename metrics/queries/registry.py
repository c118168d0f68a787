"""Reads of the registry: what a version says, how two differ, and whom a change touches."""

from dataclasses import dataclass
from itertools import chain

from metrics.formats import changes
from metrics.formats.definition import Derived, Invalid, read, sentence
from metrics.models import GOVERNED, DefinitionKind, Kpi, KpiVersion, VersionState
from prodops import citations

LABELS = {
    "name": "Name",
    "meaning": "Meaning",
    "formula": "Counted, in words",
    "unit": "Unit",
    "currency": "Currency",
    "direction": "Direction",
    "grain": "Grain",
    "source": "Source",
    "definition": "Definition",
    "sql": "SQL",
}


def definition_of(version):
    """The typed definition of a version, or None where it has none."""
    try:
        return read(version.definition) if version.definition else None
    except Invalid:
        return None


def sentence_of(version):
    """The typed definition of a version in a sentence, or "". One query where it names other KPIs."""
    return sentences_of([version])[0]


def sentences_of(versions):
    """The same of several versions, in one query at most."""
    definitions = [definition_of(version) for version in versions]
    slugs = {slug for one in definitions if isinstance(one, Derived) for _, slug in one.inputs}
    names = dict(Kpi.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}
    return [
        sentence(one, version.grain, names) if one else ""
        for one, version in zip(definitions, versions, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Change:
    """One field that two versions say differently; `pieces` is the way from one text to the other."""

    field: str
    label: str
    before: str
    after: str
    pieces: list


def compare(before, after):
    """What `after` says differently than `before`, field by field, in the words of people."""
    first, second = sentences_of([before, after])
    found = []
    for name in GOVERNED:
        if name in ("kind", "sql") or getattr(before, name) == getattr(after, name):
            continue
        if name == "definition":
            found.append(_change("definition", LABELS["definition"], first, second))
        else:
            found.append(_change(name, LABELS[name], _said(before, name), _said(after, name)))
    for dialect in sorted({*before.sql, *after.sql}):
        texts = before.sql.get(dialect, ""), after.sql.get(dialect, "")
        if texts[0] != texts[1]:
            found.append(_change("sql", f"SQL, {dialect}", *texts))
    return found


def _change(field, label, before, after):
    return Change(field, label, before, after, changes.pieces(before, after))


def _said(version, name):
    display = getattr(version, f"get_{name}_display", None)
    return str(display() if display else getattr(version, name))


@dataclass(frozen=True, slots=True)
class Impact:
    """What relies on a KPI: `groups` are (kind, its citations), `numbers` the KPI's version numbers by id."""

    groups: list
    numbers: dict

    @property
    def everything(self):
        return list(chain.from_iterable(found for _, found in self.groups))

    @property
    def total(self):
        return len(self.everything)

    @property
    def teams(self):
        return sorted({str(one.team) for one in self.everything if one.team})

    @property
    def owners(self):
        return sorted({str(one.owner) for one in self.everything if one.owner})

    def behind(self, version_id):
        """How many pin another version than that."""
        return sum(one.version_id not in (None, version_id) for one in self.everything if one.current)


def impact(kpi, user):
    """What cites a KPI, as far as `user` may see it: a query for each kind."""
    groups = citations.of("metrics.kpi", [kpi.pk], user)
    return Impact(groups, dict(kpi.versions.values_list("pk", "number")) if groups else {})


def derived_from(kpi_ids, user):
    """[(id of the KPI used, KPI that is derived from it)] of live definitions, in one query."""
    slugs = dict(Kpi.objects.filter(pk__in=kpi_ids).values_list("slug", "pk"))
    rows = Kpi.objects.visible_to(user).live().select_related("live_version", "owner", "team")
    found = rows.filter(live_version__kind=DefinitionKind.DERIVED).extra(
        where=[
            "EXISTS (SELECT 1 FROM jsonb_each_text(metrics_kpiversion.definition->'inputs') AS used"
            " WHERE used.value = ANY(%s))"
        ],
        params=[list(slugs)],
    )
    for kpi in found:
        for slug in set(kpi.live_version.definition["inputs"].values()):
            if slug in slugs:
                yield slugs[slug], kpi


def waiting_for_review(user):
    """Open proposals that `user` may decide: those of others, of KPIs that are not their own."""
    return KpiVersion.objects.open().exclude(author=user).exclude(kpi__owner=user)


def draft_or_live(kpi):
    """The version that the KPI's page shows: the live one, or before any approval the first."""
    return kpi.live_version or kpi.count_version


def versions_of(kpi):
    """All versions of a KPI, newest first, each with the sentence of its definition."""
    rows = list(KpiVersion.objects.filter(kpi=kpi).for_list().order_by("-number"))
    return list(zip(rows, sentences_of(rows), strict=True))


def before(version):
    """The version that one is compared with: its base, or None for the first."""
    return version.base if version.base_id else None


def is_stale(version, kpi):
    """Whether another version went live since this one was proposed."""
    return version.state == VersionState.PROPOSED and version.base_id != kpi.live_version_id
