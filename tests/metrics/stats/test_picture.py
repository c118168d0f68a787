import math
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from metrics.stats import picture

values = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True, width=64))
series = st.lists(values, max_size=40).map(lambda found: [(n * 86_400, one) for n, one in enumerate(found)])
sane = st.one_of(st.none(), st.floats(-1e12, 1e12))
COLOURS = dict.fromkeys(("line", "target", "band", "mark", "break"), "#123456")


def coordinates(drawn):
    return [tuple(map(float, pair.split(","))) for line in drawn.lines for pair in line.split()]


@given(series, sane, sane, sane, st.lists(st.integers(0, 50), max_size=5))
def test_all_that_is_drawn_lies_in_the_picture(points, target, low, high, marked):
    seconds = [n * 86_400 for n in marked]
    drawn = picture.draw(points, target=target, low=low, high=high, marked=seconds, breaks=seconds)
    for x, y in (*coordinates(drawn), *drawn.marks):
        assert 0 <= x <= drawn.width
        assert 0 <= y <= drawn.height
    assert all(0 <= x <= drawn.width for x in drawn.breaks)
    if drawn.target is not None:
        assert 0 <= drawn.target <= drawn.height
    if drawn.band:
        assert 0 <= drawn.band[0] < drawn.band[1] <= drawn.height


@given(series)
def test_a_gap_is_a_gap(points):
    known = [value is not None and math.isfinite(value) for _, value in points]
    runs = sum(one and not before for one, before in zip(known, [False, *known], strict=False))
    assert len(picture.draw(points).lines) == runs


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_the_axis_holds_its_values_between_different_ends(one, other):
    low, high = sorted((one, other))
    bottom, top = picture.rounded(low, high)
    slack = 1e-9 * max(abs(low), abs(high))
    assert bottom < top
    assert bottom <= low + slack
    assert top >= high - slack


def test_higher_values_are_drawn_higher():
    ys = [y for _, y in coordinates(picture.draw([(0, 1.0), (1, 2.0), (2, 3.0)]))]
    assert ys == sorted(ys, reverse=True)


def test_the_axis_ends_at_round_numbers():
    assert picture.rounded(61.3, 69.7) == (60.0, 70.0)
    assert picture.rounded(0, 93) == (0.0, 100.0)
    assert picture.rounded(5, 5)[0] < 5 < picture.rounded(5, 5)[1]


@given(series, st.integers(1, 50))
def test_thinning_keeps_the_end_and_the_range(points, most):
    thinned = picture.thinned(points, most)
    assert len(thinned) <= most
    assert [at for at, _ in thinned][-1:] == [at for at, _ in points][-1:]


@given(series, sane)
def test_the_file_is_well_formed_and_of_our_making_alone(points, target):
    drawn = picture.draw(points, target=target, marked=[0], breaks=[86_400])
    root = ET.fromstring(picture.svg(drawn, COLOURS))
    assert {one.tag.rpartition("}")[2] for one in root.iter()} <= {
        "svg",
        "rect",
        "line",
        "polyline",
        "circle",
    }
