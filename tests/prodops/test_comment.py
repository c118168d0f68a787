from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from prodops import activity
from prodops.models import Comment, Event, Notification, Role, User
from prodops.services import comments
from prodops.talk import Talk, said
from tests.factories.prodops import CustomerAccountFactory, UserFactory

LABEL = "prodops.customeraccount"


@pytest.fixture
def account(db):
    return CustomerAccountFactory(name="Hartmann Logistik")


@pytest.fixture
def maya(db):
    return UserFactory(name="Maya Lindqvist")


@pytest.fixture
def deliver(django_capture_on_commit_callbacks):
    """Run what waits for the commit: the subscribers then hear of the events."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def shown(comment):
    return str(said(Talk(comment.author, _subject(comment)).comments[-1]))


def _subject(comment):
    from prodops.models import CustomerAccount

    return CustomerAccount.objects.get(pk=comment.subject_id)


def test_a_mentioned_person_the_owner_and_earlier_writers_are_told_once(account, member, maya, deliver, now):
    account.owner = UserFactory()
    account.save()
    earlier = UserFactory()
    with deliver():
        comments.add(account, "First", by=earlier, at=now)
    Notification.objects.all().delete()
    with deliver():
        comments.add(account, "What do you think, @Maya Lindqvist?", by=member, at=now + timedelta(hours=1))
    told = {row.recipient: row for row in Notification.objects.all()}
    assert set(told) == {maya, account.owner, earlier}
    assert told[maya].text == f"{member.name} mentioned you in “Hartmann Logistik”"
    assert told[earlier].text == f"{member.name} commented on “Hartmann Logistik”"
    assert "#comment-" in told[maya].url


def test_nobody_is_told_of_their_own_comment(account, maya, deliver, now):
    with deliver():
        comments.add(account, "Note to self: @Maya Lindqvist", by=maya, at=now)
    assert not Notification.objects.exists()


def test_a_mention_tells_nobody_who_may_not_see_the_thing(account, member, maya, deliver, now, monkeypatch):
    from prodops import subjects
    from prodops.access import Can

    User.objects.filter(pk=maya.pk).update(role=Role.SUBMITTER)
    monkeypatch.setitem(subjects._capabilities, LABEL, Can.RESEARCH_READ)
    with deliver():
        comments.add(account, "@Maya Lindqvist", by=member, at=now)
    assert not Notification.objects.exists()


def test_names_are_matched_whole_and_the_longest_wins(member, db):
    ann, anna = UserFactory(name="Ann Lee"), UserFactory(name="Ann Leeson")
    UserFactory(name="Ann Lee", is_active=False)
    assert comments.mentioned_in("@Ann Leeson") == [anna.pk]
    assert comments.mentioned_in("(@ann lee, and @Ann Leeson)") == sorted([ann.pk, anna.pk])
    assert comments.mentioned_in("ann@Ann Lee.test @Ann Leesome") == []


def test_between_people_of_one_name_the_picked_one_is_meant(db):
    one, other = UserFactory(name="Kim Park"), UserFactory(name="Kim Park")
    assert comments.mentioned_in("@Kim Park", picked=[other.pk]) == [other.pk]
    assert comments.mentioned_in("@Kim Park") == [one.pk, other.pk]


def test_a_picked_person_whose_name_was_deleted_again_is_not_mentioned(db):
    one = UserFactory(name="Kim Park")
    assert comments.mentioned_in("@ nobody", picked=[one.pk]) == []


def test_sending_twice_writes_once(account, member, now):
    first = comments.add(account, "Yes", by=member, at=now)
    assert comments.add(account, "Yes\r\n", by=member, at=now + timedelta(seconds=5)) == first
    comments.add(account, "Yes", by=member, at=now + timedelta(minutes=5))
    assert Comment.objects.count() == 2
    assert Event.objects.filter(verb="comment.added").count() == 2


@pytest.mark.parametrize("body", ["", "   \n", "\0"])
def test_an_empty_comment_is_refused(account, member, now, body):
    with pytest.raises(comments.EmptyComment):
        comments.add(account, body, by=member, at=now)


def test_an_edit_tells_the_newly_mentioned_only(account, member, maya, deliver, now):
    with deliver():
        comment = comments.add(account, "Hello @Maya Lindqvist", by=member, at=now)
    Notification.objects.all().delete()
    tomas = UserFactory(name="Tomás Ribeiro")
    with deliver():
        comments.edit(comment, account, "Hello @Maya Lindqvist, @Tomás Ribeiro", by=member, at=now)
    assert [row.recipient for row in Notification.objects.all()] == [tomas]
    comment.refresh_from_db()
    assert comment.edited_at == now


def test_a_deleted_comment_keeps_its_place_and_loses_its_words(account, member, now, as_):
    comment = comments.add(account, "Secret words", by=member, at=now)
    comments.delete(comment, account, by=member, at=now)
    comments.delete(comment, account, by=member, at=now)
    assert Event.objects.filter(verb="comment.deleted").count() == 1
    page = as_(member).get(account.get_absolute_url()).text
    assert "Comment deleted" in page
    assert "Secret words" not in page
    with pytest.raises(comments.Gone):
        comments.edit(comment, account, "Again", by=member, at=now)


def test_a_mention_is_marked_in_text_and_left_alone_in_addresses(account, member, maya, now):
    UserFactory(name="Cher")
    comment = comments.add(
        account, "**Hi** @Maya Lindqvist, see [this](https://x.test/@Cher) by @Cher", by=member, at=now
    )
    html = shown(comment)
    assert '<span class="mention">@Maya Lindqvist</span>' in html
    assert 'href="https://x.test/@Cher"' in html
    assert html.count("mention") == 2


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "<a href='data:text/html,x'>x</a>",
        "@<b onmouseover=alert(1)>Maya",
        '[x](https://x.test/"onmouseover="alert(1))',
    ],
)
def test_nothing_in_a_comment_can_run(account, member, now, attack):
    UserFactory(name="<b onmouseover=alert(1)>Maya")
    html = shown(comments.add(account, attack, by=member, at=now))
    for sign in ("<script", "<img", 'href="javascript', "<b", ' onmouseover="', 'href="data'):
        assert sign not in html


def test_the_block_costs_three_queries_with_its_history_whatever_its_length(account, member, maya, now):
    for n in range(15):
        comments.add(account, f"{n} @Maya Lindqvist", by=member, at=now + timedelta(minutes=n))
    talk = Talk(member, account)
    with CaptureQueriesContext(connection) as captured:
        assert len([said(comment) for comment in talk.comments]) == 15
        assert not talk.more
        assert (len(talk.files), len(talk.events)) == (0, 0)
    assert len(captured) == 3


def test_a_long_thread_shows_the_newest_and_all_on_asking(account, member, now):
    Comment.objects.bulk_create(
        Comment(subject_type=LABEL, subject_id=account.pk, author=member, body=f"c{n}", at=now)
        for n in range(103)
    )
    assert [one.body for one in Talk(member, account).comments][::99] == ["c3", "c102"]
    assert Talk(member, account).more
    assert len(Talk(member, account, everything=True).comments) == 103


class TestPages:
    def test_posting_without_scripts_comes_back_to_the_thing(self, as_, submitter, account):
        response = as_(submitter).post(
            reverse("comment_add", args=[LABEL, account.pk]), {"body": "Hello **you**"}
        )
        assert response.status_code == 302
        assert response["Location"] == f"{account.get_absolute_url()}#talk"
        assert "<strong>you</strong>" in as_(submitter).get(account.get_absolute_url()).text

    def test_posting_by_htmx_swaps_the_thread_and_says_so(self, as_, member, account):
        url = reverse("comment_add", args=[LABEL, account.pk])
        response = as_(member).post(url, {"body": "Hello"}, headers={"HX-Request": "true"})
        assert response.text.lstrip().startswith('<section class="card talk"')
        assert "announce" in response["HX-Trigger"]

    def test_what_was_refused_is_still_in_the_form(self, as_, member, account):
        url = reverse("comment_add", args=[LABEL, account.pk])
        for headers in ({}, {"HX-Request": "true"}):
            response = as_(member).post(url, {"body": "x" * 10_001}, headers=headers)
            assert response.status_code == 422
            assert "x" * 10_001 in response.text
            assert "at most 10,000" in response.text

    def test_only_the_author_edits_and_deletes(self, as_, member, ops, admin, account, now):
        comment = comments.add(account, "Mine", by=member, at=now)
        for other in (ops, admin):
            for name in ("comment_edit", "comment_delete"):
                assert as_(other).post(reverse(name, args=[comment.pk]), {"body": "x"}).status_code == 404
        assert (
            as_(member).post(reverse("comment_edit", args=[comment.pk]), {"body": "Yours"}).status_code == 302
        )
        comment.refresh_from_db()
        assert comment.body == "Yours"
        assert as_(member).post(reverse("comment_delete", args=[comment.pk])).status_code == 302

    def test_an_edit_that_is_refused_keeps_the_form_where_it_is(self, as_, member, account, now):
        comment = comments.add(account, "Mine", by=member, at=now)
        url = reverse("comment_edit", args=[comment.pk])
        response = as_(member).post(url, {"body": " "}, headers={"HX-Request": "true"})
        assert (response.status_code, response["HX-Retarget"]) == (422, f"#comment-{comment.pk}")

    @pytest.mark.parametrize("label", ["prodops.user", "no.such", "prodops", "auth.permission", "x"])
    def test_a_thing_nobody_registered_is_not_found(self, as_, admin, label):
        assert as_(admin).post(reverse("comment_add", args=[label, 1]), {"body": "x"}).status_code == 404

    def test_the_picker_finds_names_by_any_word_and_without_accents(self, as_, submitter):
        UserFactory(name="Inès Laurent", job_title="Researcher")
        UserFactory(name="Away Now", is_active=False)
        client, url = as_(submitter), reverse("mention_suggest")
        for start in ("ines", "INÈ", "lau"):
            assert [one["name"] for one in client.get(url, {"q": start}).json()["people"]] == ["Inès Laurent"]
        assert client.get(url, {"q": "%"}).json() == {"people": []}
        assert client.get(url, {"q": "aurent"}).json() == {"people": []}

    def test_history_comes_when_it_is_opened(self, as_, submitter, account, now):
        activity.record("customeraccount.renamed", on=account, by=submitter, at=now)
        client, url = as_(submitter), reverse("talk_history", args=[LABEL, account.pk])
        assert "renamed this" not in client.get(account.get_absolute_url()).text
        part = client.get(url, headers={"HX-Request": "true"}).text
        assert "renamed this customeraccount" in part
        assert "<form" not in part
        assert "renamed this" in client.get(url).text
