from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from prodops.models import MailPreference, Notification, User
from prodops.notifications import notify
from prodops.services import digests
from tests.factories.prodops import EventFactory, NotificationFactory, UserFactory

HX = {"HX-Request": "true"}


@pytest.fixture
def mails(settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    mail.outbox = []
    return mail.outbox


def person(preference, **fields):
    return UserFactory(mail_preference=preference, **fields)


class TestPage:
    def test_notifications_stand_by_day_with_the_unread_marked(self, as_, member):
        NotificationFactory(recipient=member, text="Now")
        NotificationFactory(
            recipient=member, text="Before", at=timezone.now() - timedelta(days=1), read_at=timezone.now()
        )
        NotificationFactory(text="Another's")
        page = as_(member).get(reverse("notifications")).text
        assert "Today" in page
        assert "Yesterday" in page
        assert page.count('class="unread"') == 1
        assert "Another&#39;s" not in page

    def test_only_the_unread_on_asking(self, as_, member):
        NotificationFactory(recipient=member, text="Fresh")
        NotificationFactory(recipient=member, text="Old", read_at=timezone.now())
        page = as_(member).get(reverse("notifications"), {"show": "unread"}).text
        assert "Fresh" in page
        assert "Old" not in page

    def test_opening_one_reads_it_and_goes_there(self, as_, member):
        row = NotificationFactory(recipient=member, url="/customers/")
        assert as_(member).get(reverse("notification_open", args=[row.pk]))["Location"] == "/customers/"
        row.refresh_from_db()
        assert row.read_at

    def test_one_and_all_are_marked_read(self, as_, member):
        rows = NotificationFactory.create_batch(3, recipient=member)
        client = as_(member)
        assert client.post(reverse("notification_read", args=[rows[0].pk]), headers=HX).status_code == 200
        assert member.notifications.unread().count() == 2
        assert client.post(reverse("notifications_read"), {"show": "unread"}).status_code == 302
        assert not member.notifications.unread().exists()

    def test_anothers_notification_is_not_found(self, as_, member):
        row = NotificationFactory()
        for name in ("notification_open", "notification_read"):
            assert as_(member).post(reverse(name, args=[row.pk])).status_code in (404, 405)
            assert as_(member).get(reverse(name, args=[row.pk])).status_code in (404, 405)
        row.refresh_from_db()
        assert row.read_at is None


class TestMail:
    def test_mail_at_once_goes_once_however_often_the_task_runs(
        self, db, mails, now, django_capture_on_commit_callbacks
    ):
        event = EventFactory(by=UserFactory())
        wanting = person(MailPreference.AT_ONCE)
        others = [person(MailPreference.DAILY), person(MailPreference.OFF)]
        for _ in range(2):
            with django_capture_on_commit_callbacks(execute=True):
                notify([wanting, *others, event.by], event=event, text="Something", url="/x/")
            digests.mail_event(event.pk, at=now)
        assert [one.to for one in mails] == [[wanting.email]]
        assert "/x/" in mails[0].body
        assert Notification.objects.count() == 3

    def test_the_digest_goes_once_a_day_with_what_is_unread(self, db, mails, now):
        daily = person(MailPreference.DAILY)
        NotificationFactory(recipient=daily, text="Unread")
        NotificationFactory(recipient=daily, text="Read", read_at=now)
        NotificationFactory(recipient=person(MailPreference.OFF))
        for _ in range(2):
            digests.mail_digests(at=now)
        NotificationFactory(recipient=daily, text="Later")
        digests.mail_digests(at=now + timedelta(hours=1))
        assert [one.to for one in mails] == [[daily.email]]
        assert "Unread" in mails[0].body
        assert "Read\n" not in mails[0].body
        digests.mail_digests(at=now + timedelta(days=1))
        assert "Later" in mails[1].body
        assert "Unread" not in mails[1].body

    def test_a_mail_server_that_refuses_loses_nothing(self, db, mails, now, monkeypatch):
        event = EventFactory()
        row = NotificationFactory(recipient=person(MailPreference.AT_ONCE), event=event)

        def refuse(*args, **kwargs):
            raise ConnectionRefusedError

        with monkeypatch.context() as patch:
            patch.setattr(digests, "send_mail", refuse)
            digests.mail_event(event.pk, at=now)
        row.refresh_from_db()
        assert row.mailed_at is None
        digests.mail_event(event.pk, at=now)
        assert len(mails) == 1

    @pytest.fixture
    def one_is_refused(self, monkeypatch):
        """The mail server takes no mail to "bad" for now, and to "gone" never."""
        send = digests.send_mail

        def choosy(subject, body, sender, to):
            code = {"bad": 450, "gone": 550}.get(to[0].split("@")[0])
            if code:
                raise SMTPRecipientsRefused({to[0]: (code, b"No")})
            send(subject, body, sender, to)

        monkeypatch.setattr(digests, "send_mail", choosy)

    def test_a_refused_address_keeps_nobody_from_their_mail(self, db, mails, now, one_is_refused):
        event = EventFactory()
        for address in ("bad@example.test", "gone@example.test", "good@example.test"):
            NotificationFactory(recipient=person(MailPreference.AT_ONCE, email=address), event=event)
        digests.mail_event(event.pk, at=now)
        assert [one.to for one in mails] == [["good@example.test"]]
        left = Notification.objects.get(mailed_at=None)
        assert left.recipient.email == "bad@example.test", "what is refused for good is not tried for ever"

    def test_a_refused_digest_is_tried_in_an_hour_and_keeps_nobody_from_theirs(
        self, db, mails, now, one_is_refused
    ):
        for address in ("bad@example.test", "good@example.test"):
            NotificationFactory(recipient=person(MailPreference.DAILY, email=address))
        digests.mail_digests(at=now)
        assert [one.to for one in mails] == [["good@example.test"]]
        User.objects.filter(email="bad@example.test").update(email="mended@example.test")
        digests.mail_digests(at=now + timedelta(minutes=50))
        assert len(mails) == 1
        digests.mail_digests(at=now + timedelta(minutes=61))
        assert mails[1].to == ["mended@example.test"]

    @pytest.mark.parametrize(
        "text", ["Hi\r\nBcc: all@example.test", "Hi\nSubject: x\n\nbody", "\r", "a\u2028b\x0bc"]
    )
    def test_no_text_adds_a_header(self, db, mails, now, text):
        event = EventFactory()
        NotificationFactory(recipient=person(MailPreference.AT_ONCE), event=event, text=text)
        digests.mail_event(event.pk, at=now)
        message = mails[0].message()
        assert message["Bcc"] is None
        assert "\n" not in mails[0].subject
        assert "\r" not in mails[0].subject

    def test_people_who_left_are_told_nothing(self, db, mails, now):
        event = EventFactory()
        gone = person(MailPreference.AT_ONCE)
        User.objects.filter(pk=gone.pk).update(is_active=False)
        notify([gone, None], event=event, text="x", url="/")
        assert not Notification.objects.exists()
