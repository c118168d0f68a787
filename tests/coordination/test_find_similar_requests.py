import pytest
from django.core.cache import cache
from django.urls import reverse

from coordination import queries
from coordination.models import State
from coordination.services import decisions
from prodops import search
from prodops.models import Role
from prodops.services import embedding, vocabulary
from tests.factories.coordination import RequestFactory
from tests.factories.prodops import TeamFactory, UserFactory
from tests.factories.research import InsightFactory

pytestmark = pytest.mark.django_db
TEXTS = {
    "dates": (
        "Import rejects German dates since your last update",
        "Day-first dates bounce, the list is retyped.",
    ),
    "lines": ("Say which line of the file is wrong", "The import fails and does not name the row."),
    "fuel": ("Fuel surcharge by lane", "Diesel prices differ; they add the surcharge by hand."),
    "offline": ("Driver app without network", "In the valley the app loses what drivers typed."),
}


@pytest.fixture
def asked():
    cache.clear()
    found = {key: RequestFactory(title=title, problem=problem) for key, (title, problem) in TEXTS.items()}
    for _ in range(2):  # a word counts as known, and a typo as one, from two entries up
        RequestFactory(title="German carriers", problem="Diesel and drivers, dates and surcharge")
    vocabulary.refresh()
    return found


def first(text, body=""):
    return next(iter(queries.similar_requests(text, body)), None)


def test_other_words_around_the_same_matter_find_it(asked):
    assert first("dates from Germany are rejected when importing") == asked["dates"]
    assert first("app forgets everything when there is no network in the valley") == asked["offline"]


def test_the_body_counts_too(asked):
    assert (
        first("Something for haulage", "they type the surcharge for diesel themselves, lane by lane")
        == asked["fuel"]
    )


def test_typos_are_repaired(asked):
    assert first("gremany datse surchrage dieesl lane") == asked["fuel"]


def test_too_few_words_find_nothing(asked):
    assert queries.similar_requests("app") == []
    assert queries.similar_requests("\0 '' | & !", "") == []


def test_a_merged_request_is_shown_as_the_one_it_was_joined_with(asked, member, now):
    decisions.merge(asked["lines"], into=asked["dates"], by=member, at=now)
    shown = queries.suggestions("which line of the file is wrong", user=member)
    assert asked["dates"] in shown
    assert all(one.state != State.MERGED for one in shown)


def test_each_root_stands_once_however_many_were_joined_with_it(asked, member, now):
    decisions.merge(asked["lines"], into=asked["dates"], by=member, at=now)
    found = queries.similar_requests("import fails: which line of the file, German dates rejected", limit=3)
    assert found.count(asked["dates"]) == 1
    assert asked["lines"] not in found
    assert found[0] == asked["dates"]
    apart = queries.similar_requests("which line of the file is wrong", apart_from=asked["dates"].pk)
    assert not {asked["dates"], asked["lines"]} & set(apart)


@pytest.mark.parametrize(
    "text", ["\ud800 lone half", "' | & ! : * ( \\ quotes", "%s %(title)s {x}", "word" * 5_000, "🙂 " * 900]
)
def test_no_text_breaks_the_search(asked, text):
    assert isinstance(queries.similar_requests(text, text), list)
    assert queries.similar_requests(text, limit=0) == []


def test_another_teams_request_is_suggested_by_title_state_and_count_only(asked, as_):
    stranger = UserFactory(role=Role.SUBMITTER, editor_of=TeamFactory())
    page = (
        as_(stranger).post(reverse("coordination:similar"), {"title": "German dates rejected on import"}).text
    )
    assert TEXTS["dates"][0] in page
    assert reverse("coordination:join", args=[asked["dates"].pk]) in page
    assert "Day-first dates bounce" not in page
    assert asked["dates"].get_absolute_url() + '"' not in page
    assert as_(stranger).get(asked["dates"].get_absolute_url()).status_code == 404


def test_what_a_request_may_be_merged_with_is_found_by_likeness_number_or_word(asked, member):
    dates, fuel = asked["dates"], asked["fuel"]
    assert dates not in queries.merge_targets(dates, "", user=member)
    assert queries.merge_targets(dates, fuel.ref.lower(), user=member) == [fuel]
    assert fuel in queries.merge_targets(dates, "surcharge", user=member)


def test_the_likest_is_merged_in_one_step_from_beside_the_request(asked, as_, ops):
    dates, fuel = asked["dates"], RequestFactory(title="Surcharge for diesel by lane")
    client = as_(ops)
    page = client.get(
        reverse("coordination:request_similar", args=[fuel.pk]), {"inbox": "1", "scope": "all"}
    ).text
    there = reverse("coordination:merge", args=[fuel.pk])
    assert f'hx-post="{there}?scope=all"' in page
    assert page.count('data-key="m"') == 1
    assert page.index(f'name="into" value="{asked["fuel"].pk}"') < page.index('data-key="m"')
    client.post(there, {"into": asked["fuel"].pk, "seen": "new"})
    fuel.refresh_from_db()
    assert fuel.merged_into == asked["fuel"]
    assert "data-key" not in client.get(reverse("coordination:request_similar", args=[fuel.pk])).text
    assert dates.ref in client.get(reverse("coordination:request_similar", args=[asked["lines"].pk])).text


def test_who_may_not_decide_a_request_is_shown_no_way_to_merge_it(asked, as_, people):
    for person in (people[Role.MEMBER], asked["fuel"].submitter):
        page = as_(person).get(reverse("coordination:request_similar", args=[asked["fuel"].pk]))
        assert page.status_code == 200
        assert 'name="into"' not in page.text


def test_what_research_knows_stands_below_for_those_who_may_read_it(asked, as_, ops):
    insight = InsightFactory(title="Diesel surcharge by lane is typed by hand everywhere", published=True)
    search.index(insight)
    vocabulary.refresh()
    page = as_(ops).get(reverse("coordination:request_similar", args=[asked["fuel"].pk])).text
    assert insight.get_absolute_url() in page


def test_what_means_the_same_in_other_words_is_found(meaning, db):
    cache.clear()
    asked = RequestFactory(title="Bills reach carriers weeks after the trip", problem="They wait for money.")
    RequestFactory(title="Dark colours for the night shift", problem="The board is too bright.")
    vocabulary.refresh()
    while embedding.embed_batch():
        pass
    assert first("Late invoicing", "Customers complain that payment documents come too late") == asked
