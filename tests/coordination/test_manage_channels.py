import pytest
from django.urls import reverse

from coordination.models import Channel, ChannelKind, RequestType
from coordination.services import channels
from coordination.views import channel_kinds
from prodops import activity
from tests.factories.coordination import ChannelFactory, RequestFactory
from tests.factories.prodops import ProductAreaFactory

pytestmark = pytest.mark.django_db
NEW = reverse("coordination:channel_new")


def test_product_ops_opens_changes_closes_and_reopens_a_channel(as_, ops):
    client = as_(ops)
    page = client.post(NEW, {"kind": "webhook", "name": "Zendesk  EU", "owner": ops.pk}, follow=True)
    channel = Channel.objects.get()
    assert (channel.slug, channel.name, channel.kind) == ("zendesk-eu", "Zendesk EU", ChannelKind.WEBHOOK)
    assert "is open" in page.text
    area = ProductAreaFactory(name="Imports")
    client.post(
        reverse("coordination:channel_edit", args=[channel.slug]),
        {"name": "Zendesk", "owner": ops.pk, "area": area.pk, "kind": "email"},
    )
    channel.refresh_from_db()
    assert (channel.name, channel.area, channel.kind) == ("Zendesk", area, ChannelKind.WEBHOOK)
    for verb, closed in (("close", True), ("close", True), ("reopen", False)):
        client.post(reverse(f"coordination:channel_{verb}", args=[channel.slug]))
        channel.refresh_from_db()
        assert bool(channel.closed_at) == closed
    verbs = [event.verb for event in activity.history(channel)]
    assert verbs == ["channel.reopened", "channel.closed", "channel.changed", "channel.opened"]


def test_a_form_that_lacks_something_is_said_so_and_opens_nothing(as_, ops):
    page = as_(ops).post(NEW, {"kind": "smoke", "name": ""})
    assert page.status_code == 422
    assert not Channel.objects.exists()


def test_a_kind_hangs_its_section_in(as_, ops, monkeypatch):
    channel = ChannelFactory(kind=ChannelKind.FILE)
    request = RequestFactory(channel=channel, title="Dates bounce")
    section = channel_kinds.Section("components/_options.html", lambda channel, user, at: {"options": []})
    monkeypatch.setitem(channel_kinds._sections, "file", section)
    page = as_(ops).get(channel.get_absolute_url())
    assert request.title in page.text


def test_types_are_added_ordered_renamed_and_retired(as_, ops, now):
    RequestType.objects.all().delete()
    client, page = as_(ops), reverse("coordination:request_types")
    for name in ("Wish", "Problem", "wish"):
        client.post(page, {"name": name})
    assert list(RequestType.objects.values_list("name", flat=True)) == ["Wish", "Problem"]
    client.post(reverse("coordination:request_type_raise", args=["problem"]))
    client.post(reverse("coordination:request_type_edit", args=["wish"]), {"name": "Idea"})
    assert list(RequestType.objects.values_list("name", flat=True)) == ["Problem", "Idea"]
    client.post(reverse("coordination:request_type_retire", args=["wish"]))
    assert "Retired" in client.get(page).text
    with pytest.raises(channels.NotNow):
        channels.retire_type(RequestType.objects.get(slug="wish"), by=ops, at=now)
