"""Survey exports: tables within limits, columns guessed, rows read, and nothing a file may hold breaks it."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.formats import days, filenames, survey_headers, survey_rows, tables
from research.formats.survey_columns import Column, Kind, guess, retyped
from research.formats.survey_rows import Answer
from research.formats.tables import TableError

DAY, MOMENT = dt.datetime.fromisoformat("2026-11-03"), dt.datetime.fromisoformat("2026-11-04T10:05")
GOOGLE = """\
Timestamp,E-mail address,Would you recommend us?,How happy are you?,It saves me time,Which parts?,Why?,Plan
03/11/2026 09:12:44,ann@example.com,9,Very satisfied,Agree,"Routes, Tracking","Show me why it changed.",Gold
13/11/2026 10:00:01,bo@example.com,6,Neither satisfied nor dissatisfied,Strongly agree,Routes,,Silver
14/11/2026 11:30:00,cy@example.com,10,Satisfied,Disagree,"Tracking, Billing","The map, it is slow.",Gold
14/11/2026 11:31:00,di@example.com,eleven,Dissatisfied,N/A,"Routes, Billing","I export it daily.",
"""


def read(text, name="answers.csv"):
    data = text.encode() if isinstance(text, str) else text
    return survey_headers.tidy(tables.read(data, name))


def kinds(table):
    return [column.kind for column in guess(table)]


def test_a_form_is_guessed_with_reasons():
    columns = guess(read(GOOGLE))
    assert [one.kind for one in columns] == [
        *(Kind.DATE, Kind.RESPONDENT, Kind.NPS, Kind.CSAT, Kind.LIKERT, Kind.MULTI, Kind.OPEN),
        Kind.SEGMENT,
    ]
    assert all(one.reason for one in columns)
    assert columns[3].labels[-1] == "Very satisfied"
    assert columns[5].separator == ","


def test_two_answers_that_nobody_gave_twice_are_no_choices():
    assert kinds(read("who,why\n1,better prices\n2,fewer calls\n"))[1] == Kind.OPEN


def test_a_handful_of_rows_is_read_by_what_its_columns_are_called():
    rows = ["r1,9,small", "r2,3,mid", "r3,abc,enterprise", "r4,10,small"]
    table = read("\n".join(["Respondent,How likely are you to recommend us?,Segment", *rows]))
    assert kinds(table) == [Kind.RESPONDENT, Kind.NPS, Kind.SEGMENT]
    assert survey_rows.read(table, guess(table)).faults[0].value == "abc"


def test_one_bad_cell_does_not_make_a_scale_open_text():
    rows = ["Respondent,Would you recommend us?"]
    rows += [f"R{n},{said}" for n, said in enumerate([9, 10, 7, 0, "eleven", 8])]
    columns = guess(read("\n".join(rows)))
    assert [one.kind for one in columns] == [Kind.RESPONDENT, Kind.NPS]
    fault = survey_rows.read(read("\n".join(rows)), columns).faults[0]
    assert (fault.line, fault.value) == (6, "eleven")
    columns = guess(read("\n".join([*rows, "R9,99"])))  # two of seven are no slip
    assert columns[1].kind == Kind.SINGLE
    outside = guess(read("Recommend us?,Why?\n" + "\n".join(f"{n},so" for n in (9, 8, 10, 3, 7, 11))))
    assert outside[0].kind == Kind.NPS


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("nps_q3-2026 (1).csv", "NPS Q3 2026"),
        ("onboarding-survey_2026-11-03.xlsx", "Onboarding survey 2026-11-03"),
        ("csat-export.csv", "CSAT"),
        (".csv", "Csv"),
        ("_.csv", "Survey"),
    ],
)
def test_a_survey_is_called_what_its_file_says(name, title):
    assert filenames.survey_title(name) == title


def test_answers_are_read_and_faults_say_where():
    table = read(GOOGLE)
    columns = guess(table)
    columns[2] = retyped(columns[2], Kind.NPS, table.column(2))
    reading = survey_rows.read(table, columns)
    ann, bo, _, di = reading.responses
    assert (ann.key, ann.submitted_on, ann.segment) == ("ann@example.com", dt.date(2026, 11, 3), "Gold")
    assert ann.answers["Would you recommend us?"] == Answer(number=9)
    assert ann.answers["How happy are you?"].number == 5
    assert ann.answers["Which parts?"].choices == ("Routes", "Tracking")
    assert "Why?" not in bo.answers
    assert "It saves me time" not in di.answers  # N/A is no answer
    [fault] = reading.faults
    assert (fault.line, fault.value) == (5, "eleven")
    assert "0 to 10" in fault.why


def test_a_recommendation_in_words_and_numbers_is_nps():
    table = read(
        "id,Would you recommend us?\n1,10 - Extremely likely\n2,0 - Not at all likely\n3,7\n4,8/10\n"
    )
    columns = guess(table)
    assert columns[1].kind == Kind.NPS
    numbers = [
        one.answers["Would you recommend us?"].number for one in survey_rows.read(table, columns).responses
    ]
    assert numbers == [10, 0, 7, 8]


def test_surveymonkeys_two_header_rows_become_one():
    table = read(
        "Respondent ID,Which do you use?,,,How was it?,\n"
        ",Routes,Billing,Other (please specify),Speed,Price\n"
        "11,Routes,Billing,,Good,Poor\n"
        "12,,Billing,A fax machine,Excellent,Good\n"
    )
    assert table.header == (
        *("Respondent ID", "Which do you use?", "Which do you use? – Other (please specify)"),
        *("How was it? – Speed", "How was it? – Price"),
    )
    assert table.rows[0].cells[1] == "Routes|Billing"
    assert table.rows[0].line == 3


def test_qualtrics_three_header_rows_become_one():
    table = read(
        'ResponseId,Q1\nResponse ID,How easy was it?\n"{""ImportId"":""_id""}","{""ImportId"":""Q1""}"\n'
        "R_1,Easy\nR_2,Very easy\n"
    )
    assert table.header == ("Response ID", "How easy was it?")
    assert kinds(table) == [Kind.RESPONDENT, Kind.LIKERT]


def test_a_spreadsheet_reads_as_its_csv():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["id", "When", "Score"])
    sheet.append([1, DAY, 9.0])
    sheet.append([2, MOMENT, "=1+1"])
    book.create_sheet("Notes").append(["something"])
    out = io.BytesIO()
    book.save(out)
    table = tables.read(out.getvalue(), "a.xlsx")
    assert [row.cells for row in table.rows] == [
        ("1", "2026-11-03", "9"),
        ("2", "2026-11-04 10:05:00", ""),  # a formula is not worked out
    ]
    assert "Sheet" in table.note


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(encoding, delimiter):
    lines = [("id", "Größe"), ("1", "süß, sehr"), ("2", "ähnlich")]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    table = tables.read(text.encode(encoding))
    assert table.header == ("id", "Größe")
    assert table.rows[0].cells == ("1", "süß, sehr")


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 30_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "nothing"),
        (b"a,b\n", "only one row"),
        (b"a\nb\n", "only one column"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "PNG picture"),
        (b"PK\x03\x04" + b"x" * 100, "damaged"),
        (bomb(), "unpacks to far more"),
        (b"a,b\n" + b"x," * 400 + b"\n", "columns"),
        (b"a,b\n1," + b"x" * 30_000 + b"\n", "characters"),
        (b"a,b\n" + b"1,2\n" * 20_002, "20,000 rows"),
        (b'a,b\n1,"x\n2,y\n3,z\n', "Row 2 cannot be read: a quotation mark"),
        (b'a,b\n1,"' + b"x" * 200_000, "quotation mark"),
        (b"a,b\n1,\0\n", "not a text file"),
    ],
)
def test_what_is_no_table_is_refused_with_advice(data, says):
    with pytest.raises(TableError, match=says):
        tables.read(data, "x.csv")


def test_two_rows_of_one_respondent_count_once_and_equal_rows_without_one_twice():
    columns = [Column("id", Kind.RESPONDENT), Column("Why?", Kind.OPEN)]
    table = read("id,Why?\n1,old\n1,new\n")
    reading = survey_rows.read(table, columns)
    assert [one.answers["Why?"].text for one in reading.responses] == ["new"]
    assert "Row 3" in reading.faults[0].why
    columns = [Column("Use", Kind.SINGLE), Column("Why?", Kind.OPEN)]
    twins = survey_rows.read(read("Use,Why?\nyes,same\nyes,same\n"), columns).responses
    assert len({one.key for one in twins}) == 2


def test_what_stands_in_the_way_is_said():
    columns = [Column("a", Kind.DATE), Column("b", Kind.DATE_MONTH_FIRST), Column("c", Kind.LIKERT)]
    found = survey_rows.problems(columns)
    assert "2 columns are the date" in found[0]
    assert "steps" in found[1]
    assert survey_rows.problems([Column("a", Kind.IGNORE)]) == [
        "No column is a question. Say of at least one what it asks for."
    ]


@pytest.mark.parametrize(
    ("cell", "month_first", "day"),
    [
        ("2026-11-03T10:00:00Z", False, dt.date(2026, 11, 3)),
        ("03/11/2026 09:12", False, dt.date(2026, 11, 3)),
        ("11/03/2026", True, dt.date(2026, 11, 3)),
        ("3 November 2026", False, dt.date(2026, 11, 3)),
        ("Nov 3, 2026 10:01 AM", False, dt.date(2026, 11, 3)),
        ("31/02/2026", False, None),
        ("soon", False, None),
    ],
)
def test_days(cell, month_first, day):
    assert days.day(cell, month_first=month_first) == day


def test_months_come_first_where_a_number_over_12_tells():
    assert days.months_first(["03/04/2026", "03/14/2026"])
    assert days.months_first(["03/04/2026"]) is None
    assert kinds(read("When,Why\n03/04/2026,a\n03/05/2026,b\n"))[0] == Kind.DATE


cells = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
) | st.sampled_from(
    ["", "7", "10", "Agree", "Strongly agree", "2026-11-03", "a;b", "a;c", "n/a", "x@example.com"]
)
grids = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=2, max_size=12)
)


@given(grids, st.data())
def test_any_table_is_read_or_refused_and_reading_it_again_changes_nothing(grid, data):
    out = io.StringIO()
    tables.csv.writer(out).writerows(grid)
    try:
        table = survey_headers.tidy(tables.read(out.getvalue().encode("utf-8-sig")))
    except TableError:
        return
    assert tables.from_text(tables.to_text(table)).rows == table.rows
    assert len(set(table.header)) == len(table.header)
    columns = guess(table)
    at = data.draw(st.integers(0, len(columns) - 1))
    columns[at] = retyped(columns[at], data.draw(st.sampled_from(Kind)), table.column(at))
    if survey_rows.problems(columns):
        return
    reading = survey_rows.read(table, columns)
    again = survey_rows.read(table, columns)
    assert reading.responses == again.responses
    assert len({one.key for one in reading.responses}) == len(reading.responses)
    lines = {one.line for one in reading.responses} | {one.line for one in reading.faults}
    assert {row.line for row in table.rows} == lines


@given(grids)
def test_an_extended_export_keeps_every_key(grid):
    """Rows that are added below, in a file without respondents, leave the keys of those above alone."""
    table = tables.Table(
        tuple(f"q{index}" for index in range(len(grid[0]))),
        tuple(tables.Row(number, tuple(row)) for number, row in enumerate(grid, start=2)),
    )
    columns = [Column(name, Kind.OPEN) for name in table.header]
    first = survey_rows.read(tables.Table(table.header, table.rows[:-1]), columns).responses
    whole = survey_rows.read(table, columns).responses
    assert [one.key for one in whole][: len(first)] == [one.key for one in first]
