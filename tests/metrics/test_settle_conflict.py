"""Pairs of KPIs are found, settled, and asked about again only when one of the two changes."""

import itertools
import random

import numpy as np
import pytest
from django.urls import reverse

from metrics.formats import alike
from metrics.models import Conflict, ConflictKind, KpiAlias, KpiStatus, KpiVersion, Ruling, Verdict
from metrics.services import conflicts, kpis
from prodops.models import Event
from tests.factories.metrics import KpiFactory
from tests.factories.prodops import UserFactory

PAID = {
    "kind": "simple",
    "measure": {"aggregate": "sum", "column": "amount", "table": "orders"},
}
PAID_SQL = {"postgres": "select date_trunc('day', at), SUM(o.amount) from Orders o group by 1"}


def counted(kpi, **fields):
    KpiVersion.objects.filter(kpi=kpi).update(**fields)
    return kpi


@pytest.fixture
def pair(team, member, now):
    """Two KPIs that count the same, one typed and one in SQL."""
    counted(KpiFactory(name="Revenue", team=team, owner=member), definition=PAID)
    counted(KpiFactory(name="Sales volume", team=team, owner=member), sql=PAID_SQL)
    conflicts.refresh(at=now)
    return Conflict.objects.get()


def test_same_counting_under_two_names_is_found_and_the_fingerprint_kept(pair):
    assert pair.kind == ConflictKind.SAME_COUNT
    assert KpiVersion.objects.exclude(fingerprint="").values("fingerprint").distinct().count() == 1


def test_each_kind_is_found(db, now):
    other = {**PAID, "measure": {**PAID["measure"], "table": "invoices"}}
    counted(KpiFactory(name="Active users"), definition=PAID)
    counted(KpiFactory(name="active  Users", unit="count"), definition=other)
    named = KpiFactory(name="Sign-ups a week")
    KpiAlias.objects.create(kpi=named, name="Joiners")
    KpiFactory(name="joiners")
    KpiFactory(name="Onboarding completion rate")
    KpiFactory(name="Onboarding completion rates")
    KpiFactory(name="Weekly retention")
    KpiFactory(name="Monthly retention")  # of a family on purpose
    conflicts.refresh(at=now)
    found = {frozenset((one.first.name, one.second.name)): one.kind for one in Conflict.objects.for_list()}
    assert found == {
        frozenset(("Active users", "active  Users")): ConflictKind.SAME_NAME,
        frozenset(("Sign-ups a week", "joiners")): ConflictKind.ALIAS,
        frozenset(("Onboarding completion rate", "Onboarding completion rates")): ConflictKind.NEAR_NAME,
    }


def test_near_meanings_are_told_by_their_vectors():
    rows = [
        alike.Known(1, "Churn", vector=np.array([1.0, 0.0])),
        alike.Known(2, "Share of customers who leave", vector=np.array([0.95, 0.3122])),
        alike.Known(3, "Response time", vector=np.array([0.0, 1.0])),
    ]
    (pair,) = alike.pairs(rows)
    assert (pair.first, pair.second, pair.kind) == (1, 2, alike.NEAR_MEANING)
    assert alike.pairs(rows, only={3}) == []


def trigrams(name):
    return {f"  {word} "[place : place + 3] for word in name.split() for place in range(len(word) + 1)}


def test_near_names_are_those_that_holding_each_against_each_finds():
    dice = random.Random(4)
    words = [
        "active",
        "users",
        "trials",
        "churn",
        "orders",
        "basket",
        "baskets",
        "retention",
        "margin",
        "refund",
        "refunds",
    ]
    names = sorted({" ".join(dice.sample(words, dice.randint(1, 3))) for _ in range(120)})
    wanted = set()
    for one, other in itertools.combinations(range(len(names)), 2):
        mine, theirs = trigrams(names[one]), trigrams(names[other])
        if len(mine & theirs) / len(mine | theirs) >= alike.NAME_ALIKE:
            wanted.add((one, other))
    found = alike.pairs([alike.Known(key, name) for key, name in enumerate(names)])
    assert {(pair.first, pair.second) for pair in found if pair.kind == alike.NEAR_NAME} == wanted
    assert len(wanted) > 20
    some = alike.pairs([alike.Known(key, name) for key, name in enumerate(names)], only={3})
    assert {(pair.first, pair.second) for pair in some} == {pair for pair in wanted if 3 in pair}


def test_to_keep_both_takes_a_reason_and_is_remembered(pair, member, now):
    with pytest.raises(conflicts.NoReason):
        conflicts.settle(pair, ruling=Ruling.DIFFERENT, by=member, at=now)
    conflicts.settle(pair, ruling=Ruling.DIFFERENT, reason="One has VAT.", by=member, at=now)
    conflicts.refresh(at=now)
    assert not Conflict.objects.open().exists()
    assert Event.objects.filter(verb="kpi.conflict_settled").count() == 2
    with pytest.raises(conflicts.Settled):
        conflicts.settle(pair, ruling=Ruling.DIFFERENT, reason="Again", by=member, at=now)


def test_the_verdict_is_asked_again_only_when_a_definition_changes(pair, member, now):
    conflicts.settle(pair, ruling=Ruling.DIFFERENT, reason="One has VAT.", by=member, at=now)
    kpis.edit(pair.first, tier="guardrail", by=member, at=now)
    conflicts.refresh([pair.first_id], at=now)
    assert not Conflict.objects.open().exists()
    kpis.edit(pair.first, meaning="Now without VAT too.", by=member, at=now)
    conflicts.refresh([pair.first_id], at=now)
    reopened = Conflict.objects.open().get()
    assert reopened.before.reason == "One has VAT."
    counted(pair.first, definition={**PAID, "measure": {**PAID["measure"], "table": "invoices"}})
    conflicts.refresh([pair.first_id], at=now)
    assert not Conflict.objects.exists()


def test_merging_deprecates_the_other_and_can_be_taken_back(pair, member, now):
    verdict = conflicts.settle(pair, ruling=Ruling.ALIASED, keep=pair.first, by=member, at=now)
    pair.second.refresh_from_db()
    assert (pair.second.status, pair.second.successor) == (KpiStatus.DEPRECATED, pair.first)
    assert [alias.name for alias in pair.first.aliases.all()] == ["Sales volume"]
    conflicts.undo(verdict, by=member, at=now)
    pair.second.refresh_from_db()
    assert pair.second.status == KpiStatus.DRAFT
    assert not pair.first.aliases.exists()
    assert Conflict.objects.open().exists()


def test_only_who_may_change_the_kpi_deprecates_it(pair, now):
    stranger = UserFactory()
    for ruling, keep in ((Ruling.DIFFERENT, None), (Ruling.MERGED, pair.first)):
        with pytest.raises(conflicts.NotYours):
            conflicts.settle(pair, ruling=ruling, keep=keep, reason="x", by=stranger, at=now)
    assert not Verdict.objects.exists()


def test_the_page_shows_pairs_in_sentences_and_settles_them(pair, member, submitter, as_):
    url = reverse("metrics:conflict_list")
    page = as_(member).get(url).content.decode()
    assert "count exactly the same under two names" in page
    assert "Sum of orders.amount, per day" in page
    assert "They are different" not in as_(submitter).get(url).content.decode()
    settle = reverse("metrics:conflict_settle", args=[pair.pk])
    as_(member).post(settle, {"ruling": "different", "reason": "VAT", "next": url})
    assert "No two KPIs" in as_(member).get(url).content.decode()
    page = as_(member).get(f"{url}?state=settled").content.decode()
    assert "Take the verdict back" in page
    as_(member).post(reverse("metrics:verdict_undo", args=[Verdict.objects.get().pk]))
    assert Conflict.objects.open().exists()
