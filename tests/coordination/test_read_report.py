from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse

from coordination import queries
from coordination.filters import RequestFilter
from coordination.models import Request, State
from tests.factories.coordination import ChannelFactory, RequestFactory, VoiceFactory
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory, TeamFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_groups_are_counted_timed_and_only_large_ones_are_judged(as_, pm, seller, now):
    area = ProductAreaFactory(name="Import")
    sales, support = TeamFactory(name="Asia"), TeamFactory(name="Tiny")
    gold = CustomerAccountFactory(tier="gold")
    common = {"area": area, "submitter": seller, "decided_by": pm, "submitted_at": now - 30 * DAY}
    for number in range(20):
        one = RequestFactory(
            **common,
            submitter_team=sales,
            state=State.DECLINED if number < 18 else State.SHIPPED,
            decided_at=now - 30 * DAY + (number + 1) * DAY,
        )
    VoiceFactory(request=one, account=gold)
    channel = ChannelFactory(name="Help desk")
    for _ in range(12):
        root = RequestFactory(
            **common, channel=channel, submitter_team=None, state=State.ACCEPTED, decided_at=now
        )
    joined = RequestFactory(
        **common,
        submitter_team=support,
        state=State.MERGED,
        merged_into=root,
        root=root,
        state_before_merge=State.NEW,
        decided_at=now,
    )
    report = queries.fairness(Request.objects.sent_since((now - 90 * DAY).date()))
    parts = {key: {one.name: one for one in groups} for key, _, groups in report.parts}
    asia, tiny, nobody = (parts["team"][name] for name in ("Asia", "Tiny", "Without a team"))
    assert (asia.sent, asia.decided, asia.days_half, asia.accepted.value) == (20, 20, 10.5, 0.1)
    assert (asia.stands_out, nobody.stands_out, tiny.stands_out, tiny.small) == ("lower", "higher", "", True)
    assert tiny.accepted.value == 1  # it shares the fate of the one it was joined with
    assert parts["tier"]["Gold"].sent == 1
    assert parts["source"]["Help desk"].sent == 12
    assert (report.whole.sent, report.whole.waiting) == (33, 0)
    page = as_(pm).get(reverse("coordination:request_report")).text
    assert "too few to say" in page
    assert "Lower than all" in page
    for _, _, groups in report.parts:  # every figure drills to its rows
        for group in groups:
            found = RequestFilter(QueryDict(group.query), Request.objects.all())
            assert found.qs.count() == group.sent, group.query
    text = b"".join(as_(pm).get(reverse("coordination:request_report_csv")).streaming_content).decode()
    assert "By team,Asia,20,0,20,10.5" in text
    assert as_(seller).get(reverse("coordination:request_report")).status_code == 403
    assert joined.root == root
