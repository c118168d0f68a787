"""Typed fields: made by product ops, filled in, filtered, exported; never losing a value."""

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from prodops import custom_fields
from prodops.models import CustomField, Event, FieldKind, Role
from prodops.services import custom_fields as services
from research.models import Insight, Session, Study
from tests.factories.research import InsightFactory, SessionFactory, StudyFactory
from tests.prodops.samples_fields import field

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(people):
    team = people[Role.MEMBER].teams.get()
    return StudyFactory(team=team, lead=people[Role.MEMBER], created_by=people[Role.MEMBER])


@pytest.fixture
def fields(people):
    """One of each kind, by kind."""
    return {kind.value: field(people, kind.value, name=f"A {kind.value}") for kind in FieldKind}


def _values(people):
    return {
        "typed_a_text": "Spring plan",
        "typed_a_number": "12.5",
        "typed_a_date": "2026-11-23",
        "typed_a_checkbox": "on",
        "typed_a_url": "example.com/brief",
        "typed_a_select": "autumn",
        "typed_a_multiselect": ["spring", "autumn"],
        "typed_a_person": str(people[Role.MEMBER].pk),
    }


def _study_data(study, **more):
    return {
        "title": study.title,
        "method": "interview",
        "status": "running",
        "team": study.team_id,
        "lead": study.lead_id,
        "version": study.version,
        **more,
    }


def test_every_kind_is_filled_in_shown_filtered_and_exported(client, people, study, fields):
    client.force_login(people[Role.MEMBER])
    url = reverse("research:study_edit", args=[study.slug])
    assert "A multiselect" in client.get(url).text
    assert client.post(url, _study_data(study, **_values(people))).status_code == 302
    study.refresh_from_db()
    assert study.properties == {
        "a_text": "Spring plan",
        "a_number": 12.5,
        "a_date": "2026-11-23",
        "a_checkbox": True,
        "a_url": "https://example.com/brief",
        "a_select": "autumn",
        "a_multiselect": ["spring", "autumn"],
        "a_person": people[Role.MEMBER].pk,
    }
    page = client.get(study.get_absolute_url()).text
    for words in ("Spring plan", "12.5", "2026-11-23", "Spring, Autumn", people[Role.MEMBER].name):
        assert words in page
    other = StudyFactory(team=study.team, lead=study.lead, title="The other one")
    narrowing = {
        "f_a_text": "spring",
        "f_a_number_from": "12",
        "f_a_number_to": "13",
        "f_a_date_since": "2026-11-01",
        "f_a_date_until": "2026-11-30",
        "f_a_checkbox": "yes",
        "f_a_url": "brief",
        "f_a_select": "autumn",
        "f_a_multiselect": "spring",
        "f_a_person": people[Role.MEMBER].pk,
    }
    for name, value in narrowing.items():
        found = client.get(reverse("research:study_list"), {name: value}).text
        assert study.title in found, name
        assert other.title not in found, name
    for name, value in (("f_a_number_from", "13"), ("f_a_select", "spring"), ("f_a_checkbox", "no")):
        assert study.title not in client.get(reverse("research:study_list"), {name: value}).text, name
    csv = b"".join(client.get(reverse("research:study_csv")).streaming_content).decode()
    assert "A text,A number,A date,A checkbox,A url,A select,A multiselect,A person" in csv
    assert 'Yes,https://example.com/brief,Autumn,"Spring, Autumn"' in csv


def test_sessions_and_insights_have_theirs(client, people, study):
    client.force_login(people[Role.MEMBER])
    for label in ("research.session", "research.insight"):
        field(people, "text", label, "Country")
    session, insight = SessionFactory(study=study), InsightFactory(team=study.team, owner=study.lead)
    data = {"title": "T", "held_on": "2026-11-01", "typed_country": "Norway"}
    client.post(reverse("research:session_edit", args=[session.pk]), data)
    assert Session.objects.get().properties == {"country": "Norway"}
    data = {"title": "T", "team": study.team_id, "owner": study.lead_id, "typed_country": "Norway"}
    client.post(reverse("research:insight_edit", args=[insight.pk]), data)
    assert Insight.objects.get().properties == {"country": "Norway"}
    for page in ("research:session_list", "research:insight_list"):
        assert "Remove filter Country: nor" in client.get(reverse(page), {"f_country": "nor"}).text
    upload = {"title": "New", "held_on": "2026-11-02", "pasted": "Dana: Yes.", "typed_country": "Chile"}
    client.post(reverse("research:session_create", args=[study.slug]), upload)
    assert Session.objects.get(title="New").properties == {"country": "Chile"}


def test_a_required_field_is_asked_for(client, people, study):
    field(people, "number", name="Sample", required=True)
    client.force_login(people[Role.MEMBER])
    response = client.post(reverse("research:study_edit", args=[study.slug]), _study_data(study))
    assert response.status_code == 422
    assert Study.objects.get(pk=study.pk).properties == {}


def test_one_value_is_saved_alone_and_makes_a_new_version(client, people, study):
    release = field(people)
    client.force_login(people[Role.MEMBER])
    url = reverse("typed_value", args=["research.study", study.pk, release.key])
    assert "Spring" in client.get(url, headers={"HX-Request": "true"}).text
    assert client.post(url, {"value": "winter"}).status_code == 422
    assert client.post(url, {"value": "spring"}).status_code == 302
    study.refresh_from_db()
    assert (study.properties, study.version) == ({"release": "spring"}, 2)
    assert Event.objects.filter(verb="study.field_set").count() == 1
    client.force_login(people[Role.SUBMITTER])
    assert client.get(url).status_code == 403
    client.force_login(people[Role.MEMBER])
    stranger = StudyFactory()
    assert (
        client.get(reverse("typed_value", args=["research.study", stranger.pk, "release"])).status_code == 404
    )


def test_what_is_retired_keeps_its_values_and_comes_back_with_them(client, people, study):
    release, by, at = field(people), people[Role.PRODUCT_OPS], timezone.now()
    services.set_value(study, release, "spring", by=by, at=at)
    services.retire(release, by=by, at=at)
    client.force_login(people[Role.MEMBER])
    study.refresh_from_db()
    client.post(reverse("research:study_edit", args=[study.slug]), _study_data(study, title="New title"))
    assert Study.objects.get(pk=study.pk).properties == {"release": "spring"}
    again = field(people)  # another of the same name
    assert again.key == "release_2"
    with pytest.raises(services.Refused, match="Rename that first"):
        services.restore(release, by=by, at=at)
    services.retire(again, by=by, at=at)
    services.restore(release, by=by, at=at)
    assert [one.key for one in custom_fields.live("research.study")] == ["release"]


def test_a_retired_option_stays_where_it_was_chosen(client, people, study):
    release, by, at = field(people), people[Role.PRODUCT_OPS], timezone.now()
    services.set_value(study, release, "spring", by=by, at=at)
    client.force_login(by)
    data = {
        "name": "Release",
        "option_spring": "Spring 26",
        "retired_spring": "on",
        "option_autumn": "Autumn",
    }
    client.post(reverse("field_edit", args=[release.pk]), data | {"new_options": "Winter\nWinter\n"})
    release.refresh_from_db()
    assert [(one["key"], one["name"], one["retired"]) for one in release.options] == [
        ("spring", "Spring 26", True),
        ("autumn", "Autumn", False),
        ("winter", "Winter", False),
    ]
    page = client.get(reverse("research:study_edit", args=[study.slug])).text
    assert "Spring 26 (retired)" in page
    assert "Spring 26" in client.get(study.get_absolute_url()).text


def test_product_ops_make_and_order_them(client, people):
    client.force_login(people[Role.PRODUCT_OPS])
    url = reverse("field_create", args=["research.study"])
    assert client.post(url, {"name": "Release", "kind": "select"}).status_code == 422
    client.post(url, {"name": "Release", "kind": "select", "new_options": "Spring\nAutumn"})
    client.post(url, {"name": "Brief", "kind": "url"})
    assert "called “Brief” already" in client.post(url, {"name": "brief", "kind": "url"}).text.replace(
        "brief", "Brief"
    )
    brief = CustomField.objects.get(name="Brief")
    client.post(reverse("field_move", args=[brief.pk]), {"to": "up"})
    assert [one.name for one in custom_fields.live("research.study")] == ["Brief", "Release"]
    assert "Brief" in client.get(reverse("field_list")).text
    assert client.get(reverse("field_create", args=["prodops.user"])).status_code == 404


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers()),
    st.dictionaries(st.sampled_from("ab"), st.integers()),
)
def test_saving_a_form_never_loses_what_it_does_not_show(before, values):
    shown = [CustomField(key="a"), CustomField(key="b")]
    after = custom_fields.merged(before, shown, values)
    assert {key: after[key] for key in after if key in "cd"} == {
        key: before[key] for key in before if key in "cd"
    }
    assert {key: after[key] for key in after if key in "ab"} == values


WRONG = {
    "text": [7, "x" * 2_000, "a\0b", ["a"], {"a": 1}],
    "number": ["many", "12", True, [1], 10**400, 10**5000, 1e300, 0.1234567],
    "date": ["soon", 20261123, "2026-13-40"],
    "checkbox": ["yes", 1, [True]],
    "url": ["javascript:alert(1)", "data:text/html,x", "ftp://example.com/x", "no link", 5],
    "select": ["winter", 3, ["spring"], {"a": 1}],
    "multiselect": ["spring", 3, [["spring"]], [{}], {"a": 1}, ["winter"]],
    "person": ["me", True, [1], 2**70, {"a": 1}],
}


def test_values_are_measured_as_the_forms_measure_them(fields):
    right = {
        "text": "Spring plan",
        "number": 12.5,
        "date": "2026-11-23",
        "checkbox": True,
        "url": "https://example.com/brief",
        "select": "autumn",
        "multiselect": ["spring", "autumn"],
        "person": 1,
    }
    for kind, value in right.items():
        assert custom_fields.fitting(fields[kind], value) == value
    for kind, values in WRONG.items():
        for value in values:
            assert custom_fields.fitting(fields[kind], value) is None, (kind, value)
    assert custom_fields.fitting(fields["multiselect"], ["spring", "winter", 3]) == ["spring"]


@pytest.mark.parametrize("which", range(4))
def test_a_wrong_value_that_is_stored_breaks_no_page(client, people, study, fields, which):
    for kind, values in WRONG.items():
        storable = [one for one in values if one not in ("a\0b", 10**5000)]
        study.properties[f"a_{kind}"] = storable[which % len(storable)]
    study.save()
    client.force_login(people[Role.MEMBER])
    page = client.get(study.get_absolute_url()).text
    assert not any(f'href="{word}' in page for word in ("javascript:", "data:", "ftp:"))
    for query in ({"f_a_number_from": "1"}, {"f_a_number_to": "9"}, {"f_a_date_since": "2026-11-01"}):
        assert client.get(reverse("research:study_list"), query).status_code == 200
    assert client.get(reverse("research:study_list"), {"f_a_number_to": "9"}).text.count(study.title) == 0
    assert client.get(reverse("research:study_csv")).getvalue()
    assert client.get(reverse("research:study_edit", args=[study.slug])).status_code == 200
    for kind in WRONG:
        url = reverse("typed_value", args=["research.study", study.pk, f"a_{kind}"])
        assert client.get(url).status_code == 200


def test_a_link_leads_to_the_web(client, people, study, fields):
    client.force_login(people[Role.MEMBER])
    url = reverse("typed_value", args=["research.study", study.pk, "a_url"])
    for value in ("javascript:alert(1)", "ftp://example.com/x"):
        assert client.post(url, {"value": value}).status_code == 422
