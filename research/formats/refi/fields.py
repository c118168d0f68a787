"""What sessions and participants say of themselves, as variables that other tools show beside a source."""

from research.formats import names

from .project import Variable

HELD_ON, KIND, MODERATOR = (names.derived("variable", one) for one in ("held_on", "kind", "moderator"))
ROLE, ACCOUNT, SEGMENT = (names.derived("variable", one) for one in ("role", "account", "segment"))

VARIABLES = [
    Variable(HELD_ON, "Held on"),
    Variable(KIND, "Kind"),
    Variable(MODERATOR, "Moderator"),
    Variable(ROLE, "Role"),
    Variable(ACCOUNT, "Account"),
    Variable(SEGMENT, "Segment"),
]

# our variables of a source, by guid, and what they fill
SOURCE = {HELD_ON: "held_on", KIND: "kind", MODERATOR: "moderator"}

# variables of a case, by what anybody may have called them
CASE = {
    "role": "role",
    "job": "role",
    "job title": "role",
    "position": "role",
    "account": "account",
    "company": "account",
    "organisation": "account",
    "organization": "account",
    "customer": "account",
    "segment": "segment",
}
