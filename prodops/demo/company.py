"""Fernway, which makes dispatch software for road-freight carriers: its people, teams, areas, customers."""

import csv
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password

from prodops import search
from prodops.models import CustomerAccount, Level, Membership, ProductArea, Role, Segment, Team, User

PASSWORD = "demo"  # noqa: S105
ACCOUNTS = Path(__file__).parent / "accounts.csv"

# key: (name, mailbox, title, role, team, level)
PEOPLE = {
    "maya": ("Maya Lindqvist", "pm", "Senior product manager", Role.MEMBER, "onboarding", Level.LEAD),
    "tomas": (
        "Tomás Ribeiro",
        "ops",
        "Product operations manager",
        Role.PRODUCT_OPS,
        "product-ops",
        Level.LEAD,
    ),
    "priya": ("Priya Raman", "sales", "Account executive", Role.SUBMITTER, "sales", Level.LEAD),
    "jonas": ("Jonas Weber", "engineer", "Staff engineer", Role.MEMBER, "onboarding", Level.EDITOR),
    "aiko": ("Aiko Tanaka", "designer", "Product designer", Role.MEMBER, "onboarding", Level.EDITOR),
    "ruth": ("Ruth Adeyemi", "admin", "IT administrator", Role.ADMIN, "product-ops", Level.EDITOR),
    "dele": ("Dele Okafor", "dele", "Product manager", Role.MEMBER, "planning", Level.LEAD),
    "sanne": ("Sanne de Vries", "sanne", "Product manager", Role.MEMBER, "driver", Level.LEAD),
    "luca": ("Luca Ferri", "luca", "Product manager", Role.MEMBER, "money", Level.LEAD),
    "nadia": ("Nadia Petrova", "nadia", "Product manager", Role.MEMBER, "platform", Level.LEAD),
    "ines": ("Inès Laurent", "ines", "User researcher", Role.MEMBER, "product-ops", Level.EDITOR),
    "omar": ("Omar Haddad", "omar", "Account executive", Role.SUBMITTER, "sales", Level.EDITOR),
    "hannah": (
        *("Hannah Cole", "hannah", "Customer success manager", Role.SUBMITTER),
        *("customer-success", Level.LEAD),
    ),
    "marek": ("Marek Nowak", "marek", "Support lead", Role.SUBMITTER, "support", Level.LEAD),
}
# Those who also work in other teams
ALSO = [
    *(
        ("ines", team)
        for team in ("onboarding", "planning", "driver", "money", "platform", "customer-success")
    ),
    *(("aiko", team) for team in ("planning", "driver")),
]
TEAMS = {
    "onboarding": "Onboarding",
    "planning": "Planning",
    "driver": "Driver",
    "money": "Money",
    "platform": "Platform",
    "product-ops": "Product ops",
    "sales": "Sales",
    "customer-success": "Customer success",
    "support": "Support",
}
# slug: (name, owner, team, what it covers)
AREAS = {
    "onboarding-import": ("Onboarding and import", "maya", "onboarding", "Loads and routes come in."),
    "planning-board": ("Planning board", "dele", "planning", "Where dispatchers assign loads to trucks."),
    "driver-app": ("Driver app", "sanne", "driver", "What drivers see and send from the cab."),
    "customer-portal": ("Customer portal", "sanne", "driver", "Tracking and documents for shippers."),
    "billing": ("Billing", "luca", "money", "Rates, surcharges, invoices and disputes."),
    "reporting": ("Reporting", "nadia", "platform", "Dashboards, exports and scheduled reports."),
    "integrations": ("Integrations", "nadia", "platform", "Telematics, ERP, EDI and the public API."),
}  # fmt: skip
SEGMENTS = {"small business": Segment.SMALL, "mid-market": Segment.MID, "enterprise": Segment.ENTERPRISE}


def sign_ins():
    """[(e-mail, name, role)] that the embedded stack prints."""
    listed = ("maya", "tomas", "priya", "jonas", "aiko", "ruth")
    return [(f"{PEOPLE[key][1]}@demo.test", PEOPLE[key][0], PEOPLE[key][3].label) for key in listed]


def build(world):
    world.teams = {slug: Team.objects.create(slug=slug, name=name) for slug, name in TEAMS.items()}
    # Known passwords exist on the embedded stack only; hashed once, since hashing is slow on purpose.
    password = make_password(PASSWORD if settings.EMBEDDED else None)
    world.people = {key: _person(row, password) for key, row in PEOPLE.items()}
    for key, row in PEOPLE.items():
        Membership.objects.create(user=world.people[key], team=world.teams[row[4]], level=row[5])
    for key, team in ALSO:
        Membership.objects.create(user=world.people[key], team=world.teams[team], level=Level.EDITOR)
    for slug, (name, owner, team, words) in AREAS.items():
        world.areas[slug] = ProductArea.objects.create(
            slug=slug, name=name, owner=world.people[owner], team=world.teams[team], description=words
        )
    with ACCOUNTS.open(encoding="utf-8", newline="") as lines:
        rows = [_account(row, world) for row in csv.DictReader(lines)]
    CustomerAccount.objects.bulk_create(rows)
    world.accounts = {account.slug: account for account in CustomerAccount.objects.all()}
    search.index_many(world.accounts.values())
    search.index_many(world.people.values())
    search.index_many(world.areas.values())
    search.index_many(world.teams.values())


def _person(row, password):
    name, mailbox, title, role, _, _ = row
    return User.objects.create(
        email=f"{mailbox}@demo.test",
        name=name,
        job_title=title,
        role=role,
        password=password,
        is_superuser=role == Role.ADMIN,
    )


def _account(row, world):
    return CustomerAccount(
        slug=row["slug"],
        name=row["name"],
        domain=row["domain"],
        segment=SEGMENTS[row["segment"]],
        tier=row["tier"],
        arr=Decimal(row["arr"]),
        currency=row["currency"],
        owner=world.people[row["owner"]],
        external_ids=[f"crm:{row['crm_id']}"],
    )
