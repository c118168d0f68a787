"""Similar requests among 100,000, and bringing requests in, each beside its floor.

The texts are put together from parts, so that each word stands in many requests; their vectors are those of a
few hundred texts with some noise, since making 100,000 takes longer than all else here together. An answer's
floor is what none can do without: the vector of the question and the five nearest by index. An import's is
plain SQL that writes the same index entries and events.
"""

import itertools
import os
import random
import statistics
import time

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from coordination import queries
from coordination.formats import Draft
from coordination.models import Request, RoutingRule, Voice
from coordination.services import clocks, impact, imports, routing
from prodops import meaning
from prodops.models import ProductArea, Role, Segment, User

from .research import copied

MANY = int(os.environ.get("REQUESTS", "100000"))
ASKED = 60  # questions
BROUGHT_IN = 10_000
SOURCE = "bench"
RULES = 100
MOST_MS, MOST_ROUTE_MS = 60, 250
WHO = [
    "Dispatchers",
    "Drivers",
    "Planners",
    "Finance",
    "Carriers",
    "Customers",
    "New users",
    "Auditors",
    "Admins",
    "Partners",
]
WHAT = [
    "can't import",
    "lose",
    "want to export",
    "have to retype",
    "can't find",
    "wait for",
    "need to filter",
    "can't undo",
    "must approve",
    "want a report of",
    "can't share",
    "need alerts on",
    "want to merge",
    "can't print",
    "miss",
    "need an API for",
]
THING = [
    "fuel surcharges",
    "customs papers",
    "delivery slots",
    "German dates",
    "toll receipts",
    "pallet counts",
    "driver hours",
    "invoices",
    "route plans",
    "temperature logs",
    "claims",
    "carrier ratings",
    "trailer photos",
    "price lists",
    "address books",
    "e-mails",
]
WHERE = [
    "on the phone",
    "after the last update",
    "by lane",
    "for several depots",
    "in winter",
    "at night",
    "without network",
    "per customer",
    "in bulk",
    "across time zones",
    "before month end",
    "with two screens",
    "in the dark theme",
    "from the archive",
]


def _text(dice, number):
    """(title, problem) with a rare word of its own and others that stand in some hundreds."""
    title = " ".join(dice.choice(part) for part in (WHO, WHAT, THING, WHERE))
    rest = " ".join(dice.choice(part) for part in (THING, WHERE, WHAT, THING, WHO))
    return (
        title,
        f"{rest}. Ticket zq{number % 30_000}, site {dice.choice('ABCDEFGH')}{dice.randint(100, 900)}.",
    )


def fill():
    """Build the requests, their accounts, clocks and the rules where they are missing."""
    if not MANY:
        return
    if Request.objects.filter(source=SOURCE).count() < MANY:
        _bring_in()
    if not Voice.objects.filter(request__source=SOURCE).exists():
        began = time.perf_counter()
        _live_with()
        print(f"accounts, areas and clocks of {MANY:,} requests in {time.perf_counter() - began:.0f} s")
    if RoutingRule.objects.count() < RULES:
        _write_rules()


def _bring_in():
    dice = random.Random(11)
    rows = (Draft(n, str(n), *_text(dice, n)) for n in range(MANY))
    began = time.perf_counter()
    for _ in imports.bring_in(rows, source=SOURCE, sender=_sender(), at=timezone.now()):
        pass
    took = time.perf_counter() - began
    print(f"{MANY:,} requests brought in in {took:.0f} s, {MANY / took:,.0f} a second")
    began = time.perf_counter()
    _give_vectors(dice)
    imports.settle()
    print(f"their vectors and the index's words in {time.perf_counter() - began:.0f} s")


# A request that came in lately: an area, an urgency, one account in two, both clocks; some are put off.
_LIVE = [
    """UPDATE coordination_request r SET urgency = 1 + n %% 4,
      area_id = areas.ids[1 + n %% array_length(areas.ids, 1)],
      submitted_at = %(at)s - n * interval '3 minutes', changed_at = %(at)s - n * interval '3 minutes',
      snoozed_until = CASE WHEN n %% 25 = 0 THEN %(at)s + interval '9 days' END
    FROM (SELECT array_agg(id ORDER BY id) AS ids FROM prodops_productarea) areas,
      (SELECT id, external_id::int AS n FROM coordination_request WHERE source = 'bench') numbered
    WHERE r.id = numbered.id""",
    """INSERT INTO coordination_voice (request_id, account_id, words, contact, source, revenue, currency,
      arr_currency_then, tier_then, segment_then, deal_name, deal_currency, deal_stage, added_by_id, added_at)
    SELECT r.id, accounts.ids[1 + n * 7 %% array_length(accounts.ids, 1)], '', '', 'import',
      CASE WHEN n %% 4 = 0 THEN 1000 + n %% 90000 END, CASE WHEN n %% 4 = 0 THEN 'EUR' ELSE '' END,
      '', '', '', '', '', '', r.submitter_id, r.submitted_at
    FROM (SELECT *, external_id::int AS n FROM coordination_request WHERE source = 'bench') r,
      (SELECT array_agg(id ORDER BY id) AS ids FROM prodops_customeraccount
        WHERE slug LIKE 'bench-%%') accounts
    WHERE n %% 2 = 0""",
    """INSERT INTO coordination_clock
      (request_id, kind, policy_id, by_rule, minutes, started_at, pauses, due_at, told)
    SELECT r.id, k.kind, (SELECT min(id) FROM coordination_slapolicy), false, 480, r.submitted_at, '[]',
      %(at)s + ((r.external_id::int * 7919) %% 60000 - 6000 + k.more) * interval '1 minute', 0
    FROM coordination_request r, (VALUES ('response', 0), ('decision', 5000)) AS k (kind, more)
    WHERE r.source = 'bench' ON CONFLICT DO NOTHING""",
]


def _live_with():
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _LIVE:
            cursor.execute(statement, {"at": timezone.now()})
    ids = list(Request.objects.filter(source=SOURCE).values_list("pk", flat=True))
    for some in itertools.batched(ids, 5_000, strict=False):
        clocks.sync(some)
    impact.recount_all()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE coordination_request, coordination_voice, coordination_clock")


def _write_rules():
    """A hundred of all kinds; each goes on, so that all are tried."""
    area, by = ProductArea.objects.order_by("pk").first(), _sender().by
    asked = [
        lambda n: ("words", "any", [f"zq{n * 11}", THING[n % len(THING)]]),
        lambda n: ("stake", "min", [str(1000 * n)]),
        lambda n: ("segment", "is", [Segment.ENTERPRISE]),
        lambda n: ("words", "all", [THING[n % len(THING)], "depots"]),
        lambda n: ("tier", "not", ["gold"]),
    ]
    have = RoutingRule.objects.count()
    for n in range(have, RULES):
        RoutingRule.objects.create(
            name=f"Bench {n}",
            position=1000 + n,
            conditions=[
                dict(zip(("kind", "op", "values"), asked[place % 5](n), strict=True)) for place in (n, n + 1)
            ],
            goes_on=True,
            area=area,
            changed_by=by,
            changed_at=timezone.now(),
        )


def _routing():
    """Trying all rules on one request that comes in, beside the bare query that tells whether it is there."""
    request = Request.objects.filter(source=SOURCE).order_by("-submitted_at").first()
    times: dict[str, list[float]] = {"ours": [], "floor": []}
    for _ in range(9):
        with transaction.atomic():
            began = time.perf_counter()
            routing.route(request, at=timezone.now())
            times["ours"].append(time.perf_counter() - began)
            transaction.set_rollback(True)
        began = time.perf_counter()
        Request.objects.for_list().get(pk=request.pk)
        times["floor"].append(time.perf_counter() - began)
        request.refresh_from_db()
    ours, floor = (statistics.median(times[one]) for one in ("ours", "floor"))
    return f"{RoutingRule.objects.count()} rules on one of {MANY:,}", ours, floor, MOST_ROUTE_MS / 1000


def _sender():
    return imports.Sender(User.objects.filter(role=Role.PRODUCT_OPS).order_by("pk").first())


def _give_vectors(dice):
    """Write vectors with the indexes away: building those at the end takes a fifth of the time."""
    texts = [meaning.text_of(*_text(dice, n)) for n in range(320)]
    real = np.vstack([meaning.embed(list(part)) for part in itertools.batched(texts, 16, strict=False)])
    noise = np.random.default_rng(5)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'prodops_searchentry'"
            " AND indexdef LIKE '%USING hnsw%'"
        )
        known = cursor.fetchall()
        for name, _ in known:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(
            "CREATE TEMPORARY TABLE vectors (n integer PRIMARY KEY, v halfvec(384)) ON COMMIT DROP"
        )
        with cursor.copy("COPY vectors FROM STDIN") as copy:
            for n in range(MANY):
                one = real[n % len(real)] + noise.normal(0, 0.02, real.shape[1])
                copy.write_row((n, f"[{','.join(f'{x:.4g}' for x in one / np.linalg.norm(one))}]"))
        cursor.execute(
            "UPDATE prodops_searchentry e SET embedded_key = meaning_key, embedding = v.v"
            " FROM vectors v JOIN coordination_request r ON r.source = 'bench' AND r.external_id = v.n::text"
            " WHERE e.kind = 'request' AND e.object_id = r.id AND e.embedding IS NULL"
        )
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        for _, made in known:
            cursor.execute(made)


def jobs():
    """[(what, seconds, seconds of its floor, seconds it may take)]."""
    return [*_similar(), _routing(), _import()]


def _similar():
    if meaning.model() is None:
        return
    dice = random.Random(23)
    asked = [_text(dice, dice.randrange(30_000)) for _ in range(ASKED)]
    asked += [(_typo(dice, title), "") for title, _ in asked]
    times: dict[str, list[float]] = {"ours": [], "floor": []}
    queries.similar_requests(*asked[0])
    for title, body in asked:
        began = time.perf_counter()
        queries.similar_requests(f"{title} please", body)
        times["ours"].append(time.perf_counter() - began)
        began = time.perf_counter()
        vector = meaning.of_query(f"{title}. {body}")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT object_id FROM prodops_searchentry WHERE kind = 'request'"
                " ORDER BY embedding <=> %s::halfvec LIMIT 5",
                [str(vector)],
            )
            cursor.fetchall()
        times["floor"].append(time.perf_counter() - began)
    for what, pick in (
        ("p50", statistics.median),
        ("p95", lambda all_: statistics.quantiles(all_, n=20)[-1]),
    ):
        count = Request.objects.count()
        yield f"similar among {count:,}, {what}", pick(times["ours"]), pick(times["floor"]), MOST_MS / 1000


def _typo(dice, text):
    """One letter in six words is another's neighbour."""
    words = text.split()
    place = dice.randrange(len(words))
    word = words[place]
    if len(word) > 3:
        at = dice.randrange(1, len(word) - 1)
        words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def _import():
    dice = random.Random(7)
    rows = [Draft(n, str(n), *_text(dice, n)) for n in range(BROUGHT_IN)]
    with transaction.atomic():
        began = time.perf_counter()
        for _ in imports.bring_in(rows, source="bench-again", sender=_sender(), at=timezone.now()):
            pass
        took = time.perf_counter() - began
        these = "SELECT id FROM coordination_request WHERE source = 'bench-again'"
        floor = sum(
            (
                copied("prodops_searchentry", f"kind = 'request' AND object_id IN ({these})"),
                copied("prodops_event", f"subject_type = 'coordination.request' AND subject_id IN ({these})"),
            )
        )
        transaction.set_rollback(True)
    return f"import of {BROUGHT_IN:,} requests", took, floor, BROUGHT_IN / 1_000
