"""The API: tokens, batches, rows that fail, calls repeated and calls at once."""

import datetime as dt
import json
import threading

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from metrics.models import ApiCall, ApiToken, Point, Restatement, SeriesImport, Slice, SourceKind
from metrics.services import api, tokens
from prodops.models import Event, Level
from tests.factories.metrics import KpiFactory, day
from tests.factories.prodops import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
POINTS = [{"period": f"2026-11-{n:02}", "value": 60 + n} for n in range(1, 4)]


@pytest.fixture
def editor(team):
    user = UserFactory()
    team.memberships.create(user=user, level=Level.EDITOR)
    cache.clear()
    return user


@pytest.fixture
def kpi(team):
    return KpiFactory(team=team, dimensions=["country", "plan"])


@pytest.fixture
def secret(editor, team):
    return made(editor, team=team)


def made(by, team=None, kpis=(), expires_at=None, at=None):
    at = at or timezone.now()
    return tokens.make(name="Nightly", team=team, kpis=kpis, expires_at=expires_at, by=by, at=at)[1]


def send(kpi, secret, points=POINTS, *, key="", door="api_points", body=None, **more):
    headers = {"Authorization": f"Bearer {secret}"}
    if key:
        headers["Idempotency-Key"] = key
    body = json.dumps({"points": points, **more}) if body is None else body
    url = reverse(f"metrics:{door}", args=[kpi.slug])
    return Client().post(url, body, content_type="application/json", headers=headers)


def values(kpi):
    return [value for _, value in kpi.points.main().series()]


def test_points_are_taken_once_and_changes_are_kept(kpi, secret):
    answer = send(kpi, secret).json()
    assert (answer["new"], answer["changed"], answer["same"], answer["rejected"]) == (3, 0, 0, 0)
    load = SeriesImport.objects.get(pk=answer["import"])
    assert (load.source_kind, load.file_name) == (SourceKind.API, "Nightly")
    again = send(kpi, secret).json()
    assert (again["new"], again["same"], again["import"]) == (0, 3, None)
    changed = send(kpi, secret, [{**POINTS[1], "value": 40}]).json()
    assert changed["changed"] == 1
    assert values(kpi) == [61, 40, 63]
    assert Restatement.objects.get().before == 62
    assert Event.objects.filter(verb="series.imported").count() == 2


def test_parts_stand_beside_the_whole(kpi, secret):
    parts = [
        {**POINTS[0], "value": n, "dimensions": dims}
        for n, dims in enumerate(
            [{"country": "DE"}, {"plan": "pro", "country": "DE"}, {"country": "FR"}], start=1
        )
    ]
    assert send(kpi, secret, POINTS + parts).json()["new"] == 6
    assert values(kpi) == [61, 62, 63]
    assert set(Slice.objects.values_list("label", flat=True)) == {"DE", "DE · pro", "FR"}
    assert send(kpi, secret, parts).json() | {"import": 0} == {
        "kpi": kpi.slug,
        "new": 0,
        "changed": 0,
        "same": 3,
        "rejected": 0,
        "errors": [],
        "import": 0,
        "dry_run": False,
    }


def test_each_row_that_fails_is_named_and_none_is_taken(kpi, secret):
    bad = [
        {"period": "2026-11-01", "value": 1},
        {"period": "22.11.2026", "value": 1},
        {"period": "2999-01-01", "value": 1},
        {"period": "2026-11-02", "value": "1"},
        {"period": "2026-11-02"},
        {"period": "2026-11-02", "value": True},
        {"period": "2026-11-03", "value": 1, "dimensions": {"city": "Kiel"}},
        {"period": "2026-11-03", "value": 1, "dimensions": {"country": ["DE"]}},
        {"period": "2026-11-03", "value": 1, "version": 9},
        {"period": "2026-11-01", "value": 2},
        {"period": "2026-11-04", "value": 1, "colour": "red"},
        "x",
    ]
    response = send(kpi, secret, bad)
    assert response.status_code == 422
    assert [(one["row"], one["field"], one["code"]) for one in response.json()["error"]["errors"]] == [
        (1, "period", "not_a_date"), (2, "period", "future"), (3, "value", "not_a_number"),
        (4, "value", "missing"), (5, "value", "not_a_number"), (6, "dimensions.city", "unknown_dimension"),
        (7, "dimensions", "not_text"), (8, "version", "unknown_version"), (9, "value", "contradiction"),
        (10, "colour", "unknown_field"), (11, "", "not_an_object"),
    ]  # fmt: skip
    assert not Point.objects.exists()
    skipped = send(kpi, secret, [*bad, POINTS[1]], on_error="skip").json()
    assert (skipped["new"], skipped["rejected"], len(skipped["errors"])) == (1, 11, 11)


def test_a_dry_run_writes_nothing(kpi, secret):
    answer = send(kpi, secret, dry_run=True).json()
    assert (answer["new"], answer["import"], answer["dry_run"]) == (3, None, True)
    assert not Point.objects.exists()
    assert not SeriesImport.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe", b"[]", b'{"points": []}', b'{"points": 1}', b'{"points": [NaN]}', b"[" * 100_000,
        b'{"points": [{"period": "2026-11-01", "value": ' + b"9" * 5000 + b"}]}", b'{"a": 1, "points": [1]}',
        b'{"points": [1], "on_error": "x"}', b'{"points": [1], "dry_run": 1}', b"\0",
    ],
)  # fmt: skip
def test_what_is_no_call_is_refused_in_words(kpi, secret, body):
    response = send(kpi, secret, body=body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "malformed"


def test_more_than_a_batch_goes_through_the_bulk_door(kpi, secret, settings):
    settings.API_BATCH = 2
    response = send(kpi, secret)
    assert response.status_code == 400
    assert "more than 2 in one call" in response.json()["error"]["message"]
    assert send(kpi, secret, door="api_points_bulk").json()["new"] == 3


def test_only_a_living_token_of_that_kpi_comes_in(kpi, editor, team, now):
    url = reverse("metrics:api_points", args=[kpi.slug])
    assert Client().post(url, {}, content_type="application/json").status_code == 401
    signed_in = Client()
    signed_in.force_login(editor)
    assert signed_in.post(url, {}, content_type="application/json").status_code == 401
    assert signed_in.get(url).status_code == 405
    gone = made(editor, team=team, at=now - 2 * HOUR, expires_at=now - HOUR)
    for dead in ("pops_nothing", "x", gone):
        assert send(kpi, dead).status_code == 401
    elsewhere = made(editor, kpis=[KpiFactory(team=team)])
    assert send(kpi, elsewhere).status_code == 404
    stranger = made(UserFactory(), team=team)  # may not edit there
    assert send(kpi, stranger).status_code == 404
    mine = made(editor, kpis=[kpi])
    assert send(kpi, mine).status_code == 200
    team.memberships.filter(user=editor).delete()
    assert send(kpi, mine).status_code == 404
    editor.is_active = False
    editor.save()
    assert send(kpi, mine).status_code == 401


def test_a_secret_is_hashed_rotated_and_revoked(kpi, editor, team, now):
    first = made(editor, team=team)
    token = ApiToken.objects.get()
    assert first not in json.dumps(list(ApiToken.objects.values()), default=str)
    second = tokens.rotate(token, by=editor, at=now)
    assert [send(kpi, one).status_code for one in (first, second)] == [200, 200]
    third = tokens.rotate(token, by=editor, at=now, grace=None)
    assert [send(kpi, one).status_code for one in (first, second, third)] == [401, 401, 200]
    tokens.revoke(token, by=editor, at=now)
    assert send(kpi, third).status_code == 401
    for verb in (tokens.rotate, tokens.revoke):
        with pytest.raises(tokens.NotAlive):
            verb(token, by=editor, at=now)
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)[:1]) == ["api_token.made"]


def test_the_page_shows_a_secret_once(as_, member, team):
    client, url = as_(member), reverse("metrics:token_list")
    html = client.post(url, {"name": "Job", "team": team.pk, "lives": "30"}).content.decode()
    secret = html.split('value="pops_')[1].split('"')[0]
    assert secret not in client.get(url).content.decode()
    token = ApiToken.objects.get()
    assert tokens.find(f"pops_{secret}", at=timezone.now()) == token
    assert client.post(url, {"name": "Job"}).status_code == 422
    other = KpiFactory(team=TeamFactory())
    assert client.post(url, {"name": "Job", "kpis": [other.pk]}).status_code == 422
    assert 'value="pops_' in client.post(reverse("metrics:token_rotate", args=[token.pk])).content.decode()
    client.post(reverse("metrics:token_revoke", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_by == member
    strange = ApiToken.objects.create(
        name="x", by=UserFactory(), team=TeamFactory(), at=timezone.now(), digest="x"
    )
    assert client.post(reverse("metrics:token_revoke", args=[strange.pk])).status_code == 404


def test_too_many_calls_are_asked_to_wait(kpi, secret, settings):
    settings.API_CALLS_A_MINUTE = 2
    statuses = [send(kpi, secret).status_code for _ in range(4)]
    assert 429 in statuses
    assert statuses[0] == 200


def test_a_call_repeated_is_answered_the_same(kpi, secret):
    first = send(kpi, secret, key="a")
    second = send(kpi, secret, key="a")
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert send(kpi, secret, POINTS[:1], key="a").status_code == 409
    assert send(kpi, secret, [{}], key="b").status_code == 422
    assert send(kpi, secret, key="b").status_code == 200  # a refused call has not used up its key
    assert api.forget(before=timezone.now() + dt.timedelta(days=1)) == ApiCall.objects.count() + 2


def at_once(count, work):
    found = []

    def run(n):
        try:
            found.append(work(n))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[n]) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_one_key_fifty_times_at_once_has_one_effect_and_calls_of_one_kpi_wait(settings):
    settings.API_CALLS_A_MINUTE = 1000
    cache.clear()
    kpi = KpiFactory()
    kpi.team.memberships.create(user=kpi.owner, level=Level.EDITOR)
    token, _ = tokens.make(name="n", team=kpi.team, kpis=[], expires_at=None, by=kpi.owner, at=timezone.now())
    body = json.dumps({"points": POINTS}).encode()

    def same(n):
        return api.bring_in(kpi, body, token=token, key="same", most=10, at=timezone.now())

    found = at_once(50, same)
    assert len({json.dumps(answer, sort_keys=True) for answer, _ in found}) == 1
    assert sorted(again for _, again in found) == [False] + [True] * 49
    assert SeriesImport.objects.count() == 1

    def own(n):
        points = [{"period": str(day(dt.date(2026, 10, 1 + d)).date()), "value": n + d} for d in range(9)]
        call = json.dumps({"points": points}).encode()
        return api.bring_in(kpi, call, token=token, key="", most=10, at=timezone.now())[0]

    answers = at_once(8, own)
    assert sum(one["new"] for one in answers) == 9
    assert kpi.points.count() == 12
    assert Restatement.objects.count() == sum(one["changed"] for one in answers)
