"""Reading a series: dialects, questions asked rather than guessed, and every row that fails."""

import csv
import datetime as dt
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.formats.dates import DateOrder
from metrics.formats.numbers import Decimal
from metrics.formats.series_csv import Layout, Subject, complete, guess, looks_like_shares, read
from metrics.formats.tables import MAX_BYTES, Unreadable, decode, read_table

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
DAILY = Subject("day", "percent", NOW)
COUNT = Subject("day", "count", NOW)


def reading_of(text, subject=DAILY, **answers):
    table = read_table(text)
    layout = guess(table, subject)
    if answers:
        layout = complete(
            table, Layout(layout.header, layout.date_column, layout.value_column, **answers), subject
        )
    return layout, read(table, layout, subject)


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        "date,value\n2026-11-01,61.5\n2026-11-02,62\n",
        "\ufeffdate;value\r\n2026-11-01;61,5\r\n2026-11-02;62\r\n",
        "Datum\tWert\n01.11.2026\t61,5 %\n02.11.2026\t62,0 %\n",
        "2026-11-01|61.5%\n2026-11-02|62%",
        'day,note,rate\n"Nov 1, 2026",x,61.5\n"2 November 2026",y,62\n',
        "date,value\n20261101,61.5\n20261102,62\n",
        "date,value\nSun 2026-11-01 00:00:00,61.5\nMon 2026-11-02T00:00:00+02:00,62\n",
        "\n\n  date , value \n\n2026/11/1, 61.5 \n2026/11/2,62\n\n",
    ],
)
def test_one_series_in_many_dialects(text):
    _, reading = reading_of(text)
    assert reading.faults == []
    assert reading.values == {at("2026-11-01"): 61.5, at("2026-11-02"): 62.0}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,520,300.50", 1520300.5),
        ("1.520.300,50", 1520300.5),
        ("1 520 300,5", 1520300.5),
        ("1'520'300.5", 1520300.5),
        ("€ 1,520,300.5", 1520300.5),
        ("1.520.300,5 EUR", 1520300.5),
        ("−5", -5),
        ("(5.5)", -5.5),
        ("1.5e3", 1500),
        ("-0.0", 0),
    ],
)
def test_numbers_as_people_write_them(cell, value):
    _, reading = reading_of(f"date;value\n2026-11-01;{cell}\n", COUNT)
    assert list(reading.values.values()) == [value]


def test_a_day_and_month_that_could_be_either_is_asked():
    text = "date,value\n03/04/2026,1.5\n04/04/2026,2.5\n"
    layout, reading = reading_of(text)
    assert layout.questions == ["order"]
    assert [fault.why for fault in reading.faults] == ["day first or month first?"]
    layout, reading = reading_of(text, order=DateOrder.DAY_FIRST)
    assert layout.questions == []
    assert list(reading.values) == [at("2026-04-03"), at("2026-04-04")]
    _, reading = reading_of(text, order=DateOrder.MONTH_FIRST)
    assert list(reading.values) == [at("2026-03-04"), at("2026-04-04")]


def test_a_number_over_twelve_tells_the_order():
    assert reading_of("d,v\n03/04/2026,1.5\n23/04/2026,2.5\n")[0].order == DateOrder.DAY_FIRST
    assert reading_of("d,v\n03/04/2026,1.5\n03/24/2026,2.5\n")[0].order == DateOrder.MONTH_FIRST


def test_a_comma_that_could_be_either_is_asked():
    text = "date;value\n2026-11-01;1,234\n2026-11-02;2,345\n"
    layout, reading = reading_of(text, COUNT)
    assert layout.questions == ["decimal"]
    assert not reading.values
    assert list(reading_of(text, COUNT, decimal=Decimal.COMMA)[1].values.values()) == [1.234, 2.345]
    assert list(reading_of(text, COUNT, decimal=Decimal.POINT)[1].values.values()) == [1234, 2345]


def test_another_row_tells_what_the_comma_is():
    _, reading = reading_of("date;value\n2026-11-01;1,234\n2026-11-02;2,5\n", COUNT)
    assert list(reading.values.values()) == [1.234, 2.5]


def test_every_failing_row_says_its_line_and_why():
    text = (
        "date,value\n2026-11-01,61.5\nyesterday,60\n2026-11-03,abc\n2026-11-24,50\n"
        "2026-02-30,1\n2026-11-05,nan\n2026-11-06,inf\n01.02.26,4\n,3\n2026-11-07,\n"
    )
    _, reading = reading_of(text)
    assert [(fault.line, fault.why) for fault in reading.faults] == [
        (3, "“yesterday” is not a date"),
        (4, "“abc” is not a number"),
        (5, "24 Nov 2026 lies in the future"),
        (6, "“2026-02-30” is no day of the calendar"),
        (7, "“nan” is not a finite number"),
        (8, "“inf” is not a finite number"),
        (9, "“01.02.26” has a year of two digits; write all four"),
        (10, "the date is missing"),
    ]
    assert reading.gaps == 1
    assert list(reading.values) == [at("2026-11-01")]


def test_lines_are_counted_through_quoted_line_breaks():
    _, reading = reading_of('date,note,value\n2026-11-01,"two\nlines",5.5\nnever,x,4.5\n')
    assert [fault.line for fault in reading.faults] == [4]


def test_a_day_that_stands_twice():
    text = "date,value\n2026-11-01,61.5\n2026-11-01,61.5\n2026-11-02,1.5\n2026-11-02,2.5\n2026-11-03,7.5\n"
    _, reading = reading_of(text)
    assert reading.repeats == 1
    assert [(fault.line, fault.why) for fault in reading.faults] == [
        (5, "2 Nov 2026 has another value on line 4; neither is taken")
    ]
    assert list(reading.values) == [at("2026-11-01"), at("2026-11-03")]


def test_shares_of_one_are_noticed_and_turned_to_percent_on_demand():
    text = "date,rate\n2026-11-01,0.614\n2026-11-02,0.62\n"
    _, reading = reading_of(text)
    assert looks_like_shares(reading, DAILY)
    assert list(reading_of(text, shares=True)[1].values.values()) == [61.4, 62.0]


def test_a_percentage_is_refused_where_the_kpi_counts_something_else():
    _, reading = reading_of("date,value\n2026-11-01,61 %\n2026-11-02,3\n", COUNT)
    assert "not in percent" in reading.faults[0].why


def test_dates_fall_into_the_period_of_the_grain():
    weekly = Subject("week", "count", NOW)
    assert list(reading_of("week,n\n2026-W47,3\n2026-11-12,4\n", weekly)[1].values) == [
        at("2026-11-16"),
        at("2026-11-09"),
    ]
    monthly = Subject("month", "count", NOW)
    assert list(reading_of("month,n\nNov 2026,3\n2026-10,4\n", monthly)[1].values) == [
        at("2026-11-01"),
        at("2026-10-01"),
    ]
    hourly = Subject("hour", "count", NOW)
    assert list(reading_of("hour,n\n2026-11-23T12:30:00+02:00,3\n", hourly)[1].values) == [
        at("2026-11-23T10:00")
    ]


def test_the_column_named_like_the_kpi_is_taken():
    text = "date,total,kpi-1\n2026-11-01,900,61.5\n2026-11-02,901,62.5\n"
    layout = guess(read_table(text), Subject("day", "percent", NOW, names=("kpi-1", "KPI 1")))
    assert layout.value_column == 2


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "nothing in it"),
        (b"PK\x03\x04....", "spreadsheet"),
        (b"\x89PNG\x00\x01", "not a text file"),
        (b"only\none\ncolumn\n", "only one column"),
        (b"a,b\nc,d\n", "No column holds dates"),
        (b"date,name\n2026-11-01,abc\n", "No column beside"),
        (b"x" * (MAX_BYTES + 1), "larger than 5 MB"),
        (b"," * 9000, "columns"),
        (b"a,b," + b"x" * 20_000, "characters long"),
        (b"\xff\xfea\xd8", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(raw, words):
    with pytest.raises(Unreadable, match=words):
        guess(read_table(decode(raw)), DAILY)


def test_what_spreadsheets_on_windows_write():
    raw = "Datum;Erf\u00fcllung\r\n01.11.2026;61,5\r\n".encode("cp1252")
    table = read_table(decode(raw))
    assert guess(table, DAILY).header[1] == "Erf\u00fcllung"
    assert read_table(decode("date,v\n2026-11-01,5\n".encode("utf-16"))).width == 2


dates = st.dates(dt.date(1990, 1, 1), dt.date(2026, 11, 22))
values = st.floats(allow_nan=False, allow_infinity=False, width=32).map(lambda value: round(value, 4))


@given(
    series=st.dictionaries(dates, values, min_size=1, max_size=30),
    delimiter=st.sampled_from(";\t|,"),
    decimal=st.sampled_from(list(Decimal)),
    written=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%d %b %Y", "%b %d, %Y"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    header=st.booleans(),
)
def test_what_was_written_is_read(series, delimiter, decimal, written, encoding, header):
    file = io.StringIO(newline="")
    rows = csv.writer(file, delimiter=delimiter)
    if header:
        rows.writerow(["When", "How much"])
    for day, value in series.items():
        # Two decimals at least, so that a lone 1.234 is no question
        rows.writerow([day.strftime(written), f"{value:.5f}".replace(".", decimal)])
    table = read_table(decode(file.getvalue().encode(encoding)))
    reading = read(table, guess(table, COUNT), COUNT)
    assert reading.faults == []
    assert reading.values == {at(day.isoformat()): value for day, value in series.items()}


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_nothing_but_unreadable_is_ever_raised_and_what_is_read_is_sound(raw):
    try:
        table = read_table(decode(raw))
        layout = guess(table, DAILY)
    except Unreadable:
        return
    reading = read(table, layout, DAILY)
    assert all(math.isfinite(value) for value in reading.values.values())
    assert all(period <= NOW for period in reading.values)


days = ["2026-11-01", "03/04/2026", "31/12/2025", "01.02.2026", "99999999"]
cells = st.sampled_from([*days, "1,234", "1.234", "5 %", "", "nan", "x", "1e999", '"'])


@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=12), st.sampled_from(",;\t"))
def test_every_row_is_a_value_a_gap_a_repeat_or_a_fault(rows, delimiter):
    text = "\n".join(delimiter.join(row) for row in rows)
    try:
        table = read_table(text)
        layout = guess(table, DAILY)
    except Unreadable:
        return
    reading = read(table, layout, DAILY)
    torn = {fault.why.split(" has another")[0] for fault in reading.faults if "another value" in fault.why}
    total = len(reading.values) + len(reading.faults) + reading.gaps + reading.repeats
    body = len(table.rows) - bool(layout.header)
    # A period with two values loses its first line too; repeats of it may have come before.
    assert total == body - len(torn)
    assert read(table, layout, DAILY).values == reading.values
