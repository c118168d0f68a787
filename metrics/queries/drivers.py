"""The driver tree with its values, and whether formulas agree with it and with the numbers."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Q

from metrics.formats.expression import NotArithmetic, evaluate
from metrics.models import Driver, Kpi, KpiTier, Point
from metrics.stats import driver_tree

from . import figures, quarantine

MOST = 400  # boxes that one can look at
AGREES = 0.005  # of the value: rounding of what is stored


class Check(NamedTuple):
    """What is wrong with a derived KPI's drivers or value, in words; all empty where nothing is."""

    missing: list  # (slug, name) in the formula, but no driver
    extra: list  # KPIs that are drivers, but not in the formula
    value: str = ""

    @property
    def agrees(self):
        return not (self.missing or self.extra or self.value)


class Tree(NamedTuple):
    """The KPIs of the tree by id, the drawing, and what stands beside each."""

    kpis: dict
    drawing: driver_tree.Drawing
    figures: dict
    quarantine: dict
    checks: dict
    notes: dict  # {(parent id, child id): note}
    loose: int  # KPIs in use that stand nowhere in it
    more: int

    @property
    def problems(self):
        return [(self.kpis[pk], check) for pk, check in self.checks.items() if not check.agrees]


def tree(user, *, at, root=None):
    """The whole forest, the north star's tree first; with `root`, what is below that KPI."""
    edges = list(
        Driver.objects.visible_to(user).among_living().order_by("pk").values_list("parent", "child", "note")
    )
    if root is not None:
        edges = _below(root.pk, edges)
    ids = {pk for parent, child, _ in edges for pk in (parent, child)}
    visible = Kpi.objects.visible_to(user).live()
    tops = Q(pk=root.pk) if root is not None else Q(tier=KpiTier.NORTH_STAR)
    found = list(
        visible.filter(Q(pk__in=ids) | tops).select_related("count_version").for_list().order_by("name", "pk")
    )
    found.sort(key=lambda kpi: kpi.tier != KpiTier.NORTH_STAR)
    total = visible.count() if root is None else len(found)
    shown = {kpi.pk: kpi for kpi in found[:MOST]}
    drawing = driver_tree.draw(list(shown), [(parent, child) for parent, child, _ in edges])
    numbers = figures(shown.values())
    below = defaultdict(list)
    for parent, child, _ in edges:
        below[parent].append(child)
    return Tree(
        kpis=shown,
        drawing=drawing,
        figures=numbers,
        quarantine=quarantine(list(shown), at=at),
        checks=checks(shown.values(), numbers, below),
        notes={(parent, child): note for parent, child, note in edges if note},
        loose=total - len(found),
        more=max(0, len(found) - MOST),
    )


def _below(root, edges):
    down = defaultdict(list)
    for edge in edges:
        down[edge[0]].append(edge)
    found, seen, waiting = [], {root}, [root]
    while waiting:
        for edge in down[waiting.pop()]:
            found.append(edge)
            if edge[1] not in seen:
                seen.add(edge[1])
                waiting.append(edge[1])
    return found


def inputs_of(kpi):
    """{name in the formula: slug} of a derived KPI; {} for any other."""
    version = kpi.count_version
    definition = version.definition if version is not None else {}
    return definition.get("inputs", {}) if definition.get("kind") == "derived" else {}


def checks(kpis, numbers, below):
    """{KPI id: Check} of the derived ones, in two queries. `below` is {KPI id: [ids of its drivers]}."""
    derived = {kpi.pk: (kpi, inputs_of(kpi)) for kpi in kpis if inputs_of(kpi)}
    if not derived:
        return {}
    slugs = {slug for _, inputs in derived.values() for slug in inputs.values()}
    ids = {pk for key in derived for pk in below.get(key, ())}
    named = Kpi.objects.filter(Q(slug__in=slugs) | Q(pk__in=ids)).only("pk", "slug", "name", "grain")
    by_id = {kpi.pk: kpi for kpi in named}
    by_slug = {kpi.slug: kpi for kpi in by_id.values()}
    periods = {numbers[key].period for key in derived if key in numbers and numbers[key].period}
    wanted = [by_slug[slug].pk for slug in slugs if slug in by_slug]
    values = {
        (kpi_id, period): value
        for kpi_id, period, value in Point.objects.main()
        .filter(kpi__in=wanted, period__in=periods)
        .values_list("kpi_id", "period", "value")
    }
    found = {}
    for key, (kpi, inputs) in derived.items():
        drivers = below.get(key, ())
        used = set(inputs.values())
        missing = [
            (slug, by_slug[slug].name if slug in by_slug else slug)
            for slug in sorted(used)
            if slug not in by_slug or by_slug[slug].pk not in drivers
        ]
        extra = [by_id[pk] for pk in drivers if pk in by_id and by_id[pk].slug not in used]
        found[key] = Check(missing, extra, _value(kpi, inputs, numbers.get(key), by_slug, values))
    return found


def _value(kpi, inputs, number, by_slug, values):
    """ "The formula gives 4.1, the value stored is 4.6", or "" where they agree or one is missing."""
    if number is None or number.period is None:
        return ""
    if any(slug not in by_slug or by_slug[slug].grain != kpi.grain for slug in inputs.values()):
        return ""
    given = {name: values.get((by_slug[slug].pk, number.period)) for name, slug in inputs.items()}
    try:
        computed = evaluate(kpi.count_version.definition["expression"], given)
    except NotArithmetic:
        return ""
    if computed is None or abs(computed - number.value) <= AGREES * max(abs(computed), abs(number.value)):
        return ""
    return (
        f"For {kpi.show_period(number.period)} the formula gives {kpi.show(computed)},"
        f" the value stored is {kpi.show(number.value)}."
    )


class Around(NamedTuple):
    """What moves a KPI and what it moves."""

    drivers: list
    driven: list
    check: Check | None
    formula: dict


def around(kpi, numbers=None):
    """The edges at one KPI, and whether its formula agrees."""
    edges = list(Driver.objects.among_living().filter(Q(parent=kpi) | Q(child=kpi)).for_kpi().order_by("pk"))
    drivers = [edge for edge in edges if edge.parent_id == kpi.pk]
    below = {kpi.pk: [edge.child_id for edge in drivers]}
    numbers = figures([kpi, *(edge.child for edge in drivers)]) if numbers is None else numbers
    check = checks([kpi], numbers, below).get(kpi.pk)
    return Around(
        drivers, [edge for edge in edges if edge.child_id == kpi.pk], check, inputs_of(kpi)
    ), numbers
