"""Fernway's dashboards: five of other tools, of which one is stale and one is broken, and two boards."""

import datetime as dt

from metrics.models import (
    AccessKind,
    CheckedHost,
    Dashboard,
    DashboardKind,
    DashboardUse,
    LinkState,
    Panel,
    PanelKind,
    PanelWidth,
)
from metrics.services import boards, dashboards, digests
from prodops.models import Role

HOST = "fernway.metabaseapp.example"
V, T, G, S, B = PanelKind.VALUE, PanelKind.TREND, PanelKind.TARGET, PanelKind.SPARK, PanelKind.TABLE
# key: name, link, tool, owner, team; purpose; for whom, roles, how to ask, review days; KPIs, days ago
LINKS = {
    "funnel": (
        *("Trial funnel", f"https://{HOST}/dashboard/14-funnel", "Metabase", "maya", "onboarding"),
        "From sign-up to the first planned route, by week of sign-up. Looked at each Tuesday.",
        *(
            "Onboarding, and whoever sells trials",
            [Role.MEMBER, Role.SUBMITTER],
            "Ask in #data for a seat.",
            91,
        ),
        *(("activation-day-7", "time-to-first-route", "new-trials"), 320),
    ),
    "support": (
        *("Support load", f"https://{HOST}/dashboard/9-support", "Metabase", "marek", "support"),
        "Tickets by product area and hour; the rota is planned by it.",
        *("Support and product leads", [Role.SUBMITTER], "Marek lets you in.", 91),
        *(("support-tickets-per-100-accounts", "first-response-time"), 300),
    ),
    "revenue": (
        *(
            "Revenue, official",
            "https://lookerstudio.example/fernway/revenue",
            "Looker Studio",
            "luca",
            "money",
        ),
        "Recurring revenue and retention as finance closes them each month.",
        *("Leadership", [Role.PRODUCT_OPS], "Write to finance@fernway.example and say why.", 30),
        *(("monthly-recurring-revenue", "net-revenue-retention"), 340),
    ),
    "drivers": (
        *("Driver app health", "https://grafana.fernway.example/d/drv01", "Grafana", "sanne", "driver"),
        "Crashes, battery and position age of the driver app, live.",
        *("Driver team on call", [Role.MEMBER], "Everybody with a company account gets in.", 182),
        *(("driver-app-weekly-use", "truck-position-age"), 250),
    ),
    "old-board": (
        *(
            "Planning board adoption 2024",
            f"https://{HOST}/dashboard/3-adoption",
            "Metabase",
            "dele",
            "planning",
        ),
        "How many dispatchers had moved to the new planning board.",
        *("Planning", [Role.MEMBER], "Ask in #data for a seat.", 182),
        *(("weekly-active-dispatchers",), 360),
    ),
}
# name: (owner, team, purpose, for whom, roles, [(KPI, kind, width)])
BOARDS = {
    "Monday review": (
        *("tomas", "product-ops", "The numbers we open the week with, and what is wrong with them."),
        *("Product leads, sales and support", [Role.MEMBER, Role.SUBMITTER]),
        [
            ("weekly-active-dispatchers", T, 2),
            ("import-success-first-try", G, 2),
            ("activation-day-7", T, 1),
            ("time-to-first-route", T, 1),
            ("support-tickets-per-100-accounts", S, 1),
            ("new-trials", S, 1),
            ("net-revenue-retention", T, 2),
            ("monthly-recurring-revenue", V, 1),
            ("invoices-without-correction", V, 1),
        ],
    ),
    "Driver experience": (
        *("sanne", "driver", "How the day goes for drivers and for those who wait for them."),
        *("Driver team", [Role.MEMBER]),
        [
            ("driver-app-weekly-use", T, 2),
            ("eta-within-30-minutes", T, 2),
            ("photo-proof-within-hour", B, 2),
            ("truck-position-age", S, 1),
            ("portal-tracking-visits", V, 1),
        ],
    ),
}
USED = {  # name: how many people open it on how many of the last 30 days
    "Monday review": (9, 12),
    "Driver experience": (4, 10),
    "Trial funnel": (6, 8),
    "Support load": (3, 20),
    "Revenue, official": (4, 5),
    "Driver app health": (2, 14),
}


def build(world):
    people = world.people
    CheckedHost.objects.create(host=HOST, added_by=people["tomas"], added_at=world.moment(200, 10))
    made = {key: _link(row, world) for key, row in LINKS.items()}
    boards_made = [_board(name, row, world) for name, row in BOARDS.items()]
    verified = [*((made[key], 20) for key in ("funnel", "drivers")), (made["support"], 60)]
    for dashboard, days_ago in [*verified, *((board, 12) for board in boards_made)]:
        dashboards.verify(dashboard, by=dashboard.owner, at=world.moment(days_ago, 9, 30))
    dashboards.verify(made["revenue"], by=people["luca"], at=world.moment(44, 16))  # has run out since
    dashboards.call_stale(
        made["old-board"],
        reason="Counts the board of 2024: the old event names stopped in spring. Use Monday review.",
        by=people["dele"],
        at=world.moment(30, 11),
    )
    for key in ("funnel", "support"):
        _found(made[key], LinkState.ANSWERS, "Answers 200 OK", world.moment(150, 6), world)
    _found(
        made["old-board"], LinkState.BROKEN, "Answers 404 Not Found", world.moment(9, 6), world, failures=36
    )
    for key in ("revenue", "drivers"):
        host = made[key].url.split("/")[2]
        words = f"{host} is not on the list of hosts whose links are checked."
        _found(made[key], LinkState.UNCHECKED, words, world.moment(150, 6), world)
    for reader in ("maya", "priya"):
        digests.subscribe(boards_made[0], by=people[reader], at=world.moment(40, 10))
    _uses(world)
    world.say(f"  metrics: {len(made)} dashboards of other tools, {len(boards_made)} boards")


def _link(row, world):
    name, url, tool, owner, team, purpose, audience, roles, ask, days, kpis, ago = row
    return dashboards.add(
        kind=DashboardKind.LINK,
        name=name,
        url=url,
        tool=tool,
        owner=world.people[owner],
        team=world.teams[team],
        purpose=purpose,
        audience=audience,
        roles=roles,
        access=AccessKind.EVERYBODY if tool == "Grafana" else AccessKind.ASK,
        how_to_ask=ask,
        review_days=days,
        kpis=[world.kpis[slug] for slug in kpis],
        by=world.people[owner],
        at=world.moment(ago, 14),
    )


def _board(name, row, world):
    owner, team, purpose, audience, roles, panels = row
    by, at = world.people[owner], world.moment(90, 15)
    board = dashboards.add(
        kind=DashboardKind.BOARD,
        name=name,
        tool="",
        owner=by,
        team=world.teams[team],
        purpose=purpose,
        audience=audience,
        how_to_ask=f"Ask {by.name}.",
        review_days=30,
        by=by,
        at=at,
    )
    Panel.objects.bulk_create(
        Panel(
            dashboard=board,
            kpi=world.kpis[slug],
            version_id=world.kpis[slug].count_version_id,
            kind=kind,
            width=PanelWidth(width),
            position=place,
        )
        for place, (slug, kind, width) in enumerate(panels)
    )
    boards.share(board, roles=roles, teams=[], by=by, at=at)
    return board


def _found(dashboard, state, words, since, world, *, failures=0):
    Dashboard.objects.filter(pk=dashboard.pk).update(
        link_state=state,
        link_words=words,
        link_since=since,
        link_checked_at=world.moment(0, 6),
        link_failures=failures,
    )


def _uses(world):
    dice = world.dice("metrics:dashboards:uses")
    everyone = sorted(world.people)
    rows = []
    for name, (readers, days) in USED.items():
        dashboard = Dashboard.objects.get(name=name)
        for reader in dice.sample(everyone, readers):
            for days_ago in sorted(dice.sample(range(30), days)):
                day = world.today - dt.timedelta(days=days_ago)
                if day.weekday() < 5:
                    rows.append(
                        DashboardUse(
                            dashboard=dashboard, user=world.people[reader], day=day, times=dice.randint(1, 3)
                        )
                    )
    DashboardUse.objects.bulk_create(rows)
