import datetime as dt

import pytest
from django.http import QueryDict
from django.urls import reverse

from prodops import queries
from prodops.access import Can
from prodops.models import SearchEntry
from prodops.searching import asked, counting, grouping, sift
from prodops.services import embedding, vocabulary
from tests.factories.prodops import ProductAreaFactory, TeamFactory
from tests.prodops.test_search import entry, titles

pytestmark = pytest.mark.django_db


def read(query):
    return sift.read(QueryDict(query))


def found(text, user, query=""):
    return queries.search(text, user=user, sift=read(query))


def names(text, user, query=""):
    return [hit.entry.title for hit in found(text, user, query).hits()]


@pytest.fixture
def material(member):
    entry("Invoice in an interview", kind="session", facets=["study:1", "method:interview", "tag:5"])
    entry("Invoice in a diary", kind="session", facets=["study:2", "method:diary", "tag:5"], days=1)
    entry("Invoice nowhere", kind="kpi", days=2)
    for kind, pk in (("tag", 5), ("study", 1), ("study", 2)):
        entry(f"Of {kind} {pk}", kind=kind, object_id=pk)
    vocabulary.refresh()


def test_any_of_a_facets_values_and_one_of_each_facet(material, member):
    assert set(names("invoice", member, "method=diary&method=interview")) == {
        "Invoice in an interview",
        "Invoice in a diary",
    }
    assert names("invoice", member, "method=diary&tag=5") == ["Invoice in a diary"]
    assert names("invoice", member, "method=diary&study=1") == []
    assert names("", member, "tag=5") == ["Invoice in a diary", "Invoice in an interview"]
    assert names("", member) == []


def test_days_and_order(material, member):
    assert names("invoice", member, "since=2026-11-02&until=2026-11-02") == ["Invoice in a diary"]
    assert names("invoice", member, "order=newest")[0] == "Invoice nowhere"


def test_what_else_could_be_chosen_is_counted(material, member):
    some = found("invoice", member, "method=diary")
    kinds, everything, counted, _ = counting.count(some, some.hits())
    methods = next(one for one in counted if one.facet.key == "method")
    assert {(value.value, value.number, value.chosen) for value in methods.values} == {
        ("diary", 1, True),
        ("interview", 1, False),
    }
    assert [(kind.key, number) for kind, number in kinds] == [("session", 1)]
    only = found("invoice", member, "kind=kpi")
    kinds, everything, _, _ = counting.count(only, only.hits())
    assert ({kind.key: number for kind, number in kinds}, everything) == ({"session": 2, "kpi": 1}, "3")


def test_values_have_the_names_that_the_person_may_see(material, member):
    area = ProductAreaFactory(name="Invoicing")
    for n in range(3):
        entry(f"Fuel {n}", kind="kpi", facets=[f"area:{area.pk}"] if n else [f"area:{area.pk + 1}"])
    entry("Invoicing", kind="area")
    secret = entry("Secret area", kind="area", team_ids=[TeamFactory().pk])
    SearchEntry.objects.filter(title="Invoicing", kind="area").update(object_id=area.pk)
    SearchEntry.objects.filter(pk=secret.pk).update(object_id=area.pk + 1)
    some = found("fuel", member)
    counted = counting.count(some, some.hits())[2]
    assert [(value.name, value.number) for one in counted for value in one.values] == [("Invoicing", 2)]


def test_pages_begin_after_the_last_hit(member, as_):
    for n in range(45):
        entry(f"Truck {n}", days=n)
    vocabulary.refresh()
    seen, after = [], ""
    for _ in range(3):
        some = found("truck", member, f"after={after}")
        seen += [hit.entry.title for hit in some.hits()]
        after = some.more
    assert (len(seen), len(set(seen)), after) == (45, 45, "")
    first = found("truck", member)
    entry("Truck of gold", days=99)  # comes before the page's end: nothing is shown twice or left out
    second = found("truck", member, f"after={first.more}")
    shown = [hit.entry.title for hit in second.hits()]
    assert not set(shown) & {hit.entry.title for hit in first.hits()}
    page = as_(member).get(reverse("search"), {"q": "truck", "after": first.more}).text
    assert "Results 2" in page


@pytest.mark.parametrize(
    "query",
    ["study=x'y", "since=never", "until=9999-12-31", "after=-1", "after=999999.9999", "kind=%00", "order=x"],
)
def test_no_address_breaks_the_page(material, member, as_, query):
    assert as_(member).get(f"{reverse('search')}?q=invoice&{query}").status_code == 200


def test_letters_changed_round_are_a_typo(material, member):
    entry("Surcharge of the haulier")
    vocabulary.refresh()
    assert titles("surhcarge", member) == ["Surcharge of the haulier"]
    assert titles("hualier", member) == ["Surcharge of the haulier"]


def test_beginnings_phrases_and_what_is_unwanted(material, member):
    entry("Onboarding and invoices")
    assert set(titles("onboard*", member)) == {"Onboarding and invoices"}
    assert titles("invo* -diary -interview -nowhere", member) == ["Onboarding and invoices"]
    assert titles('invoice -"in a diary" -"in an interview" -nowhere', member) == ["Onboarding and invoices"]
    hit = queries.search("onboard*", user=member).hits()[0]
    assert hit.title == "<mark>Onboarding</mark> and invoices"


@pytest.mark.parametrize(
    ("text", "hard"),
    [("e-mail problems", False), ("it's late", False), ("a*", True), ('"a"', True), ("-", False)],
)
def test_signs_inside_words_are_no_orders(text, hard):
    assert asked.read(text).hard is hard


def test_what_was_said_stands_under_its_session_once(member):
    entry("The invoice was late", kind="highlight", facets=["session:7"], url="/s/7/#c1")
    entry("A session", "The invoice was late, she said", kind="cue", facets=["session:7"], url="/s/7/#c1")
    entry("A session", "No invoice came", kind="cue", facets=["session:7"], url="/s/7/#c2")
    entry("Session with Ana", kind="session")
    SearchEntry.objects.filter(kind="session").update(object_id=7)
    some = found("invoice", member)
    hits = some.hits()
    sections = grouping.sections(hits, counting.count(some, hits)[3])
    assert [section.kind for section in sections] == [None]
    entry("Invoices come late", kind="insight", url="/i/1/")
    some = found("invoice", member)
    first, _ = grouping.sections(sorted(some.hits(), key=lambda hit: hit.entry.kind), {})
    assert first.kind.key == "insight"
    (said,) = sections[0].sessions
    assert (said.session.title, len(said.hits)) == ("Session with Ana", 2)


def test_meaning_finds_what_no_word_does_and_permission_holds(meaning, member, submitter):
    entry("The bill came three weeks after the delivery.", kind="highlight", can=Can.RESEARCH_READ)
    entry("Our bill was sent to the wrong address.", kind="highlight", user_ids=[], can=Can.RESEARCH_READ)
    entry("Dashboards load slowly on a phone.", kind="highlight", can=Can.RESEARCH_READ)
    vocabulary.refresh()
    while embedding.embed_batch():
        pass
    some = found("are invoices late?", member)
    (hit,) = some.hits()
    assert hit.entry.title.startswith("The bill came")
    assert hit.by_meaning
    assert found("are invoices late?", submitter).hits() == []
    assert found('"invoices late"', member).hits() == []


def test_a_day_is_the_companys(settings, member):
    assert read("since=2026-11-02").since == dt.date(2026, 11, 2)
