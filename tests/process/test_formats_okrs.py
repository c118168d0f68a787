"""Files of objectives: published lists in Markdown, other tools' tables, and our own, whatever they hold."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process import formats
from process.formats import KeyResultSaid, Lived, MilestoneSaid, ObjectiveSaid, Plan
from process.formats.grades import marked

PUBLISHED = """---
layout: page
title: "Q1 OKRs"
---

## On this page
{:.no_toc}

- TOC
{:toc}

### Objective 1: Grow by the plan

* CEO: Revenue doubles
  * VP Product:
  * Sales
    * Field: Open [two regions](https://example.com/a)
      and staff both
    * Support: All answers in time => Was in the 80's
  * VPE: One code base => 40% done
    * Design: Cut the time to install => 33%
    * Geo: Ship it
      * 100% (done in May)
  * CFO: Forecast tested. DONE
* CEO: Be liked => [100%](https://example.com/b)

### 2. People: Hire

1. CEO KR: Hire from 10 to 20 people --> 66% (two done)
    1. **CRO: Build a pipeline.**
        1. CRO KR: Two regions ==> DONE
        1. CRO KR: Three of them (0.7)
        1. ✅ Four of them
"""


def _told(plan):
    return [
        (
            one.title,
            one.owner,
            [ref for _, ref in one.serves],
            [(row.title, row.grade) for row in one.key_results],
        )
        for one in plan.objectives
    ]


@pytest.mark.parametrize("mend", [str, lambda text: "\ufeff" + text.replace("\n", "\r\n")])
def test_a_published_page_is_read_with_its_grades_and_what_serves_what(mend):
    text = mend(PUBLISHED)
    assert formats.shape_of(text, "okrs.md") == "markdown"
    plan = formats.read(text, "markdown")
    assert _told(plan) == [
        ("Grow by the plan", "", [], [("Be liked", 1.0)]),
        (
            "Revenue doubles",
            "CEO",
            ["1"],
            [
                ("Open two regions and staff both", None),
                ("All answers in time", None),
                ("Forecast tested.", 1.0),
            ],
        ),
        ("One code base", "VPE", ["2"], [("Cut the time to install", 0.33), ("Ship it", 1.0)]),
        ("Hire", "People", [], [("Hire from 10 to 20 people", 0.66)]),
        (
            "Build a pipeline.",
            "CRO",
            ["4.1"],
            [("Two regions", 1.0), ("Three of them", 0.7), ("Four of them", 1.0)],
        ),
    ]
    hire = plan.objectives[3].key_results[0]
    assert hire.fields == {"start": 10.0, "target": 20.0, "unit": "count", "current": 16.6}
    assert [(one.line, one.text) for one in plan.left] == [(15, "VP Product:"), (20, "One code base")]


def test_tabs_and_headings_of_teams_are_understood():
    text = "# Platform\n\n- Fewer outages\n\t- Alerts that wake nobody: 80%\n\t- KR2: Two drills\n\nWords.\n"
    plan = formats.read(text, "markdown")
    assert [(one.title, one.team, len(one.key_results)) for one in plan.objectives] == [
        ("Fewer outages", "Platform", 2)
    ]
    assert [one.why for one in plan.left] == ["plain text: no heading and no item of a list."]


def test_notes_below_a_key_result_say_how_far_it_came():
    text = (
        "# Objective: Deliver\n- Team: Ship it all\n  - 10.5: 87.5% (one was\n    late)\n  - [27 open](https://x.y)\n"
        "  - Overall: 71% (70/99)\n- Other: Run it\n  - 81%.\n  - [10.5: 70%][a]\n"
        "- 50% more\n  - Told: Twice\n"
    )
    plan = formats.read(text, "markdown")
    assert _told(plan) == [
        ("Deliver", "", [], [("Ship it all", 0.71), ("Run it", 0.81)]),
        ("50% more", "", ["1"], [("Twice", None)]),
    ]
    assert "10.5: 87.5% (one was late) 27 open" in plan.objectives[0].key_results[0].note


TABLES = """## Objective 1: Trust the board

| Key Result (KR) | Owner | Baseline | Target | Score |
|:----------------|-------|---------:|-------:|------:|
| Double bookings | @ada  | 3        | 1      | 0.5   |
| No list \\| of their own | Bob | | | ✅ |

| Date | What |
|------|------|
| May  | More |

| Objective | Key results | DRI | Status |
| --- | --- | --- | --- |
| Grow | From 10 to 20 depots<br>Be liked | Ann | 50%<br>Done |
| | [A third](https://x.y) | Bob | not started |
"""


def test_tables_between_pipes_are_read_by_their_columns():
    assert formats.shape_of("| Goal | KR |\n|---|---|\n| a | b |\n") == "markdown"
    plan = formats.read(TABLES, "markdown")
    assert _told(plan) == [
        ("Trust the board", "", [], [("Double bookings", 0.5), ("No list | of their own", 1.0)]),
        ("Grow", "", ["1"], [("From 10 to 20 depots", 0.5), ("Be liked", 1.0), ("A third", 0.0)]),
    ]
    first, second = plan.objectives[0].key_results[0], plan.objectives[1].key_results
    assert first.fields == {"start": 3.0, "target": 1.0, "unit": "count", "current": 2.0}
    assert [row.owner for row in (first, *second)] == ["ada", "Ann", "Ann", "Bob"]
    assert [(one.line, one.text) for one in plan.left] == [(8, "A table of 1 rows")]


@pytest.mark.parametrize(
    ("line", "text", "owner", "grade"),
    [
        ("Ship it => 70%", "Ship it", "", 0.7),
        ("Ship 50% more (0.35)", "Ship 50% more", "", 0.35),
        ("[x] Ship it", "Ship it", "", 1.0),
        ("**KR 1.2:** Ship it NOT STARTED", "Ship it", "", 0.0),
        ("Ada Lovelace: Ship it ❌", "Ship it", "Ada Lovelace", 0.0),
        ("Read https://example.com/a: it helps", "Read https://example.com/a: it helps", "", None),
        ("From a => b => 120% of plan", "From a", "", 1.0),
        ("5,000 users at 99.95%", "5,000 users at 99.95%", "", None),
    ],
)
def test_what_is_marked_in_a_line_is_taken_out_of_it(line, text, owner, grade):
    found = marked(line)
    assert (found.text, found.owner, found.grade) == (text, owner, grade)


VIVA = (
    "Row ID,Title,Parent,Entity,Owner Email,Time Period,Start Value,Target Value,Progress\n"
    "1,A calm start,,Acme,ada@example.com,Q4 2026,,,\n"
    "2,Imports that work,1,Onboarding,bo@example.com,Q4 2026,,,\n"
    "3,Success from 62 to 70,2,Onboarding,bo@example.com,Q4 2026,62,70,50%\n"
    "4,Last year's,,Acme,ada@example.com,Q4 2025,,,\n"
    "5,Lost,9,Onboarding,bo@example.com,Q4 2026,1,2,\n"
)
PERDOO = (
    "Objective;Key Result;Lead;Group;Timeframe;Start value;Target value;Current value\n"
    "A calm start;Success;Ada;Onboarding;Q4 2026;62;70;66\n"
    "A calm start;Same;Ada;Onboarding;Q4 2026;5;5;\n"
)


def test_tables_of_other_tools_are_told_by_their_columns():
    columns, preset = formats.guess(formats.header_of(VIVA))
    assert preset == "viva"
    plan = formats.read(VIVA, "table", columns, "2026-Q4")
    assert _told(plan) == [
        ("A calm start", "ada@example.com", [], []),
        ("Imports that work", "bo@example.com", ["1"], [("Success from 62 to 70", 0.5)]),
    ]
    assert plan.objectives[1].key_results[0].fields["current"] == 66.0
    assert [(one.line, one.text) for one in plan.left] == [(5, "Last year's"), (6, "Lost")]
    columns, preset = formats.guess(formats.header_of(PERDOO))
    assert preset == "perdoo"
    plan = formats.read(PERDOO, "table", columns, "2026-Q4")
    assert _told(plan) == [("A calm start", "Ada", [], [("Success", None), ("Same", None)])]
    assert "both 5" in plan.left[0].why


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")) | st.sampled_from("=+-@'\";,|\t\n#*"),
    max_size=24,
).map(lambda text: text.strip())
TITLE = TEXT.map(lambda text: " ".join(text.split())).filter(bool)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
STEPS = st.lists(
    st.builds(
        MilestoneSaid,
        line=st.just(0),
        title=TITLE,
        weight=st.floats(0.1, 900),
        due_on=st.sampled_from(["", "2026-11-23"]),
        done_at=st.sampled_from(["", "2026-11-23T10:00:00+00:00"]),
        done_by=st.sampled_from(["", "ada@example.com"]),
    ),
    max_size=2,
)
RESULT = st.builds(
    KeyResultSaid,
    line=st.just(0),
    title=TITLE,
    id=st.just("1.1"),
    owner=st.sampled_from(["", "ada@example.com"]),
    kpi=st.sampled_from(["", "churn"]),
    fields=st.fixed_dictionaries(
        {"kind": st.sampled_from(["increase", "keep_within"])},
        optional={
            **{name: NUMBER for name in ("start", "target", "stretch", "low", "high", "weight", "current")},
            "levels": st.lists(TEXT.filter(bool), min_size=1, max_size=3),
            "guardrail": st.just(True),
        },
    ),
    milestones=STEPS,
    graded=st.none()
    | st.builds(
        Lived,
        line=st.just(0),
        fields=st.fixed_dictionaries(
            {"value": st.floats(0, 1), "at": st.just("2026-11-23T10:00:00+00:00"), "on_time": st.booleans()},
            optional={"why": TEXT.filter(bool), "by": st.just("ada@example.com")},
        ),
    ),
    check_ins=st.lists(
        st.builds(
            Lived,
            line=st.just(0),
            fields=st.fixed_dictionaries(
                {"week": st.just("2026-11-23"), "value": NUMBER, "at": st.just("2026-11-23T10:00:00+00:00")},
                optional={
                    "note": TEXT.filter(bool),
                    "by_hand": st.booleans(),
                    "confidence": st.integers(0, 10),
                },
            ),
        ),
        max_size=2,
    ),
)
TOLD = st.builds(
    Lived,
    line=st.just(0),
    fields=st.fixed_dictionaries(
        {"at": st.just("2026-11-23T10:00:00+00:00")},
        optional={"learned": TEXT.filter(bool), "postmortem": TEXT.filter(bool)},
    ),
)
PLAN = st.builds(
    Plan,
    objectives=st.lists(
        st.builds(
            ObjectiveSaid,
            line=st.just(0),
            title=TITLE,
            id=st.just("1"),
            team=TITLE,
            fields=st.dictionaries(st.sampled_from(["why", "learned", "level"]), TEXT.filter(bool)),
            serves=st.lists(st.sampled_from([("supports", "2"), ("contributes", "FY2026#1.1")]), max_size=2),
            key_results=st.lists(RESULT, max_size=2),
            cycle=st.sampled_from(["", "2026-Q4"]),
            told=st.none() | TOLD,
        ),
        min_size=1,
        max_size=3,
    ),
)


def _placeless(plan):
    for one in plan.objectives:
        one.line = 0
        for each in filter(None, [one.told, *one.key_results]):
            each.line = 0
        for row in one.key_results:
            for each in filter(None, [*row.milestones, row.graded, *row.check_ins]):
                each.line = 0
    return plan


@given(PLAN)
def test_what_is_written_comes_back_the_same(plan):
    text = formats.to_markdown(plan, "OKRs Q4 2026")
    assert formats.shape_of(text) == "own-markdown"
    assert _placeless(formats.read(text, "own-markdown")) == plan
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(formats.COLUMNS)
    writer.writerows(formats.to_csv_rows(plan))
    table = "\ufeff" + out.getvalue()
    assert formats.shape_of(table) == "own-table"
    assert _placeless(formats.read(table, "own-table")) == plan


PIECES = st.sampled_from(
    [
        *(
            "# ",
            "## Objective 1: ",
            "- ",
            "  * ",
            "\t1. ",
            "=> 70%",
            "(0.7)",
            "[a](b)",
            "\n",
            "\r\n",
            "\0",
            "```",
        ),
        *("<!-- prodops okrs 1 -->\n", "prodops type,title\n", "objective,", '"', "\ufeff", "---\n", "KR: "),
        *("Ada: ", "✅", ","),
    ]
)


@given(st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join))
def test_whatever_is_in_a_file_is_read_or_refused_in_words(text):
    for shape in ("markdown", "own-markdown", "own-table", "table"):
        with suppress(formats.Unreadable):
            plan = formats.read(text, shape, {"title": "title"})
            assert all(one.title and len(one.title) <= 160 for one in plan.objectives)


def test_what_is_huge_is_refused_or_read_soon():
    with pytest.raises(formats.Unreadable, match="Split"):
        formats.read("- a\n" * 6_000, "markdown")
    deep = "".join(f"{'  ' * depth}- level {depth}\n" for depth in range(200))
    plan = formats.read(deep, "markdown")
    assert any("levels deep" in one.why for one in plan.left)
    for hostile in ("[" * 15_000, "*" * 15_000, "(" * 15_000, "- " * 7_000, "a:" * 7_000, "-" * 15_000 + ">"):
        formats.read(f"- top\n  - {hostile}\n", "markdown")
