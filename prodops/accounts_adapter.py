"""Sign-in: the person is loaded with their teams, and nobody signs up uninvited."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.utils import timezone

from prodops.models import User
from prodops.services import invitations


class Backend(AuthenticationBackend):
    def get_user(self, user_id):
        """The person with their memberships, in one query a request."""
        return User.objects.with_teams().filter(pk=user_id, is_active=True).first()


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        invited = invitations.find(request.session.get("invitation"), at=timezone.now())
        return bool(invited or settings.SIGNUP_EMAIL_DOMAIN)

    def clean_email(self, email):
        """An address may sign up if it was invited or is in the company's domain."""
        email = super().clean_email(email).lower()
        invited = invitations.find(self.request.session.get("invitation"), at=timezone.now())
        domain = settings.SIGNUP_EMAIL_DOMAIN
        if not (invited and invited.email.lower() == email) and not (domain and email.endswith(f"@{domain}")):
            self.refuse(email)
        return email

    def refuse(self, email):
        from django.core.exceptions import ValidationError

        raise ValidationError(
            f"{email} has not been invited. Use the address your invitation was sent to, or ask an admin."
        )

    def save_user(self, request, user, form, commit=True):
        user = super().save_user(request, user, form, commit=False)
        user.name = form.cleaned_data.get("name") or user.email.split("@")[0]
        if commit:
            user.save()
            if token := request.session.pop("invitation", None):
                invitations.accept(token, by=user, at=timezone.now())
        return user
