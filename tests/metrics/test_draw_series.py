"""The chart of a KPI: gaps, parts, versions, the time before, what happened; as page, picture and file."""

import csv
import datetime as dt
import io
import json
import re
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from metrics.models import KpiTarget, KpiVersion, Restatement, VersionState
from metrics.queries import charts
from metrics.services import annotations, ingest, series
from metrics.services.ingest import Row
from metrics.stats import plot
from prodops.models import Event
from tests.factories.metrics import FlagFactory, KpiFactory, day
from tests.factories.metrics import series as points
from tests.factories.metrics_series import AnnotationFactory
from tests.factories.prodops import UserFactory

LAST = dt.date(2026, 11, 19)
NOW = dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)


def second_version(kpi, since, **fields):
    """Version 2, live from `since`."""
    KpiVersion.objects.filter(kpi=kpi).update(state=VersionState.PAST, reviewer=UserFactory(), decided_at=NOW)
    first = KpiVersion.objects.get(kpi=kpi)
    said = {name: getattr(first, name) for name in ("name", "meaning", "formula", "unit", "source", "author")}
    return KpiVersion.objects.create(
        **said, kpi=kpi, number=2, state=VersionState.LIVE, effective_from=since, base=first,
        reviewer=UserFactory(), decided_at=NOW, proposed_at=NOW, **fields,
    )  # fmt: skip


def bring(kpi, *rows):
    return series.bring_in(kpi, rows, source_kind="hand", said="x", by=kpi.owner, at=NOW)[1]


@pytest.mark.django_db
def test_gaps_are_gaps_and_the_time_before_lies_weekday_on_weekday():
    kpi = KpiFactory()
    points(kpi, LAST, [*range(70), None, None, 72])
    found = charts.chart(kpi, days=30, before=True)
    assert len(found.rows) == 30
    assert [row[1] for row in found.rows[-3:]] == [None, None, 72]
    (line,) = found.lines
    assert (line.label, line.values[day(LAST)]) == ("4 weeks before", 44)
    assert charts.chart(KpiFactory(), days=30).rows == []


@pytest.mark.django_db
def test_a_new_version_breaks_the_line_and_both_values_stand_in_the_overlap():
    kpi = KpiFactory()
    since = LAST - dt.timedelta(days=2)
    points(kpi, LAST, [1, 2, 3, 4, 5])
    second_version(kpi, since)
    assert ingest.regovern(kpi) == 3
    new = [Row(day(LAST - dt.timedelta(days=n)), 30 + n) for n in range(3)]
    assert bring(kpi, *new) == (3, 0, 0)
    assert bring(kpi, Row(day(since), 3.5, (), 1)) == (0, 1, 0)  # the old definition is still loaded
    found = charts.chart(kpi, days=30)
    assert [row[1] for row in found.rows] == [1, 2, 32, 31, 30]
    assert found.breaks == [(day(since), 2)]
    assert [(line.label, list(line.values.values())) for line in found.lines] == [("Version 1", [3.5, 4, 5])]
    assert list(kpi.points.main().values_list("value", flat=True).order_by("period")) == [1, 2, 32, 31, 30]
    with pytest.raises(ingest.UnknownVersion):
        bring(kpi, Row(day(LAST), 1, (), 7))


@pytest.mark.django_db
def test_a_new_wording_breaks_nothing():
    kpi = KpiFactory()
    points(kpi, LAST, [1, 2, 3])
    second_version(kpi, LAST, recounts=False)
    assert ingest.regovern(kpi) == 0
    assert bring(kpi, Row(day(LAST), 9, (), 2)) == (0, 1, 0)
    assert charts.chart(kpi, days=30).breaks == []


@pytest.mark.django_db
def test_undoing_gives_back_parts_and_versions_too():
    kpi = KpiFactory(dimensions=["country"])
    points(kpi, LAST, [1, 2, 3])
    germany = (("country", "DE"),)
    bring(kpi, Row(day(LAST), 7, germany))
    load, counts = series.bring_in(
        kpi, [Row(day(LAST), 8, germany), Row(day(LAST), 30), Row(day(LAST), 5, (("country", "FR"),))],
        source_kind="api", said="x", by=kpi.owner, at=NOW,
    )  # fmt: skip
    assert counts == (1, 2, 0)
    series.undo(load, by=kpi.owner, at=NOW)
    assert sorted(kpi.points.values_list("slice__label", "value"), key=str) == [
        ("DE", 7), (None, 1), (None, 2), (None, 3),
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_page_shows_all_of_it(as_, member, team):
    kpi = KpiFactory(team=team, dimensions=["country"])
    points(kpi, LAST, [60 + n % 7 for n in range(60)])
    for n, country in enumerate("ABCDEFGH"):
        bring(kpi, Row(day(LAST), 10 + n, (("country", country),)))
    FlagFactory(kpi=kpi, period=day(LAST))
    AnnotationFactory(kpi=kpi, starts=LAST, text="<b>Importer</b>")
    AnnotationFactory(kpi=None, kind="holiday", starts=LAST, text="Day off")
    KpiTarget.objects.create(
        kpi=kpi, version_id=kpi.count_version_id, effective_from=dt.date(2026, 1, 1), value=70,
        set_by=member, set_at=NOW,
    )  # fmt: skip
    client, url = as_(member), reverse("metrics:kpi_chart", args=[kpi.slug])
    html = client.get(url, {"by": "country", "range": "1y", "before": "1"}).content.decode()
    given = json.loads(re.search(r"data-kpi-chart='([^']*)'", html)[1])
    kinds = [line["kind"] for line in given["lines"]]
    assert kinds == ["before", *["part"] * charts.PARTS]
    assert given["targets"][0]["value"] == 70
    assert [one["text"] for one in given["annotations"]] == ["Launch: <b>Importer</b>", "Holiday: Day off"]
    assert "2 smaller parts are not drawn" in html
    assert "<b>Importer" not in html
    assert client.get(url, {"by": "planet", "range": "9", "before": "x"}).status_code == 200
    picture = client.get(reverse("metrics:kpi_svg", args=[kpi.slug]), {"by": "country"})
    ElementTree.fromstring(picture.content)
    png = client.get(reverse("metrics:kpi_png", args=[kpi.slug]))
    assert png.content.startswith(b"\x89PNG")
    file = b"".join(client.get(reverse("metrics:series_csv", args=[kpi.slug])).streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))
    assert len(rows) == 68
    assert {row["dimensions"] for row in rows} == {"", *"ABCDEFGH"}
    assert rows[0]["source"] == "hand"


@pytest.mark.django_db
def test_restatements_say_what_was_and_what_is(as_, member, team):
    kpi = KpiFactory(team=team)
    period = day(LAST)
    series.set_value(kpi, period=period, value=4.2, by=member, at=NOW)
    series.set_value(kpi, period=period, value=3.9, by=member, at=NOW)
    client, url = as_(member), reverse("metrics:restatement_list", args=[kpi.slug])
    assert "4.2\u00a0% is now 3.9\u00a0%" in client.get(url).content.decode()
    series.undo(Restatement.objects.get().load, by=member, at=NOW)
    assert "taken back" in client.get(url).content.decode()
    assert b"4.2,3.9" in b"".join(client.get(url, {"format": "csv"}).streaming_content)


@pytest.mark.django_db
def test_annotations_are_written_by_those_who_may(as_, member, ops, submitter, team):
    kpi, strange = KpiFactory(team=team), KpiFactory()
    said = {"kind": "launch", "text": "New importer", "starts": "2026-11-02", "ends": ""}
    client = as_(member)
    add = reverse("metrics:annotation_add", args=[kpi.slug])
    assert client.post(add, said).status_code == 302
    assert client.post(add, said | {"ends": "2026-11-01"}).status_code == 422
    assert client.post(reverse("metrics:annotation_add", args=[strange.slug]), said).status_code == 404
    assert client.post(reverse("metrics:annotation_list"), said).status_code == 200  # reads, adds nothing
    (mine,) = kpi.annotations.all()
    others = annotations.add(kpi=None, kind="holiday", text="Day off", starts=LAST, ends=None, by=ops, at=NOW)
    edit = reverse("metrics:annotation_edit", args=[mine.pk])
    assert client.post(edit, said | {"text": "Importer 2"}).status_code == 302
    assert client.get(reverse("metrics:annotation_edit", args=[others.pk])).status_code == 404
    assert client.post(reverse("metrics:annotation_remove", args=[mine.pk])).status_code == 302
    client = as_(ops)
    assert client.post(reverse("metrics:annotation_list"), said).status_code == 302
    assert client.post(add, said | {"everywhere": "on"}).status_code == 302
    assert not kpi.annotations.exists()
    assert as_(submitter).post(add, said).status_code == 403
    verbs = Event.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[:2] == ["annotation.added", "annotation.added"]


VALUES = st.one_of(st.none(), st.floats(-1e12, 1e12))


@given(st.lists(VALUES, min_size=1, max_size=60), st.text(max_size=40), st.data())
def test_a_picture_is_xml_whatever_is_drawn(values, title, data):
    whens = [day(LAST) + dt.timedelta(days=n) for n in range(len(values))]
    other = data.draw(st.lists(VALUES, min_size=len(values), max_size=len(values)))
    drawn = plot.svg(
        plot.Plot(title, title, whens, values, other, values, extras=[plot.Extra(title, other)],
                  steps=[(whens[0], whens[-1], 5.0)], lines=[(whens[0], title)], dots=[(whens[-1], True)],
                  shades=[(whens[0], whens[-1], title)])
    )  # fmt: skip
    ElementTree.fromstring(drawn)
    assert "nan" not in drawn.replace(title, "")
