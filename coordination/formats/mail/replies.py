"""What is new in a reply: without the quotation, the line that introduces it, and the signature.

Line by line and in linear time: the mail is a stranger's. Nothing is cut from what has no quotation but a
signature after its "-- " line, so that a list with dashes stays a list.
"""

import re
from bisect import bisect_right

# "On 3 March 2026, Kim wrote:" in the languages of mail programs: how the line begins, and how it ends
_OPENS = re.compile(
    r"^[>\s]*(?:on|am|le|el|il|op|em|den|w dniu|dne|pe|на|vào|tarihinde|den|kl\."
    r"|\d{4}[-/年]|\d{1,2}[./]\d)",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"(?:wrote|schrieb(?: [^:]{0,80})?|a écrit|escribió|ha scritto|schreef(?: [^:]{0,80})?|escreveu|pisze"
    r"|napisał\(?a?\)?|napsal\(?a?\)?|skrev(?: [^:]{0,80})?|kirjoitti|写道|のメール|작성"
    r"|yazdı|написал\(?а?\)?|a scris)"
    r"\s*[:：]\s*$",
    re.IGNORECASE,
)
_HEADERS = re.compile(
    r"^[>\s*]*(from|von|de|da|van|od|från|fra|sent|gesendet|envoyé|enviado(?: el)?|inviato|verzonden|wysłano"
    r"|skickat|sendt|date|datum|fecha|data|to|an|à|para|a|aan|do|till|til|subject|betreff|objet|asunto|assunto"
    r"|oggetto|onderwerp|temat|ämne|emne|cc|kopie)\s*\*?\s*:\s*\*?\s*\S",
    re.IGNORECASE,
)
_STARTS = {"from", "von", "de", "da", "van", "od", "från", "fra"}
_DIVIDER = re.compile(
    r"^[>\s]*(?:[-_]{2,}\s*(?:original message|ursprüngliche nachricht|originalnachricht|message d'origine"
    r"|mensaje original|messaggio originale|oorspronkelijk bericht|mensagem original|forwarded message"
    r"|weitergeleitete nachricht|reply above this line)\s*[-_]{0,}|[_]{20,})\s*$",
    re.IGNORECASE,
)
_MOBILE = re.compile(
    r"^(?:sent from my |sent from outlook|get outlook for |von meinem \w+ gesendet|gesendet von "
    r"|gesendet mit |envoyé de mon |enviado desde mi |inviato da |verstuurd vanaf )",
    re.IGNORECASE,
)
LONGEST_LINE = 2_000  # of a line that is looked at


def fresh_part(text: str, *, forwarded: bool = False) -> str:
    """What its author wrote. Answers between quoted lines keep both; a mail that only quotes is kept whole.

    In a forwarded mail the quotation is the point: nothing goes.
    """
    if forwarded:
        return text.strip()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    marked = [place for place, line in enumerate(lines) if line.lstrip().startswith(">")]
    own = _under(lines, marked)
    if own is None:
        own = lines[: _end_of_own(lines, marked)]
    found = "\n".join(_unsigned(own)).strip()
    return found or text.strip()


def _under(lines, marked):
    """The answer under one quotation that opens the mail; None where it does not, or has answers within."""
    if not marked or marked[-1] - marked[0] + 1 != len(marked):
        return None
    before = [place for place, line in enumerate(lines[: marked[0]]) if line.strip()]
    if before and not _introduces(lines, before[0], lines[before[0]][:LONGEST_LINE]):
        return None
    own = lines[marked[-1] + 1 :]
    return own if len(before) <= 3 and any(line.strip() for line in own) else None


def _end_of_own(lines, marked):
    """The place from which on nothing is new: where the quotation of the whole mail begins."""
    answered = _last_answer(lines)
    for place, line in enumerate(lines):
        head = line[:LONGEST_LINE]
        if _DIVIDER.match(head) or _outlook(lines, place, head):
            return place
        if _introduces(lines, place, head):
            following = bisect_right(marked, place)
            # without ">" all that follows is quotation, as some programs write it
            if following == len(marked) or answered < marked[following]:
                return place
    last = len(lines)
    while last and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith(">")):
        last -= 1
    return last


def _last_answer(lines):
    """The place of the last line, above the signature, that is neither empty nor quoted."""
    own = _unsigned(lines)
    for place in range(len(own) - 1, -1, -1):
        if own[place].strip() and not own[place].lstrip().startswith(">"):
            return place
    return -1


def _introduces(lines, place, head):
    """Whether "On … wrote:" begins here; mail programs break the line once or twice."""
    if not _OPENS.match(head):
        return bool(_WROTE.search(head)) and len(head) < 200 and "@" in head
    joined = head
    for more in range(3):
        if _WROTE.search(joined) and len(joined) < 500:
            return True
        following = lines[place + more + 1] if place + more + 1 < len(lines) else ""
        if not following.strip():
            return False
        joined = f"{joined} {following[:LONGEST_LINE].strip()}"
    return False


def _outlook(lines, place, head):
    """Whether a block of "From: … Sent: … To: …" begins here."""
    first = _HEADERS.match(head)
    if not first or first[1].lower() not in _STARTS:
        return False
    following = [line[:LONGEST_LINE] for line in lines[place + 1 : place + 7]]
    return sum(bool(_HEADERS.match(line)) for line in following) >= 2


def _unsigned(lines):
    for place, line in enumerate(lines):
        if line.rstrip("\n") in ("-- ", "--") or line.rstrip() == "--":
            return lines[:place]
    kept = list(lines)
    while kept and (not kept[-1].strip() or _MOBILE.match(kept[-1].strip()[:LONGEST_LINE])):
        kept.pop()
    return kept
