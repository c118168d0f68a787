import pytest
from django.urls import reverse

from metrics.models import Kpi, KpiAlias, KpiStatus, KpiTier, Unit
from metrics.services import kpis, names
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


def test_a_slug_is_never_given_twice_even_after_deprecating(team, member, now):
    first = kpis.define(**fields(team), by=member, at=now)
    kpis.deprecate(first, by=member, at=now)
    second = kpis.define(**fields(team), by=member, at=now)
    assert second.slug == f"{first.slug}-2"


def test_there_is_one_north_star(team, member, now):
    KpiFactory(tier=KpiTier.NORTH_STAR, name="Dispatchers")
    with pytest.raises(kpis.NorthStarTaken, match="Dispatchers"):
        kpis.define(**fields(team, tier=KpiTier.NORTH_STAR), by=member, at=now)


def test_every_kpi_has_a_first_version_to_pin(team, member, now):
    kpi = kpis.define(
        **fields(team), definition={"kind": "simple"}, sql={"postgres": "select 1"}, by=member, at=now
    )
    version = kpi.versions.get()
    assert (version.number, version.state, version.author, version.formula) == (
        1,
        "draft",
        member,
        "good ÷ all",
    )
    assert version.sql == {"postgres": "select 1"}
    assert kpi.pinned_version_id() == version.pk
    assert kpi.live_version_id is None


def test_a_draft_is_changed_in_place_and_its_version_with_it(member, now):
    kpi = KpiFactory()
    assert set(kpis.edit(kpi, formula="else", kind="ratio", by=member, at=now)) == {"formula", "kind"}
    version = kpi.versions.get()
    assert (version.formula, version.kind, version.author) == ("else", "ratio", member)
    kpi.refresh_from_db()
    assert kpi.formula == "else"
    assert kpis.edit(kpi, formula="else", by=member, at=now) == []


def test_what_was_approved_is_not_changed_in_place(member, now):
    kpi = KpiFactory(approved=True)
    with pytest.raises(kpis.NeedsProposal, match="formula"):
        kpis.edit(kpi, formula="something else", by=member, at=now)
    kpis.edit(kpi, owner=member, by=member, at=now)
    kpi.refresh_from_db()
    assert (kpi.status, kpi.owner) == (KpiStatus.APPROVED, member)
    assert kpis.edit(kpi, owner=member, by=member, at=now) == []
    assert Event.objects.filter(verb="kpi.edited").count() == 1


def test_the_form_defines_and_leads_to_the_import(as_, member, team):
    response = as_(member).post(reverse("metrics:kpi_define"), form(team, owner=member))
    kpi = Kpi.objects.get()
    assert response.headers["Location"] == reverse("metrics:definition_edit", args=[kpi.slug])
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
    said = form(team, name=kpi.name, unit="count", kind="")
    as_(member).post(reverse("metrics:definition_edit", args=[kpi.slug]), said)
    kpi.refresh_from_db()
    assert (kpi.unit, kpi.formula) == (Unit.PERCENT, "good ÷ all")


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


def test_deprecating_takes_it_off_the_list_and_leads_to_its_successor(as_, member, team, now):
    kpi, successor = KpiFactory(team=team, name="Old one"), KpiFactory(team=team, name="New one")
    KpiAlias.objects.create(kpi=kpi, name="The former")
    url = reverse("metrics:kpi_deprecate", args=[kpi.slug])
    as_(member).post(url, {"successor": successor.slug, "note": "Counted twice"})
    client = as_(member)
    listed = client.get(reverse("metrics:kpi_list")).content.decode()
    assert kpi.get_absolute_url() not in listed
    listed = client.get(reverse("metrics:kpi_list"), {"state": "deprecated"}).content.decode()
    assert kpi.get_absolute_url() in listed
    page = client.get(kpi.get_absolute_url()).content.decode()
    assert successor.get_absolute_url() in page
    assert "Counted twice" in page
    kpis.edit(successor, aliases=["the FORMER"], by=member, at=now)  # its names are free
    kpi.refresh_from_db()
    with pytest.raises(kpis.WrongStatus):
        kpis.deprecate(kpi, by=member, at=now)
    with pytest.raises(names.NameTaken, match="New one"):
        kpis.restore(kpi, by=member, at=now)
    kpis.edit(successor, aliases=[], by=member, at=now)
    kpis.restore(kpi, by=member, at=now)
    kpi.refresh_from_db()
    assert (kpi.status, kpi.successor, kpi.status_note) == (KpiStatus.DRAFT, None, "")
    verbs = Event.objects.filter(subject_id=kpi.pk, subject_type="metrics.kpi").values_list("verb", flat=True)
    assert {"kpi.deprecated", "kpi.restored"} <= set(verbs)


def test_a_kpi_is_not_its_own_successor_nor_a_deprecated_one(member, now):
    kpi, gone = KpiFactory(), KpiFactory()
    kpis.deprecate(gone, by=member, at=now)
    for wrong in (kpi, gone):
        with pytest.raises(kpis.NoSuccessor):
            kpis.deprecate(kpi, successor=wrong, by=member, at=now)


def test_a_name_or_an_alias_means_one_kpi(as_, team, member, now):
    kpi = KpiFactory(name="Activation", team=team)
    kpis.edit(kpi, aliases=["First value", "Aha"], by=member, at=now)
    with pytest.raises(names.NameTaken, match="First value"):
        kpis.define(**fields(team, name="FIRST value"), by=member, at=now)
    other = KpiFactory(team=team)
    with pytest.raises(names.NameTaken, match="Activation"):
        kpis.edit(other, aliases=["activation"], by=member, at=now)
    said = {
        "team": team.pk,
        "tier": "input",
        "freshness_hours": 30,
        "aliases": "aha\nMore",
        "dimensions": "a, b",
    }
    response = as_(member).post(reverse("metrics:kpi_edit", args=[other.slug]), said)
    assert response.status_code == 422
    assert "another name of “Activation”" in response.content.decode()
    said["aliases"] = "More\nmore"
    as_(member).post(reverse("metrics:kpi_edit", args=[other.slug]), said)
    other.refresh_from_db()
    assert other.dimensions == ["a", "b"]
    assert [alias.name for alias in other.aliases.all()] == ["more"]
    found = as_(member).get(reverse("metrics:kpi_list"), {"q": "aha"}).content.decode()
    assert kpi.get_absolute_url() in found
    assert "Aha" in SearchEntry.objects.get(kind="kpi", object_id=kpi.pk).body
