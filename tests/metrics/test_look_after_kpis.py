import datetime as dt

import pytest
from django.urls import reverse

from metrics.models import Conflict, ConflictKind, Kpi, KpiTarget, KpiVersion, Ruling
from metrics.queries import governance
from metrics.services import conflicts, kpis, targets, verification, versions
from metrics.tasks import remind_verification
from prodops.clock import company_day
from prodops.models import Event, Notification, Role
from tests.factories.metrics import KpiFactory, PointFactory
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def kpi(team, member):
    return KpiFactory(approved=True, team=team, owner=member)


def test_verifying_holds_for_half_a_year_and_drafts_are_not_verified(kpi, member, now):
    until = verification.verify(kpi, by=member, at=now)
    kpi.refresh_from_db()
    assert (kpi.verified_by, kpi.verified_until) == (member, until)
    with pytest.raises(verification.CannotVerify, match="draft"):
        verification.verify(KpiFactory(), by=member, at=now)


def test_an_edit_by_the_verifier_keeps_the_verification_and_anothers_ends_it(kpi, member, ops, now):
    verification.verify(kpi, by=member, at=now)
    kpis.edit(kpi, freshness_hours=12, by=member, at=now)
    kpis.edit(kpi, owner=ops, by=ops, at=now)  # who answers for it was not what was verified
    kpi.refresh_from_db()
    assert kpi.verified_by == member
    kpis.edit(kpi, freshness_hours=20, by=ops, at=now)
    kpi.refresh_from_db()
    assert (kpi.verified_by, kpi.verified_until) == (None, None)
    assert Event.objects.filter(verb="kpi.edited").latest("pk").data["verification_ended"]


def test_an_approved_change_by_the_verifier_keeps_it_and_anothers_is_verified_by_the_reviewer(
    kpi, member, ops, now
):
    verification.verify(kpi, by=member, at=now)
    versions.approve(versions.propose(kpi, meaning="Clearer", note="", by=member, at=now), by=ops, at=now)
    kpi.refresh_from_db()
    assert kpi.verified_by == member
    other = UserFactory(role=Role.MEMBER)
    versions.approve(versions.propose(kpi, meaning="More so", note="", by=other, at=now), by=ops, at=now)
    kpi.refresh_from_db()
    assert kpi.verified_by == ops


def test_the_owner_is_reminded_once_of_each_verification(
    kpi, member, ops, now, django_capture_on_commit_callbacks
):
    verification.verify(kpi, by=ops, at=now - dt.timedelta(days=170))
    with django_capture_on_commit_callbacks(execute=True):
        remind_verification()
        remind_verification()
    told = Notification.objects.get(recipient=member, text__startswith="Look at")
    assert kpi.name in told.text
    verification.verify(kpi, by=member, at=now)
    assert verification.remind(at=now) == 0
    assert verification.remind(at=now + dt.timedelta(days=170)) == 1


def test_the_list_finds_what_is_to_be_verified(as_, kpi, member, ops, now):
    fresh, over = KpiFactory(approved=True), KpiFactory(approved=True)
    verification.verify(fresh, by=ops, at=now)
    verification.verify(over, by=ops, at=now - dt.timedelta(days=200))

    def found(**query):
        html = as_(member).get(reverse("metrics:kpi_list"), query).content.decode()
        return {one for one in (kpi, fresh, over) if f'href="{one.get_absolute_url()}"' in html}

    assert found(verification="verified") == {fresh}
    assert found(verification="due") == {kpi, over}
    assert found(verification="over") == {over}
    assert found(verification="never") == {kpi}


def test_ticked_kpis_are_verified_and_given_an_owner_but_not_anothers(as_, kpi, member, team):
    draft, foreign = KpiFactory(team=team, owner=member), KpiFactory(approved=True)
    url, ticked = reverse("metrics:kpi_bulk"), {"pk": [kpi.pk, draft.pk]}
    as_(member).post(url, ticked | {"verb": "verify"})
    kpi.refresh_from_db()
    assert kpi.verified_by == member
    heir = UserFactory()
    as_(member).post(url, ticked | {"verb": "assign", "owner": heir.pk})
    assert set(Kpi.objects.filter(owner=heir)) == {kpi, draft}
    as_(member).post(url, {"pk": [foreign.pk], "verb": "assign", "owner": heir.pk})
    foreign.refresh_from_db()
    assert foreign.owner != heir
    assert Event.objects.filter(verb="kpi.assigned").count() == 2


def test_drift_is_said_with_a_reason_and_settled(as_, kpi, member, now):
    url = reverse("metrics:kpi_drift", args=[kpi.slug])
    as_(member).post(url, {"reason": ""})
    kpi.refresh_from_db()
    assert kpi.status == "approved"
    as_(member).post(url, {"reason": "It counts refunds now"})
    kpi.refresh_from_db()
    assert (kpi.status, kpi.status_note) == ("drifted", "It counts refunds now")
    assert "It counts refunds now" in as_(member).get(kpi.get_absolute_url()).content.decode()
    with pytest.raises(verification.CannotVerify):
        verification.verify(kpi, by=member, at=now)
    as_(member).post(reverse("metrics:kpi_settle", args=[kpi.slug]))
    kpi.refresh_from_db()
    assert (kpi.status, kpi.status_note) == ("approved", "")


def test_a_target_pins_its_version_and_the_newest_begun_is_in_force(as_, kpi, member, now):
    today = company_day(now)
    url = reverse("metrics:target_set", args=[kpi.slug])
    assert as_(member).post(url, {"effective_from": today}).status_code == 422
    assert as_(member).post(url, {"effective_from": today, "low": 9, "high": 3}).status_code == 422
    as_(member).post(url, {"effective_from": today - dt.timedelta(days=90), "value": "60"})
    as_(member).post(url, {"effective_from": today, "value": "70", "low": "60"})
    as_(member).post(url, {"effective_from": today + dt.timedelta(days=90), "value": "80"})
    target = KpiTarget.objects.at(today).get(kpi=kpi)
    assert (target.value, target.version_id) == (70, kpi.pinned_version_id())
    assert (
        f"{kpi.show(70)}, at least {kpi.show(60)}" in as_(member).get(kpi.get_absolute_url()).content.decode()
    )
    as_(member).post(reverse("metrics:target_remove", args=[kpi.slug, target.pk]))
    assert KpiTarget.objects.at(today).get(kpi=kpi).value == 60
    assert as_(UserFactory(role=Role.SUBMITTER)).post(url).status_code == 403
    assert as_(UserFactory(role=Role.MEMBER)).post(url).status_code == 404


def test_a_target_is_written_over_on_the_same_day(kpi, member, now):
    day = company_day(now)
    for value in (60, 65):
        targets.set_target(kpi, effective_from=day, value=value, by=member, at=now)
    assert kpi.targets.get().value == 65
    assert Event.objects.filter(verb="kpi.target_set").count() == 2


def test_governance_counts_and_leads_to_the_rows(as_, team, member, now):
    good = KpiFactory(approved=True, team=team)
    good.count_version.sql = {"postgres": "select 1"}
    good.count_version.save()
    PointFactory(kpi=good, period=now.replace(hour=0, minute=0, second=0, microsecond=0))
    verification.verify(good, by=member, at=now)
    bad = KpiFactory(team=team, owner=UserFactory(is_active=False))
    [health], total = governance.by_team(Kpi.objects.all(), now)
    assert health.counts == {"unowned": 1, "unreviewed": 1, "undefined": 1, "duplicated": 0, "stale": 1}
    assert (health.kpis, health.score, total.score) == (2, 60, 60)
    page = as_(member).get(reverse("metrics:governance")).content.decode()
    assert f"?team={team.pk}&amp;problem=unowned" in page
    for problem in ("unowned", "unreviewed", "undefined", "stale"):
        html = (
            as_(member)
            .get(reverse("metrics:kpi_list"), {"team": team.pk, "problem": problem})
            .content.decode()
        )
        assert f'href="{bad.get_absolute_url()}"' in html
        assert f'href="{good.get_absolute_url()}"' not in html


def test_what_counts_the_same_is_duplicated_until_somebody_says_why(ops, now):
    alike = {"sql": {"postgres": "SELECT count(*) FROM trips WHERE done"}}
    pair = {KpiFactory(approved=True, name=name, owner=ops) for name in ("Trips", "Journeys driven")}
    for kpi in pair:
        KpiVersion.objects.filter(pk=kpi.count_version_id).update(**alike)
    conflicts.refresh(at=now)
    assert set(governance.with_problem(Kpi.objects.all(), "duplicated", now)) == pair
    conflict = Conflict.objects.get(kind=ConflictKind.SAME_COUNT)
    conflicts.settle(conflict, ruling=Ruling.DIFFERENT, reason="One is for billing.", by=ops, at=now)
    assert not governance.with_problem(Kpi.objects.all(), "duplicated", now).exists()


def test_proposals_wait_on_the_governance_page_of_a_reviewer(as_, kpi, member, ops, now):
    version = versions.propose(kpi, meaning="Clearer", note="", by=member, at=now)
    address = version.get_absolute_url()
    assert address in as_(ops).get(reverse("metrics:governance")).content.decode()
    assert address not in as_(member).get(reverse("metrics:governance")).content.decode()
