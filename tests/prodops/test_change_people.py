import pytest
from django.apps import apps
from django.urls import resolve, reverse

from metrics.models import Kpi
from prodops.models import CustomerAccount, Event, Level, ProductArea, Role, SearchEntry, Team
from prodops.services import people as standing
from prodops.services import slugs, structure
from research.models import Study, Tag, TagGroup
from tests.factories.prodops import ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_admin_changes_a_role_and_it_is_recorded(as_, admin, member):
    as_(admin).post(reverse("person_role", args=[member.pk]), {"role": "submitter"})
    member.refresh_from_db()
    assert member.role == Role.SUBMITTER
    assert Event.objects.get(verb="person.role_changed").data == {"from": "member", "to": "submitter"}


def test_nobody_changes_their_own_role(admin, now):
    with pytest.raises(standing.NotAllowed, match="own role"):
        standing.set_role(admin, Role.MEMBER, by=admin, at=now)


def test_the_last_admin_stays(admin, now):
    second = UserFactory(role=Role.ADMIN)
    standing.set_role(admin, Role.MEMBER, by=second, at=now)
    with pytest.raises(standing.NotAllowed, match="only admin"):
        standing.close(second, by=UserFactory(role=Role.ADMIN, is_active=False), at=now)


def test_a_closed_account_signs_out_and_can_be_opened_again(client, as_, admin, member):
    client.force_login(member)
    mine = client.session.session_key
    other = as_(admin)
    other.post(reverse("person_close", args=[member.pk]))
    client.cookies["sessionid"] = mine
    assert client.get("/").status_code == 302
    member.refresh_from_db()
    assert not member.is_active
    as_(admin).post(reverse("person_reopen", args=[member.pk]))
    member.refresh_from_db()
    assert member.is_active


def test_history_of_a_role_is_kept_by_the_database(member):
    type(member).objects.filter(pk=member.pk).update(role=Role.PRODUCT_OPS)
    history = apps.get_model("prodops.UserRoleIsActiveEvent").objects.filter(pgh_obj_id=member.pk)
    assert list(history.order_by("pgh_id").values_list("role", flat=True)) == ["member", "product_ops"]


def test_product_ops_makes_a_team_and_puts_people_in(as_, ops, member):
    as_(ops).post(reverse("team_create"), {"name": "Ferries"})
    team = Team.objects.get(slug="ferries")
    as_(ops).post(reverse("team_member_set", args=["ferries"]), {"person": member.pk, "level": "lead"})
    assert team.memberships.get().level == Level.LEAD
    as_(ops).post(reverse("team_member_set", args=["ferries"]), {"person": member.pk, "level": "viewer"})
    assert team.memberships.get().level == Level.VIEWER
    as_(ops).post(reverse("team_member_remove", args=["ferries", member.pk]))
    assert not team.memberships.exists()


def test_two_teams_of_one_name_are_refused_beside_the_field(as_, ops, team):
    page = as_(ops).post(reverse("team_create"), {"name": team.name})
    assert page.status_code == 422
    assert "already exists" in page.content.decode()


def test_an_area_is_never_part_of_itself(as_, ops, now):
    top = ProductAreaFactory(name="Top")
    middle = ProductAreaFactory(name="Middle", parent=top)
    top.parent = ProductAreaFactory(name="Low", parent=middle)
    with pytest.raises(structure.Refused, match="part of"):
        structure.save_area(top, by=ops, at=now)
    page = as_(ops).post(reverse("area_edit", args=[top.slug]), {"name": "Top", "parent": middle.pk})
    assert page.status_code == 422
    assert ProductArea.objects.get(pk=top.pk).parent is None


def test_slugs_stay_apart(ops, now):
    first = structure.create_team("North Sea", by=ops, at=now)
    second = structure.create_team("North-Sea", by=ops, at=now)
    assert (first.slug, second.slug) == ("north-sea", "north-sea-2")


@pytest.mark.parametrize("name", ["New", "NEW", "csv", "Groups"])
def test_a_name_that_addresses_use_themselves_is_still_reached(as_, ops, now, name):
    made = [
        structure.create_team(name, by=ops, at=now),
        structure.save_area(ProductArea(name=name), by=ops, at=now),
        structure.save_account(CustomerAccount(name=name), by=ops, at=now),
    ]
    for thing in made:
        page = as_(ops).get(thing.get_absolute_url())
        assert resolve(thing.get_absolute_url()).kwargs == {"slug": thing.slug}
        assert page.status_code == 200


@pytest.mark.parametrize("model", [Team, ProductArea, CustomerAccount, Kpi, Study, Tag, TagGroup])
def test_a_slug_fits_its_column_however_long_the_name(db, model):
    slug = slugs.unused(model, "very long " * 30)
    assert len(slug) <= model._meta.get_field("slug").max_length - len("-2")
    assert slugs.unused(model, "New") == "new-2"
    assert slugs.unused(model, "!!!") == model._meta.model_name


def test_a_new_account_is_found_at_once(as_, ops):
    form = {"name": "Sandbank Freight", "segment": "mid", "tier": "gold", "currency": "eur", "arr": "1200.50"}
    as_(ops).post(reverse("account_create"), form)
    page = as_(ops).get(reverse("search"), {"q": "sandbank"})
    assert "Sandbank Freight" in page.content.decode()


def test_a_new_team_and_area_are_found_at_once(as_, ops, now):
    structure.create_team("Ballast", by=ops, at=now)
    area = structure.save_area(ProductArea(name="Quayside", description="Cranes"), by=ops, at=now)
    entries = SearchEntry.objects.filter(kind__in=["team", "area"]).order_by("kind")
    assert [(entry.kind, entry.title) for entry in entries] == [("area", "Quayside"), ("team", "Ballast")]
    area.name = "Wharf"
    structure.save_area(area, by=ops, at=now)
    page = as_(ops).get(reverse("search"), {"q": "wharf"})
    assert area.get_absolute_url() in page.text


def test_unknown_arr_is_not_zero(as_, ops):
    form = {"name": "Quiet Freight", "segment": "mid", "tier": "gold", "currency": "EUR", "arr": ""}
    as_(ops).post(reverse("account_create"), form)
    assert "—" in as_(ops).get(reverse("account_detail", args=["quiet-freight"])).content.decode()


class TestPreferences:
    FORM = {"job_title": "Pilot", "time_zone": "Europe/Madrid", "mail_preference": "daily"}

    def test_a_changed_name_is_found_and_recorded(self, as_, member):
        client = as_(member)
        assert client.post(reverse("preferences"), {**self.FORM, "name": "Zenobia Quill"}).status_code == 302
        member.refresh_from_db()
        assert (member.name, member.time_zone, member.role) == (
            "Zenobia Quill",
            "Europe/Madrid",
            Role.MEMBER,
        )
        assert SearchEntry.objects.get(kind="person", object_id=member.pk).title == "Zenobia Quill"
        event = Event.objects.get(verb="person.edited", by=member)
        assert event.data == {"fields": ["job_title", "mail_preference", "name", "time_zone"]}
        client.post(reverse("preferences"), {**self.FORM, "name": "Zenobia Quill"})
        assert Event.objects.filter(verb="person.edited").count() == 1, "nothing changed"

    def test_a_mistake_is_said_beside_the_field(self, as_, member):
        page = as_(member).post(reverse("preferences"), {**self.FORM, "name": ""})
        assert page.status_code == 422
        assert "This field is required" in page.text
