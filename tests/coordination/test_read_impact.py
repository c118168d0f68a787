from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from coordination import queries
from coordination.formats.incoming import Deal, fitted_deal
from coordination.matching import counted_with
from coordination.models import Request, Voice
from coordination.services import voices
from prodops.models import AccountFigures, ExchangeRate, Notification
from prodops.services import rates, structure
from tests.factories.prodops import CustomerAccountFactory

DAY = timedelta(days=1)


@pytest.fixture
def request_with(db, make, seller, now, pm):
    """A request with a group and its part, an account in dollars, and one whose ARR nobody knows."""
    request = make()
    Voice.objects.all().delete()
    group = CustomerAccountFactory(
        name="Group", arr=90_000, currency="EUR", segment="enterprise", tier="gold"
    )
    part = CustomerAccountFactory(name="Part", arr=10_000, currency="EUR", segment="mid", parent=group)
    dollars = CustomerAccountFactory(name="Dollars", arr=20_000, currency="USD", segment="mid", tier="gold")
    unknown = CustomerAccountFactory(name="Unknown", arr=None, currency="EUR", segment="small")
    deal = Deal("Renewal", Decimal(5_000), "usd", "Negotiation", now.date() + 9 * DAY)
    lost = Deal("Pilot", Decimal(900), "EUR", "Closed-lost")
    for ago, account, said in ((70, part, None), (40, group, lost), (1, dollars, deal), (1, unknown, None)):
        voices.add(
            request, account=account, by=seller, at=now - ago * DAY, deal=said, words=f"From {account}"
        )
    return Request.objects.get(pk=request.pk)


def test_each_customer_counts_once_and_what_has_no_rate_is_said(as_, request_with, pm, now):
    today = now.date()
    report = queries.impact_report(request_with, on=today, today=today)
    assert (report.accounts, report.arr, report.missing, report.unknown_arr) == (3, 90_000, ["USD"], 1)
    assert [line.counted_with.name for line in report.lines if line.counted_with] == ["Group"]
    assert (report.open_deals, report.deals_total) == (1, 0)
    assert {one.label: one.accounts for one in report.segments} == {
        "Enterprise": 1,
        "Mid-market": 1,
        "Small business": 1,
    }
    assert [line.account.name for line in report.rows("segment-mid")] == ["Dollars"]
    assert sum(month.accounts for month in report.months) == report.growth[-1] == 3
    url = reverse("coordination:request_impact", args=[request_with.pk])
    page = as_(pm).get(url).text
    assert "No exchange rate is known for USD" in page
    assert "Counted with Group" in page
    assert "Renewal" in as_(pm).get(url, {"figure": "deals"}).text
    assert "Unknown" not in as_(pm).get(url, {"figure": "arr"}, headers={"HX-Request": "true"}).text
    csv = as_(pm).get(reverse("coordination:request_impact_csv", args=[request_with.pk]))
    text = b"".join(csv.streaming_content).decode()
    assert text.count("\n") == 5
    assert "Renewal,5000.00,USD,Negotiation" in text


def test_as_of_a_day_counts_what_was_there_by_the_rates_and_figures_of_then(request_with, ops, now):
    today = now.date()
    given = [(today - 60 * DAY, "0.5"), (today, "0.9")]
    for on, rate in given:
        ExchangeRate.objects.create(currency="USD", on=on, rate=rate, entered_by=ops, entered_at=now)
    assert queries.impact_report(request_with, on=today, today=today).arr == 108_000
    early = queries.impact_report(request_with, on=today - 65 * DAY, today=today)
    assert (early.accounts, early.arr, [line.known for line in early.lines]) == (1, 10_000, ["stated"])
    part = early.lines[0].account
    AccountFigures.objects.create(
        account=part, on=today - 66 * DAY, arr=7_000, currency="USD", tier="gold", segment="mid"
    )
    early = queries.impact_report(request_with, on=today - 59 * DAY, today=today)
    assert (early.arr, early.lines[0].known, early.lines[0].tier) == (3_500, "kept", "gold")


def test_figures_are_kept_when_an_account_changes_and_it_is_no_part_of_itself(ops, now):
    group, part = CustomerAccountFactory(arr=1), CustomerAccountFactory(arr=2)
    part.parent = group
    structure.save_account(part, by=ops, at=now)
    assert rates.keep_figures(today=now.date()) == 1  # the group: the part was written down just now
    assert rates.keep_figures(today=now.date()) == 0
    group.parent = part
    with pytest.raises(structure.Refused, match="which is part of it"):
        structure.save_account(group, by=ops, at=now)


def test_an_account_for_a_colleague_is_theirs_with_its_deal_as_it_was(
    as_, make, pm, seller, stranger, django_capture_on_commit_callbacks
):
    request, account = make(), CustomerAccountFactory(arr=500, currency="EUR", tier="gold")
    typed = {
        **{"account": account.slug, "account_text": account.name, "colleague": stranger.pk},
        **{"deal_name": "New site", "deal_amount": "60k", "deal_stage": "Offer", "deal_currency": "GBP"},
    }
    url = reverse("coordination:voice_new", args=[request.pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert as_(pm).post(url, typed).status_code == 302
    voice = request.voices.get(account=account)
    assert (voice.added_by, voice.recorded_by, voice.team) == (stranger, pm, stranger.teams.get())
    assert (voice.deal_amount, voice.deal_currency, voice.revenue, voice.currency) == (
        *(60_000, "GBP"),
        *(60_000, "GBP"),
    )
    account.arr = 900
    account.save()
    voice.refresh_from_db()
    assert (voice.arr_then, voice.tier_then) == (500, "gold")
    told = Notification.objects.get(recipient=stranger)
    assert told.text == f"{pm.name} added {account.name} for you: {request.title}"
    assert request.title in as_(stranger).get(reverse("coordination:my_requests")).text
    foreign = as_(seller).post(url, typed | {"colleague": stranger.pk})
    assert foreign.status_code == 422  # a colleague of another team is not theirs to speak for


def test_what_one_owns_is_added_in_one_click(as_, make, seller):
    request, account = make(), CustomerAccountFactory(name="Halcyon Lines", owner=seller)
    assert "Add Halcyon Lines" in as_(seller).get(request.get_absolute_url()).text
    typed = {"account": account.slug, "account_text": account.name}
    as_(seller).post(reverse("coordination:voice_add", args=[request.pk]), typed)
    assert request.voices.get(account=account).added_by == seller
    assert "Add Halcyon Lines" not in as_(seller).get(request.get_absolute_url()).text


def test_rates_are_entered_all_or_none(as_, ops, seller, now):
    url, today = reverse("rate_list"), now.date()
    bad = as_(ops).post(url, {"lines": f"USD, {today}, 0.92\nEuro, {today}, 1\nGBP, 2999-01-01, 1.1"})
    assert bad.status_code == 422
    assert "Line 2: “Euro” is no currency" in bad.text
    assert "Line 3: 2999-01-01 lies ahead" in bad.text
    assert not ExchangeRate.objects.exists()
    as_(ops).post(url, {"lines": f"currency;day;rate\nUSD;{today};0,92\nUSD;{today};0,93"})
    rate = ExchangeRate.objects.get()
    assert (rate.currency, rate.rate) == ("USD", Decimal("0.93"))
    assert as_(seller).get(url).status_code == 403
    as_(ops).post(reverse("rate_remove", args=[rate.pk]))
    assert not ExchangeRate.objects.exists()


def test_an_amount_that_is_none_stands_in_the_deals_name():
    deal = fitted_deal(Deal("Offer", Decimal(-5), "EUR"), fallback="EUR")
    assert (deal.name, deal.amount) == ("Offer (-5 EUR)", None)
    assert fitted_deal(Deal("", Decimal(5), "€"), fallback="EUR").amount is None
    assert fitted_deal(Deal("x", Decimal("NaN")), fallback="EUR").amount is None


@given(st.dictionaries(st.integers(1, 9), st.integers(1, 9), max_size=9), st.sets(st.integers(1, 9)))
def test_of_any_tree_or_circle_somebody_stands_for_all_who_ask(parents, asking):
    ancestors = {}
    for one in range(1, 10):
        above, up = [], parents.get(one)
        while up is not None and up not in above and up != one:
            above.append(up)
            up = parents.get(up)
        ancestors[one] = above
    found = counted_with(asking, ancestors)
    assert all(up in asking and up in ancestors[one] for one, up in found.items())
    standing = asking - set(found)
    assert bool(standing) == bool(asking)
    for one in found:  # following the chain ends at one that stands for itself
        seen = set()
        while one in found:
            assert one not in seen
            seen.add(one)
            one = found[one]


def test_product_ops_manages_the_reasons(as_, ops, pm, code):
    url = reverse("coordination:reason_list")
    as_(ops).post(url, {"name": "Elsewhere", "words": "A partner does this.", "revisit_months": 9})
    assert "A partner does this." in as_(ops).get(url).text
    retire = reverse("coordination:reason_retire", args=["elsewhere"])
    as_(ops).post(retire)
    assert "elsewhere" not in {slug for slug, *_ in queries.decline_reasons()}
    as_(ops).post(reverse("coordination:reason_restore", args=["elsewhere"]))
    assert "elsewhere" in {slug for slug, *_ in queries.decline_reasons()}
    assert as_(pm).get(url).status_code == 403
