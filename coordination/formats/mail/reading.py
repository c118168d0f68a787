"""A raw mail as what it says. Whatever is broken in it, something is read and nothing is raised."""

import codecs
import datetime as dt
import email
import hashlib
import re
from contextlib import suppress
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from typing import NamedTuple, cast

from charset_normalizer import from_bytes

from coordination.formats.incoming import clean

from .html import html_to_text

TEXT_MOST = 1_000_000  # characters of a body that are looked at
PARTS_MOST = 200
BODIES_MOST = 20  # parts that are read as text; further ones are attachments
WORK_MOST = 5_000_000  # lines times levels; a mail beyond would keep the parser busy for minutes
GUESSED = 200  # bytes from which a charset can be told
GUESSED_BY = 4_000  # bytes that are looked at for it
HEADER_MOST = 2_000
HEADERS_MOST = 200
# What Python can decode and no mail is in: slow over much text, or code and no charset
_NO_CHARSETS = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"}
# Charsets that mail names and Python calls otherwise, or that are taken for another by those who write them
_CHARSETS = {
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-gbk": "gb18030",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "us-ascii": "",
    "ascii": "",
    "ansi_x3.4-1968": "",
    "x-unknown": "",
    "unknown-8bit": "",
    "default_charset": "",
    "utf8": "utf-8",
    "iso-8859-1": "cp1252",  # as browsers read it: the bytes between are Windows's quotation marks
    "latin1": "cp1252",
    "x-mac-roman": "mac-roman",
}


class Part(NamedTuple):
    """An attachment. `small_inline` marks the pictures of signatures."""

    name: str
    content_type: str
    data: bytes
    small_inline: bool = False


class Mail(NamedTuple):
    """What a mail says. Addresses are in small letters, ids without their brackets."""

    message_id: str
    references: tuple[str, ...]
    from_name: str
    from_email: str
    recipients: tuple[str, ...]
    subject: str
    sent_at: dt.datetime | None
    language: str
    text: str
    parts: tuple[Part, ...]
    headers: dict[str, str]  # in small letters, the first of each name
    message: EmailMessage
    digest: str


def read(raw: bytes) -> Mail:
    """The mail in these bytes, as RFC 5322 has them or as somebody sent them all the same."""
    message = _parsed(raw)
    headers = _headers(message)
    name, address = _pair(headers.get("from", ""))
    reply_to = _pair(headers.get("reply-to", ""))[1]
    address = address if "@" in address else reply_to
    texts, parts = _bodies(message)
    text = clean(texts)[:TEXT_MOST]
    subject = " ".join(clean(headers.get("subject", "")).split())
    message_id = _ids(headers.get("message-id", ""))[:1]
    named = "\n".join([*message_id, address.lower(), subject, text])
    return Mail(
        message_id=message_id[0] if message_id else "",
        references=tuple(
            dict.fromkeys(
                [*_ids(headers.get("in-reply-to", "")), *reversed(_ids(headers.get("references", "")))]
            )
        ),
        from_name=" ".join(clean(name).split())[:160],
        from_email=clean(address).lower()[:254],
        recipients=_recipients(message),
        subject=subject,
        sent_at=_sent(headers.get("date", "")),
        language=clean(headers.get("content-language", "")).partition(",")[0].strip()[:12],
        text=text,
        parts=tuple(parts),
        headers=headers,
        message=message,
        # By another way the same mail comes in other bytes; one without an id is known by its bytes alone
        digest=hashlib.sha256(named.encode("utf-8", "replace") if message_id else raw).hexdigest(),
    )


def _parsed(raw: bytes) -> EmailMessage:
    """The message with its parts; with its headers alone where the parts cannot be told from each other."""
    levels = 1 + raw.count(b"oundary") + raw.count(b"delivery-status")
    if raw.count(b"\n") * levels <= WORK_MOST:
        try:
            return cast(EmailMessage, email.message_from_bytes(raw, policy=policy.compat32))
        except Exception:  # nested too deeply, a boundary that is written down in a broken way
            levels = 0
    try:
        message = BytesHeaderParser(policy=policy.compat32).parsebytes(raw)
    except Exception:  # what has no headers either is text
        message = email.message_from_string("", policy=policy.compat32)
        message.set_payload(raw.decode("ascii", "surrogateescape"))
    return cast(EmailMessage, message)


def _pair(text: str) -> tuple[str, str]:
    """(name, address) of a header; what Python cannot take apart is searched for an address."""
    try:
        return parseaddr(text)
    except Exception:  # comments nested too deeply
        found = re.search(r"[^\s<>()\"',;:@]{1,64}@[\w.-]{1,189}", text)
        return "", found[0] if found else ""


def _headers(message) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in message.raw_items():
        if len(found) < HEADERS_MOST and name.lower() not in found:
            found[name.lower()] = header_text(value)
    return found


def header_text(value) -> str:
    """A header's words with RFC 2047 undone; raw bytes are guessed, a wrong encoding is left as it stands."""
    plain = str(value)[: 2 * HEADER_MOST]
    try:
        if any("\udc80" <= letter <= "\udcff" for letter in plain):
            plain = decoded(plain.encode("ascii", "surrogateescape"), "")
        plain = str(make_header([_piece(part) for part in decode_header(plain)]))
    except Exception:  # unknown charset, broken base64: what stands there is better than nothing
        plain = str(value)[: 2 * HEADER_MOST]
    plain = plain.encode("utf-8", "replace").decode()
    return re.sub(r"[\r\n\t\0]+ *", " ", plain)[:HEADER_MOST].strip()


def _piece(part):
    data, charset = part
    if isinstance(data, bytes):
        return decoded(data, charset or ""), None
    return data, None


def _ids(text: str) -> list[str]:
    return [one[:250] for one in re.findall(r"<([^<>\s]{3,998})>", text)][:100]


def _recipients(message) -> tuple[str, ...]:
    names = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")
    lines = [header_text(value) for name in names for value in message.get_all(name, [])]
    try:
        pairs = getaddresses(lines[:50])
    except Exception:  # one of them breaks it: each by itself
        pairs = [_pair(line) for line in lines[:50]]
    return tuple(dict.fromkeys(address.lower() for _, address in pairs if "@" in address))[:200]


def _sent(text: str) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC) if 1970 <= moment.year < 2200 else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def decoded(data: bytes, charset: str) -> str:
    """Bytes as text: by the charset they are said to be in, else UTF-8, else as they look most like."""
    named = charset.strip().strip("\"'").lower().replace("_", "-") if charset else ""
    named = _CHARSETS.get(named, _CHARSETS.get(named.replace("-", "_"), named))
    for one in (named, "utf-8"):
        with suppress(Exception):  # unknown, broken, or no charset of text at all
            if one and codecs.lookup(one).name not in _NO_CHARSETS:
                return data.decode(one)
    if len(data) < GUESSED:  # too short to tell anything: what most of the world's programs write
        return data.decode("cp1252", "replace")
    guess = from_bytes(data[:GUESSED_BY]).best()
    try:
        return data.decode(guess.encoding if guess else "cp1252", "replace")
    except LookupError:
        return data.decode("latin-1")


def _bodies(message):
    """(the text, the attachments). Of alternatives the plain one counts, HTML where there is none."""
    plain: list[str] = []
    rich: list[str] = []
    parts: list[Part | None] = []
    for part in _leaves(message):
        kind = part.get_content_type()
        if kind.startswith("multipart/"):  # whose parts could not be told from each other
            kind = "text/plain"
        words = kind in ("text/plain", "text/html") and not _attachment(part)
        if words and len(plain) + len(rich) < BODIES_MOST:
            text = decoded(_payload(part)[:TEXT_MOST], _charset(part))
            (plain if kind == "text/plain" else rich).append(text)
        else:
            parts.append(_attached(part))
    text = "\n".join(plain).strip() or html_to_text("\n".join(rich)).strip()
    return text, [part for part in parts if part is not None]


def _leaves(message):
    """The parts that have none, in their order; a mail that is attached is one part."""
    waiting, seen = [message], 0
    while waiting and seen < PARTS_MOST:
        part, seen = waiting.pop(), seen + 1
        inner = part.get_payload() if part.is_multipart() else None
        if isinstance(inner, list) and part.get_content_type() != "message/rfc822":
            waiting += reversed(inner[:PARTS_MOST])
        else:
            yield part


def _attachment(part) -> bool:
    return str(part.get("content-disposition", "")).strip().lower().startswith("attachment")


def _charset(part) -> str:
    try:
        return str(part.get_content_charset("") or "")
    except Exception:  # parameters that contradict each other
        return ""


def _filename(part) -> str:
    try:
        return header_text(part.get_filename() or "")
    except Exception:
        return ""


def _payload(part) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except Exception:  # broken base64 or quoted-printable
        data = None
    if data is None:
        data = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return data


def _attached(part):
    name = _filename(part) or _named_by(part.get_content_type())
    data = _inner(part) if part.get_content_type() == "message/rfc822" else _payload(part)
    if not data:
        return None
    inline = str(part.get("content-disposition", "")).strip().lower().startswith("inline")
    pictured = part.get_content_maintype() == "image" and len(data) < 20_000
    small = bool((inline or part.get("content-id")) and pictured)
    return Part(clean(name)[:200] or "file", part.get_content_type(), data, small)


def _inner(part) -> bytes:
    """An attached mail's bytes; what cannot be written again stands in the raw mail."""
    inner = part.get_payload()
    try:
        return inner[0].as_bytes() if isinstance(inner, list) and inner else b""
    except Exception:
        return b"(This mail cannot be taken out of the one it came in. The mail as it came has it.)"


def _named_by(kind: str) -> str:
    return f"attachment.{kind.rpartition('/')[2][:8] or 'bin'}"
