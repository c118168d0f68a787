"""Scheduled queries: proved, tried out, asked within their limits, told when they fail; nothing half-done."""

import datetime as dt
import os
import socket
from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from metrics import tasks
from metrics.formats import pull_sql, pulled, schedule
from metrics.models import DataSource, Pull, PullRun, RunState, SeriesImport
from metrics.services import data_sources, ingest, pulls
from metrics.sources import databases
from metrics.sources.databases import Answer
from prodops import vault
from prodops.models import Event, Notification
from tests.factories.metrics import KpiFactory, day
from tests.factories.metrics_series import DataSourceFactory, PullFactory
from tests.tunnel import port_to

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
URL = "postgresql://reader:secret@db.example.com:5432/warehouse"
SQL = "SELECT d::date AS period, 5 AS value FROM generate_series(date '2026-11-01', '2026-11-03', '1 day') d"


# --- one SELECT ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "SELECT day AS period, 1 AS value FROM t",
        "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
        "SELECT 1 UNION ALL SELECT 2",
        "SELECT ';' AS period, 'a:since' AS b -- a remark; DROP TABLE x",
        "SELECT day FROM t WHERE day >= :since;",
        "SELECT count(*) FILTER (WHERE ok) FROM t GROUP BY date_trunc('day', at)",
    ],
)
def test_a_select_is_proved(text):
    proved = pull_sql.prove(text)
    assert ":since" not in proved.replace("'a:since'", "")
    assert "--" not in proved
    assert pull_sql.prove(proved) == proved


@pytest.mark.parametrize(
    "text",
    [
        "", ";", "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE x", "DROP TABLE x", "DELETE FROM x",
        "UPDATE x SET a = 1", "INSERT INTO x VALUES (1)", "TRUNCATE x", "SELECT * INTO y FROM x",
        "SELECT * FROM x FOR UPDATE", "WITH a AS (DELETE FROM x RETURNING *) SELECT * FROM a",
        "COPY x TO PROGRAM 'sh'", "SET ROLE postgres", "SELECT pg_sleep(100)",
        "SELECT pg_catalog.pg_sleep(100)", "SELECT * FROM pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')", "SELECT * FROM dblink('host=x', 'SELECT 1') AS t(a int)",
        "SELECT set_config('a', 'b', false)", "SELECT nextval('s')",
        "SELECT query_to_xml('DELETE FROM x', true, true, '')", "SELECT $1", "SELECT :other",
        "EXPLAIN ANALYZE DELETE FROM x", "DO $$ BEGIN END $$", "VACUUM", "CALL x()", "SELECT (", "\0",
        "(" * 5000, "LISTEN x", "GRANT ALL ON x TO y", "BEGIN", "CREATE TABLE y AS SELECT 1",
        "SELECT PG_SLEEP(1)", 'SELECT "pg_sleep"(1)', "SELECT 1 /*! ; DROP TABLE x */; DROP TABLE y",
    ],
)  # fmt: skip
def test_what_is_not_one_select_is_refused_in_words(text):
    with pytest.raises(pull_sql.NotASelect):
        pull_sql.prove(text)


@given(st.text(max_size=80))
def test_no_text_breaks_the_proof(text):
    with suppress(pull_sql.NotASelect):
        pull_sql.prove(f"SELECT {text}")


# --- where it leads --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "x", "sqlite:///etc/passwd", "mysql://a:b@c/d", "postgresql:///x", "postgresql://a:b@/x?host=/tmp",
        "postgresql://a:b@h/x?passfile=/etc/passwd", "postgresql://a:b@h/x?service=x", "postgresql://a:b@h,i/x",
        "postgresql://a:b@h/x?hostaddr=127.0.0.1", "postgresql://a@h/x", "postgresql://a:b@h", "postgresql+asyncpg://a:b@h/x",
        "postgresql://a:b@h/x?options=-c%20x", "postgresql://a:b@h:port/x",
    ],
)  # fmt: skip
def test_a_url_that_is_not_plain_is_refused(url):
    with pytest.raises(databases.NotAllowed):
        databases.read_url(url)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.0.0.5", "169.254.169.254", "[::1]", "192.168.1.1", "2130706433"],
)  # fmt: skip
def test_addresses_inside_are_not_called_unless_listed(host, settings):
    url = databases.read_url(f"postgresql://a:b@{host}:5432/x")
    with pytest.raises(databases.SourceError):
        databases.address_of(url)
    settings.DATA_SOURCE_HOSTS = [host.strip("[]")]
    assert databases.address_of(url)


def test_a_name_that_leads_inside_is_not_called(monkeypatch):
    inside = [(socket.AF_INET, 1, 6, "", ("8.8.8.8", 0)), (socket.AF_INET, 1, 6, "", ("10.0.0.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: inside)
    with pytest.raises(databases.NotAllowed):
        databases.address_of(databases.read_url(URL))


# --- asking a real database ------------------------------------------------------------------------------


@pytest.fixture
def warehouse(db, settings):
    """The URL of this test's database through a port of this machine."""
    asked = connection.get_connection_params()
    path = os.path.join(asked["host"], f".s.PGSQL.{asked.get('port') or 5432}")
    with port_to(path) as port:
        settings.DATA_SOURCE_HOSTS = [f"127.0.0.1:{port}"]
        yield f"postgresql://{asked['user']}:x@127.0.0.1:{port}/{asked['dbname']}?sslmode=disable"


def ask(url, sql, **limits):
    limits = {"seconds": 5, "most_rows": 10, "zone": "UTC"} | limits
    return databases.ask(url, sql, **limits)


def test_a_query_is_asked_read_only_within_its_limits(warehouse):
    answer = ask(warehouse, pull_sql.prove("SELECT 1 AS a, '50%' AS b, date '2026-11-01' AS c"))
    assert (answer.columns, answer.rows) == (("a", "b", "c"), [(1, "50%", dt.date(2026, 11, 1))])
    with pytest.raises(databases.Refused, match="more than 10 rows"):
        ask(warehouse, "SELECT generate_series(1, 1000000000)")
    with pytest.raises(databases.Unavailable, match="longer than 1 seconds"):
        ask(warehouse, "SELECT count(*) FROM generate_series(1, 10000000000)", seconds=1)
    with pytest.raises(databases.Refused):  # past the proof, the transaction still only reads
        ask(warehouse, "CREATE TABLE never (a int)")
    with pytest.raises(databases.Refused, match="nowhere"):
        ask(warehouse, "SELECT * FROM nowhere")
    with pytest.raises(databases.SourceError) as told:
        ask(warehouse.replace(":x@", ":hunter2@").replace("/test", "/none"), "SELECT 1")
    assert "hunter2" not in str(told.value)


def test_a_server_that_says_nothing_is_left(settings):
    silent = socket.create_server(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    settings.DATA_SOURCE_HOSTS = [f"127.0.0.1:{port}"]
    databases_connect, databases.CONNECT_SECONDS = databases.CONNECT_SECONDS, 2
    try:
        with pytest.raises(databases.Unavailable):
            ask(f"postgresql://a:b@127.0.0.1:{port}/x", "SELECT 1")
    finally:
        databases.CONNECT_SECONDS = databases_connect
        silent.close()


# --- the schedule ----------------------------------------------------------------------------------------

ZONE = ZoneInfo("Europe/Berlin")
FROM, TO = dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1)  # noqa: DTZ001  (hypothesis adds the zone)


@given(
    st.datetimes(FROM, TO, timezones=st.just(dt.UTC)),
    st.sampled_from(["hourly", "daily", "weekly"]),
    st.integers(0, 23),
    st.integers(1, 7),
)
def test_the_next_time_lies_ahead_and_not_too_far(after, frequency, hour, first):
    found = schedule.next_time(after, frequency, hour, first, ZONE)
    most = {"hourly": 1, "daily": 26, "weekly": 8 * 24}[frequency]
    assert after < found <= after + dt.timedelta(hours=most)
    if frequency != "hourly":
        local = found.astimezone(ZONE)
        assert local.hour == hour or (hour == 2 and local.month == 3)  # an hour that the clocks skip


# --- as a whole ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_url_is_kept_so_that_a_dump_tells_nothing(ops, monkeypatch, settings):
    monkeypatch.setattr(databases, "address_of", lambda url: "8.8.8.8")
    source = data_sources.connect(name="W", url=URL, team=None, by=ops, at=NOW)
    kept = str(DataSource.objects.values().get())
    assert "secret" not in kept
    assert source.shown == "postgresql://reader:***@db.example.com:5432/warehouse"
    assert vault.unseal(DataSource.objects.get().sealed_url) == URL
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert vault.unseal(DataSource.objects.get().sealed_url) == URL
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(vault.Unreadable):
        vault.unseal(DataSource.objects.get().sealed_url)
    data_sources.retire(source, by=ops, at=NOW)
    assert bytes(DataSource.objects.get().sealed_url) == b""


NINE = dt.datetime(2026, 11, 2, 9)  # noqa: DTZ001  (as a database without zones has it)


@pytest.mark.django_db
def test_an_answer_becomes_values_parts_and_faults():
    rows = [
        (dt.date(2026, 11, 1), 5, "DE"), (NINE, 6.5, None), ("2026-11-03", None, "DE"),
        (dt.date(2026, 11, 4), "x", "DE"), (dt.date(2999, 1, 1), 1, "DE"), (None, 1, "DE"),
        (dt.date(2026, 11, 1), 5, "DE"), (dt.date(2026, 11, 5), float("nan"), None),
    ]  # fmt: skip
    kpi = KpiFactory(dimensions=["country"])
    chosen = pulled.columns(("day", "n", "Country"), rows[0], kpi.dimensions)
    assert chosen == {"period": "day", "value": "n", "dimensions": {"country": "Country"}}
    found = pulled.read(("day", "n", "Country"), rows, chosen, ingest.subject(kpi, NOW))
    assert found.rows == [
        (day(dt.date(2026, 11, 1)), 5, (("country", "DE"),)),
        (day(dt.date(2026, 11, 2)), 6.5, ()),
    ]
    assert [number for number, _ in found.faults] == [4, 5, 6, 8]
    assert found.gaps == 1


def answering(name):
    return lambda *a, **k: Answer(("period", name), [(dt.date(2026, 11, 1), 5)])


@pytest.mark.django_db
def test_a_run_fetches_once_and_a_killed_worker_leaves_nothing(monkeypatch):
    pull = PullFactory(next_at=NOW)
    monkeypatch.setattr(databases, "ask", answering("value"))
    killed = pulls.begin(pull.pk, at=NOW)
    answer = pulls.fetch(killed)  # and here its worker is killed
    assert pulls.begin(pull.pk, at=NOW) is None  # delivered again: another worker has it
    assert not SeriesImport.objects.exists()
    later = NOW + dt.timedelta(minutes=8)
    run = pulls.begin(pull.pk, at=later)
    assert pulls.end(run, pulls.fetch(run), at=later)
    assert not pulls.end(killed, answer, at=later)  # it was only slow, and comes too late
    assert not pulls.fail(killed, "x", at=later)
    assert pull.kpi.points.count() == SeriesImport.objects.count() == 1
    states = dict(PullRun.objects.values_list("pk", "state"))
    assert states == {killed.pk: RunState.FAILED, run.pk: RunState.DONE}
    pull.refresh_from_db()
    assert (pull.running_since, pull.failures) == (None, 0)
    assert pull.next_at == dt.datetime(2026, 11, 21, 6, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_a_failing_query_is_told_once_and_tried_again(monkeypatch, django_capture_on_commit_callbacks):
    pull = PullFactory(next_at=NOW)

    def down(*args, **kwargs):
        raise databases.Unavailable("The database cannot be reached.")

    monkeypatch.setattr(databases, "ask", down)
    with django_capture_on_commit_callbacks(execute=True):
        for n in range(5):
            Pull.objects.update(next_at=NOW - dt.timedelta(hours=5 - n))
            tasks.pull_due()
    assert PullRun.objects.filter(error="The database cannot be reached.").count() == 5
    assert Notification.objects.filter(recipient=pull.kpi.owner).count() == 1
    monkeypatch.setattr(databases, "ask", answering("value"))
    Pull.objects.update(next_at=NOW)
    tasks.pull_due()
    assert Event.objects.filter(verb="pull.recovered").count() == 1
    monkeypatch.setattr(databases, "ask", answering("sum"))
    Pull.objects.update(next_at=NOW)
    tasks.pull_due()
    assert "no column “value” any more" in PullRun.objects.first().error


@pytest.mark.django_db
def test_the_pages_lead_from_a_url_to_values(as_, ops, member, team, warehouse, monkeypatch):
    client = as_(ops)
    response = client.post(reverse("metrics:source_list"), {"name": "Warehouse", "url": warehouse})
    assert response.status_code == 302
    source = DataSource.objects.get()
    kpi = KpiFactory(team=team)
    client, write = as_(member), reverse("metrics:pull_write", args=[kpi.slug])
    asked = {"source": source.pk, "sql": SQL, "frequency": "daily", "hour": 6, "seconds": 5, "most_rows": 100}
    assert "3 Nov 2026" in client.post(write, asked).content.decode()
    assert not Pull.objects.exists()
    assert client.post(write, asked | {"sql": "DROP TABLE x", "keep": "1"}).status_code == 422
    assert client.post(write, asked | {"sql": "SELECT 1 AS a", "keep": "1"}).status_code == 422
    detail = client.post(write, asked | {"keep": "1"}).headers["Location"]
    pull = Pull.objects.get()
    tasks.run_pull(pull_id=pull.pk)
    assert not kpi.points.exists()  # it is not due
    Pull.objects.update(next_at=NOW)
    tasks.run_pull(pull_id=pull.pk)
    assert kpi.points.main().count() == 3
    html = client.get(detail).content.decode()
    assert "3 new, 0 changed" in html
    assert "secret" not in html
    for act in ("rest", "wake", "ask"):
        assert client.post(reverse("metrics:pull_act", args=[pull.pk, act])).status_code == 302
    assert client.post(reverse("metrics:source_list"), {"name": "x", "url": warehouse}).status_code == 200
    assert DataSource.objects.count() == 1  # a member connects none
    assert client.post(reverse("metrics:source_retire", args=[source.pk])).status_code == 403
    others = DataSourceFactory(team=KpiFactory().team)
    assert client.post(write, asked | {"source": others.pk}).status_code == 422
