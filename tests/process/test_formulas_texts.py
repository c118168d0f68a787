from hypothesis import given
from hypothesis import strategies as st

from process.formulas.texts import answered, around_changes, differences, sections

TEMPLATE = "# PRD\n\n## Problem\n\n*Who has it?*\n\n## Risks\n\n*What could go wrong?*\n"


def test_a_document_is_cut_at_its_headings():
    found = sections("Opening\n\n# One **bold**\n\ntext\n\n## Two\n\n```\n# not a heading\n```\n## Two\n")
    assert [(one.level, one.title, one.anchor) for one in found] == [
        (0, "", ""),
        (1, "One bold", "s-one-bold"),
        (2, "Two", "s-two"),
        (2, "Two", "s-two-2"),
    ]
    assert "# not a heading" in found[2].body


def test_a_question_repeated_is_not_an_answer():
    assert answered(TEMPLATE, TEMPLATE) == (0, 2)
    assert answered(TEMPLATE, TEMPLATE.replace("*Who has it?*", "Planners.")) == (1, 2)
    assert answered(TEMPLATE, TEMPLATE.replace("Who has it?*", "Who has it?*\n\nPlanners.")) == (1, 2)
    assert answered(TEMPLATE, "") == (0, 2)


@given(st.lists(st.sampled_from("abcd#\n -"), max_size=60).map("".join))
def test_sections_leave_no_text_out(source):
    found = sections(source)
    said = "".join(one.title + one.body for one in found)
    assert [letter for letter in said if letter.isalpha()] == [one for one in source if one.isalpha()]
    anchors = [one.anchor for one in found if one.level]
    assert len(anchors) == len(set(anchors))


_texts = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12)


@given(_texts, _texts)
def test_a_comparison_holds_both_texts(old, new):
    lines = differences("\n".join(old), "\n".join(new))
    before, after = "\n".join(old).splitlines(), "\n".join(new).splitlines()
    assert [line.text for line in lines if line.kind != "added"] == before
    assert [line.text for line in lines if line.kind != "removed"] == after


@given(_texts, _texts)
def test_only_equal_lines_are_left_out_of_a_comparison(old, new):
    lines = differences("\n".join(old), "\n".join(new))
    shown = [line for line in around_changes(lines, context=1) if line is not None]
    assert [line for line in shown if line.kind != "same"] == [line for line in lines if line.kind != "same"]
