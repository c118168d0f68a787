import pytest
from django.core import mail
from django.urls import reverse

from coordination.matching import blocked
from coordination.models import Addressee, BlockedTerm, Message, RequestComment
from coordination.queries import preview, recipients, tree_of
from coordination.services import decisions, outgoing, request_comments, voices
from coordination.services.outgoing import Blocked, CannotSend
from prodops.models import Notification, Role, SearchEntry
from tests.factories.coordination import ChannelFactory, RequestFactory
from tests.factories.prodops import CustomerAccountFactory, UserFactory

pytestmark = pytest.mark.django_db
KEY = "5f0c6a30-8a5c-4f6e-9c5b-0d9d1b2f7a11"


@pytest.fixture
def outsider(pm, now):
    """A request that Ann wrote from outside by a channel."""
    channel = ChannelFactory(owner=pm)
    return RequestFactory(
        channel=channel,
        submitter=pm,
        author_name="Ann",
        author_email="Ann@Customer.test",
        title="From outside",
    )


def test_internal_comments_reach_no_requester_in_any_way(
    as_, make, seller, stranger, pm, ops, admin, now, django_capture_on_commit_callbacks
):
    request, other = make(), make()
    voices.add(request, account=CustomerAccountFactory(), by=stranger, at=now, team=stranger.teams.get())
    secret = f"They would leave for less, @{seller.name}"
    Notification.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        request_comments.note(request, secret, by=ops, at=now)
    decisions.merge(other, into=request, by=pm, at=now)
    told = {one.recipient for one in Notification.objects.filter(event__verb="request.noted")}
    assert told == {pm}
    assert mail.outbox == [] or all(seller.email not in one.to for one in mail.outbox)
    assert not SearchEntry.objects.filter(body__contains="leave for less").exists()
    history = reverse("talk_history", args=["coordination.request", request.pk])
    mine = reverse("coordination:my_requests")
    for user, sees in ((seller, False), (stranger, False), (pm, True), (ops, True), (admin, True)):
        for url in (request.get_absolute_url(), other.get_absolute_url(), mine):
            page = as_(user).get(url)
            assert ("leave for less" in page.text) is (sees and url == request.get_absolute_url())
        assert ("internal comment" in as_(user).get(history).text) is (sees and user is not stranger)
    csv = as_(pm).get(reverse("coordination:request_csv")).getvalue().decode()
    assert "leave for less" not in csv


def test_a_public_comment_is_looked_at_before_it_is_sent_and_goes_once(
    as_, make, seller, pm, django_capture_on_commit_callbacks
):
    request = make()
    page = as_(pm).post(
        reverse("coordination:comment_add", args=[request.pk]),
        {"audience": "public", "body": "We heard you."},
    )
    assert "Send to 1 person" in page.text
    assert seller.name in page.text
    assert not Message.objects.exists()
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            sent = as_(pm).post(
                reverse("coordination:comment_send", args=[request.pk]),
                {"words": "We heard you.", "key": KEY},
            )
        assert sent.status_code == 302
    assert RequestComment.objects.count() == Addressee.objects.count() == 1
    note = Notification.objects.get(recipient=seller, event__verb="message.sent")
    assert "We heard you." in note.text
    assert "We heard you." in as_(seller).get(request.get_absolute_url()).text


def test_after_merges_each_person_hears_once_and_authors_outside_by_mail(
    make, seller, stranger, pm, now, outsider, django_capture_on_commit_callbacks
):
    target, twin = make(), make()
    voices.add(target, account=CustomerAccountFactory(), by=stranger, at=now)
    for one in (twin, outsider):
        decisions.merge(one, into=target, by=pm, at=now)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        request_comments.answer(twin, "We are looking into it.", by=UserFactory(), at=now, key="a")
    message = Message.objects.get()
    people = {one.email or one.user for one in message.addressees.select_related("user")}
    assert people == {seller, stranger, "ann@customer.test"}
    told = Notification.objects.filter(event__verb="message.sent")
    assert sorted(one.recipient_id for one in told) == sorted([seller.pk, stranger.pk])
    [letter] = [one for one in mail.outbox if one.to == ["ann@customer.test"]]
    assert "We are looking into it." in letter.body
    assert "From outside" in letter.subject
    outgoing.mail(message.pk, at=now)
    assert len([one for one in mail.outbox if one.to == ["ann@customer.test"]]) == 1


def test_the_link_in_the_mail_stops_them_without_signing_in(client, outsider, now):
    url = reverse("coordination:mail_stop", args=[outgoing.token_for("ann@customer.test")])
    assert "Stop it" in client.get(url).text
    assert not recipients(tree_of([outsider]))[0].wants_none
    assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert preview("Hello", [outsider]).reached == []
    request_comments.answer(outsider, "Still, it stands here.", by=UserFactory(), at=now, key="b")
    assert not Addressee.objects.all().to_mail().exists()
    assert client.get(reverse("coordination:mail_stop", args=["forged"])).status_code == 404


def test_what_should_not_go_out_stops_it_until_somebody_says_why(as_, make, ops, pm, now):
    request = make()
    CustomerAccountFactory(name="Hartmann Spedition")
    BlockedTerm.objects.create(term="Project Heron", instead="the new board", added_by=ops, added_at=now)
    words = "Like for Hartmann, Project Heron brings it by Q3 2027 for 4,000 EUR."
    with pytest.raises(Blocked) as stopped:
        request_comments.answer(request, words, by=pm, at=now, key="c")
    assert [one.kind for one in stopped.value.findings] == ["customer", "internal", "amount", "date"]
    assert not RequestComment.objects.exists()
    url = reverse("coordination:comment_send", args=[request.pk])
    again = as_(pm).post(url, {"words": words, "key": KEY})
    assert again.status_code == 422
    assert "Say “the new board” instead." in again.text
    as_(pm).post(url, {"words": words, "key": KEY, "override": "They know each other; agreed with sales."})
    message = Message.objects.get()
    assert message.override.startswith("They know")
    assert len(message.findings) == 4


def test_the_only_customer_who_asked_may_be_named(make, now):
    request = RequestFactory()
    alone = CustomerAccountFactory(name="Hartmann Spedition")
    CustomerAccountFactory(name="Hartmann Logistics")
    voices.add(request, account=alone, by=UserFactory(), at=now)
    words = "Dear Hartmann Spedition, we know that Hartmann drives at night."
    assert preview(words, [request]).findings == []
    voices.add(request, account=CustomerAccountFactory(), by=UserFactory(), at=now)
    named = preview(words, [request]).findings
    assert [(one.kind, one.text) for one in named] == [("customer", "Hartmann Spedition")]


def test_replies_of_those_who_asked_stay_between_them_and_us(
    as_, make, seller, stranger, pm, now, django_capture_on_commit_callbacks
):
    target, mine = make(submitter=stranger, submitter_team=stranger.teams.get()), make()
    decisions.merge(mine, into=target, by=pm, at=now)
    request_comments.answer(target, "Which format is it?", by=pm, at=now, key="d")
    with django_capture_on_commit_callbacks(execute=True):
        as_(seller).post(
            reverse("coordination:comment_add", args=[mine.pk]),
            {"body": "Ours is CSV.", "audience": "internal"},
        )
    comment = RequestComment.objects.get(author=seller)
    assert comment.is_public
    assert comment.body == "Ours is CSV."
    assert Notification.objects.filter(recipient=pm, event__verb="request.replied").exists()
    pages = {user: as_(user).get(mine.get_absolute_url()) for user in (seller, pm)}
    for page in pages.values():
        assert "Which format is it?" in page.text
        assert "Ours is CSV." in page.text
    assert "Ours is CSV." not in as_(stranger).get(target.get_absolute_url()).text


def test_only_members_write_to_those_who_asked(as_, make, seller, stranger):
    request = make()
    send = reverse("coordination:comment_send", args=[request.pk])
    assert as_(seller).post(send, {"words": "Hello", "key": KEY}).status_code == 403
    add = reverse("coordination:comment_add", args=[request.pk])
    assert as_(stranger).post(add, {"body": "Hello"}).status_code == 404
    kernel = reverse("comment_add", args=["coordination.request", request.pk])
    assert as_(UserFactory(role=Role.MEMBER)).post(kernel, {"body": "Hello"}).status_code == 404


def test_nothing_is_sent_without_words(make, pm, now):
    with pytest.raises(CannotSend):
        request_comments.answer(make(), " \0 ", by=pm, at=now, key="e")
    assert blocked.find("") == []
