"""A list of people as others keep it: which column is what, and their words for our values."""

import re
from collections.abc import Iterable, Mapping

MOST_ROWS = 5_000
# field: heads (folded) that mean it
HEADS = {
    "name": {"name", "full name", "participant", "person", "contact", "contact name"},
    "email": {"email", "e mail", "mail", "email address", "e mail address"},
    "phone": {"phone", "telephone", "mobile", "phone number", "tel"},
    "account": {"account", "company", "customer", "organisation", "organization", "employer"},
    "role": {"role", "job", "job title", "title", "position"},
    "own_segment": {"segment", "company size", "size"},
    "locale": {"locale", "language", "lang"},
    "time_zone": {"time zone", "timezone", "tz"},
    "came_by": {"source", "how they came", "came by", "channel", "recruited by", "recruited through"},
}
_DASHES = str.maketrans({sign: "-" for sign in "‐‑‒–—−"})
# What lists put where they know nothing. It becomes Unknown, and asks nobody.
NOTHING = frozenset({"", "-", "?", "n/a", "na", "none", "null", "unknown", "not known", "k.a.", "unbekannt"})


def folded(said: str) -> str:
    """A value as it is compared: case, spaces and kinds of dashes do not count."""
    plain = re.sub(r"\s*-\s*", "-", said.translate(_DASHES))
    return " ".join(plain.casefold().split())[:120]


def guessed(heads: Iterable[str], typed: Mapping[str, str]) -> dict[str, str]:
    """{column number as text: field} of heads that are known; `typed` is {folded name: "properties.<key>"}.

    Each field is given to the first column that fits.
    """
    found: dict[str, str] = {}
    for place, head in enumerate(heads):
        said = " ".join(re.split(r"[\W_]+", folded(head))).strip()
        field = typed.get(folded(head)) or next((name for name, known in HEADS.items() if said in known), "")
        if field and field not in found.values():
            found[str(place)] = field
    return found


def several(said: str) -> list[str]:
    """The values of a cell that holds several, apart by semicolons, or by commas where it has none."""
    return [part.strip() for part in said.split(";" if ";" in said else ",") if part.strip()]
