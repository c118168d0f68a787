"""Which tags may be one, which stand together, and what is learned from what was tagged."""

from hypothesis import given
from hypothesis import strategies as st

from research.synthesis.cooccurrence import heat
from research.synthesis.learning import learn, sentences
from research.synthesis.likeness import cosine, pairs, similarity, trigrams

NAMES = st.text(alphabet="abcdeé Ü-", max_size=12)


def test_trigrams_are_those_of_postgresql():
    assert trigrams("Cat") == {"  c", " ca", "cat", "at "}
    assert trigrams("Café-Bar") == trigrams("cafe bar")


@given(NAMES, NAMES)
def test_likeness_is_symmetric_and_full_for_the_same_words(one, other):
    first, second = trigrams(one), trigrams(other)
    assert similarity(first, second) == similarity(second, first)
    assert 0 <= similarity(first, second) <= 1
    assert similarity(first, first) == (1 if first else 0)


def test_pairs_are_found_by_name_by_use_and_by_meaning():
    names = {1: "Import failure", 2: "Failed import", 3: "Import failures", 4: "Price", 5: "Too expensive"}
    used = {1: 10, 2: 4, 3: 1, 4: 6, 5: 2}
    found = pairs(names, used, {(1, 2): 3}, {4: [1, 0], 5: [0.9, 0.1]})
    assert {(pair.first, pair.second) for pair in found} == {(1, 2), (1, 3), (2, 3), (4, 5)}
    assert found[0].score >= found[-1].score
    by_use = next(pair for pair in found if (pair.first, pair.second) == (1, 2))
    assert (by_use.together, by_use.meaning) == (0.75, None)
    rest = pairs(names, used, {}, None, apart=[(1, 3)])
    assert (1, 3) not in {(pair.first, pair.second) for pair in rest}
    assert cosine([0, 0], [1, 1]) is None


def test_the_shade_of_a_cell():
    assert [heat(value, 10) for value in (0, 1, 5, 10)] == [0, 1, 2, 5]


@given(st.text(alphabet="abc .!?\n“”Z", max_size=80))
def test_sentences_are_verbatim_spans_in_order(text):
    end = 0
    for one in sentences(text, fewest=1):
        assert text[one.start : one.end] == one.text == one.text.strip()
        assert one.start >= end
        end = one.end


def test_sentences_end_where_one_would_say_so():
    text = "It failed twice. “Really?” I asked him then.  We use v. 2.5 of it here"
    assert [one.text for one in sentences(text, fewest=2)] == [
        "It failed twice.",
        "I asked him then.",
        "We use v. 2.5 of it here",
    ]


IMPORTS = ("The import failed again on line 12.", "Every import of routes stops.", "Imports break for us.")
PRICES = ("It is too expensive for a small fleet.", "The price went up.", "We cannot pay that price.")


def test_what_was_tagged_teaches_what_is_alike():
    texts = [*IMPORTS * 2, *PRICES * 2]
    tags = [frozenset([1])] * 6 + [frozenset([2])] * 6
    model = learn(texts, tags, ["The weather is fine today.", "We drove to the office."])
    imports, prices = model.scores(["That import failed for me.", "What a price to pay."])
    assert model.tags == [1, 2]
    assert imports[0] > 0.5 > imports[1]
    assert prices[1] > 0.5 > prices[0]
    assert "import" in model.because("That import failed for me.", 1)
    assert learn(IMPORTS, [frozenset([1])] * 3) is None  # too few to learn from
