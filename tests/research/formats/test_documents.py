"""Notes as people type them, and as nobody does."""

from time import perf_counter

import pytest

from research.formats.documents import paragraphs


def test_marks_of_bold_are_taken_off() -> None:
    typed = "**Bold** and __also__, **a*b**, **two** **times**; 2**3, **open and snake__case"
    assert paragraphs(typed) == ["Bold and also, a*b, two times; 2**3, **open and snake__case"]


@pytest.mark.parametrize("piece", ["**a ", "__a ", "*", "_", "**a__b "])
def test_a_line_of_opened_marks_costs_no_time(piece: str) -> None:
    line = piece * (400_000 // len(piece))
    begun = perf_counter()
    paragraphs(line)
    assert perf_counter() - begun < 2  # it took minutes
