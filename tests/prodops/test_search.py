import datetime as dt
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from prodops import queries
from prodops.access import Can
from prodops.marking import Marker
from prodops.models import SearchEntry
from prodops.services import vocabulary
from tests.factories.prodops import TeamFactory, UserFactory

AT = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def entry(title, body="", *, kind="account", can=Can.ACCOUNT_READ, days=0, **fields):
    return SearchEntry.objects.create(
        kind=kind,
        object_id=fields.pop("object_id", None) or SearchEntry.objects.count() + 1,
        title=title,
        body=body,
        url=fields.pop("url", "/x/"),
        capability=can,
        happened_at=AT + dt.timedelta(days=days),
        **fields,
    )


def titles(text, user, **options):
    return [hit.entry.title for hit in queries.search(text, user=user, **options).hits()]


@pytest.fixture
def library(db):
    entry("Invoices arrive late", "Customers wait a week for the invoice.")
    entry("Fuel surcharge", "The invoice shows a surcharge nobody agreed to. Nobody explains it.")
    entry("Café onboarding in Málaga", "Tomás imported 300 loads.")
    entry("Studies of dispatch", "Dispatchers drag loads between trucks.")
    vocabulary.refresh()


def test_a_word_in_the_title_comes_before_one_in_the_body(library, member):
    assert titles("invoice", member) == ["Invoices arrive late", "Fuel surcharge"]


def test_the_more_of_the_words_the_further_up(library, member):
    assert titles("invoice surcharge", member)[0] == "Fuel surcharge"


@pytest.mark.parametrize("text", ["cafe malaga", "CAFÉ", "tomás", "Tomas imported", "Málaga"])
def test_accents_and_case_do_not_matter(library, member, text):
    assert titles(text, member)[0] == "Café onboarding in Málaga"


@pytest.mark.parametrize(
    ("typo", "meant"), [("invoicce", "invoices"), ("surchage", "surcharge"), ("dispach", "dispatch")]
)
def test_a_typo_finds_what_was_meant_and_says_so(library, member, typo, meant):
    found = queries.search(typo, user=member)
    assert found.hits()
    assert [word for _, word in found.repairs] == [meant]


def test_a_word_newer_than_the_vocabulary_is_found(library, member):
    entry("Tachograph rules")
    found = queries.search("tachograph", user=member)
    assert [hit.entry.title for hit in found.hits()] == ["Tachograph rules"]
    assert found.repairs == []


def test_quotes_minus_and_or_are_obeyed(library, member):
    assert titles('"late invoice"', member) == []
    assert titles('"invoices arrive"', member) == ["Invoices arrive late"]
    assert titles("invoice -surcharge", member) == ["Invoices arrive late"]
    assert set(titles("cafe OR dispatch", member)) == {"Café onboarding in Málaga", "Studies of dispatch"}
    assert titles("-invoice", member) == []


def test_the_last_word_is_a_beginning_while_typing(library, member):
    assert [hit.entry.title for hit in queries.jump("onb", user=member).hits()] == [
        "Café onboarding in Málaga"
    ]
    assert queries.jump("invoices arr", user=member).hits()[0].entry.title == "Invoices arrive late"
    assert titles("onb", member) == []


def test_an_exact_title_comes_first(library, member):
    for n in range(5):
        entry("Dispatch dispatch dispatch", days=n)
    entry("Dispatch", "about many other things " * 50, days=-9)
    assert titles("dispatch", member)[0] == "Dispatch"


class TestPermissions:
    def test_what_the_role_may_not_read_is_not_found(self, submitter, member):
        entry("Secret insight", can=Can.RESEARCH_READ)
        assert titles("secret", submitter) == []
        assert titles("secret", member) == ["Secret insight"]

    def test_what_is_for_a_team_or_a_person_is_found_by_them_only(self, member, team):
        other = TeamFactory()
        stranger = UserFactory()
        entry("Ours plan", team_ids=[team.pk])
        entry("Theirs plan", team_ids=[other.pk])
        entry("Mine plan", user_ids=[member.pk], team_ids=[])
        entry("Yours plan", user_ids=[stranger.pk])
        entry("Nobody's plan", user_ids=[])
        assert set(titles("plan", member)) == {"Ours plan", "Mine plan"}
        assert titles("plan", stranger) == ["Yours plan"]

    def test_counts_facets_and_repairs_leak_nothing(self, submitter):
        entry("Zanzibar merger", can=Can.RESEARCH_READ, kind="person")
        vocabulary.refresh()
        for text in ("zanzibar", "zanzibra", '"zanzibar merger"', "zanz"):
            for found in (queries.search(text, user=submitter), queries.jump(text, user=submitter)):
                assert found.hits() == []
                assert (found.facets, found.repairs, found.everything) == ([], [], "0")

    def test_the_page_shows_nothing_of_it_either(self, as_, submitter, member):
        entry("Zanzibar merger", can=Can.RESEARCH_READ)
        for name in ("search", "palette"):
            for text in ("zanzibar", "zanzibra"):
                assert "merger" not in as_(submitter).get(reverse(name), {"q": text}).text
        assert "merger" in as_(member).get(reverse("search"), {"q": "zanzibar"}).text


class TestMany:
    @pytest.fixture
    def crowd(self, member):
        SearchEntry.objects.bulk_create(
            SearchEntry(
                kind="account" if n % 4 else "person",
                object_id=n,
                title=f"Load {n}",
                body="truck",
                url="/x/",
                capability=Can.ACCOUNT_READ,
                happened_at=AT + dt.timedelta(minutes=n),
            )
            for n in range(1_300)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE prodops_searchentry")
        vocabulary.refresh()

    def test_hits_of_a_common_word_are_capped_and_newest_first(self, crowd, member):
        found = queries.search("truck", user=member)
        assert found.everything == "1,000+"
        assert [hit.entry.title for hit in found.hits()][:2] == ["Load 1299", "Load 1298"]
        assert sum(count for _, count in found.facets) == 1_000

    def test_a_kind_beyond_the_cap_is_looked_for_by_itself(self, crowd, member):
        found = queries.search("truck", user=member, kind="person")
        assert len(found.ids) == 325
        assert {hit.entry.kind for hit in found.hits()} == {"person"}

    def test_a_rare_word_among_common_ones_leads(self, crowd, member):
        entry("Truck of gold", kind="account")
        assert titles("truck load gold", member)[0] == "Truck of gold"

    def test_the_queries_are_few(self, crowd, member, as_):
        for text, kind, most in (("truck", "", 8), ("truck", "person", 8), ("load 7", "", 7)):
            client = as_(member)
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("search"), {"q": text, "kind": kind})
            assert len(captured) <= most, (text, kind)


HOSTILE = [
    *(
        "",
        " ",
        "\0",
        "'",
        "''",
        '"',
        '"""',
        "\\",
        "\\'",
        "'; DROP TABLE prodops_user; --",
        "a & b",
        "!",
        "!!a",
    ),
    *(
        "<->",
        ":*",
        "a:*",
        "(",
        ")",
        "((((",
        "-",
        "--",
        "- -a",
        '-"',
        '-"a',
        "OR",
        "OR OR",
        "a OR",
        " OR a",
        "%",
        "_",
    ),
    *(
        "the and of",
        "\u202e\u0000",
        "😀",
        "a" * 5000,
        "a " * 3000,
        "é" * 400,
        "ﬃ",
        "١٢٣",
        "İstanbul",
        "ß",
        "漢字",
    ),
    *("<script>alert(1)</script>", "{{7*7}}", "x' | 'y", "x\\' | 'y':*", "-1e400"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_input_breaks_search(library, member, text):
    for found in (queries.search(text, user=member), queries.jump(text, user=member)):
        assert isinstance(found.hits(), list)


def test_random_input_breaks_nothing(library, member):
    dice = random.Random(7)
    pieces = [
        "invoice",
        '"',
        "-",
        " OR ",
        "'",
        "\\",
        ":",
        "*",
        "&",
        "|",
        "!",
        "(",
        ")",
        " ",
        "é",
        "the",
        "\0",
        "<",
        "x",
    ]
    for _ in range(150):
        text = "".join(dice.choices(pieces, k=dice.randint(1, 12)))
        queries.search(text, user=member).hits()
        queries.jump(text, user=member).hits()


class TestMarking:
    def test_words_are_marked_and_the_rest_is_escaped(self):
        marker = Marker(["invoic", "studi", "run"])
        html = marker.marked("<b>Invoices</b> & running a study, invoiceless runtime")
        assert html == (
            "&lt;b&gt;<mark>Invoices</mark>&lt;/b&gt; &amp; <mark>running</mark> a <mark>study</mark>,"
            " invoiceless runtime"
        )

    def test_what_the_stemmer_takes_for_the_same_word_is_marked(self):
        found = Marker(["import"]).marked("an important import, imported importance; improper imports")
        assert found == (
            "an <mark>important</mark> <mark>import</mark>, <mark>imported</mark> <mark>importance</mark>;"
            " improper <mark>imports</mark>"
        )

    def test_the_excerpt_is_where_most_words_are(self):
        text = (
            "An invoice here. "
            + "Filler words go on. " * 60
            + "The late invoice has a surcharge. "
            + "More. " * 90
        )
        shown = Marker(["invoic", "surcharg", "late"]).excerpt(text)
        assert "<mark>late</mark> <mark>invoice</mark> has a <mark>surcharge</mark>" in shown
        assert shown.startswith("… ")

    def test_markup_in_what_was_found_stays_text(self, member, as_):
        entry("<img src=x onerror=alert(1)> evil", "<script>evil()</script> evil")
        page = as_(member).get(reverse("search"), {"q": "evil"}).text
        assert "<img src=x" not in page
        assert "<script>evil" not in page
        assert "<mark>evil</mark>" in page
