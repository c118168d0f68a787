"""Whether a webhook was signed by who knows the secret, in the ways of the products that sign theirs.

Where a scheme signs a time too, what is older or newer than `WINDOW` is refused, so that nobody can send a
recorded delivery again later. With the schemes without a time (GitHub, Intercom, Jira: `TIMELESS`) the same
bytes are the same delivery for ever, whatever the headers say, which nobody signed.
"""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from .adapters.reading import at, moment

WINDOW = dt.timedelta(minutes=5)
TIMELESS = ("github", "intercom", "jira")


class Refused(Exception):
    """It is not signed as it should be; the words say what is wrong, and never what would be right."""


class Call(NamedTuple):
    """What is signed: the body's bytes, and of the request what a scheme may sign too.

    `headers` looks up without regard to case, as Django's does; `url` is the whole address asked.
    """

    headers: Mapping[str, str]
    body: bytes
    payload: Any
    method: str
    url: str


class Scheme(NamedTuple):
    label: str
    header: str  # where the signature stands
    check: Callable[[str, Call, dt.datetime], None]


def check(scheme: str, secrets: list[str], call: Call, now: dt.datetime) -> None:
    """Raises `Refused` unless `call` is signed with one of `secrets` by `scheme`, a key of `SCHEMES`."""
    if not secrets:
        raise Refused("No signing secret is kept here yet.")
    for place, secret in enumerate(secrets):
        try:
            SCHEMES[scheme].check(secret, call, now)
            return
        except Refused:
            if place == len(secrets) - 1:
                raise


def signed(secret: str, body: bytes, now: dt.datetime) -> str:
    """The header X-Prodops-Signature for `body` at `now`: for senders of one's own, and for tests."""
    stamp = str(int(now.timestamp()))
    return f"t={stamp},v1={_digest(secret, stamp.encode() + b'.' + body).hex()}"


def _digest(secret: str, message: bytes, kind: str = "sha256") -> bytes:
    return hmac.new(secret.encode("utf-8", "surrogatepass"), message, kind).digest()


def _header(call: Call, name: str) -> str:
    if not (value := call.headers.get(name, "").strip()):
        raise Refused(f"The header {name} is missing.")
    return value


def _same(given: str, wanted: str) -> None:
    if not hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode()):
        raise Refused("The signature does not match: another secret, or the body was changed on its way.")


def _fresh(said: object, now: dt.datetime) -> None:
    """The time that was signed is about now."""
    sent = moment(said)
    if sent is None:
        raise Refused("The time that was signed cannot be read.")
    if abs(now - sent) > WINDOW:
        minutes = int(WINDOW.total_seconds() // 60)
        raise Refused(f"It was signed at {sent:%Y-%m-%d %H:%M:%S} UTC, more than {minutes} minutes from now.")


def _prodops(secret: str, call: Call, now: dt.datetime) -> None:
    value = _header(call, "X-Prodops-Signature")
    pairs = [part.strip().partition("=")[::2] for part in value.split(",")][:10]
    stamp = next((said for key, said in pairs if key == "t"), "")
    given = [said for key, said in pairs if key == "v1"]
    if not stamp or not given:
        raise Refused("X-Prodops-Signature has to say t=… and v1=….")
    wanted = _digest(secret, stamp.encode("utf-8", "replace") + b"." + call.body).hex()
    _same(
        next((one for one in given if hmac.compare_digest(one.encode(), wanted.encode())), given[0]), wanted
    )
    _fresh(stamp, now)


def _standard(secret: str, call: Call, now: dt.datetime) -> None:
    """Standard Webhooks: base64(HMAC-SHA256(key, id.timestamp.body)), the key in base64 after whsec_."""
    number, stamp = _header(call, "Webhook-Id"), _header(call, "Webhook-Timestamp")
    given = [part.removeprefix("v1,") for part in _header(call, "Webhook-Signature").split()[:10]]
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = secret.encode()
    message = f"{number}.{stamp}.".encode("utf-8", "replace") + call.body
    wanted = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
    _same(
        next((one for one in given if hmac.compare_digest(one.encode(), wanted.encode())), given[0]), wanted
    )
    _fresh(stamp, now)


def _hub(header: str, kind: str) -> Callable[[str, Call, dt.datetime], None]:
    """WebSub's way: the method, "=", the body's HMAC in hex. No time is signed."""

    def check(secret: str, call: Call, now: dt.datetime) -> None:
        _same(_header(call, header).lower(), f"{kind}={_digest(secret, call.body, kind).hex()}")

    return check


def _linear(secret: str, call: Call, now: dt.datetime) -> None:
    _same(_header(call, "Linear-Signature").lower(), _digest(secret, call.body).hex())
    _fresh(at(call.payload, "webhookTimestamp"), now)


def _zendesk(secret: str, call: Call, now: dt.datetime) -> None:
    stamp = _header(call, "X-Zendesk-Webhook-Signature-Timestamp")
    digest = _digest(secret, stamp.encode("utf-8", "replace") + call.body)
    _same(_header(call, "X-Zendesk-Webhook-Signature"), base64.b64encode(digest).decode())
    _fresh(stamp, now)


# HubSpot signs the address with these decoded; a question mark that begins the query stays as it is.
_DECODED = ("%3A", "%2F", "%3F", "%40", "%21", "%24", "%27", "%28", "%29", "%2A", "%2C", "%3B")


def _hubspot(secret: str, call: Call, now: dt.datetime) -> None:
    stamp, url = _header(call, "X-HubSpot-Request-Timestamp"), call.url
    for code in _DECODED:
        url = url.replace(code, unquote(code)).replace(code.lower(), unquote(code))
    message = f"{call.method}{url}".encode("utf-8", "replace") + call.body + stamp.encode("utf-8", "replace")
    _same(_header(call, "X-HubSpot-Signature-v3"), base64.b64encode(_digest(secret, message)).decode())
    _fresh(stamp, now)


SCHEMES: dict[str, Scheme] = {
    "prodops": Scheme("Prodops: time and body", "X-Prodops-Signature", _prodops),
    "standard": Scheme("Standard Webhooks", "Webhook-Signature", _standard),
    "zendesk": Scheme("Zendesk", "X-Zendesk-Webhook-Signature", _zendesk),
    "intercom": Scheme("Intercom", "X-Hub-Signature", _hub("X-Hub-Signature", "sha1")),
    "hubspot": Scheme("HubSpot, version 3", "X-HubSpot-Signature-v3", _hubspot),
    "jira": Scheme("Jira", "X-Hub-Signature", _hub("X-Hub-Signature", "sha256")),
    "linear": Scheme("Linear", "Linear-Signature", _linear),
    "github": Scheme("GitHub", "X-Hub-Signature-256", _hub("X-Hub-Signature-256", "sha256")),
}

NUMBER = 150  # characters of a delivery's number; the products' are UUIDs
# Where the products name a delivery, so that the same one sent again is known
DELIVERY_IDS = (
    "X-GitHub-Delivery",
    "Linear-Delivery",
    "X-Zendesk-Webhook-Invocation-Id",
    "X-Atlassian-Webhook-Identifier",
    "Webhook-Id",
)


def own_id(headers: Mapping[str, str], payload: Any) -> str:
    """What the sender calls this delivery, or "": by its header, or as Intercom inside it."""
    for name in DELIVERY_IDS:
        if value := headers.get(name, "").strip():
            return f"{name.lower()}:{_plain(value)}"
    if (
        at(payload, "type") == "notification_event"
        and isinstance(number := at(payload, "id"), str)
        and number
    ):
        return f"intercom:{_plain(number)}"
    return ""


def _plain(number: str) -> str:
    """A number as it is where a database can keep it, else its hash: it tells deliveries apart as well."""
    if len(number) <= NUMBER and number.isascii() and number.isprintable():
        return number
    return hashlib.sha256(number.encode("utf-8", "surrogatepass")).hexdigest()
