"""Random edits never move a highlight to other words: it is kept on its own, or somebody is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.synthesis.anchors import quote_of
from research.synthesis.remap import Anchor, Block, Fate, remap, revised

# Few words, so that each stands in many places; what is put in is spelled like none of them.
OLD = ["no", "the", "import", "failed", "and", "we", "gave", "up", "no,", "Yes.", "don't"]
NEW = ["qqq", "zzzz", "xxxx"]


def words(vocabulary, **sizes):
    return st.lists(st.sampled_from(vocabulary), **sizes)


@st.composite
def edited(draw):
    """Turns as [[(identity, word)]] before and after random edits, with the blocks between them."""
    turns = [
        list(enumerate(said, start=100 * number))
        for number, said in enumerate(
            draw(st.lists(words(OLD, min_size=1, max_size=9), min_size=1, max_size=4))
        )
    ]
    blocks, at = [], 0
    while at < len(turns):
        taken = draw(st.integers(1, 2)) if draw(st.booleans()) else 1  # one turn, or two run into one
        old = turns[at : at + taken]
        at += taken
        said = [word for turn in old for word in turn]
        for _ in range(draw(st.integers(0, 3))):
            said = draw(change(said))
        if not said:
            said = [(None, "zzzz")]
        cut = draw(st.integers(1, len(said) - 1)) if len(said) > 1 and draw(st.booleans()) else 0
        blocks.append((old, [said[:cut], said[cut:]] if cut else [said]))
    return blocks


@st.composite
def change(draw, said):
    where = draw(st.integers(0, len(said)))
    until = draw(st.integers(where, min(len(said), where + 3)))
    put_in = [(None, word) for word in draw(words(NEW, max_size=2))]
    return [*said[:where], *put_in, *said[until:]]


def text(turn):
    return " ".join(word for _, word in turn)


def identities(turns, first, start, last, end):
    """Whose words a span covers, in order."""
    found = []
    for number in range(first, last + 1):
        at = 0
        for identity, word in turns[number]:
            begins, ends = at, at + len(word)
            at = ends + 1
            if (number > first or ends > start) and (number < last or begins < end):
                found.append((identity, word))
    return found


@st.composite
def anchors(draw, texts):
    first = draw(st.integers(0, len(texts) - 1))
    last = draw(st.integers(first, min(len(texts) - 1, first + 2)))
    start = draw(st.integers(0, len(texts[first]) - 1))
    end = draw(st.integers(start + 1 if first == last else 1, len(texts[last])))
    return first, start, last, end


@given(data=st.data())
def test_a_highlight_stays_on_its_own_words_or_waits_for_review(data):
    blocks = data.draw(edited())
    before = [turn for old, _ in blocks for turn in old]
    after = [turn for _, new in blocks for turn in new]
    old_texts, new_texts = list(map(text, before)), list(map(text, after))
    spans = [span for span in data.draw(st.lists(anchors(old_texts), min_size=1, max_size=4, unique=True))]
    wanted = [Anchor(key, *span) for key, span in enumerate(spans)]
    whole = data.draw(st.booleans())
    given_blocks = (
        revised(old_texts, new_texts)
        if whole
        else [Block(tuple(map(text, old)), tuple(map(text, new))) for old, new in blocks]
    )
    placed = remap(given_blocks, wanted)
    assert [one.key for one in placed] == [anchor.key for anchor in wanted]
    standing = [one[2:6] for one in placed if one.fate is not Fate.LOST]
    assert len(set(standing)) == len(standing)
    for anchor, one in zip(wanted, placed, strict=True):
        was = quote_of(old_texts[anchor.first : anchor.last + 1], anchor.start, anchor.end)
        if one.fate is Fate.LOST:
            assert one.quote == was
            assert 0 <= one.first < len(new_texts)
            continue
        assert one.quote == quote_of(new_texts[one.first : one.last + 1], one.start, one.end)
        if one.fate is Fate.KEPT and was.strip():
            assert one.quote.split() == was.split()
            assert identities(after, *one[2:6]) == identities(before, *anchor[1:])


@given(
    texts=st.lists(words(OLD, min_size=1, max_size=9).map(" ".join), min_size=1, max_size=4), data=st.data()
)
def test_nothing_moves_where_nothing_changes_but_the_turns(texts, data):
    """Splitting, running together and naming other speakers change no word."""
    anchor = Anchor(1, *data.draw(anchors(texts)))
    was = quote_of(texts[anchor.first : anchor.last + 1], anchor.start, anchor.end)
    (one,) = remap([Block(tuple(texts), (" ".join(texts),))], [anchor])
    if was.strip():
        assert (one.fate, one.quote) == (Fate.KEPT, " ".join(was.split()))


def fate(old, new, quote, *, block=True):
    old, new = [old] if isinstance(old, str) else old, [new] if isinstance(new, str) else new
    joined = "\n".join(old)
    at = joined.index(quote)
    first, last = joined[:at].count("\n"), joined[: at + len(quote)].count("\n")
    start = at - (joined.rfind("\n", 0, at) + 1)
    end = at + len(quote) - (joined.rfind("\n", 0, at + len(quote)) + 1)
    (one,) = remap([Block(tuple(old), tuple(new))], [Anchor(1, first, start, last, end)])
    return one.fate.value, one.quote


@pytest.mark.parametrize(
    ("old", "new", "quote", "expected"),
    [
        # words elsewhere in the turn change
        ("So the improt failed.", "So, then, the improt failed!", "the improt", ("kept", "the improt")),
        # a typing error put right inside it, at its edges, or all of it
        (
            "So the improt failed twice",
            "So the import failed twice",
            "the improt failed",
            ("reworded", "the import failed"),
        ),
        ("So teh import failed", "So the import failed", "teh import", ("reworded", "the import")),
        ("So the improt failed", "So the import failed", "improt", ("reworded", "import")),
        # words put in or taken out inside it
        ("I gave up then", "I almost gave it up then", "gave up", ("reworded", "gave it up")),
        ("I really gave up then", "I gave up then", "I really gave up", ("reworded", "I gave up")),
        # replaced by others: nobody said the old ones
        ("It was good there", "It was awful there", "good", ("lost", "good")),
        (
            "He said yes to all of it",
            "He said no to nothing whatever",
            "yes to all of it",
            ("lost", "yes to all of it"),
        ),
        # a look-alike elsewhere is not taken
        (
            "The export failed. Then I left.",
            "Then I left. The export failed",
            "The export failed",
            ("lost", "The export failed"),
        ),
        ("Errors here, and more errors", "Here, and more errors", "Errors", ("lost", "Errors")),
        # one of two equal words goes: which?
        ("no no no", "no no", "no", ("lost", "no")),
        (
            "so the the import failed",
            "so the import failed",
            "the import failed",
            ("reworded", "the import failed"),
        ),
        # a letter of a word cannot be told from the others once the word is another
        ("So the improt failed", "So the import failed", "impr", ("lost", "impr")),
        # turns split and run together
        (["I gave up.", "Then I called."], "I gave up. Then I called.", "up.\nThen", ("kept", "up. Then")),
        ("I gave up. Then I called.", ["I gave up.", "Then I called."], "up. Then", ("kept", "up.\nThen")),
        (["One.", "Two."], ["One."], "Two.", ("lost", "Two.")),
        ("Honestly 🚚🚚 it faild", "Honestly 🚚🚚, it failed", "🚚 it faild", ("reworded", "🚚, it failed")),
    ],
)
def test_what_becomes_of_a_highlight(old, new, quote, expected):
    if quote == "the import failed" and "the the" in old:
        at = old.rindex(quote)
        (one,) = remap([Block((old,), (new,))], [Anchor(1, 0, at, 0, at + len(quote))])
        assert (one.fate.value, one.quote) == expected
    else:
        assert fate(old, new, quote) == expected


def test_a_word_does_not_leave_its_turn():
    """ "Yes" that was said by one and is taken out is not the "Yes" that another now says."""
    blocks = [Block(("Yes",), ("Hm",)), Block(("I think so",), ("Yes I think so",))]
    (one,) = remap(blocks, [Anchor(1, 0, 0, 0, 3)])
    assert one.fate is Fate.LOST


def test_two_that_come_to_say_the_same_are_not_counted_twice():
    (one, other) = remap(
        [Block(("I gave up really",), ("I gave up",))], [Anchor(1, 0, 0, 0, 16), Anchor(2, 0, 0, 0, 9)]
    )
    assert (one.fate, other.fate) == (Fate.LOST, Fate.KEPT)
    assert one.quote == "I gave up really"


def test_a_long_text_is_compared_quickly_and_as_strictly():
    old = [
        f"Paragraph {number} says that the import of list {number % 7} failed again." for number in range(900)
    ]
    new = [*old[:450], "Something new stands here.", *old[450:]]
    new[10] = "Nothing is left of it"
    at = {number: Anchor(number, number, 24, number, 34) for number in (3, 10, 449, 450, 899)}
    placed = {one.key: one for one in remap(revised(old, new), at.values())}
    assert [placed[key].fate.value for key in at] == ["kept", "lost", "kept", "kept", "kept"]
    assert (placed[450].first, placed[899].first) == (451, 900)
    long = " ".join(old)
    changed = long.replace("Paragraph 450 says", "Paragraph 450 said")
    start = long.index("Paragraph 700")
    (one,) = remap([Block((long,), (changed,))], [Anchor(1, 0, start, 0, start + 13)])
    assert (one.fate, one.quote) == (Fate.KEPT, "Paragraph 700")
