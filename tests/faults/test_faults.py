"""Processes are killed under work: nothing that was acknowledged is lost, nothing is done twice."""

import threading
import time

from tests.faults.conftest import eventually


def exactly_once(house, kind, pk, *, within=75):
    eventually(lambda: house.effects(kind, pk), within=within)
    time.sleep(2)  # two sweeps more
    assert len(house.effects(kind, pk)) == 1


def test_an_event_delivered_many_times_at_once_has_one_effect(house):
    _, saved = house.ask("/probe/save/", {"seconds": 0.5})
    house.ask("/probe/deliver/", saved)
    exactly_once(house, "event", saved["event"])


def test_a_worker_killed_in_a_delivery_loses_nothing(house):
    _, saved = house.ask("/probe/save/", {"seconds": 1.5})
    eventually(house.sleeps, within=45)
    house.kill(house.worker)
    assert not house.effects("event", saved["event"])
    house.start_worker()
    exactly_once(house, "event", saved["event"])


def test_a_worker_killed_in_a_job_is_replaced(house):
    _, started = house.ask("/probe/start/", {"seconds": 1.5})
    eventually(house.sleeps, within=45)
    house.kill(house.worker)
    house.start_worker()
    exactly_once(house, "job", started["job"])
    sql = "SELECT state, attempts FROM prodops_job WHERE id = %s"
    assert house.rows(sql, started["job"]) == [("done", 2)]


def test_a_slow_job_keeps_its_worker(house):
    _, started = house.ask("/probe/start/", {"seconds": 4})  # twice the silence that means death
    exactly_once(house, "job", started["job"])
    assert house.rows("SELECT attempts FROM prodops_job WHERE id = %s", started["job"]) == [(1,)]


def test_a_worker_killed_in_the_checks_of_kpis_loses_and_doubles_nothing(house):
    house.ask("/probe/measure/", {"kpis": 12})
    flags = "SELECT count(*), count(DISTINCT kpi_id) FROM metrics_flag"
    waiting = (
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%metrics_flag%%'"
    )
    with house.locked("metrics_flag"):  # the check comes as far as writing down what it found
        house.ask("/probe/check/", {})
        eventually(lambda: house.rows(waiting), within=45)
        house.kill(house.worker)
    assert house.rows(flags) == [(0, 0)]
    assert house.rows("SELECT count(*) FROM metrics_point WHERE expected IS NOT NULL") == [(0,)]
    house.start_worker()
    for _ in range(3):
        house.ask("/probe/check/", {})
    eventually(lambda: house.rows(flags) == [(12, 12)], within=60)
    time.sleep(2)
    assert house.rows(flags) == [(12, 12)]
    assert house.rows("SELECT count(*) FROM metrics_incident") == [(12,)]


def test_a_worker_killed_while_values_are_fetched_loses_and_doubles_nothing(house):
    values = "SELECT count(*), count(DISTINCT period) FROM metrics_point WHERE value = 5"
    runs = "SELECT state, error FROM metrics_pullrun ORDER BY state, error"
    waiting = (
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%metrics_point%%'"
    )
    with house.door() as url:
        with house.locked("metrics_point"):  # the answer is there, and the values are being written
            house.ask("/probe/fetch/", {"url": url})
            eventually(lambda: house.rows(waiting), within=45)
            house.kill(house.worker)
        assert house.rows(values) == [(0, 0)]
        house.start_worker()
        # no query may take as long as this: whoever had it is lost
        house.rows("UPDATE metrics_pull SET running_since = running_since - interval '8 minutes' RETURNING 1")
        for _ in range(3):
            house.ask("/probe/fetch/", {})
        eventually(lambda: house.rows(values) == [(10, 10)], within=60)
        time.sleep(2)
    assert house.rows(values) == [(10, 10)]
    said = house.rows(runs)  # a busy machine may have failed to connect before, and tried again
    assert [state for state, _ in said].count("done") == 1
    assert ("failed", "The worker that asked was lost. Asked again.") in said
    assert house.rows("SELECT count(*) FROM metrics_seriesimport") == [(1,)]


def test_pages_and_saving_go_on_without_the_broker(house):
    house.kill(house.broker)
    began = time.monotonic()
    status, saved = house.ask("/probe/save/", {"seconds": 0})
    assert (status, time.monotonic() - began < 10) == (200, True)  # Celery's own way waits for longer
    assert house.ask("/accounts/login/")[0] == 200
    status, answer = house.ask("/readyz")
    assert (status, answer["checks"]["broker"]["ok"]) == (503, False)
    assert not house.effects("event", saved["event"])
    house.start_broker()
    exactly_once(house, "event", saved["event"])  # nobody had to start a worker by hand


def test_a_broker_that_forgets_everything_loses_nothing(house):
    house.kill(house.worker)
    _, saved = house.ask("/probe/save/", {"seconds": 0})
    house.kill(house.broker)
    for file in (house.folder / "valkey").rglob("*.*"):
        if file.is_file():
            file.unlink()
    house.start_broker()
    house.start_worker()
    exactly_once(house, "event", saved["event"])


def test_a_restarted_database_fails_no_page(house):
    answers, stop = [], threading.Event()

    def read():
        while not stop.is_set() and len(answers) < 400:
            answers.append(house.ask("/probe/page/")[0])
            time.sleep(0.02)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    time.sleep(0.5)
    house.stop_database()
    time.sleep(1)
    house.start_database()
    eventually(lambda: len(answers) > 10, within=60)
    stop.set()
    for reader in readers:
        reader.join(20)
    assert len(answers) > 10
    assert set(answers) == {200}


def test_a_database_that_stays_away_is_said_to_be(house):
    house.stop_database()
    try:
        began = time.monotonic()
        status, answer = house.ask("/readyz")
        assert (status, answer["checks"]["database"]["ok"]) == (503, False)
        assert time.monotonic() - began < 10
        assert house.ask("/healthz") == (200, "ok")
        status, text = house.ask("/probe/page/", timeout=20)
        assert status == 503
        assert "briefly out of reach" in text
    finally:
        house.start_database()
    assert eventually(lambda: house.ask("/probe/page/")[0] == 200, within=15)
