"""The catalogue: who sees and changes what, verification, use, badges, and the clean-up."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from metrics.models import AccessKind, CleanUp, Dashboard, DashboardKind, DashboardUse, LinkState
from metrics.queries.badges import badges, facts
from metrics.services import boards, clean_up, dashboards
from prodops.models import Event, Notification, Role, SearchEntry
from tests.factories.dashboards import BoardFactory, DashboardFactory, PanelFactory, board_with
from tests.factories.metrics import FlagFactory, IncidentFactory, KpiFactory, PointFactory  # noqa: F401
from tests.factories.prodops import TeamFactory, UserFactory

ADD, BOARD = "/metrics/dashboards/add/", "/metrics/dashboards/new-board/"


def entry(team, **fields):
    return {
        **{"name": "Weekly sales", "url": "bi.example.com/sales", "tool": "metabase", "team": team.pk},
        **{"access": AccessKind.ASK, "how_to_ask": "Write to data@", "review_days": 91},
        **fields,
    }


def test_a_member_lists_a_dashboard_of_another_tool(as_, member, team):
    DashboardFactory(tool="Metabase")
    response = as_(member).post(ADD, entry(team, roles=["submitter"], owner=member.pk))
    made = Dashboard.objects.get(name="Weekly sales")
    assert response.url == reverse("metrics:dashboard_detail", args=[made.pk])
    assert (made.kind, made.tool, made.url) == (
        DashboardKind.LINK,
        "Metabase",
        "https://bi.example.com/sales",
    )
    assert Event.objects.filter(verb="dashboard.added", subject_id=made.pk).count() == 1
    assert SearchEntry.objects.filter(kind="dashboard", object_id=made.pk).exists()


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "data:text/html,x", "ftp://a.example/x", "file:///etc/passwd", "https://"),
        *("https://me:secret@bi.example.com/", "https://bi.example.com/ x", "https://[bad/", "vbscript://x"),
        *("https://bi.example.com\\@evil.org/", "https://bi.example.com:port/", "//bi.example.com/x\r\nA: b"),
    ],
)
def test_a_link_is_a_page_of_the_web_and_tells_no_secret(as_, member, team, url):
    response = as_(member).post(ADD, entry(team, url=url))
    assert response.status_code == 422
    assert not Dashboard.objects.exists()


def test_a_member_lists_in_the_name_of_their_own_teams_only(as_, member):
    assert as_(member).post(ADD, entry(TeamFactory())).status_code == 422


@pytest.mark.parametrize(
    ("share", "sees"),
    [
        ({}, {Role.PRODUCT_OPS, Role.ADMIN}),
        ({"roles": [Role.SUBMITTER]}, {Role.SUBMITTER, Role.PRODUCT_OPS, Role.ADMIN}),
        ({"roles": [Role.MEMBER]}, {Role.MEMBER, Role.PRODUCT_OPS, Role.ADMIN}),
        ({"teams": True}, {Role.MEMBER, Role.PRODUCT_OPS, Role.ADMIN}),
    ],
)
def test_a_board_is_seen_by_whom_it_is_shared_with_in_lists_pages_and_search(as_, people, team, share, sees):
    board = BoardFactory()
    owner = board.owner
    boards.share(
        board,
        roles=share.get("roles", []),
        teams=[team] if share.get("teams") else [],
        by=owner,
        at=board.added_at,
    )
    for role, user in people.items():
        status = as_(user).get(reverse("metrics:board", args=[board.pk])).status_code
        assert status == (200 if role in sees else 404), role
        found = SearchEntry.objects.filter(kind="dashboard").visible_to(user).exists()
        listed = Dashboard.objects.visible_to(user).exists()
        assert listed == (role in sees)
        assert found <= listed, "search shows nobody what they may not open"
    assert Dashboard.objects.visible_to(owner).exists()


def test_what_lives_elsewhere_is_seen_by_all_and_changed_by_its_own(as_, people, team):
    mine, other = DashboardFactory(team=team), DashboardFactory()
    for role, user in people.items():
        client = as_(user)
        assert client.get(f"/metrics/dashboards/{other.pk}/").status_code == 200
        may = {Role.SUBMITTER: 403, Role.MEMBER: 404}.get(role, 302)
        assert client.post(f"/metrics/dashboards/{other.pk}/verify/").status_code == may
        own = 403 if role == Role.SUBMITTER else 302
        assert client.post(f"/metrics/dashboards/{mine.pk}/verify/").status_code == own
        run = 200 if role in (Role.PRODUCT_OPS, Role.ADMIN) else 403
        assert client.get("/metrics/dashboards/clean-up/").status_code == run
        assert client.get("/metrics/dashboards/hosts/").status_code == run


def test_verifying_holds_until_its_review_and_ends_with_somebody_elses_edit(db, now):
    one = DashboardFactory(review_days=30)
    dashboards.verify(one, by=one.owner, at=now)
    assert one.verified_until == now + dt.timedelta(days=30)
    dashboards.edit(one, name="By the one who verified", by=one.owner, at=now)
    dashboards.edit(one, how_to_ask="Not what was verified", by=UserFactory(), at=now)
    assert one.verified_by_id == one.owner_id
    dashboards.edit(one, purpose="Something else", by=UserFactory(), at=now)
    assert (one.verified_by_id, one.verified_until) == (None, None)


def test_an_owner_is_reminded_once_a_verification(db, now, django_capture_on_commit_callbacks):
    one = DashboardFactory(review_days=30)
    dashboards.verify(one, by=one.owner, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        later = [dashboards.remind(at=now + dt.timedelta(days=days)) for days in (10, 24, 25, 31)]
    assert later == [0, 1, 0, 0]
    assert Notification.objects.filter(recipient=one.owner).count() == 1
    dashboards.verify(one, by=one.owner, at=now + dt.timedelta(days=31))
    assert dashboards.remind(at=now + dt.timedelta(days=60)) == 1


def test_anybody_may_warn_and_verifying_takes_the_warning_away(as_, submitter, now):
    one = DashboardFactory()
    page = f"/metrics/dashboards/{one.pk}/"
    assert as_(submitter).post(f"{page}stale/", {"reason": " "}).status_code == 422
    assert as_(submitter).post(f"{page}stale/", {"reason": "It counts demo accounts"}).status_code == 302
    one.refresh_from_db()
    assert one.stale_reasons(now)[0] == "It counts demo accounts"
    assert "It counts demo accounts" in as_(submitter).get(page).content.decode()
    dashboards.verify(one, by=one.owner, at=now)
    assert one.stale_reasons(now) == []


def test_opens_are_counted_a_person_and_day(as_, people, now):
    one = DashboardFactory()
    for user in people.values():
        for headers in ({}, {}, {"Sec-Purpose": "prefetch;prerender"}):
            response = as_(user).get(f"/metrics/dashboards/{one.pk}/open/", headers=headers)
            assert response.url == one.url
    assert sorted(DashboardUse.objects.values_list("times", flat=True)) == [2, 2, 2, 2]
    assert Dashboard.objects.with_use(now).get().used_by == 4
    assert Dashboard.objects.with_use(now + dt.timedelta(days=40)).get().used_by == 0


def test_the_badges_say_why(db, now):
    kpi = KpiFactory(approved=True, verified_by=UserFactory(), verified_at=now, verified_until=now.date())
    one = DashboardFactory(link_state=LinkState.ANSWERS, link_since=now, link_checked_at=now)

    def given():
        row = Dashboard.objects.with_kpis().select_related("owner").get()
        known = facts([kpi.pk], at=now) if row.kpi_ids else {}
        return {badge.name: badge for badge in badges(row, list(known.values()), at=now)}

    assert not given()["Accurate"].given
    one.shown.create(kpi=kpi, version=kpi.count_version)
    assert "No value yet" in given()["Up to date"].reasons[0]
    PointFactory(
        kpi=kpi, period=(now - dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    )
    assert all(badge.given for badge in given().values()), given()

    IncidentFactory(kpi=kpi, severity=1)
    assert given()["Accurate"].reasons == (f"An incident is open: {kpi.name}",)
    kpi.incidents.update(severity=3)
    assert "Not for decisions now" in given()["Accurate"].reasons[0]
    kpi.points.update(period=now - dt.timedelta(days=30))
    assert "overdue" in given()["Up to date"].reasons[0]
    Dashboard.objects.update(link_state=LinkState.BROKEN, link_words="Answers 404", access=AccessKind.ASK)
    one.owner.is_active = False
    one.owner.save()
    assert len(given()["Accessible"].reasons) == 3


def test_the_list_narrows_and_is_a_file(as_, member, team, now):
    kpi = KpiFactory()
    old = now - dt.timedelta(days=200)
    unused = DashboardFactory(name="Unused", tool="Looker", added_at=old, team=team)
    broken = DashboardFactory(name="Broken", link_state=LinkState.BROKEN, link_since=now, owner=member)
    board = board_with(1, name="Board", team=team, owner=member)
    PanelFactory(dashboard=board, kpi=kpi, position=1)
    dashboards.verify(broken, by=member, at=now)
    client = as_(member)

    def names(**query):
        text = client.get("/metrics/dashboards/", {"format": "csv", **query}).getvalue().decode("utf-8-sig")
        return sorted(row["Name"] for row in csv.DictReader(io.StringIO(text)))

    assert names() == ["Board", "Broken", "Unused"]
    assert names(show="stale") == ["Board", "Unused"]
    assert names(show="broken") == ["Broken"]
    assert names(show="unused") == ["Unused"]
    assert names(show="boards") == ["Board"]
    assert names(show="mine") == ["Board", "Broken"]
    assert names(tool="Looker") == ["Unused"]
    assert names(owner=member.pk) == ["Board", "Broken"]
    assert names(team=team.pk) == ["Board", "Unused"]
    assert names(kpi=kpi.slug) == ["Board"]
    dashboards.archive(unused, by=member, at=now)
    assert names(show="archived") == ["Unused"]
    assert names(tool="Looker") == ["Board", "Broken"]  # no tool in use any more: filters nothing


@pytest.fixture
def queue(db, now):
    old = now - dt.timedelta(days=200)
    return [DashboardFactory(name=f"Old {n}", added_at=old) for n in range(3)]


def test_the_clean_up_decides_in_bulk_and_takes_it_back(as_, ops, queue, now):
    client = as_(ops)
    page = client.get("/metrics/dashboards/clean-up/").content.decode()
    assert page.count("Nobody has ever opened it") == 3
    client.post("/metrics/dashboards/clean-up/archive/", {"pk": [queue[0].pk, queue[1].pk, "x", 2**70]})
    client.post("/metrics/dashboards/clean-up/keep/", {"pk": queue[2].pk})
    assert Dashboard.objects.to_clean_up(now).count() == 0
    assert Dashboard.objects.to_clean_up(now + dt.timedelta(days=91)).get() == queue[2]
    for decision in CleanUp.objects.all():
        client.post(f"/metrics/dashboards/clean-up/{decision.pk}/undo/")
    assert Dashboard.objects.to_clean_up(now).count() == 3
    assert CleanUp.objects.filter(undone_by=ops).count() == 2


def test_undo_leaves_alone_what_was_changed_since(db, queue, ops, now):
    new, newer = UserFactory(), UserFactory()
    decision = clean_up.reassign(queue, new, by=ops, at=now)
    dashboards.edit(queue[0], owner=newer, by=ops, at=now)
    assert clean_up.undo(decision, by=ops, at=now) == 2
    assert Dashboard.objects.get(pk=queue[0].pk).owner == newer
    assert not Dashboard.objects.filter(owner=new).exists()
    with pytest.raises(clean_up.NothingToDo):
        clean_up.undo(decision, by=ops, at=now)


def test_a_new_owner_is_told_and_deciding_twice_does_nothing(
    db, queue, ops, now, django_capture_on_commit_callbacks
):
    new = UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        clean_up.reassign(queue[:1], new, by=ops, at=now)
    assert Notification.objects.filter(recipient=new).count() == 1
    with pytest.raises(clean_up.NothingToDo):
        clean_up.reassign(queue[:1], new, by=ops, at=now)
    clean_up.archive(queue[:1], by=ops, at=now)
    with pytest.raises(clean_up.NothingToDo):
        clean_up.archive(queue[:1], by=ops, at=now)
