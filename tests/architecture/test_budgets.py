"""Queries a page costs: committed, and the same with 10 rows as with several pages of them.

What is computed once a generation (prodops/memory.py) is there already, as on all but the first page after
a change.

`pytest tests/architecture/test_budgets.py --update-budgets -n 0` writes tests/budgets.json anew; review it
like code.
"""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from prodops.models import Role
from tests.architecture.resolver import kwargs_for, names
from tests.samples import LISTS

FILE = Path(__file__).parent.parent / "budgets.json"
MOST = {"default": 8, "hub": 12}
MANY = 60  # further rows: a second page


# A file that holds a whole study reads each of its tables, once: those of surveys and usability tests too.
FILES = {
    "research:study_zip": 34,
    "research:study_qdpx": 34,
    "research:participant_detail": 17,  # a person's whole record: docs/adr/0022
}


@pytest.fixture(autouse=True)
def _remembering(settings, fresh_cache):
    settings.REMEMBER_SECONDS = 60


def budgets():
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def queries_of(client, url):
    client.get(url)  # warm what is computed once a process
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(url)
    return len(captured), response.status_code, [query["sql"][:160] for query in captured.captured_queries]


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in names() if name not in ("healthz", "readyz")])
def test_a_page_keeps_its_budget(name, people, client, enter, request):
    enter(Role.PRODUCT_OPS)
    url = reverse(name, kwargs=kwargs_for(name, people))
    if name in LISTS:
        LISTS[name](people, 10)
    count, status, sql = queries_of(client, url)
    if status == 405:
        return
    known = budgets()
    if request.config.getoption("--update-budgets"):
        FILE.write_text(json.dumps(dict(sorted((known | {name: count}).items())), indent=2) + "\n")
        return
    assert name in known, f"{name} has no budget: run with --update-budgets"
    assert count <= known[name], f"{url} costs {count} queries, budget {known[name]}:\n" + "\n".join(sql)


def test_no_budget_is_larger_than_the_house_allows():
    for name, count in budgets().items():
        assert count <= FILES.get(name, MOST["hub"]), f"{name}: {count}"


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_costs_the_same_however_long(name, people, client, enter):
    enter(Role.PRODUCT_OPS)
    url = reverse(name, kwargs=kwargs_for(name, people))
    LISTS[name](people, 10)
    few, _, _ = queries_of(client, url)
    LISTS[name](people, MANY)
    many, _, sql = queries_of(client, url)
    assert many <= few, f"{url} costs {few} queries for 10 rows and {many} for {10 + MANY}:\n" + "\n".join(
        sql
    )
