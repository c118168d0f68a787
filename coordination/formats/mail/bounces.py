"""What a report of a mail server says (RFC 3464): who could not be reached, and of which mail of ours."""

import re
from typing import NamedTuple

from .reading import Mail


class Bounce(NamedTuple):
    """`gone` is true where there is no such mailbox: trying again is no use. `about` are ids it quotes."""

    email: str
    status: str
    gone: bool
    about: tuple[str, ...]


def bounce_of(mail: Mail) -> Bounce | None:
    """The first recipient who could not be reached; None where the mail is no such report."""
    if not mail.headers.get("content-type", "").lower().startswith("multipart/report"):
        return None
    try:
        whole = mail.message.as_string()[:200_000]
    except Exception:  # a charset that cannot be written again
        return None
    who = re.search(
        r"^(?:Final|Original)-Recipient:\s*[\w-]+\s*;\s*<?([^\s<>]+@[^\s<>]+)", whole, re.M | re.I
    )
    action = re.search(r"^Action:\s*(\w+)", whole, re.M | re.I)
    if not who or not action or action[1].lower() != "failed":
        return None
    status = re.search(r"^Status:\s*(\d\.\d{1,3}\.\d{1,3})", whole, re.M | re.I)
    code = status[1] if status else ""
    about = tuple(dict.fromkeys(re.findall(r"^Message-ID:\s*<([^<>\s]+)>", whole, re.M | re.I)))
    return Bounce(who[1].lower()[:254], code, code.startswith("5.1."), about[:20])
