"""What is measured on: the demo company at a scale, and accounts in the thousands."""

import time
from decimal import Decimal

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connection

from prodops import search
from prodops.models import CustomerAccount, Role, Segment, Team, Tier, User

ACCOUNTS = 10_000


def fill(scale):
    """Build it where it is missing; seconds that took."""
    began = time.monotonic()
    call_command("migrate", verbosity=0, interactive=False)
    if not Team.objects.exists():
        call_command("demo", scale=scale)
    if CustomerAccount.objects.count() < ACCOUNTS:
        _more_accounts(ACCOUNTS)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return time.monotonic() - began


def _more_accounts(count):
    owners = list(User.objects.all())
    segments, tiers = list(Segment), list(Tier)
    rows = [
        CustomerAccount(
            slug=f"bench-{n}",
            name=f"{('Northern', 'Alpine', 'Coastal', 'Union', 'Meridian')[n % 5]} Haulage {n}",
            domain=f"bench-{n}.example",
            segment=segments[n % len(segments)],
            tier=tiers[n % len(tiers)],
            arr=Decimal(1000 + n * 7),
            owner=owners[n % len(owners)],
            external_ids=[f"crm:{n}", f"erp:{n}"],
        )
        for n in range(count)
    ]
    CustomerAccount.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
    search.index_many(CustomerAccount.objects.filter(slug__startswith="bench-"))


def session_cookie():
    """The cookie of a product-ops person who is signed in."""
    user = User.objects.filter(role=Role.PRODUCT_OPS, is_active=True).order_by("pk").first()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "prodops.accounts_adapter.Backend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return user, f"sessionid={session.session_key}"
