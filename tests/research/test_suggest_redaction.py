"""What looks like personal data, and what only seems to."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.synthesis.anchors import quote_of
from research.synthesis.personal_data import Kind, Names, Person, is_card, is_iban, occurrences, suggestions
from research.synthesis.redacting import Edit, Scrubber, Span, edited, joined, replaced

NAMES = Names(
    [
        Person("Dana Whitlock", "took part in this session"),
        Person("Zoë Ekholm-Brandt", "is a speaker of this session"),
        Person("Will Stone", "moderated this session"),
        Person("Speaker 2", "is a speaker of this session"),
    ]
)


def found(text):
    return [(text[one.start : one.end], one.kind.value) for one in suggestions(text, NAMES)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Write to dana.whitlock+x@northwind.example, please.",
            [("dana.whitlock+x@northwind.example", "email")],
        ),
        ("It is dana dot w at northwind dot com.", [("dana dot w at northwind dot com", "email")]),
        ("Call +44 20 7946 0958 after six.", [("+44 20 7946 0958", "phone")]),
        ("My cell is (555) 867-5309.", [("(555) 867-5309", "phone")]),
        ("0049 30 901820 or 030/901820-11", [("0049 30 901820", "phone"), ("030/901820-11", "phone")]),
        ("+31 6 12345678 and 020 7946 0958", [("+31 6 12345678", "phone"), ("020 7946 0958", "phone")]),
        ("Pay to DE89 3704 0044 0532 0130 00 BY FRIDAY", [("DE89 3704 0044 0532 0130 00", "account")]),
        ("The card 4111 1111 1111 1111 was declined", [("4111 1111 1111 1111", "account")]),
        ("My account number is 8841-2209.", [("8841-2209", "account")]),
        ("His social is 078-05-1120, he said", [("078-05-1120", "account")]),
        ("See https://app.example.com/loads/884122 now", [("https://app.example.com/loads/884122", "link")]),
        ("Dana's idea, and whitlock agreed.", [("Dana", "name"), ("whitlock", "name")]),
        ("I told Dana  Whitlock twice", [("Dana  Whitlock", "name")]),
        ("Zoe and ZOË and Brandt", [("Zoe", "name"), ("ZOË", "name"), ("Brandt", "name")]),
        ("Will said he will; a stone fell", [("Will", "name")]),
    ],
)
def test_personal_data_is_suggested(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "On 2026-11-23 at 14:30 we had 12,340 loads, 1.5 times 4,000.",
        "From 12.10.2026 to 13.11.2026, 10-12 trucks, 2019/2020.",
        "Version 1.2.3.4, weight 0.1234567890, gate 12-14.",
        "We counted 4111 1111 1111 1112 things, and DE89 3704 0044 0532 0130 02 is no IBAN.",
        "Look at https://example.com/help and at the news dot.",
        "Danae and Whitlocked have nothing to do with it. Speaker two is fine.",
        "Order 44 came after account 12.",
        "Meet me at noon.",
    ],
)
def test_what_only_seems_so_is_left_alone(text):
    assert found(text) == []


def test_a_reason_says_who_it_is():
    reasons = [one.reason for one in suggestions("Ask Dana. Ask Will.", NAMES)]
    assert reasons[0] == "Dana Whitlock took part in this session"
    assert "may be the word" in reasons[1]


def test_check_digits():
    assert is_iban("GB82 WEST 1234 5698 7654 32")
    assert not is_iban("GB82 WEST 1234 5698 7654 33")
    assert is_card("5555555555554444")
    assert not is_card("5555555555554445")


def test_words_somebody_points_at_are_found_as_words():
    assert occurrences("The Blue Barn, the blue  barn, bluebarn", "blue barn") == [(4, 13), (19, 29)]


@given(st.text(max_size=300))
def test_suggestions_are_in_order_apart_and_inside(text):
    last = 0
    for one in suggestions(text, NAMES):
        assert last <= one.start < one.end <= len(text)
        last = one.end


@st.composite
def cases(draw):
    texts = draw(st.lists(st.text("ab cd\u00e9", min_size=1, max_size=20), min_size=1, max_size=4))
    edits = {}
    for n, text in enumerate(texts):
        cuts = draw(st.lists(st.tuples(*[st.integers(0, len(text))] * 2), max_size=3))
        edits[n] = joined(Edit(min(cut), max(cut), "[x]") for cut in cuts if cut[0] != cut[1])
    first = draw(st.integers(0, len(texts) - 1))
    last = draw(st.integers(first, len(texts) - 1))
    start = draw(st.integers(0, len(texts[first]) - 1))
    end = draw(st.integers(start + 1 if first == last else 1, len(texts[last])))
    return texts, edits, Span(first, start, last, end)


@given(cases())
def test_a_highlight_keeps_its_words_but_for_those_taken_out(case):
    """Its quote is what stands in the new text, and is the old quote with the same words taken out of it."""
    texts, edits, span = case
    moved, quote = replaced(span, texts, edits)
    new = [edited(text, edits.get(n, ())) for n, text in enumerate(texts)]
    assert quote == quote_of(new[moved.first : moved.last + 1], moved.start, moved.end)
    expected = []
    for n in range(span.first, span.last + 1):
        low = span.start if n == span.first else 0
        high = span.end if n == span.last else len(texts[n])
        kept, position = "", low
        for edit in edits.get(n, ()):
            if edit.end > low and edit.start < high:
                kept += texts[n][position : max(edit.start, position)] + edit.put
                position = min(max(edit.end, position), high)
        expected.append(kept + texts[n][position:high])
    assert quote == "\n".join(expected)


def test_copies_are_scrubbed_as_words():
    scrub = Scrubber([("Ann", "[name removed]"), ("+44 20 7946 0958", "[phone number removed]")])
    assert (
        scrub.text("Ann's Annual call, +44 20  7946 0958")
        == "[name removed]'s Annual call, [phone number removed]"
    )
    assert scrub.json({"a": ["Ann", 3, None], "Ann": {"b": "x"}}) == {
        "a": ["[name removed]", 3, None],
        "[name removed]": {"b": "x"},
    }
    assert not Scrubber([])
    assert Kind.NAME == "name"


@pytest.mark.parametrize(
    "piece",
    ["1" * 40 + "x ", "1", "1 ", "12345 67890-", "AB12" + "C3" * 18 + "_ ", "AB12 ", "a@b.co 0301234567 "],
)
def test_long_numbers_cost_no_time(piece):
    text = piece * (200_000 // len(piece)) + "x"
    begun = perf_counter()
    suggestions(text)
    assert perf_counter() - begun < 5  # it took minutes, for the first an hour
