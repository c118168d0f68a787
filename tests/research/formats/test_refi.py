"""REFI-QDA projects: what is written is read again unchanged, and what other tools write is understood."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from research.formats import refi, turns
from research.formats.packages import Package
from research.formats.refi import positions

_any = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)  # what files can hold
_words = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\r\n\t"
    ),
    max_size=40,
).filter(lambda text: not text.isspace())
_guids = st.uuids().map(str)
_times = st.none() | st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1901 < at.year < 2199)
_codings = st.builds(refi.Coding, _guids, _guids, _guids, _times, st.lists(_guids, max_size=1))
_codes = st.recursive(
    st.builds(
        refi.Code, _guids, _words, st.just("#12ab34"), st.booleans(), _words, st.lists(_guids, max_size=2)
    ),
    lambda inner: st.builds(refi.Code, _guids, _words, children=st.lists(inner, min_size=1, max_size=3)),
    max_leaves=6,
)


@st.composite
def _sources(draw):
    text = draw(_any)
    places = st.integers(0, len(text))
    selections = st.builds(
        refi.Selection, _guids, places, places, _words, _words, _guids, _times,
        st.lists(_codings, max_size=2), st.lists(_guids, max_size=1),
    )  # fmt: skip
    source = refi.Source(
        draw(_guids), draw(_words), description=draw(_words), at=draw(_times),
        notes=draw(st.lists(_guids, max_size=1)),
        selections=draw(st.lists(selections, max_size=3)),
    )  # fmt: skip
    source.path = f"internal://{source.guid}.txt"
    return source, text


_projects = st.builds(
    refi.Project,
    name=_words,
    origin=_words,
    description=_words,
    at=_times,
    users=st.lists(st.builds(refi.User, _guids, _words.filter(bool)), max_size=2),
    codes=st.lists(_codes, max_size=3),
    cases=st.lists(
        st.builds(
            refi.Case, _guids, _words, _words, st.dictionaries(_guids, _words.filter(bool), max_size=2)
        ),
        max_size=2,
    ),
    variables=st.lists(st.builds(refi.Variable, _guids, _words), max_size=2),
    notes=st.lists(st.builds(refi.Note, _guids, _words, content=_words, at=_times), max_size=2),
    sets=st.lists(st.builds(refi.CodeSet, _guids, _words, _words, st.lists(_guids, max_size=2)), max_size=2),
    links=st.lists(st.builds(refi.Link, _guids, _guids, _guids, _words), max_size=1),
    note_refs=st.lists(_guids, max_size=1),
)


@given(_projects, st.lists(_sources(), max_size=3, unique_by=lambda pair: pair[0].guid))
def test_a_project_is_read_again_as_it_was_written(project, sources):
    data = b"".join(refi.project_file(project, lambda: sources))
    package = Package(io.BytesIO(data))
    found = refi.read_project(package)
    assert [refi.text_of(package, "project.qde", source) for source in found.sources] == [
        text.removeprefix("\ufeff") for _, text in sources
    ]
    project.sources = [source for source, _ in sources]
    assert found == project


@given(st.lists(_codes, max_size=3), st.lists(st.builds(refi.CodeSet, _guids, _words, _words), max_size=2))
def test_a_codebook_is_read_again_as_it_was_written(codes, sets):
    found = refi.read_codebook(refi.codebook(refi.Project(origin="Prodops", codes=codes, sets=sets)))
    assert (found.codes, found.sets) == (codes, sets)


_lines = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30)
_turns = st.lists(
    st.builds(
        turns.Turn,
        st.lists(_lines, min_size=1, max_size=3).map("\n".join),
        _lines.map(lambda text: " ".join(text.split())),
        st.integers(0, 10**8),
        st.just(None) | st.integers(10**8, 2 * 10**8),
        st.none()
        | st.builds(turns.Part, st.just(0), st.just("notes"), st.sampled_from(["", "Notes", "a: b"])),
    )
    | st.builds(turns.Turn, _lines, st.sampled_from(["", "Dana", "[00:01] x", "== a =="])),
    min_size=1,
    max_size=6,
)


@given(_turns)
def test_turns_written_as_text_are_read_again_at_the_places_that_were_told(said):
    said = _numbered(said)
    text, starts = "", []
    for piece, inside in turns.pieces(said):
        starts.append(len(text) + inside)
        text += piece
    found = turns.read(text)
    assert [one.turn for one in found] == said
    assert [one.at for one in found] == starts


def _numbered(said):
    """As a session has them: each part in one piece, numbered in order."""
    number, before, found = 0, None, []
    for turn in said:
        if turn.part and turn.part != before:
            number += 1
        before = turn.part
        found.append(replace(turn, part=turn.part and turn.part._replace(number=number)))
    return found


@given(st.text(max_size=80))
def test_any_other_text_is_not_taken_for_turns_and_nothing_breaks(text):
    found = turns.read(text)
    assert found is None or all(
        text[one.at : one.end].replace("\u2028", "\n") == one.turn.text for one in found
    )


@given(
    st.lists(st.sampled_from(["word", "\r\n", "😀", " ", "é"]), max_size=12).map("".join),
    st.booleans(),
    st.booleans(),
)
def test_positions_of_every_way_of_counting_find_the_same_characters(text, short_ends, utf16):
    counted, at = {}, 0
    way = positions.Positions(text, short_ends=short_ends, utf16=utf16)
    for index, letter in enumerate(text):
        counted[index] = at
        if short_ends and text[index : index + 2] == "\r\n":
            continue
        at += 2 if utf16 and ord(letter) > 0xFFFF else 1
    for index, position in counted.items():
        if not (short_ends and text[index - 1 : index + 1] == "\r\n"):  # no tool selects half a line end
            assert way.index(position) == index, (position, index)
    assert way.index(at) == len(text)


def _package(**parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), data)
    return Package(buffer)
