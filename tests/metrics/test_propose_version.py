import datetime as dt

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from metrics.formats.changes import pieces
from metrics.formats.definition.literals import shown, typed
from metrics.models import KpiVersion, VersionState
from metrics.queries import registry
from metrics.services import kpis, versions
from prodops.clock import company_day
from prodops.models import Event, Notification, Role
from tests.factories.metrics import KpiFactory, PointFactory
from tests.factories.process import KeyResultFactory
from tests.factories.prodops import UserFactory

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
ORDERS = {"kind": "simple", "one_aggregate": "sum", "one_column": "amount", "one_table": "orders"}
PAID = {"one_f0_column": "status", "one_f0_op": "=", "one_f0_values": "paid"}


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    return django_capture_on_commit_callbacks


@pytest.fixture
def kpi(team, member):
    return KpiFactory(approved=True, team=team, owner=member)


def propose(kpi, member, now, **fields):
    return versions.propose(kpi, note="Because", by=member, at=now, **({"formula": "anew"} | fields))


@pytest.mark.django_db
def test_a_draft_goes_to_review_and_becomes_the_companys(member, ops, now):
    kpi = KpiFactory(owner=member)
    version = versions.submit(kpi, by=member, at=now)
    assert (kpi.status, version.state) == ("proposed", "proposed")
    with pytest.raises(versions.Refused):
        versions.submit(kpi, by=member, at=now)
    with pytest.raises(kpis.NeedsProposal):
        kpis.edit(kpi, formula="meanwhile", by=member, at=now)
    versions.approve(version, by=ops, at=now)
    kpi.refresh_from_db()
    assert (kpi.status, kpi.live_version_id, kpi.approved_by) == ("approved", version.pk, ops)
    assert (kpi.verified_by, kpi.verified_until) == (ops, company_day(now) + dt.timedelta(days=180))
    with pytest.raises(versions.Decided):
        versions.approve(version, by=ops, at=now)
    assert [e.verb for e in Event.objects.order_by("pk")] == ["kpi.proposed", "kpi.approved"]


@pytest.mark.django_db
def test_a_draft_sent_back_is_a_draft_with_the_reason(member, ops, now):
    kpi = KpiFactory(owner=member)
    versions.reject(versions.submit(kpi, by=member, at=now), reason="Too vague", by=ops, at=now)
    kpi.refresh_from_db()
    version = kpi.versions.get()
    assert (kpi.status, version.state, version.reason) == ("draft", "draft", "Too vague")
    assert versions.submit(kpi, by=member, at=now).reason == ""


@pytest.mark.django_db
def test_the_old_version_stays_live_until_somebody_else_approves(kpi, member, ops, now):
    old = kpi.live_version
    version = propose(kpi, member, now, name="Renamed")
    kpi.refresh_from_db()
    assert (kpi.formula, kpi.name, kpi.live_version) == (old.formula, old.name, old)
    assert (version.number, version.base, version.recounts) == (2, old, True)
    with pytest.raises(versions.OwnProposal):
        versions.approve(version, by=member, at=now)
    versions.approve(version, by=ops, at=now)
    kpi.refresh_from_db()
    old.refresh_from_db()
    version.refresh_from_db()
    assert (kpi.formula, kpi.name, kpi.live_version, kpi.count_version) == (
        "anew",
        "Renamed",
        version,
        version,
    )
    assert (old.state, version.state, version.effective_from) == ("past", "live", company_day(now))
    assert [alias.name for alias in kpi.aliases.all()] == [old.name]


@pytest.mark.django_db
def test_a_new_wording_does_not_count_anew(kpi, member, ops, now):
    counted = kpi.count_version
    version = versions.propose(kpi, meaning="Said better", note="", by=member, at=now)
    assert not version.recounts
    versions.approve(version, by=ops, at=now)
    kpi.refresh_from_db()
    assert (kpi.live_version, kpi.count_version, kpi.meaning) == (version, counted, "Said better")
    assert kpi.pinned_version_id() == counted.pk


@pytest.mark.django_db
def test_a_second_proposal_is_stale_once_the_first_is_live_and_can_be_taken_up(as_, kpi, member, ops, now):
    first = propose(kpi, member, now)
    second = propose(kpi, member, now, formula=kpi.formula, meaning="Also clearer")
    versions.approve(first, by=ops, at=now)
    with pytest.raises(versions.Stale):
        versions.approve(second, by=ops, at=now)
    page = as_(ops).get(second.get_absolute_url()).content.decode()
    assert "Out of date" in page
    url = f"{reverse('metrics:definition_edit', args=[kpi.slug])}?from={second.number}"
    form = as_(member).get(url).content.decode()
    assert "Also clearer" in form
    assert "anew</textarea>" in form  # what went live meanwhile is kept
    kpi.refresh_from_db()
    third = versions.propose(kpi, meaning="Also clearer", note="", replaces=second, by=member, at=now)
    second.refresh_from_db()
    assert second.state == VersionState.WITHDRAWN
    versions.approve(third, by=ops, at=now)
    kpi.refresh_from_db()
    assert (kpi.formula, kpi.meaning) == ("anew", "Also clearer")
    assert KpiVersion.objects.filter(kpi=kpi, state="live").count() == 1


@pytest.mark.django_db
def test_rejecting_and_withdrawing_leave_the_live_version(as_, kpi, member, ops, now, on_commit):
    first, second = propose(kpi, member, now), propose(kpi, member, now, formula="and so")
    url = reverse("metrics:version_reject", args=[kpi.slug, first.number])
    assert as_(ops).post(url, {"reason": ""}).status_code == 422
    with on_commit(execute=True):
        as_(ops).post(url, {"reason": "We count returns"})
    as_(member).post(
        reverse("metrics:version_withdraw", args=[kpi.slug, second.number]), {"reason": "A mistake"}
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.reason, first.reviewer) == ("rejected", "We count returns", ops)
    assert (second.state, second.reason) == ("withdrawn", "A mistake")
    with pytest.raises(versions.Decided):
        versions.approve(first, by=ops, at=now)
    assert Notification.objects.filter(recipient=member, text__contains="We count returns").exists()


@pytest.mark.django_db
def test_a_proposal_that_cannot_hold_says_why(kpi, member, ops, now):
    today = company_day(now)
    with pytest.raises(versions.NothingChanged):
        propose(kpi, member, now, formula=kpi.formula)
    with pytest.raises(versions.Refused, match="future"):
        propose(kpi, member, now, effective_from=today + dt.timedelta(days=1))
    PointFactory(kpi=kpi)
    with pytest.raises(versions.Refused, match="unit"):
        propose(kpi, member, now, unit="count")
    versions.approve(propose(kpi, member, now), by=ops, at=now)
    with pytest.raises(versions.Refused, match="later"):
        propose(kpi, member, now, formula="third", effective_from=today)
    with pytest.raises(versions.Refused, match="day after"):
        versions.approve(propose(kpi, member, now, formula="third"), by=ops, at=now)


@pytest.mark.django_db
def test_what_was_sent_anew_while_it_was_read_is_not_approved(member, ops, now):
    kpi = KpiFactory(owner=member)
    read = versions.submit(kpi, by=member, at=now).proposed_at
    versions.withdraw(kpi.versions.get(), by=member, at=now)
    version = versions.submit(kpi, by=member, at=now + dt.timedelta(minutes=5))
    with pytest.raises(versions.Decided):
        versions.approve(version, read=read, by=ops, at=now)


@pytest.mark.django_db
def test_the_review_page_shows_the_difference_and_whom_it_touches(as_, kpi, member, ops, now, on_commit):
    row = KeyResultFactory(kpi=kpi, title="Twice as many imports")
    version = propose(kpi, member, now, formula="imports without an error ÷ first imports")
    page = as_(ops).get(version.get_absolute_url()).content.decode()
    assert "<del>all </del>" in page
    assert row.title in page
    assert row.objective.team.name in page
    [(kind, [citation])] = registry.impact(kpi, ops).groups
    assert (kind.name, citation.version_id) == ("Key result", kpi.count_version_id)
    with on_commit(execute=True):
        versions.approve(version, by=ops, at=now)
    assert "still version 1" in as_(ops).get(reverse("metrics:kpi_usage", args=[kpi.slug])).content.decode()
    told = Notification.objects.filter(recipient=row.owner)
    assert [one.text for one in told] == [f"{kpi} is counted differently now: version 2 is live"]


@pytest.mark.django_db
def test_a_pm_proposes_without_sql(as_, kpi, member):
    said = {name: getattr(kpi, name) for name in ("name", "meaning", "formula", "unit", "direction", "grain")}
    said |= {"source": kpi.source, "note": "Typed at last", **ORDERS, **PAID, "currency": ""}
    url = reverse("metrics:definition_edit", args=[kpi.slug])
    preview = as_(member).post(reverse("metrics:definition_preview", args=[kpi.slug]), said)
    assert "Sum of orders.amount where status = &#39;paid&#39;, per day" in preview.content.decode()
    wrong = as_(member).post(
        url, said | {"one_column": "", "sql0_dialect": "postgres", "sql0_text": "drop it"}
    )
    assert wrong.status_code == 422
    assert "Say of which column." in wrong.content.decode()
    assert 'id="id_sql0_text_error"' in wrong.content.decode()
    as_(member).post(url, said | {"sql0_dialect": "postgres", "sql0_text": "select sum(amount) from orders"})
    version = kpi.versions.get(number=2)
    assert (version.state, version.kind, version.note) == ("proposed", "simple", "Typed at last")
    assert version.definition["measure"]["filters"] == [{"column": "status", "op": "=", "values": ["paid"]}]
    assert version.sql == {"postgres": "select sum(amount) from orders"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"kind": "ratio", "two_aggregate": "count", "two_table": "orders"},
            "Sum of orders.amount ÷ count of orders, per day",
        ),
        (
            {"kind": "cumulative", "window_count": 7, "window_unit": "day"},
            "Sum of orders.amount over the last 7 days, per day",
        ),
        (
            {"kind": "conversion", "entity": "user_id", "two_table": "refunds"},
            "Share of distinct user_id in orders that are in refunds, per day",
        ),
        ({"kind": "quantile", "column": "ms", "q": "95"}, "95th percentile of orders.ms, per day"),
        (
            {"kind": "derived", "expression": "won / 2", "in0_name": "won", "in0_kpi_text": "Deals won"},
            "won / 2, where won is “Deals won”, per day",
        ),
    ],
)
def test_each_kind_is_previewed_and_shown_again(as_, kpi, member, now, fields, said):
    KpiFactory(name="Deals won", slug="deals-won")
    fields = {"grain": "day", **ORDERS, **fields}
    address = reverse("metrics:definition_preview", args=[kpi.slug])
    assert said in as_(member).post(address, fields).content.decode()
    assert as_(member).post(f"{address}?part=builder", fields).status_code == 200


def test_what_is_missing_is_said_by_its_part(as_, kpi, member):
    address = reverse("metrics:definition_preview", args=[kpi.slug])
    about = {
        name: getattr(kpi, name) for name in ("name", "meaning", "formula", "unit", "direction", "source")
    }
    about |= {"grain": "day", "note": "Typed"}
    page = as_(member).post(address, {**about, "kind": "quantile", "q": "120"}).text
    assert "Percentile: Say a percentile between 0 and 100" in page
    page = as_(member).post(address, {**about, "kind": "ratio"}).text
    assert "Above the line, table: Say from which table." in page


@pytest.mark.django_db
def test_each_role_does_what_is_its_own(as_, people, kpi, member, now):
    version = propose(kpi, member, now)
    args = [kpi.slug, version.number]
    approve, edit = (
        reverse("metrics:version_approve", args=args),
        reverse("metrics:definition_edit", args=[kpi.slug]),
    )
    outsider = UserFactory(role=Role.MEMBER)
    for user, may_edit, may_approve in (
        (people[Role.SUBMITTER], 403, 403),
        (outsider, 404, 403),
        (member, 200, 403),
    ):
        assert as_(user).get(version.get_absolute_url()).status_code == 200
        assert as_(user).get(edit).status_code == may_edit
        assert as_(user).post(approve, {"read": version.proposed_at.isoformat()}).status_code == may_approve
    assert as_(people[Role.PRODUCT_OPS]).post(approve, {"read": "long ago"}).status_code == 404
    as_(people[Role.PRODUCT_OPS]).post(approve, {"read": version.proposed_at.isoformat()})
    kpi.refresh_from_db()
    assert kpi.live_version == version


@given(texts, texts)
def test_the_pieces_of_a_difference_make_both_texts(before, after):
    found = pieces(before, after)
    assert "".join(text for kind, text in found if kind != "new") == before
    assert "".join(text for kind, text in found if kind != "gone") == after


@given(st.lists(texts.filter(str) | st.integers(-(10**9), 10**9) | st.booleans(), min_size=1, max_size=4))
def test_values_of_a_filter_read_as_they_are_shown(values):
    assert typed(shown(tuple(values)), several=True) == tuple(values)
