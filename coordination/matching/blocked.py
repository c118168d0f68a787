"""What should not stand in words that leave the house: other customers, internal names, money, dates.

It looks for what people slip into an answer without meaning to. It finds candidates, a person decides.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

MOST = 40  # findings; who has more has pasted something
SHORTEST_NAME = 3
SHORTEST_WORD = (
    5  # of a name's first word, for it to stand for the whole: "Hartmann" for "Hartmann Spedition"
)

_CURRENCY = r"(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|euros?|dollars?|pounds?|francs?)"
_NUMBER = r"\d[\d.,' \u00a0\u202f]{0,20}(?<=\d)"
_SIZE = r"(?: ?(?:k|m|bn|mio|million|thousand)\b)?"
_AMOUNTS = re.compile(
    rf"[€$£]\s?{_NUMBER}{_SIZE}"
    rf"|(?<![\w.]){_NUMBER}{_SIZE}\s?[€$£]"
    rf"|(?<!\w){_CURRENCY}\s?{_NUMBER}{_SIZE}"
    rf"|(?<![\w.]){_NUMBER}{_SIZE}\s?{_CURRENCY}(?!\w)"
    r"|(?<!\w)(?:ARR|MRR)(?!\w)",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
)
_SPAN = r"(?:days?|weeks?|months?|quarters?|years?|sprints?)"
_FEW = r"(?:\d{1,2}|a|one|two|three|four|five|six|a few|a couple of)"
_DATES = re.compile(
    r"(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])"
    r"|(?<![\d./])\d{1,2}[./]\d{1,2}[./]\d{2,4}(?![\d./])"
    rf"|(?<!\w)\d{{1,2}}(?:st|nd|rd|th|\.)? {_MONTH}(?: \d{{4}})?(?!\w)"
    rf"|(?<!\w){_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?(?!\w)"
    rf"|(?<!\w){_MONTH} \d{{4}}(?!\w)"
    r"|(?<!\w)Q[1-4](?:[ /-]?(?:20)?\d{2})?(?!\w)|(?<!\w)(?:20\d{2})[ /-]?Q[1-4](?!\w)"
    r"|(?<!\w)H[12] 20\d{2}(?!\w)"
    rf"|(?<!\w)(?:next|this|the coming) (?:{_SPAN}|spring|summer|autumn|fall|winter)(?!\w)"
    rf"|(?<!\w)(?:by|before|until|till|in) (?:{_MONTH}|spring|summer|autumn|winter)(?!\w)"
    r"|(?<!\w)(?:by|before|until) (?:the )?(?:end of (?:the |this |next )?\w+|Christmas|Easter)(?!\w)"
    rf"|(?<!\w)(?:with)?in {_FEW} {_SPAN}(?!\w)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_][\w'’&+-]*(?:\.[\w-]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|\n\s*)\W*$")


class Finding(NamedTuple):
    """`kind` is customer, internal, colleague, amount or date; `text` is as it stands in the words."""

    kind: str
    text: str
    advice: str = ""

    @property
    def sentence(self) -> str:
        return f"“{self.text}” {_SAYS[self.kind]}{f' {self.advice}' if self.advice else ''}"


_SAYS = {
    "customer": "is another customer: who reads this should not learn who else asked.",
    "internal": "is a word of ours.",
    "colleague": "works here: customers reach the team, not a person.",
    "amount": "is an amount of money or speaks of revenue.",
    "date": "reads like a date, and will be held to be a promise.",
}


def tokens(words: str) -> list[str]:
    """The words in lower case by whose first one names are looked up, addresses of sites among them."""
    return sorted({found[0].casefold() for found in _WORD.finditer(_folded(words))})


def find(
    words: str,
    *,
    customers: Iterable[str] = (),
    asked: str = "",
    internal: dict[str, str] | None = None,
    colleagues: Iterable[str] = (),
) -> list[Finding]:
    """[Finding] in the order of their kinds, each text once.

    `customers` and `colleagues` are names, `asked` is the one customer that may be named, `internal` is
    {term: what to say instead}.
    """
    text = _folded(words)
    rest = text
    for own in sorted({*_whole(asked, text), *_first_word(asked, text)}, key=len, reverse=True):
        rest = rest.replace(own, " " * len(own))
    named = [said for name in customers for said in _named(name, rest)]
    longest = [said for said in named if not any(said != other and said in other for other in named)]
    found = [Finding("customer", said) for said in longest]
    for term, instead in (internal or {}).items():
        advice = f"Say “{instead}” instead." if instead else ""
        found += [Finding("internal", said, advice) for said in _whole(term, text)]
    found += [Finding("colleague", said) for name in colleagues for said in _whole(name, text)]
    amounts = [match[0].strip() for match in _AMOUNTS.finditer(text)]
    found += [Finding("amount", said) for said in amounts]
    found += [Finding("date", match[0].strip()) for match in _DATES.finditer(text)]
    once = {(one.kind, one.text.casefold()): one for one in reversed(found)}
    return list(reversed(once.values()))[:MOST]


def _folded(words: str) -> str:
    """Full-width letters and the like as people mean them; the ends of lines as they are."""
    return unicodedata.normalize("NFKC", words)


def _whole(name: str, text: str) -> list[str]:
    name = " ".join(_folded(name).split())
    if len(name) < SHORTEST_NAME:
        return []
    either = r"\s+".join(re.escape(part) for part in name.split(" "))
    return [match[0] for match in re.finditer(rf"(?<!\w){either}(?!\w)", text, re.IGNORECASE)]


def _named(name: str, text: str) -> list[str]:
    """Where a customer stands: the whole name in any case, else its first word as a name is written."""
    return _whole(name, text) or _first_word(name, text)


def _first_word(name: str, text: str) -> list[str]:
    parts = _folded(name).split()
    if len(parts) < 2 or len(parts[0]) < SHORTEST_WORD:
        return []
    shaped = re.finditer(rf"(?<!\w){re.escape(parts[0])}(?!\w)", text)
    return [match[0] for match in shaped if not _SENTENCE_START.search(text[: match.start()])]
