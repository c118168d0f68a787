"""The panel: lists come in by controlled words alone, people are merged, money is approved by another."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from prodops import bands
from prodops.services import custom_fields
from research.models import (
    Incentive,
    IncentiveState,
    IncentiveTerms,
    PanelImport,
    Participant,
    Session,
    Signature,
)
from research.queries import panel as queries
from research.services import incentives, panel, panel_imports
from tests.factories.people import IncentiveFactory, PersonFactory, SignatureFactory
from tests.factories.prodops import CustomerAccountFactory, UserFactory
from tests.factories.research import SessionFactory, StudyFactory


@pytest.mark.parametrize(
    ("names", "both"),
    [
        (["55-64", "65-74", "65+"], True),
        (["55–64", "65–74", "75+"], False),
        (["under 25", "25 to 34", "35 or more"], False),
        (["Under 25", "18-25"], True),
        (["Dispatcher", "Driver", "Release 2"], False),
        (["1,000-4,999", "5,000+"], False),
    ],
)
def test_bands_that_overlap_are_found(names, both):
    assert bool(bands.overlap(names)) is both


@given(st.lists(st.integers(1, 400), min_size=2, max_size=6, unique=True))
def test_bands_cut_at_numbers_never_overlap(cuts):
    cuts = sorted(cuts)
    names = [f"{a}-{b - 1}" for a, b in itertools.pairwise(cuts) if b - 1 >= a] + [f"{cuts[-1]}+"]
    assert bands.overlap(names) is None


@pytest.fixture
def age(db, ops, now):
    return custom_fields.create(
        "research.participant", name="Age", kind="select", options=["55-64", "65-74"], by=ops, at=now
    )


def test_no_field_gets_65_plus_beside_65_to_74(age, ops, now):
    with pytest.raises(custom_fields.Refused, match="overlap"):
        custom_fields.edit(age, name="Age", help_text="", required=False, options=["65+"], by=ops, at=now)


LIST = """Full name;E-Mail;Company;Age;Segment;Source
Ines Roth;ines@example.org;Northwind;55 – 64;Enterprise;Referred by somebody
Ines Roth;INES@example.org;Northwind;55-64;Enterprise;
Tom Berg;tom@example.org;;65+;?;
;nobody@example.org;;;;
Ann Lee;no address;;;;
Dana Known;dana@example.org;;65-74;;
"""


@pytest.fixture
def staged(age, ops, now):
    CustomerAccountFactory(name="Northwind")
    PersonFactory(name="Dana Known", email="dana@example.org")
    return panel_imports.stage(LIST.encode(), "beta.csv", by=ops, at=now)


def test_a_list_comes_in_by_our_words_and_goes_again(staged, ops, now):
    plan = panel_imports.plan(staged)
    assert plan.unknown == {"properties.age": {"65+": 1}}
    assert plan.counts == {"new": 2, "known": 1, "left out": 3}
    assert any("the same person as in row 2" in line.why for line in plan.lines)
    with pytest.raises(panel_imports.Refused, match="Age"):
        panel_imports.confirm(staged, by=ops, at=now)
    with pytest.raises(panel_imports.Refused, match="Two columns"):
        panel_imports.map_columns(staged, {"0": "name", "1": "name"}, by=ops, at=now)
    panel_imports.map_columns(staged, staged.mapping, values={"properties.age": {"65+": ""}}, by=ops, at=now)
    done = panel_imports.confirm(staged, by=ops, at=now)
    ines, tom = Participant.objects.get(name="Ines Roth"), Participant.objects.get(name="Tom Berg")
    assert (ines.account.name, ines.own_segment, ines.came_by) == ("Northwind", "enterprise", "referral")
    assert ines.properties == {"age": "55_64"}
    assert tom.properties == {}
    assert tom.own_segment == "unknown"
    assert Participant.objects.get(name="Dana Known").properties == {"age": "65_74"}
    assert done.rows == []  # nothing of the file is kept
    with pytest.raises(panel_imports.Refused):
        panel_imports.confirm(done, by=ops, at=now)
    again = panel_imports.stage(LIST.encode(), "beta.csv", by=ops, at=now)
    assert panel_imports.plan(again).unknown == {}  # the word is known by now
    assert panel_imports.plan(again).counts["new"] == 0
    SessionFactory(participant=tom)
    assert panel_imports.undo(done, by=ops, at=now) == (1, 1)
    assert not Participant.objects.filter(name="Ines Roth").exists()
    assert Participant.objects.get(name="Dana Known").properties == {}


def test_the_wizard_walks_from_file_to_undo(client, age, ops, now):
    client.force_login(ops)
    from django.core.files.uploadedfile import SimpleUploadedFile

    lists = reverse("research:panel_import_list")
    assert client.post(lists, {"file": SimpleUploadedFile("a.csv", b"only")}).status_code == 422
    body = b"Name,Age\nTom Berg,65+\n"
    page = client.post(lists, {"file": SimpleUploadedFile("a.csv", body)}, follow=True)
    load = PanelImport.objects.get()
    assert "65+" in page.content.decode()
    url = {
        name: reverse(f"research:panel_import_{name}", args=[load.pk])
        for name in ("columns", "confirm", "undo")
    }
    columns = {"column:0": "name", "column:1": "properties.age"}
    client.post(url["columns"], columns | {"word:properties.age": "65+", "means:properties.age": "65_74"})
    client.post(url["confirm"])
    assert Participant.objects.get(name="Tom Berg").properties == {"age": "65_74"}
    client.post(url["undo"])
    assert not Participant.objects.filter(name="Tom Berg").exists()


def test_two_become_one_with_all_that_hung_on_both(db, ops, now):
    kept = PersonFactory(name="Ines Roth", email="", own_segment="unknown")
    gone = PersonFactory(name="I. Roth", email="ines@example.org", own_segment="mid", properties={"age": "x"})
    session = SessionFactory(participant=gone)
    hidden = SessionFactory(participant=gone, withdrawn_at=now)
    SignatureFactory(participant=gone)
    IncentiveFactory(participant=gone)
    panel.merge(kept, gone, by=ops, at=now)
    kept.refresh_from_db()
    assert (kept.email, kept.own_segment, kept.properties) == ("ines@example.org", "mid", {"age": "x"})
    moved = set(Session.every.filter(participant=kept).values_list("pk", flat=True))
    assert moved == {session.pk, hidden.pk}
    assert Signature.objects.get().participant == kept
    assert Incentive.objects.get().participant == kept
    assert not Participant.objects.filter(pk=gone.pk).exists()
    with pytest.raises(panel.Refused):
        panel.merge(kept, kept, by=ops, at=now)


def test_a_twin_is_known_by_mail_or_name_and_account(db, ops, now):
    PersonFactory(name="Ines Roth", email="ines@example.org")
    with pytest.raises(panel.Known, match="e-mail"):
        panel.add(name="Other", account=None, email="INES@example.org", by=ops, at=now)
    with pytest.raises(panel.Known, match="name and account"):
        panel.add(name="ines roth", account=None, email="", by=ops, at=now)
    panel.add(name="ines roth", account=CustomerAccountFactory(), email="", by=ops, at=now)


def test_others_see_an_alias_and_no_way_to_reach_anybody(client, team, ops):
    person = PersonFactory(name="Ines Roth", email="ines@example.org", phone="0151 2345")
    client.force_login(UserFactory(editor_of=team))
    pages = [reverse("research:panel_list"), reverse("research:panel_csv"), person.get_absolute_url()]
    for url in pages:
        response = client.get(url)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        assert person.alias in body.decode()
        assert not any(secret in body.decode() for secret in ("Ines", "ines@", "0151"))
    assert (
        "P-" not in client.get(f"{pages[0]}?q=Ines").content.decode().split('id="rows"')[1].split("empty")[0]
    )
    client.force_login(ops)
    assert "Ines Roth" in client.get(pages[0]).content.decode()


def test_whoever_entered_an_incentive_cannot_approve_it(db, ops, now):
    study = StudyFactory()
    incentives.set_terms(study, amount=Decimal(60), currency="EUR", method="gift_card", by=ops, at=now)
    row = incentives.enter(PersonFactory(), study, due_on=now.date(), by=ops, at=now)
    assert row.amount == IncentiveTerms.objects.get().amount
    with pytest.raises(incentives.Refused, match="Somebody else"):
        incentives.approve(row, by=ops, at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Incentive.objects.filter(pk=row.pk).update(approved_by=ops, approved_at=now, state="approved")
    with pytest.raises(incentives.Refused):
        incentives.pay(row, paid_on=now.date(), reference="X1", by=ops, at=now)
    other = UserFactory()
    incentives.approve(row, by=other, at=now)
    incentives.fail(row, because="Card refused", by=other, at=now)
    incentives.pay(row, paid_on=now.date(), reference="X1", by=other, at=now)
    assert (row.state, row.reference) == (IncentiveState.PAID, "X1")
    with pytest.raises(incentives.Refused):
        incentives.cancel(row, by=other, at=now)
    with pytest.raises(incentives.Refused, match="already"):
        incentives.enter(row.participant, study, due_on=now.date(), by=ops, at=now)


def test_finance_gets_a_file_and_a_year_is_summed_in_the_companys_currency(client, ops, now):
    person, other = PersonFactory(name="Ines Roth"), UserFactory()
    for number, day in enumerate([dt.date(2026, 3, 1), dt.date(2026, 12, 31), dt.date(2025, 12, 31)]):
        row = IncentiveFactory(participant=person, amount=250, study__title=f"Study {number}")
        incentives.approve(row, by=other, at=now)
        incentives.pay(row, paid_on=day, reference=f"R{number}", by=other, at=now)
    assert queries.paid_in(2026, [person.pk]) == {person.pk: (Decimal(500), frozenset())}
    assert queries.above_warning(Decimal(500), queries.rules())
    IncentiveFactory(participant=person, amount=10, currency="CHF")
    assert queries.promised_in(2026, [person.pk])[person.pk] == (Decimal(500), {"CHF"})
    client.force_login(ops)
    body = b"".join(client.get(reverse("research:incentive_csv")).streaming_content).decode()
    line = next(line for line in body.splitlines() if "R0" in line)
    assert "Ines Roth" in line
    assert "500.00" in line
    assert client.get(f"{reverse('research:incentive_csv')}?state=paid").status_code == 200
