"""Whether a person wrote a mail to us, or a machine did."""

import re

from .reading import Mail

_SUBJECTS = re.compile(
    r"^(?:automatic reply|auto[- ]?reply|auto:|autoreply|out of (?:the )?office|abwesenheits"
    r"|automatische antwort|réponse automatique|respuesta automática|risposta automatica"
    r"|automatisch antwoord|resposta automática"
    r"|autosvar|automatické)",
    re.IGNORECASE,
)
_MACHINES = re.compile(r"^(?:mailer-daemon|postmaster)@", re.IGNORECASE)


def silent_because(mail: Mail, *, ours=frozenset()) -> str:
    """Why nothing is made of the mail, in words for those who look at it; "" where a person wrote it.

    `ours` are addresses that we send from. After RFC 3834 (automatic answers) and RFC 3464 (reports).
    """
    head = mail.headers
    if mail.from_email in ours or "x-prodops" in head:
        return "It is our own mail that came back."
    kind = head.get("content-type", "").lower()
    if kind.startswith("multipart/report"):
        if "disposition-notification" in kind:
            return "It says that a mail was read."
        return "It says that a mail could not be delivered."
    if _MACHINES.match(mail.from_email) or head.get("return-path", "").strip() == "<>":
        return "A mail server wrote it."
    auto = head.get("auto-submitted", "").partition(";")[0].strip().lower()
    if auto and auto != "no":
        return "It is an automatic answer."
    if any(name in head for name in ("x-autoreply", "x-autorespond", "x-autoresponder")):
        return "It is an automatic answer."
    if head.get("precedence", "").strip().lower() == "auto_reply" or _SUBJECTS.match(mail.subject):
        return "It is an automatic answer."
    if head.get("precedence", "").strip().lower() in ("bulk", "junk"):
        return "It was sent to many, as a newsletter is."
    if head.get("x-spam-flag", "").strip().lower() == "yes":
        return "The mail server took it for spam."
    if not mail.from_email:
        return "It names nobody who sent it."
    if not (mail.text or mail.subject or mail.parts):
        return "There is nothing in it."
    return ""


def vouched_for(mail: Mail, *, by) -> bool:
    """Whether one of our mail servers, named in `by`, found that the sender's domain sent it (RFC 8601).

    Only the topmost line counts, which our server adds: those below may be the sender's own.
    """
    line = mail.headers.get("authentication-results", "").lower()
    server, _, found = re.sub(r"\([^()]*\)", "", line).partition(";")
    domain = re.escape(mail.from_email.rpartition("@")[2])
    if not domain or server.strip().split(" ")[0] not in by:
        return False
    passed = (
        rf"(?:dmarc=pass\b[^;]*\bheader\.from=|dkim=pass\b[^;]*\bheader\.(?:d=|i=\S*@)){domain}(?![\w.-])"
    )
    return bool(re.search(passed, found))
