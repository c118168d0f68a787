"""A rule asks the database the same as plain Python would answer, whatever the conditions and requests."""

import random
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination import queries
from coordination.matching import language_of, never, read_conditions, stored_conditions, takes_all
from coordination.matching.conditions import Condition, Facts, holds, matches
from coordination.models import Request, Voice
from prodops import search
from prodops.models import Segment, Tier
from tests.factories.coordination import ChannelFactory, VoiceFactory
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory, UserFactory
from tests.factories.routing import TagFactory

# word: what the index makes of it
STEMS = {
    "invoice": "invoic", "Invoices": "invoic", "INVOICED": "invoic", "export": "export", "exports": "export",
    "café": "cafe", "Cafe": "cafe", "Rechnung": "rechnung", "planning": "plan", "plans": "plan", "x9": "x9",
}  # fmt: skip
LANGUAGES = ["", "de", "DE-at", "en", "en_GB", "fr"]
AMOUNTS = [Decimal(0), Decimal("999.99"), Decimal(1000), Decimal(50_000)]


def stems(phrase):
    return [STEMS[word] for word in phrase.split()]


@pytest.fixture
def world(db, now):
    """Two hundred requests of all kinds, and what is known of each in plain Python."""
    dice = random.Random(7)
    channels, areas, tags = ChannelFactory.create_batch(2), ProductAreaFactory.create_batch(2), []
    tags = TagFactory.create_batch(3)
    person = UserFactory()
    accounts = [
        CustomerAccountFactory(tier=tier, segment=segment, arr=arr)
        for tier, segment, arr in [
            (Tier.GOLD, Segment.ENTERPRISE, Decimal(50_000)),
            (Tier.SILVER, Segment.MID, Decimal(1000)),
            (Tier.NONE, Segment.SMALL, None),
        ]
    ]
    facts, rows = {}, []
    for _ in range(200):
        said = [dice.choices(list(STEMS), k=dice.randint(1, 4)) for _ in range(2)]
        rows.append(
            (
                Request(
                    title=" ".join(said[0]),
                    problem=", ".join(said[1]),
                    submitter=person,
                    submitted_at=now,
                    changed_at=now,
                    area=dice.choice([None, *areas]),
                    channel=dice.choice([None, *channels]),
                    language=dice.choice(LANGUAGES),
                    arr_total=dice.choice(AMOUNTS),
                    stake_total=dice.choice(AMOUNTS),
                ),
                [STEMS[word] for words in said for word in words],
                dice.sample(tags, dice.randint(0, 2)),
                dice.sample(accounts, dice.randint(0, 2)),
            )
        )
    Request.objects.bulk_create([row[0] for row in rows])
    for request, lexemes, on, of in rows:
        request.tags.set(on)
        facts[request.pk] = Facts(
            channel=request.channel_id or 0,
            area=request.area_id or 0,
            tag=frozenset(tag.pk for tag in on),
            tier=frozenset(one.tier for one in of),
            segment=frozenset(one.segment for one in of),
            language=request.language,
            arr=request.arr_total,
            stake=request.stake_total,
            lexemes=tuple(lexemes),
        )
    Voice.objects.bulk_create(
        VoiceFactory.build(request=request, account=account, added_by=person)
        for request, _, _, of in rows
        for account in of
    )
    search.index_many(Request.objects.for_list())
    ids = {
        "channel": [0, *(one.pk for one in channels)],
        "area": [0, *(one.pk for one in areas)],
        "tag": [one.pk for one in tags],
    }
    return ids, facts


def conditions(ids):
    def some(kind, values):
        lists = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)
        return st.builds(Condition, st.just(kind), st.sampled_from(["is", "not"]), lists)

    phrases = st.lists(st.sampled_from(list(STEMS)), min_size=1, max_size=2).map(" ".join)
    words = st.builds(
        Condition,
        st.just("words"),
        st.sampled_from(["any", "all", "none"]),
        st.lists(phrases, min_size=1, max_size=3).map(tuple),
    )
    amounts = st.builds(
        Condition,
        st.sampled_from(["arr", "stake"]),
        st.sampled_from(["min", "max"]),
        st.sampled_from(AMOUNTS).map(lambda one: (one,)),
    )
    sets = [some(kind, values) for kind, values in ids.items()]
    sets += [
        some("tier", [one.value for one in Tier]),
        some("segment", [one.value for one in Segment]),
        some("language", ["", "de", "en", "fr"]),
    ]
    return st.lists(st.one_of(*sets, words, amounts), max_size=4)


def test_the_database_answers_as_plain_python_does(world):
    ids, facts = world

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(first=conditions(ids), second=conditions(ids))
    def check(first, second):
        assert read_conditions(stored_conditions(first)) == first
        found = {}
        for asked in (first, second):
            found[id(asked)] = set(
                Request.objects.filter(queries.compiled(asked)).values_list("pk", flat=True)
            )
            by_hand = {pk for pk, one in facts.items() if matches(asked, one, stems)}
            assert found[id(asked)] == by_hand, asked
        if takes_all(first, second):
            assert found[id(second)] <= found[id(first)]
        if never(first):
            assert not found[id(first)]

    check()


def test_whole_phrases_count_and_an_amount_is_at_least_or_below():
    facts = Facts(lexemes=("export", "invoic"), arr=Decimal(1000))
    assert holds(Condition("words", "any", ("exports Invoices",)), facts, stems)
    assert not holds(Condition("words", "any", ("invoice export",)), facts, stems)
    assert holds(Condition("arr", "min", (Decimal(1000),)), facts, stems)
    assert not holds(Condition("arr", "max", (Decimal(1000),)), facts, stems)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The export of our invoices fails when the file is large and we have to do it again", "en"),
        ("Wenn die Datei groß ist, wird der Export nicht fertig und wir müssen alles neu machen", "de"),
        ("Quand le fichier est grand, les exports ne se terminent pas et nous devons tout refaire", "fr"),
        ("Cuando el archivo es grande la exportación no termina y los clientes se quejan", "es"),
        ("Quando il file è grande non finisce e dobbiamo rifare tutto, anche per gli altri", "it"),
        ("Als het bestand groot is, wordt de export niet klaar en moeten we het opnieuw doen", "nl"),
        ("CSV export 404", ""),
        ("", ""),
    ],
)
def test_a_language_is_told_by_its_small_words_or_not_at_all(text, code):
    assert language_of(text) == code
