"""What moves what: edges without circles, the drawing, and formulas that have to agree."""

import datetime as dt
import re
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from metrics.models import Driver, KpiVersion
from metrics.queries import drivers as reads
from metrics.services import drivers
from metrics.stats.driver_tree import HEIGHT, draw
from tests.factories.metrics import KpiFactory, PointFactory, day


@pytest.fixture
def top(team, member):
    return KpiFactory(
        name="Revenue", slug="revenue", tier="north_star", team=team, owner=member, unit="count"
    )


def child(name, **fields):
    return KpiFactory(name=name, slug=name.lower(), unit="count", **fields)


def test_an_edge_that_closes_a_circle_is_refused_with_the_way(top, member, now):
    middle, low = child("Orders"), child("Visits")
    drivers.add(top, middle, by=member, at=now)
    drivers.add(middle, low, by=member, at=now)
    with pytest.raises(drivers.Circle, match="“Revenue” ← “Orders” ← “Visits” ← “Revenue”"):
        drivers.add(low, top, by=member, at=now)
    with pytest.raises(drivers.Circle):
        drivers.add(top, top, by=member, at=now)
    with pytest.raises(drivers.Refused):
        drivers.add(top, middle, by=member, at=now)
    with pytest.raises(IntegrityError, match="driver_no_circle"), transaction.atomic():
        Driver.objects.create(parent=low, child=top, added_by=member, added_at=now)


def test_a_derived_parent_is_held_to_its_formula(top, member, now):
    orders, value, other = child("Orders"), child("Value"), child("Luck")
    definition = {"kind": "derived", "expression": "o * v", "inputs": {"o": "orders", "v": "value"}}
    KpiVersion.objects.filter(kpi=top).update(kind="derived", definition=definition)
    drivers.add(top, orders, by=member, at=now)
    drivers.add(top, other, by=member, at=now)
    at = day(dt.date(2026, 11, 1))
    for kpi, number in ((top, 130.0), (orders, 10.0), (value, 12.0)):
        PointFactory(kpi=kpi, period=at, value=number)
    tree = reads.tree(member, at=now)
    check = tree.checks[top.pk]
    assert check.missing == [("value", "Value")]
    assert check.extra == [other]
    assert check.value == "For 1 Nov 2026 the formula gives 120, the value stored is 130."
    added, refused = drivers.follow_formula(top, ["orders", "value", "gone"], by=member, at=now)
    assert ([edge.child for edge in added], refused) == ([value], ["“gone” is no KPI in use."])


EDGES = st.sets(st.tuples(st.integers(0, 13), st.integers(0, 13)))


@given(st.integers(1, 14), EDGES)
def test_every_kpi_is_drawn_once_right_of_what_it_drives_and_over_no_other(number, pairs):
    edges = sorted((one, other) for one, other in pairs if one < other < number)
    drawing = draw(list(range(number)), edges)
    boxes = {box.key: box for box in drawing.boxes}
    assert sorted(boxes) == list(range(number))
    assert all(boxes[parent].x < boxes[lower].x for parent, lower in edges)
    places = sorted((box.x, box.y) for box in drawing.boxes)
    for (x, y), (right, below) in pairwise(places):
        assert x != right or below - y >= HEIGHT
    assert len(drawing.lines) == len(edges)
    for line in drawing.lines:
        for right, height in re.findall(r" ([\d.]+) ([\d.]+)h", line.path):
            passed = [box.y for box in drawing.boxes if box.x == float(right)]
            assert passed, "it runs level only across a layer"
            assert not any(y <= float(height) <= y + HEIGHT for y in passed), "a line lies behind a box"
    listed, waiting = set(), list(drawing.twigs)
    while waiting:
        twig = waiting.pop()
        listed.add(twig.key)
        waiting += twig.twigs
    assert listed == set(range(number))


def test_the_page_draws_and_lists_the_tree(top, member, submitter, now, as_):
    low = child("Orders")
    drivers.add(top, low, by=member, at=now, note="each brings an order")
    for url in (reverse("metrics:driver_tree"), f"{reverse('metrics:driver_tree')}?of=revenue"):
        page = as_(submitter).get(url).content.decode()
        assert '<svg class="tree"' in page
        assert "each brings an order" in page
    assert as_(member).get(f"{reverse('metrics:driver_tree')}?of=nothing").status_code == 404
    assert (
        b"each brings an order" in as_(member).get(f"{reverse('metrics:driver_tree')}?format=csv").getvalue()
    )


def test_owners_edit_edges_on_the_kpis_page(top, member, as_):
    low = child("Orders")
    client = as_(member)
    page = client.get(top.get_absolute_url()).content.decode()
    assert "Add a driver" in page
    client.post(reverse("metrics:driver_add", args=[top.slug]), {"child": "orders", "note": "x"})
    edge = Driver.objects.get()
    assert (edge.parent, edge.child, edge.note) == (top, low, "x")
    assert (
        client.post(reverse("metrics:driver_add", args=[low.slug]), {"child": "revenue"}).status_code == 404
    )
    client.post(reverse("metrics:driver_remove", args=[top.slug, edge.pk]))
    assert not Driver.objects.exists()
