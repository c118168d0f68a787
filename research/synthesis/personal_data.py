"""Spans of a text that look like personal data, to be looked at by a person before they are removed.

Found by their form: e-mail addresses (also as people spell them out when they speak), links that carry an
identity, IBANs and card numbers (by their check digits), telephone numbers, and numbers that stand after
words such as "account number". Found by being known: the names of people of the study. Nothing here decides:
a reason goes with each span so that somebody can.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    EMAIL = "email"
    LINK = "link"
    ACCOUNT = "account"
    PHONE = "phone"
    NAME = "name"
    WORDS = "words"  # what a person pointed at


class Suggestion(NamedTuple):
    """Code points `start` to `end` (exclusive) of the text, what they look like, and why."""

    start: int
    end: int
    kind: Kind
    reason: str


class Person(NamedTuple):
    """Somebody of the study. `who` follows their name in the reason: "took part in this session"."""

    name: str
    who: str


_EMAIL = re.compile(r"(?<![\w.+-])[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,6}[A-Za-z]{2,24}(?!\w)")
_ENDINGS = r"com|org|net|eu|io|co|de|fr|nl|no|se|dk|es|it|uk|ie|at|ch|be|pl|test|example"
_SPOKEN = re.compile(
    rf"(?<!\w)(?:\w{{1,40}} (?:dot|underscore|dash) ){{0,4}}\w{{1,40}} at \w{{1,40}}"
    rf"(?: dot \w{{1,40}}){{0,3}} dot (?:{_ENDINGS})(?!\w)",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?<!\w)(?:https?://|www\.)[^\s<>\"'“”]{3,500}", re.IGNORECASE)
_IDENTITY = re.compile(r"\d{4,}|[0-9a-f]{12,}|@|[?&#][\w-]+=", re.IGNORECASE)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?!\w)")
_CARD = re.compile(r"(?<![\w.,])\d(?:[ -]?\d){12,18}(?![\w])(?![.,]\d)")
_AFTER = re.compile(
    r"(?<!\w)(?:account|customer|client|contract|policy|card|iban|passport|licen[cs]e|driver|employee|member"
    r"|social security|insurance|tax|vat|sort code|routing)"
    r"(?: (?:number|no\.?|id|code))?(?: (?:is|was))?[ :#]{1,3}"
    r"(?P<number>[A-Z]{0,4}[- ]?\d[\dA-Z]*(?:[ -]\d+)*)(?!\w)",
    re.IGNORECASE,
)
# Each run of digits is taken whole or not at all, so that long ones (tracking numbers) cost no time.
_RUN = r"\(?\d{1,20}+(?!\d)\)?"
_PHONE = re.compile(
    rf"(?<![\w.,/+-])(?:\+|00(?=[1-9]))?{_RUN}(?:[ .\-/\u00a0]{{0,2}}+{_RUN}){{0,7}}(?!\w)(?![.,:/-]\d)"
)
_DIGITS = re.compile(r"\d.?\d")
_DATE = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_NORTH_AMERICAN = re.compile(r"\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}")
_SOCIAL = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_LETTERS = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")

SHORTEST_NAME = 3
# Labels that are a part played, not a name
_PARTS_PLAYED = """
speaker interviewer interviewee moderator participant observer respondent researcher customer caller agent
host guest unknown user facilitator notetaker note taker person voice support sales the and
"""
# Names that are words as well: only with a capital letter
_ALSO_WORDS = """
will may mark bill grace rose hope art jack rob sue pat drew dean april june august max ray frank rich chase
brook summer joy faith sky dale glen guy lane penny ruby sandy scott wade wayne young long king page price
stone hill ford bell banks day holiday
"""
_ROLES = frozenset(_PARTS_PLAYED.split())
_WORDS = frozenset(_ALSO_WORDS.split())


def suggestions(text: str, names: "Names | None" = None) -> list[Suggestion]:
    """The spans of `text`, in order and apart from each other. Where two overlap, the surer kind is kept."""
    found: list[Suggestion] = []
    _take(found, _emails(text))
    _take(found, _links(text))
    if _DIGITS.search(text):
        for finder in (_ibans, _cards, _social, _numbered, _phones):
            _take(found, finder(text))
    if names is not None:
        _take(found, names.find(text))
    return found


def _take(found: list[Suggestion], more: Iterable[Suggestion]) -> None:
    """Put those of `more` that overlap none of `found` to their places in it."""
    for one in more:
        place = bisect_left(found, one)
        before, behind = found[max(place - 1, 0) : place], found[place : place + 1]
        if all(other.end <= one.start for other in before) and all(one.end <= o.start for o in behind):
            found.insert(place, one)


def _emails(text: str) -> Iterator[Suggestion]:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Suggestion(match.start(), match.end(), Kind.EMAIL, "An e-mail address")
    if " dot " in text.lower():
        for match in _SPOKEN.finditer(text):
            yield Suggestion(match.start(), match.end(), Kind.EMAIL, "An e-mail address, spelled out")


def _links(text: str) -> Iterator[Suggestion]:
    if "www." not in text.lower() and "://" not in text:
        return
    for match in _LINK.finditer(text):
        said = match[0].rstrip(".,;:!?)]")
        if _IDENTITY.search(said):
            end = match.start() + len(said)
            yield Suggestion(match.start(), end, Kind.LINK, "A link that may lead to one person or record")


def _ibans(text: str) -> Iterator[Suggestion]:
    for match in _IBAN.finditer(text):
        # words in capitals may follow: the longest beginning that checks
        said = match[0]
        while len(said) >= 15:
            if is_iban(said):
                end = match.start() + len(said)
                yield Suggestion(match.start(), end, Kind.ACCOUNT, "An IBAN; its check digits are right")
                break
            cut = max(said.rfind(" "), said.rfind("-"))
            said = said[:cut] if cut > 0 else ""


def is_iban(text: str) -> bool:
    """Whether the check digits of an IBAN (ISO 13616, modulo 97) are right; spaces and dashes are allowed."""
    code = re.sub(r"[ -]", "", text)
    if not 15 <= len(code) <= 34 or not code.isascii() or not code.isalnum():
        return False
    moved = code[4:] + code[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def _cards(text: str) -> Iterator[Suggestion]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if is_card(digits) and len(set(digits)) > 1:
            yield Suggestion(
                match.start(), match.end(), Kind.ACCOUNT, "A card number; its check digit is right"
            )


def is_card(digits: str) -> bool:
    """Whether 13 to 19 digits pass Luhn's test (ISO/IEC 7812)."""
    if not 13 <= len(digits) <= 19:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _social(text: str) -> Iterator[Suggestion]:
    for match in _SOCIAL.finditer(text):
        reason = "Written like a social security number"
        yield Suggestion(match.start(), match.end(), Kind.ACCOUNT, reason)


def _numbered(text: str) -> Iterator[Suggestion]:
    for match in _AFTER.finditer(text):
        number = match["number"]
        if sum(letter.isdigit() for letter in number) >= 4:
            words = text[match.start() : match.start("number")].strip(" :#").lower()
            yield Suggestion(
                match.start("number"), match.end("number"), Kind.ACCOUNT, f"Stands after “{words}”"
            )


def _phones(text: str) -> Iterator[Suggestion]:
    for match in _PHONE.finditer(text):
        said = match[0]
        start = match.start()
        trimmed = said.rstrip("( .-/\u00a0")
        digits = re.sub(r"\D", "", trimmed)
        if _DATE.fullmatch(trimmed) or _DECIMAL.fullmatch(trimmed):
            continue
        if trimmed.startswith(("+", "00")) and 8 <= len(digits.removeprefix("00")) <= 15:
            reason = "A telephone number with its country code"
        elif (digits.startswith("0") and 9 <= len(digits) <= 12) or _NORTH_AMERICAN.fullmatch(trimmed):
            reason = "Written like a telephone number"
        else:
            continue
        yield Suggestion(start, start + len(trimmed), Kind.PHONE, reason)


def _plain(text: str) -> str:
    """Without accents: Zoë is written Zoe as often."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(one for one in apart if not unicodedata.combining(one)))


class Names:
    """The names to look for, made once for a study: in full, and each first and last name by itself.

    "Dana Whitlock" finds "Dana Whitlock", "Dana", "whitlock" and "Dana's" (the name of it), not "Danae".
    """

    def __init__(self, people: Iterable[Person]) -> None:
        self._why: dict[str, str] = {}
        for person in people:
            self._add(person)
        self._careful = {key for key in self._why if key in _WORDS}
        written = sorted(self._why, key=len, reverse=True)
        either = "|".join(r"\s+".join(map(re.escape, key.split())) for key in written)
        self._pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE) if written else None

    def _add(self, person: Person) -> None:
        parts = _LETTERS.findall(person.name)
        if not parts or all(part.casefold() in _ROLES for part in parts):
            return
        why = f"{person.name} {person.who}"
        if len(parts) > 1 and re.fullmatch(r"[^\d@]+", person.name):
            self._put(" ".join(person.name.split()), why)
        halves = [half for double in parts for half in re.split("[-'’]", double)]
        for part in [*parts, *halves]:
            if len(part) >= SHORTEST_NAME and part.casefold() not in _ROLES:
                self._put(part, why)

    def _put(self, name: str, why: str) -> None:
        for key in {name.casefold(), _plain(name).casefold()}:
            self._why.setdefault(key, why)

    def find(self, text: str) -> Iterator[Suggestion]:
        if self._pattern is None:
            return
        for match in self._pattern.finditer(text):
            key = " ".join(match[0].casefold().split())
            why = self._why.get(key) or self._why.get(_plain(key), "")
            if key in self._careful:
                if not match[0][:1].isupper():
                    continue
                why += "; here it may be the word"
            yield Suggestion(match.start(), match.end(), Kind.NAME, why)


def occurrences(text: str, words: str) -> list[tuple[int, int]]:
    """Where `words` stand in `text`, whatever their capitals and white space, as words of their own."""
    parts = words.split()
    if not parts:
        return []
    head = r"(?<!\w)" if parts[0][0].isalnum() else ""
    tail = r"(?!\w)" if parts[-1][-1].isalnum() else ""
    pattern = re.compile(head + r"\s+".join(map(re.escape, parts)) + tail, re.IGNORECASE)
    return [match.span() for match in pattern.finditer(text)]
