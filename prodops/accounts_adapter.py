"""Sign-in: the person is loaded with their teams, and nobody signs up uninvited."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from prodops.models import Role, User
from prodops.services import invitations, people

SIGNUP = ("account_signup", "account_signup_by_passkey")


class Backend(AuthenticationBackend):
    def get_user(self, user_id):
        """The person with their memberships, in one query a request."""
        return User.objects.with_teams().filter(pk=user_id, is_active=True).first()


class AccountAdapter(DefaultAccountAdapter):
    def _invitation(self, request):
        return invitations.find(request.session.get("invitation"), at=timezone.now())

    def is_open_for_signup(self, request):
        return bool(self._invitation(request) or settings.SIGNUP_EMAIL_DOMAIN)

    def clean_email(self, email):
        """At sign-up, an address must have been invited or be in the company's domain."""
        email = super().clean_email(email).lower()
        match = self.request.resolver_match
        if match is None or match.url_name not in SIGNUP:
            return email
        invitation, domain = self._invitation(self.request), settings.SIGNUP_EMAIL_DOMAIN
        invited = invitation is not None and invitation.email.lower() == email
        if not invited and not (domain and email.endswith(f"@{domain}")):
            raise ValidationError(
                f"{email} has not been invited. Use the address your invitation was sent to, or ask an admin."
            )
        return email

    def save_user(self, request, user, form, commit=True):
        user = super().save_user(request, user, form, commit=False)
        user.name = form.cleaned_data.get("name") or user.email.split("@")[0]
        user.role = Role.SUBMITTER  # the least; an invitation gives its own
        invitation, token = self._invitation(request), request.session.pop("invitation", None)
        if invitation and invitation.email.lower() != user.email.lower():
            self.unstash_verified_email(request)  # allauth would take the invited address for this person's
        if commit:
            people.join(user, at=timezone.now())
            invitations.accept(token, by=user, at=timezone.now())
        return user
