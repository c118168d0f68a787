from hypothesis import given
from hypothesis import strategies as st

from research.synthesis.anchors import quote_of, trimmed
from research.synthesis.segments import Span, segments

lengths = st.integers(0, 60)
spans = st.lists(
    st.tuples(st.integers(-5, 70), st.integers(-5, 70), st.integers(0, 5)).map(lambda parts: Span(*parts)),
    max_size=8,
)


@given(lengths, spans)
def test_segments_follow_each_other_and_cover_the_text(length, found):
    cut = segments(length, found)
    assert "".join("x" * (one.end - one.start) for one in cut) == "x" * length
    position = 0
    for one in cut:
        assert one.start == position < one.end
        position = one.end


@given(lengths, spans)
def test_each_character_stands_under_exactly_the_spans_that_cover_it(length, found):
    for one in segments(length, found):
        for position in range(one.start, one.end):
            covering = [span.key for span in found if max(0, span.start) <= position < min(length, span.end)]
            assert sorted(one.keys) == sorted(covering)


@given(lengths, spans)
def test_the_outer_span_stays_the_outer_one(length, found):
    """Two spans that share several segments stand in the same order in each of them."""
    numbered = [Span(span.start, span.end, (number, span.key)) for number, span in enumerate(found)]
    orders = {}
    for one in segments(length, numbered):
        for place, key in enumerate(one.keys):
            for inner in one.keys[place + 1 :]:
                orders[frozenset({key, inner})] = orders.get(frozenset({key, inner}), (key, inner))
                assert orders[frozenset({key, inner})] == (key, inner)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4), st.data())
def test_trimming_keeps_the_words(texts, data):
    start = data.draw(st.integers(0, len(texts[0])))
    end = data.draw(st.integers(0, len(texts[-1])))
    if len(texts) == 1 and start >= end:
        return
    said = quote_of(texts, start, end)
    if not said.strip():
        return
    new_start, new_end = trimmed(texts, start, end)
    if len(texts) == 1:
        assert quote_of(texts, new_start, new_end) == said.strip()
    else:
        assert quote_of(texts, new_start, new_end).split() == said.split()
