"""Quarterly pages as companies publish them, in the shapes they write them: read, and said what is not.

The shapes are those of public handbooks: nested items with a role before the colon, "=> 70%", ": 8/10
(80%)", "**CEO KR:**", "OBJECTIVE:" under headings of departments, what was good and bad at the end. The words
are ours.
"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from process import formats
from process.formats.grades import marked
from process.models import KeyResult, Objective, OkrImport


def _told(text):
    plan = formats.read(text, "markdown")
    return plan, [
        (
            one.title,
            one.owner,
            one.team,
            [ref for _, ref in one.serves],
            [_row(row) for row in one.key_results],
        )
        for one in plan.objectives
    ]


def _row(row):
    return row.title, row.owner, None if row.grade is None else round(row.grade, 4)


ROLES = """---
layout: markdown_page
title: "2018 Q3"
---

## On this page
{:.no_toc}

- TOC
{:toc}

### CEO: Carriers trust every load. Three of four come back within the quarter.

* VPE
  * Support: Answer at once. 95% on time, 90% glad: Achieved 93% on time
  * Services: 95% on time
* VPE: Ready for the big ones - 70% (moved house, more to do)
    * Frontend: Keep 100% of the [budget](/errors): 94% ([outage](https://example.com/7))
\t* Frontend: Make 10 [pages](https://example.com/e/2) quick: 8/10 (80%)
      * Frontend Maps: Make 5 of them quick: X/10 (X%)
    * Data: Move in July - moved on Aug 11. (100%)
    * Hiring: Source 30 and hire 2: 30 sourced (100%), hired 1 (50%)
* Product
  * Hire two directors. 0/2
  * Open the map to all => 17%, 100%, 100%

## Retrospectives

### Data

* Good
  * All were met: 100%
* Bad
  * Too many (4)
"""


def test_roles_before_colons_and_grades_behind_them():
    plan, told = _told(ROLES)
    assert told == [
        (
            "Carriers trust every load. Three of four come back within the quarter.",
            "CEO",
            "",
            [],
            [
                ("Answer at once. 95% on time, 90% glad: Achieved 93% on time", "Support", None),
                ("95% on time", "Services", None),
                ("Hire two directors", "Product", 0.0),
                ("Open the map to all", "Product", 0.7233),
            ],
        ),
        (
            "Ready for the big ones",
            "VPE",
            "",
            ["1"],
            [
                ("Keep 100% of the budget", "Frontend", 0.94),
                ("Move in July - moved on Aug 11.", "Data", 1.0),
                ("Source 30 and hire 2", "Hiring", 0.75),
            ],
        ),
        ("Make 10 pages quick", "Frontend", "", ["2"], [("Make 5 of them quick", "Frontend Maps", None)]),
    ]
    why = {one.text: one.why for one in plan.left}
    assert "several grades" in why["Source 30 and hire 2"]
    assert "what was learned" in why["Retrospectives"]
    assert "graded by its key results" in why["Ready for the big ones"]
    assert "94% (outage)" in plan.objectives[1].fields["why"]


NUMBERED = """# Q1

## OKRs

### 1. CEO: A calm start
[Epic 720](https://example.com/epics/720)
1. **CEO KR:** Keep the cost of a new customer under 40
    1. **CFO**: One forecast. [Epic 799](https://example.com/epics/799)
    1. **CRO:** Three pilots [Epic 797](https://example.com/epics/797)
1. **CEO KR:** Certify 25% of the dispatchers => 40% done
1. **CTO:**: Run it at half the price. [Issue 83](https://example.com/83)

## How to achieve presentations

* [Engineering](https://example.com/a)
* [Finance](https://example.com/b)
"""


def test_somebody_s_key_results_and_who_serves_them():
    plan, told = _told(NUMBERED)
    assert told == [
        (
            "A calm start",
            "CEO",
            "",
            [],
            [
                ("Keep the cost of a new customer under 40", "CEO", None),
                ("Certify 25% of the dispatchers", "CEO", 0.4),
                ("Run it at half the price", "CTO", None),
            ],
        ),
        ("One forecast", "CFO", "", ["1.1"], []),
        ("Three pilots", "CRO", "", ["1.1"], []),
    ]
    assert any("names, not results" in one.why for one in plan.left)
    assert sum("without a key result" in one.why for one in plan.left) == 2


LABELLED = """# FY22-Q2 OKRs

> These run from 2021-05-01 to 2021-07-31.

## Company

1. **OBJECTIVE: Every fleet can afford it**
   - KR: Weekly use grows to [_N<sub>0</sub>_][n0] by the end
   - KR: Improve the score from 25 to 35 ([tracker](https://example.com/t))

## Sales & marketing

1. **OBJECTIVE: A pipeline that repeats**
   - KR: 95% of calls answered within 5 minutes ==> Not done.
   - KR: Two pages => Done, one more than planned

<!-- Footnotes -->
[n0]: https://example.com/private
"""


def test_labels_under_departments():
    plan, told = _told(LABELLED)
    assert told == [
        (
            "Every fleet can afford it",
            "",
            "Company",
            [],
            [
                ("Weekly use grows to N 0 by the end", "", None),
                ("Improve the score from 25 to 35 (tracker)", "", None),
            ],
        ),
        (
            "A pipeline that repeats",
            "",
            "Sales & marketing",
            [],
            [("95% of calls answered within 5 minutes", "", 0.0), ("Two pages", "", 1.0)],
        ),
    ]
    assert plan.objectives[0].key_results[1].fields["start"] == 25.0
    assert [one.text for one in plan.left] == ["> These run from 2021-05-01 to 2021-07-31."]


IN_BOLD = """# Quarterly OKRs

## 2018 Q3

**Trucks find their dock**
- Signs at 30 yards => 100%
- Wrong turns from 9 to 3 => 70%

**Nobody waits for paper** (0.4)

- Papers on the phone (0.4)

**Status:** we go on
"""
WITH_FIELDS = """# OKRs - Q1 2025

**Owner:** Mia

## Objective 1: Carriers load without waiting

### Key Result 1.1: Waits under 10 minutes at 40 docks
- **Target:** 40
- **Progress:** 70% 🟡
- **Owner:** @Tom
"""


def test_lines_in_bold_head_the_list_below_them():
    plan, told = _told(IN_BOLD)
    assert [(one[0], [(row[0], row[2]) for row in one[-1]]) for one in told] == [
        ("Trucks find their dock", [("Signs at 30 yards", 1.0), ("Wrong turns from 9 to 3", 0.7)]),
        ("Nobody waits for paper", [("Papers on the phone", 0.4)]),
    ]
    assert "**Status:** we go on" in [one.text for one in plan.left]


def test_fields_below_a_key_result_say_whose_it_is_and_how_far():
    _, [(title, *_, rows)] = _told(WITH_FIELDS)
    assert title == "Carriers load without waiting"
    assert rows == [("Waits under 10 minutes at 40 docks", "Tom", 0.7)]


@pytest.mark.parametrize(
    ("line", "text", "grade"),
    [
        ("Failover in July : Completed mid-August", "Failover in July", 1.0),
        ("Budget: -17%", "Budget", 0.0),
        ("Desk: 24/7 coverage", "24/7 coverage", None),
        ("Pages: 21/20 (105%)", "Pages", 1.0),
        ("Store it ([#5](https://example.com/5))", "Store it", None),
        ("Increase use by 20%", "Increase use by 20%", None),
        ("Find 90 of them: 137\\* found (100%\\*), hired 2 (67%)", "Find 90 of them", 0.835),
        ("Plan it => Not yet", "Plan it", 0.0),
        ("Turns from 9 to 3 [70%]", "Turns from 9 to 3", 0.7),
        ("Calls halved — 0.6", "Calls halved", 0.6),
        ("Errors at 0.6", "Errors at 0.6", None),
    ],
)
def test_grades_at_the_end_of_a_line_are_told_from_what_is_aimed_at(line, text, grade):
    found = marked(line)
    assert (found.text, found.grade and round(found.grade, 4)) == (text, grade)


def test_a_published_page_is_looked_at_before_it_comes_in(cycle, team, ops, as_):
    client = as_(ops)
    said = {"cycle": cycle.pk, "team": team.pk, "owner": ops.pk}
    file = SimpleUploadedFile("okrs.md", ROLES.encode())
    url = client.post(reverse("process:okr_import_new"), said | {"file": file}).url
    page = client.get(url).text
    for words in ("Ready for the big ones", "what was learned", "several grades", "72 %"):
        assert words in page
    assert not Objective.objects.exists()
    client.post(reverse("process:okr_import_confirm", args=[OkrImport.objects.get().pk]), {"reason": "Late"})
    assert (Objective.objects.count(), KeyResult.objects.count()) == (3, 8)
    assert KeyResult.objects.get(title="Keep 100% of the budget").current == 94.0
    again = client.post(reverse("process:okr_import_new"), said | {"pasted": ROLES}).url
    assert "Nothing new to import" in client.get(again).text
