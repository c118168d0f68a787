"""Names for things outside the workspace; a derived one comes out the same each time."""

import uuid

SPACE = uuid.UUID("5a1d8f0e-6a0c-5c51-9b5e-3f6c7d0a9e21")  # ours; every derived name stands in it


def derived(*parts: str) -> str:
    return str(uuid.uuid5(SPACE, "\x1f".join(parts)))


def known(text: str, *instead: str) -> str:
    """`text` as a guid is written; if it is none, a name derived from it and from `instead`."""
    try:
        return str(uuid.UUID(text.strip()))
    except ValueError:
        return derived(*instead, text)


def of_person(email: str) -> str:
    """The same colleague has the same name in every workspace, and it does not give away the address."""
    return derived("person", email.strip().casefold())
