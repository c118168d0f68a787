import pytest
from django.urls import reverse

from metrics.models import Kpi, KpiStatus, KpiTier, Unit
from metrics.services import kpis
from prodops.models import Event, Role, SearchEntry
from tests.factories.metrics import KpiFactory, PointFactory
from tests.factories.prodops import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def fields(team, **more):
    return {
        "name": "Import success on first try",
        "meaning": "Share of first imports without an error.",
        "formula": "good ÷ all",
        "unit": Unit.PERCENT,
        "currency": "",
        "direction": "up",
        "tier": KpiTier.INPUT,
        "grain": "day",
        "source": "warehouse",
        "freshness_hours": 30,
        "owner": None,
        "team": team,
        "area": None,
        **more,
    }


def form(team, **more):
    values = fields(team, **more)
    return {key: getattr(value, "pk", value) for key, value in values.items() if value is not None}


def test_a_definition_is_a_draft_with_a_slug_that_is_findable(team, member, now):
    kpi = kpis.define(**fields(team), by=member, at=now)
    assert (kpi.slug, kpi.status, kpi.defined_by) == ("import-success-on-first-try", "draft", member)
    assert Event.objects.get(verb="kpi.defined").by == member
    assert SearchEntry.objects.get(kind="kpi").title == kpi.name


def test_a_slug_is_never_given_twice_even_after_retiring(team, member, now):
    first = kpis.define(**fields(team), by=member, at=now)
    kpis.retire(first, by=member, at=now)
    second = kpis.define(**fields(team), by=member, at=now)
    assert second.slug == f"{first.slug}-2"


def test_there_is_one_north_star(team, member, now):
    KpiFactory(tier=KpiTier.NORTH_STAR, name="Dispatchers")
    with pytest.raises(kpis.NorthStarTaken, match="Dispatchers"):
        kpis.define(**fields(team, tier=KpiTier.NORTH_STAR), by=member, at=now)


def test_changing_what_was_approved_makes_it_a_draft(member, now):
    kpi = KpiFactory(approved=True)
    assert kpis.edit(kpi, formula="something else", by=member, at=now) == ["formula"]
    kpi.refresh_from_db()
    assert (kpi.status, kpi.approved_by, kpi.defined_by) == (KpiStatus.DRAFT, None, member)
    assert Event.objects.get(verb="kpi.edited").data["redefined"] == ["formula"]


def test_changing_who_owns_it_leaves_it_approved(member, now):
    kpi = KpiFactory(approved=True)
    kpis.edit(kpi, owner=member, by=member, at=now)
    kpi.refresh_from_db()
    assert kpi.status == KpiStatus.APPROVED
    assert kpis.edit(kpi, owner=member, by=member, at=now) == []
    assert Event.objects.filter(verb="kpi.edited").count() == 1


def test_approving_is_somebody_elses(ops, now):
    kpi = KpiFactory()
    kpis.approve(kpi, by=ops, at=now)
    kpi.refresh_from_db()
    assert (kpi.status, kpi.approved_by, kpi.approved_at) == (KpiStatus.APPROVED, ops, now)
    with pytest.raises(kpis.NotADraft):
        kpis.approve(kpi, by=ops, at=now)
    for own in (KpiFactory(owner=ops), KpiFactory(defined_by=ops)):
        with pytest.raises(kpis.OwnDefinition):
            kpis.approve(own, by=ops, at=now)


def test_a_definition_changed_while_it_was_read_is_not_approved(ops, member, now):
    read = KpiFactory()
    kpis.edit(Kpi.objects.get(pk=read.pk), meaning="Quite another", by=member, at=now)
    with pytest.raises(kpis.NotADraft):
        kpis.approve(read, by=ops, at=now)


def test_the_form_defines_and_leads_to_the_import(as_, member, team):
    response = as_(member).post(reverse("metrics:kpi_define"), form(team, owner=member))
    kpi = Kpi.objects.get()
    assert response.headers["Location"] == reverse("metrics:series_upload", args=[kpi.slug])
    assert kpi.owner == member


def test_the_form_says_what_is_wrong(as_, member, team):
    KpiFactory(name="import SUCCESS on first try")
    response = as_(member).post(reverse("metrics:kpi_define"), form(team, unit="money", currency="euro"))
    assert response.status_code == 422
    html = response.content.decode()
    assert "is defined already" in html
    assert "three letters" in html
    assert Kpi.objects.count() == 1


@pytest.mark.parametrize("hours", [0, -1, 2401, 40_000])
def test_hours_out_of_range_are_said_on_the_form(as_, member, team, hours):
    response = as_(member).post(reverse("metrics:kpi_define"), form(team, freshness_hours=hours))
    assert response.status_code == 422
    assert "Ensure this value is" in response.content.decode()
    assert not Kpi.objects.exists()


def test_the_unit_of_a_kpi_with_values_is_fixed(as_, member, team):
    kpi = KpiFactory(team=team)
    PointFactory(kpi=kpi)
    as_(member).post(reverse("metrics:kpi_edit", args=[kpi.slug]), form(team, name=kpi.name, unit="count"))
    kpi.refresh_from_db()
    assert kpi.unit == Unit.PERCENT


def test_only_its_team_its_owner_and_product_ops_edit_a_kpi(as_, people, team):
    kpi = KpiFactory(team=TeamFactory(), owner=UserFactory())
    url = reverse("metrics:kpi_edit", args=[kpi.slug])
    assert as_(people[Role.MEMBER]).get(url).status_code == 404
    assert as_(UserFactory(viewer_of=kpi.team)).get(url).status_code == 404
    assert as_(people[Role.SUBMITTER]).get(url).status_code == 403
    for user in (people[Role.PRODUCT_OPS], kpi.owner, UserFactory(editor_of=kpi.team)):
        assert as_(user).get(url).status_code == 200


def test_nobody_puts_a_kpi_into_a_team_that_is_not_theirs(as_, member):
    response = as_(member).post(reverse("metrics:kpi_define"), form(TeamFactory()))
    assert response.status_code == 422
    assert not Kpi.objects.exists()


def test_retiring_takes_it_off_the_list_and_keeps_its_page(as_, member, team, now):
    kpi = KpiFactory(team=team)
    as_(member).post(reverse("metrics:kpi_retire", args=[kpi.slug]))
    client = as_(member)
    assert kpi.get_absolute_url() not in client.get(reverse("metrics:kpi_list")).content.decode()
    assert (
        kpi.get_absolute_url()
        in client.get(reverse("metrics:kpi_list"), {"state": "deprecated"}).content.decode()
    )
    assert client.get(kpi.get_absolute_url()).status_code == 200
    with pytest.raises(kpis.AlreadyRetired):
        kpis.retire(kpi, by=member, at=now)
