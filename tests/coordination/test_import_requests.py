import csv
import datetime as dt

import openpyxl
import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from coordination import queries
from coordination.models import Request
from prodops import activity
from prodops.models import Event, Notification, Role, SearchEntry
from tests.factories.prodops import ProductAreaFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
HEAD = ["Issue_id", "Summary", "Description"]
MAP = "title=Summary,body=Description,external_id=Issue_id"


@pytest.fixture
def run(tmp_path, capsys, ops):
    """`run(rows)`: what the command says of a file with these rows; `error` whether it failed."""
    cache.clear()

    def go(rows, *options, head=HEAD, mapped=MAP, name="file.csv", **written):
        path = tmp_path / name
        if isinstance(rows, bytes):
            path.write_bytes(rows)
        else:
            with path.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file, **written).writerows([head, *rows])
        try:
            call_command("import_requests", path, f"--map={mapped}", *options)
        except CommandError as error:
            print(f"FAILED {error}")
        said = capsys.readouterr()
        return said.out + said.err

    return go


ROWS = [
    ["A-1", "Import rejects German dates", "Day-first dates bounce"],
    ["A-2", "Fuel surcharge by lane", "Diesel prices differ, say the surcharge people"],
    ["A-3", "Driver app loses what was typed", "In the valley there is no network"],
    ["A-4", "German carriers want a surcharge for diesel", "Dates are printed wrong"],
]


def test_rows_become_requests_found_by_words_and_with_typos_at_once(run, ops):
    assert "4 added, 0 already here, 0 refused" in run(ROWS)
    one = Request.objects.get(external_id="A-2")
    assert (one.source, one.title, one.submitter, one.state) == ("import", ROWS[1][1], ops, "new")
    assert queries.similar_requests("fuel surchrage per lane")[0] == one
    assert activity.history(one).get().verb == "request.submitted"
    assert SearchEntry.objects.filter(kind="request").count() == 4
    assert not Event.objects.filter(delivered_at=None).exists()
    assert not Notification.objects.exists()


def test_a_second_run_adds_nothing_and_says_what_reads_differently(run):
    run(ROWS)
    said = run([*ROWS[:3], ["A-4", "Another title", "by now"], ["A-5", "A new one", ""]])
    assert "1 added, 4 already here" in said
    assert "1 read differently" in said
    assert Request.objects.count() == SearchEntry.objects.filter(kind="request").count() == 5
    assert Request.objects.get(external_id="A-4").title == ROWS[3][1]


def test_the_same_id_of_another_source_is_another_request(run):
    run(ROWS)
    assert "4 added" in run(ROWS, "--source=jira")
    assert Request.objects.count() == 8


def test_a_dry_run_says_the_same_and_writes_nothing(run):
    assert "4 would be added" in run(ROWS, "--dry-run")
    assert not Request.objects.exists()
    assert not Event.objects.exists()


def test_bad_rows_are_named_with_their_lines_and_hold_nothing_up(run):
    said = run(
        [
            ["B-1", "Fine\nover two lines", "text"],
            ["B-2", "  ", "no title"],
            ["", "No id", "text"],
            ["B-1", "Again", "the same id"],
            ["B-3", "Short row"],
            ["B" * 201, "Long id", ""],
            ["B-4", "Last", "text"],
        ]
    )
    assert "Line 4: it has no title." in said
    assert "Line 5: it has no external id." in said
    assert "Line 6: “B-1” stands in line 3 already." in said
    assert "Line 8: its external id has more than 200 characters." in said
    assert "3 added, 0 already here, 4 refused" in said
    assert "FAILED 4 rows were refused" in said
    assert Request.objects.get(external_id="B-1").title == "Fine over two lines"


def test_hostile_text_is_kept_as_text(run, as_, ops):
    evil = "<script>alert(1)</script> '; DROP TABLE x; -- =cmd()"
    said = run([["C-1", evil, "a\0b \\ ' | & ! :*"], ["C-2", "x" * 400, "y" * 20_000]])
    assert "2 added" in said
    assert "its text was cut to 10,000 characters" in said
    one, long = Request.objects.order_by("external_id")
    assert (one.title, one.problem) == (evil, "ab \\ ' | & ! :*")
    assert "<script>alert(1)" not in as_(ops).get(one.get_absolute_url()).text
    assert len(long.title) == 160
    assert long.problem.startswith("x" * 400)
    assert queries.similar_requests(evil, evil)[0] == one


def test_a_quotation_mark_never_closed_costs_its_row_and_not_the_import(run):
    start = b'Issue_id,Summary,Description\nD-1,Fine,text\nD-2,"open,'
    said = run(start + b"word " * 300_000)
    assert "1 added" in said
    assert "is a quotation mark not closed?" in said


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "There is nothing in the file."),
        (b"\x00\x01\x02", "This is not a text file."),
        (b"PK\x03\x04 broken", "The workbook is damaged."),
        (b"a,b\n1,2\n", "The file has no column “Summary”. Its columns are: a, b."),
    ],
)
def test_what_is_no_table_is_said_and_changes_nothing(run, data, words):
    assert words in run(data)
    assert not Request.objects.exists()


@pytest.mark.parametrize("mapped", ["title", "title=", "colour=Summary", "title=Summary,title=Issue_id"])
def test_a_map_that_makes_no_sense_is_refused(run, mapped):
    assert "FAILED" in run(ROWS, mapped=mapped)


def test_columns_are_told_by_their_usual_names_and_ids_made_up_where_there_are_none(run):
    rows = [["One need", "Its text", "2026-03-01T10:00:00Z"], ["One need", "Its text", ""]]
    said = run(rows, head=["Subject", "Details", "Created"], mapped="", delimiter=";")
    assert "1 added" in said
    assert "Line 3: the same text stands in line 2 already." in said
    assert Request.objects.get().submitted_at == dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC)
    assert "1 already here" in run(rows, head=["Subject", "Details", "Created"], mapped="", delimiter=";")


def test_person_team_and_area_are_given_and_rows_may_name_their_area(run):
    seller, team = UserFactory(role=Role.SUBMITTER), TeamFactory(slug="sales")
    board, billing = ProductAreaFactory(slug="board"), ProductAreaFactory(name="Billing")
    rows = [
        ["E-1", "First need here", "", ""],
        ["E-2", "Second", "", "billing"],
        ["E-3", "Third", "", "Nowhere"],
    ]
    said = run(rows, f"--by={seller.email}", "--team=sales", "--area=board", head=[*HEAD, "Area"])
    assert "Line 4: there is no product area “Nowhere”." in said
    first, second = Request.objects.order_by("external_id")
    assert (first.submitter, first.submitter_team, first.area, second.area) == (seller, team, board, billing)
    assert "There is no team “nope”. There are:" in run(rows, "--team=nope")
    assert "Nobody here has the address" in run(rows, "--by=x@example.com")


def test_a_workbook_is_read_like_a_csv_file(run, tmp_path):
    book = openpyxl.Workbook()
    for row in [HEAD, [17, "Need of a sheet", None], [None, None, None], [18.0, "Another need", "text"]]:
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    assert "2 added" in run((tmp_path / "book.xlsx").read_bytes(), name="in.xlsx")
    assert set(Request.objects.values_list("external_id", flat=True)) == {"17", "18"}


def test_text_in_the_encoding_of_a_spreadsheet_is_read(run):
    assert "1 added" in run("Issue_id;Summary;Description\nF-1;Größe der Flöte;ä\n".encode("cp1252"))
    assert Request.objects.get().title == "Größe der Flöte"


def test_with_the_model_few_rows_are_found_by_meaning_at_once(run, meaning):
    said = run(
        [["G-1", "Bills reach carriers weeks after the trip", ""], ["G-2", "Dark colours at night", ""]]
    )
    assert "2 meanings were worked out" in said
    # Well above the threshold, since the last digits of a cosine differ by processor
    found = queries.similar_requests("Transport companies receive their invoices much too late")
    assert found[0].external_id == "G-1"
