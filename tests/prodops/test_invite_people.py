import re

import pytest
from django.core import mail
from django.urls import reverse

from prodops.models import Event, Invitation, Role, SearchEntry, SentMail, User
from prodops.services import invitations
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db


def invite(client, admin, email="new@example.test", **extra):
    client.force_login(admin)
    data = {"email": email, "role": "product_ops", "team": "", **extra}
    return client.post(reverse("invitation_list"), data)


def link_in(message):
    return re.search(r"/join/[^/\s]+/", message.body)[0]


def test_an_invited_person_joins_with_the_invitations_role_and_team(client, admin, team):
    invite(client, admin, team=team.pk)
    link = link_in(mail.outbox[0])
    client.logout()
    assert client.get(link).headers["Location"] == reverse("account_signup")
    form = {"email": "new@example.test", "password1": "ferry-lantern-42", "password2": "ferry-lantern-42"}
    client.post(reverse("account_signup"), form | {"name": "Nora New"})
    joined = User.objects.get(email="new@example.test")
    assert (joined.name, joined.role, joined.team_ids) == ("Nora New", Role.PRODUCT_OPS, [team.pk])
    assert Event.objects.filter(verb="invitation.accepted", by=joined).count() == 1
    assert Event.objects.filter(verb="person.joined", by=joined).count() == 1
    assert SearchEntry.objects.get(kind="person", object_id=joined.pk).title == "Nora New"
    client.logout()
    assert client.get(link).status_code == 410, "the link works once"


def test_another_address_than_the_invited_one_is_refused(client, admin):
    invite(client, admin)
    client.logout()
    client.get(link_in(mail.outbox[0]))
    form = {"email": "other@example.test", "password1": "ferry-lantern-42", "password2": "ferry-lantern-42"}
    page = client.post(reverse("account_signup"), form | {"name": "Other"})
    assert "has not been invited" in page.content.decode()
    assert not User.objects.filter(email="other@example.test").exists()


def test_a_forwarded_link_gives_another_address_no_role(client, admin, team, settings):
    settings.SIGNUP_EMAIL_DOMAIN = "example.test"
    invite(client, admin, team=team.pk)
    client.logout()
    client.get(link_in(mail.outbox[0]))
    form = {"email": "other@example.test", "password1": "ferry-lantern-42", "password2": "ferry-lantern-42"}
    client.post(reverse("account_signup"), form | {"name": "Other"})
    joined = User.objects.get(email="other@example.test")
    assert (joined.role, joined.team_ids) == (Role.SUBMITTER, [])
    assert Invitation.objects.open(joined.date_joined).count() == 1, "it waits for whom it was meant"


def test_an_invitation_that_could_not_be_mailed_is_revoked_in_words(client, admin, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(invitations, "send_mail", refuse)
        page = invite(client, admin)
    assert page.status_code == 422
    assert "could not be sent" in page.content.decode()
    assert Invitation.objects.get().revoked_at
    assert invite(client, admin).status_code == 302, "the address can be invited again"


def test_a_line_end_in_a_name_adds_no_header(client, admin):
    User.objects.filter(pk=admin.pk).update(name="Ada\r\nBcc: all@example.test")
    assert invite(client, admin).status_code == 302
    assert mail.outbox[0].message()["Bcc"] is None
    assert mail.outbox[0].subject.startswith("Ada Bcc: all@example.test invites")


def test_nobody_signs_up_uninvited(client):
    page = client.get(reverse("account_signup"))
    assert "By invitation" in page.content.decode()
    form = {
        "email": "a@example.test",
        "password1": "ferry-lantern-42",
        "password2": "ferry-lantern-42",
        "name": "A",
    }
    client.post(reverse("account_signup"), form)
    assert not User.objects.exists()


def test_the_companys_domain_may_sign_up_as_the_least_role(client, settings):
    settings.SIGNUP_EMAIL_DOMAIN = "example.test"
    form = {
        "email": "a@example.test",
        "password1": "ferry-lantern-42",
        "password2": "ferry-lantern-42",
        "name": "A",
    }
    client.post(reverse("account_signup"), form)
    assert User.objects.get().role == Role.SUBMITTER
    client.logout()
    client.post(reverse("account_signup"), form | {"email": "a@elsewhere.test"})
    assert User.objects.count() == 1


def test_a_second_invitation_of_the_same_address_is_refused(client, admin):
    assert invite(client, admin).status_code == 302
    page = invite(client, admin, email="NEW@example.test")
    assert page.status_code == 422
    assert "open invitation" in page.content.decode()
    assert Invitation.objects.count() == 1


def test_somebody_who_is_here_is_not_invited(client, admin):
    UserFactory(email="new@example.test")
    assert "already has an account" in invite(client, admin).content.decode()


def test_an_expired_invitation_gives_way_to_a_new_one(admin, now):
    from datetime import timedelta

    invitations.invite("new@example.test", role=Role.MEMBER, team=None, by=admin, at=now - timedelta(days=20))
    invitations.invite("new@example.test", role=Role.MEMBER, team=None, by=admin, at=now)
    assert Invitation.objects.open(now).count() == 1


def test_a_revoked_link_is_gone(client, admin):
    invite(client, admin)
    client.post(reverse("invitation_revoke", args=[Invitation.objects.get().pk]))
    client.logout()
    assert client.get(link_in(mail.outbox[0])).status_code == 410


def test_the_token_is_not_stored(client, admin):
    invite(client, admin)
    token = link_in(mail.outbox[0]).split("/")[2]
    assert token not in str(Invitation.objects.values().get())


def test_mail_without_a_server_is_kept_for_the_admin(settings, client, admin, rf):
    from django.core.mail import EmailMessage

    from prodops.outbox import EmailBackend

    EmailBackend().send_messages([EmailMessage("Hello", "Text", to=["a@example.test"])])
    assert SentMail.objects.get().subject == "Hello"
    client.force_login(admin)
    assert "Hello" in client.get(reverse("outbox")).content.decode()
