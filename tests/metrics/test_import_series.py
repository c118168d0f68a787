"""From an upload to points: staged, previewed, confirmed, undone; twice changes nothing."""

import datetime as dt
import io
import threading

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from metrics.formats import series_csv, tables
from metrics.models import ImportState, Point, Restatement, SeriesImport, Watch
from metrics.services import series
from prodops.models import Event
from tests.factories.metrics import KpiFactory, SeriesImportFactory, day

pytestmark = pytest.mark.django_db
CSV = "date,value\n2026-11-01,61.5\n2026-11-02,62\n2026-11-03,60\n"
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def load(kpi, text=CSV, by=None, at=NOW):
    """Stage and confirm `text`; gives the counts."""
    subject = series_csv.Subject(kpi.grain, kpi.unit, at)
    staged = series.stage(kpi, file_name="s.csv", text=text, by=by or kpi.owner, at=at)
    layout = series_csv.guess(tables.read_table(text), subject)
    return series.confirm(staged, layout=layout, subject=subject, by=by or kpi.owner, at=at)


def values(kpi):
    return [value for _, value in kpi.points.main().series()]


def test_an_import_twice_changes_nothing():
    kpi = KpiFactory()
    assert load(kpi) == (3, 0, 0)
    before = list(Point.objects.order_by("pk").values())
    assert load(kpi) == (0, 0, 3)
    assert list(Point.objects.order_by("pk").values()) == before
    assert not Restatement.objects.exists()


def test_a_changed_value_keeps_what_it_was():
    kpi = KpiFactory()
    load(kpi)
    assert load(kpi, CSV.replace("62", "63")) == (0, 1, 2)
    assert values(kpi) == [61.5, 63, 60]
    assert list(Restatement.objects.values_list("period", "before", "after")) == [
        (day(dt.date(2026, 11, 2)), 62, 63)
    ]


def test_an_import_is_recorded_and_its_text_is_not_kept():
    kpi = KpiFactory()
    load(kpi, CSV + "never,1\n")
    done = SeriesImport.objects.get()
    assert (done.state, done.text, done.new, done.rejected) == (ImportState.DONE, "", 3, 1)
    assert len(done.sha256) == 64
    assert Event.objects.get(verb="series.imported").data["new"] == 3


def test_an_unanswered_question_imports_nothing():
    kpi = KpiFactory()
    with pytest.raises(series.Unanswered):
        load(kpi, "date,value\n03/04/2026,1.5\n04/05/2026,2.5\n")
    with pytest.raises(series.NothingToImport):
        load(kpi, "date,value\n2026-11-01,61.5\n2026-11-01,62.5\n")
    assert not Point.objects.exists()


def test_confirming_twice_is_refused():
    kpi = KpiFactory()
    load(kpi)
    done = SeriesImport.objects.get()
    subject = series_csv.Subject(kpi.grain, kpi.unit, NOW)
    with pytest.raises(series.NotStaged):
        series.confirm(
            done,
            layout=series_csv.guess(tables.read_table(CSV), subject),
            subject=subject,
            by=kpi.owner,
            at=NOW,
        )


def test_undoing_gives_back_the_series_as_it_was():
    kpi = KpiFactory()
    load(kpi)
    load(kpi, "date,value\n2026-11-02,99\n2026-11-04,64\n")
    assert values(kpi) == [61.5, 99, 60, 64]
    series.undo(SeriesImport.objects.order_by("-pk")[0], by=kpi.owner, at=NOW)
    assert values(kpi) == [61.5, 62, 60]
    first = SeriesImport.objects.order_by("pk")[0]
    series.undo(first, by=kpi.owner, at=NOW)
    assert values(kpi) == []
    with pytest.raises(series.NotStaged):
        series.undo(first, by=kpi.owner, at=NOW)


def test_what_later_imports_changed_is_not_undone():
    kpi = KpiFactory()
    load(kpi)
    load(kpi, CSV.replace("62", "63"))
    with pytest.raises(series.Overtaken):
        series.undo(SeriesImport.objects.order_by("pk")[0], by=kpi.owner, at=NOW)
    assert values(kpi) == [61.5, 63, 60]


def test_a_value_by_hand_is_added_and_corrected():
    kpi = KpiFactory()
    period = day(dt.date(2026, 11, 5))
    assert series.set_value(kpi, period=period, value=61, by=kpi.owner, at=NOW) == (1, 0, 0)
    assert series.set_value(kpi, period=period, value=62, by=kpi.owner, at=NOW) == (0, 1, 0)
    assert series.set_value(kpi, period=period, value=62, by=kpi.owner, at=NOW) == (0, 0, 1)
    assert SeriesImport.objects.count() == 2


def test_an_older_value_that_changes_asks_for_a_check_from_the_start():
    kpi = KpiFactory()
    load(kpi)
    Watch.objects.filter(kpi=kpi).update(checked_to=day(dt.date(2026, 11, 3)), changed=False)
    load(kpi, "date,value\n2026-11-04,64\n2026-11-05,65\n")
    assert not Watch.objects.get(kpi=kpi).changed
    load(kpi, "date,value\n2026-11-03,64\n2026-11-06,65\n")
    assert Watch.objects.get(kpi=kpi).changed


def test_the_pages_lead_from_file_to_chart(as_, member, team):
    kpi = KpiFactory(team=team)
    client = as_(member)
    upload = reverse("metrics:series_upload", args=[kpi.slug])
    response = client.post(upload, {"pasted": "date;value\n01.11.2025;61,5\nx;1\n"})
    preview = response.headers["Location"]
    html = client.get(preview).content.decode()
    assert "“x” is not a date" in html
    assert "Import 1 value, leave 1 out" in html
    response = client.post(f"{preview}confirm/", {"date_column": "0", "value_column": "1"})
    assert response.headers["Location"] == kpi.get_absolute_url()
    assert values(kpi) == [61.5]
    assert client.get(preview).status_code == 404


def test_a_double_click_imports_once_and_leads_to_the_chart(as_, member, team):
    kpi = KpiFactory(team=team)
    client = as_(member)
    upload = reverse("metrics:series_upload", args=[kpi.slug])
    preview = client.post(upload, {"pasted": CSV}).headers["Location"]
    for words in ("Imported: 3 new", "has been imported already"):
        response = client.post(f"{preview}confirm/", {"date_column": "0", "value_column": "1"}, follow=True)
        assert response.redirect_chain == [(kpi.get_absolute_url(), 302)]
        assert words in response.content.decode()
    assert SeriesImport.objects.count() == 1


def test_a_question_is_asked_on_the_preview_and_its_answer_heeded(as_, member, team):
    kpi = KpiFactory(team=team)
    client = as_(member)
    upload = reverse("metrics:series_upload", args=[kpi.slug])
    preview = client.post(upload, {"pasted": "date,value\n03/04/2026,1.5\n"}).headers["Location"]
    html = client.get(preview).content.decode()
    assert "can be read both ways" in html
    client.post(f"{preview}confirm/", {"date_column": "0", "value_column": "1"})
    assert not Point.objects.exists()
    assert "3 Apr 2026" in client.get(preview, {"order": "dmy"}).content.decode()
    client.post(f"{preview}confirm/", {"date_column": "0", "value_column": "1", "order": "mdy"})
    assert Point.objects.get().period == day(dt.date(2026, 3, 4))


@pytest.mark.parametrize("text", ["", "a,b\nc,d", "one\ntwo", "\0\0", "," * 500])
def test_an_unreadable_upload_is_told_on_the_form(as_, member, team, text):
    kpi = KpiFactory(team=team)
    response = as_(member).post(reverse("metrics:series_upload", args=[kpi.slug]), {"pasted": text})
    assert response.status_code == 422
    assert not SeriesImport.objects.exists()


def test_what_somebody_else_staged_is_not_mine(as_, member, ops, team):
    staged = SeriesImportFactory(kpi=KpiFactory(team=team), by=ops)
    for name in ("import_preview", "import_confirm", "import_discard"):
        url = reverse(f"metrics:{name}", args=[staged.pk])
        client = as_(member)
        response = client.get(url) if name == "import_preview" else client.post(url)
        assert response.status_code == 404


def test_a_value_in_the_future_is_refused(as_, member, team):
    kpi = KpiFactory(team=team)
    url = reverse("metrics:series_value", args=[kpi.slug])
    response = as_(member).post(url, {"day": "2999-01-01", "value": "nan"})
    assert response.status_code == 422
    assert "lies in the future" in response.content.decode()
    assert not Point.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_are_as_one_after_the_other():
    kpi = KpiFactory()
    first = {day(dt.date(2026, 11, number)): float(number) for number in range(1, 15)}
    loads = [SeriesImportFactory(kpi=kpi, by=kpi.owner) for _ in range(4)]
    found, errors = [], []

    def run(staged):
        subject = series_csv.Subject(kpi.grain, "count", NOW)
        text = "date,value\n" + "\n".join(f"{period.date()},{value}" for period, value in first.items())
        SeriesImport.objects.filter(pk=staged.pk).update(text=text)
        layout = series_csv.guess(tables.read_table(text), subject)
        try:
            found.append(series.confirm(staged, layout=layout, subject=subject, by=kpi.owner, at=NOW))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[staged]) for staged in loads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(found) == [(0, 0, 14)] * 3 + [(14, 0, 0)]
    assert kpi.points.count() == 14


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("series.xlsx", out.getvalue())


def test_a_spreadsheet_with_parts_is_mapped_and_its_bad_rows_are_a_file(as_, member, team):
    kpi = KpiFactory(team=team, dimensions=["country", "plan"])
    file = workbook(
        ["day", "Country", "Tariff", "rate"],
        [dt.date(2026, 11, 1), None, None, 61.5],
        [dt.date(2026, 11, 1), "DE", None, 60],
        [dt.date(2026, 11, 1), "DE", "pro", 59.5],
        [dt.date(2026, 11, 2), "DE", "pro", "none of it"],
    )
    client = as_(member)
    response = client.post(reverse("metrics:series_upload", args=[kpi.slug]), {"file": file})
    preview = response.headers["Location"]
    html = client.get(preview).content.decode()
    assert "Import 1 value, leave 2 out" in html  # nothing says yet that the tariff is the plan
    mapped = {"date_column": "0", "value_column": "3", "dimension_0": "1", "dimension_1": "2"}
    assert "Import 3 values, leave 1 out" in client.get(preview, mapped).content.decode()
    faults = b"".join(client.get(f"{preview}faults.csv", mapped).streaming_content).decode()
    assert "5,“none of it” is not a number" in faults
    client.post(f"{preview}confirm/", mapped)
    assert values(kpi) == [61.5]
    assert set(kpi.slices.values_list("label", flat=True)) == {"DE", "DE · pro"}
    twice = mapped | {"dimension_1": "1"}
    preview = client.post(
        reverse("metrics:series_upload", args=[kpi.slug]), {"pasted": "day,Country,rate\n2026-11-01,DE,1\n"}
    ).headers["Location"]
    twice["value_column"] = "2"
    assert "one thing only" in client.get(preview, twice).content.decode()


@pytest.mark.parametrize("raw", [b"PK\x03\x04broken", b"PK\x05\x06" + b"\0" * 18])
def test_a_broken_spreadsheet_is_told_on_the_form(as_, member, team, raw):
    kpi = KpiFactory(team=team)
    file = SimpleUploadedFile("x.xlsx", raw)
    assert (
        as_(member).post(reverse("metrics:series_upload", args=[kpi.slug]), {"file": file}).status_code == 422
    )
