"""Grades and owners written into a line of text: "Ship it => 70%", "CEO: Grow (0.7)", "✅ Hire two"."""

import re
from typing import NamedTuple

_ARROW = re.compile(r"\s*(?:=+>|-+>|→|⇒|➜)\s*")
_PERCENT = re.compile(r"(?<![\d.,])~?(\d{1,3}(?:[.,]\d{1,3})?)\s*%")
_SHARE = re.compile(r"^(?:0?[.,]\d{1,3}|1(?:[.,]0{1,3})?|0(?:[.,]0{1,3})?)$")
_TAIL = re.compile(r"\s*[(\[]\s*(~?\d{1,3}(?:[.,]\d{1,3})?\s*%|[01]?[.,]\d{1,3}|[01])\s*[)\]]\s*$")
_DONE = re.compile(r"^(?:all )?(?:done|achieved|complete[d]?|shipped|yes)\b", re.IGNORECASE)
_NONE = re.compile(
    r"^(?:not (?:yet|started|done|completed|achieved|hit)|did not|none|no progress)\b", re.IGNORECASE
)
_SHOUTED = re.compile(r"\s+(DONE|ACHIEVED|COMPLETED?|SHIPPED|MISSED|NOT STARTED|NOT DONE|TODO|WIP)\.?$")
_PAST = re.compile(
    r"^(?:not (?:yet|started|done|completed|achieved|met|hit)|done|completed|achieved|shipped|met|missed)\b",
    re.IGNORECASE,
)
# What a line names at its end and nobody reads: "[Epic 12](…)", "([#5](…))", "([link](…))"
_REFERENCE = re.compile(
    r"[\s.(]{0,4}\[(?:(?:epic|issue|mr|link)s?\s*[#&!]?\d{0,9}|[#&!]\d{1,9})\]\([^()\s]{0,2000}\)\)?[\s.]{0,4}$",
    re.IGNORECASE,
)
# "[70%]" at the end is a grade and no link
_SQUARE = re.compile(r"\[\s*(~?\d{1,3}(?:[.,]\d{1,3})?\s*%|[01]?[.,]\d{1,3})\s*\]\s*$")
_DECIMAL = re.compile(r"^(?:0[.,]\d{1,2}|1[.,]0{1,2})$")
_BETWEEN = re.compile(r"\s*:\s+|\s+[-–—]\s+|\.\s+")
_ONE = re.compile(r"^~?(-?\d{1,3}(?:\.\d{1,3})?)\s*%\s*(?P<rest>$|[(,.;].*$)")
_SHARES = re.compile(r"^~?-?\d{1,3}(?:\.\d+)?\s*%(?:\s*(?:,|;|and)\s*~?-?\d{1,3}(?:\.\d+)?\s*%)+")
_OF = re.compile(r"^(\d{1,6}(?:\.\d{1,3})?|X)\s*/\s*(\d{1,6})\s*(?P<rest>$|\(.*$)", re.IGNORECASE)
_COUNTED = re.compile(r"^~?(?:\d{1,6}|X)\*?\s+\w{1,20}\s+\(", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\(~?(-?\d{1,3}(?:\.\d{1,3})?|X)\s*%\*?\)", re.IGNORECASE)
_SIGNS = {"✅": 1.0, "☑": 1.0, "✔": 1.0, "🟢": None, "🟡": None, "🔴": None, "❌": 0.0, "🚫": 0.0}
_LINK = re.compile(r"!?\[([^\[\]]{0,500})\](?:\([^()\s]{0,2000}(?:\s\"[^\"]{0,200}\")?\)|\[[^\[\]]{0,100}\])")
_BARE_LINK = re.compile(r"\[([^\[\]]{1,500})\](?![(\[])")
_BOX = re.compile(r"^\[([ xX])\]\s+")
_NUMBER = re.compile(r"^(?:[([]?\d{1,3}(?:\.\d{1,3})*[.)\]]|#\d{1,3})\s+")
_OWNER = re.compile(r"^@?([^\W\d_][^:=]{0,50}?)(\s+KRs?)?\s*:\s+(?=\S)")
_LABEL = re.compile(
    r"^(?P<label>objectives?|key\s+results?|krs?|o)\s*[-#]?\s*(?P<number>\d{1,3}(?:\.\d{1,3})*)?"
    r"\s*(?:[:.)–—-]\s*|$)",
    re.IGNORECASE,
)
_FROM_TO = re.compile(
    r"\bfrom\s+[$€£]?(-?\d{1,12}(?:[.,]\d{1,6})?)\s*(%)?\S{0,3}"
    r"\s+to\s+[$€£]?(-?\d{1,12}(?:[.,]\d{1,6})?)\s*(%)?",
    re.IGNORECASE,
)


class Marked(NamedTuple):
    """A line's words without what was marked in it. `label` is "o", "kr" or "".

    `numbered` is the number that the label has; `note` is what stood behind an arrow. Where several grades
    stood there, `grade` is their mean and `several` says them.
    """

    text: str
    label: str = ""
    numbered: str = ""
    owner: str = ""
    grade: float | None = None
    note: str = ""
    several: str = ""


def plain(text: str) -> str:
    """Markdown's marks taken away: links give their words."""
    text = _LINK.sub(r"\1", text)
    text = _BARE_LINK.sub(lambda m: m[0] if _BOX.match(m[0] + " ") else m[1], text)
    text = re.sub(r"(\*\*|__|~~|`)", "", text)
    text = re.sub(r"(?<![\w\\])[*_](\S(?:[^*_]{0,300}\S)?)[*_](?!\w)", r"\1", text)
    text = re.sub(r"\\([*_~`#\[\]()+.!-])", r"\1", text)
    return " ".join(re.sub(r"\{[:.#][^{}]{0,80}\}|<!--.{0,500}?-->|<[^<>]{1,200}>", " ", text).split())


def share(text: str) -> float | None:
    """The grade that `text` opens with or is: "70% done", "0.7", "Done"; None where it says none."""
    said = text.strip().strip("[](). ")
    if parts := shares(said):
        return sum(parts) / len(parts)
    if (found := _PERCENT.match(said)) or (found := _PERCENT.search(said[:24])):
        value = float(found[1].replace(",", ".")) / 100
        return value if value <= 1 else 1.0
    if _SHARE.match(said):
        return float(said.replace(",", "."))
    if _NONE.match(said):
        return 0.0
    return 1.0 if _DONE.match(said) else None


def shares(text: str) -> list[float]:
    """The grades that `text` opens with where they are several: "17%, 9%", "30 met (60%), 1 hired (50%)"."""
    if found := _SHARES.match(text):
        said = re.findall(r"-?\d{1,3}(?:\.\d+)?(?=\s*%)", found[0])
    elif _COUNTED.match(text):
        said = _IN_BRACKETS.findall(text)
        if any(one.upper() == "X" for one in said):
            return []
    else:
        return []
    return [min(max(float(one) / 100, 0.0), 1.0) for one in said]


def _ended(text: str) -> tuple[str, float | None, str] | None:
    """(the words, the grade, how it was said) of "Keep it up: 94% (one outage)"; None where no grade ends it.

    A number that words follow is what is aimed at, and none: "Answers: 95% on time".
    """
    for between in _BETWEEN.finditer(text):
        words, said = text[: between.start()], text[between.end() :]
        if not words.strip():
            continue
        if (ratio := _OF.match(said)) and (ratio["rest"] or said == ratio[0]):
            done, whole = ratio[1], float(ratio[2])
            known = done.upper() != "X" and whole > 0
            return words, min(float(done) / whole, 1.0) if known else None, said
        if between[0].startswith("."):
            continue
        if _DECIMAL.match(said):
            return words, share(said), said
        if one := _ONE.match(said):
            told = shares(said)
            grade = sum(told) / len(told) if told else min(max(float(one[1]) / 100, 0.0), 1.0)
            return words, grade, said
        if _COUNTED.match(said) and _IN_BRACKETS.search(said):
            told = shares(said)
            return words, sum(told) / len(told) if told else None, said
        if _PAST.match(said) and len(said.split()) <= 5 and not re.search(r"\d", said):
            missed = said.lower().startswith(("not", "missed"))
            return words, 0.0 if missed else 1.0, said
    return None


def marked(line: str) -> Marked:
    """What a heading or list item says, taken apart."""
    while (bare := _REFERENCE.sub("", line)) != line and bare.strip():
        line = bare
    line = _SQUARE.sub(r"(\1)", line)
    text, grade, note, several = re.sub(r":\s*:", ":", plain(line)), None, "", ""
    if box := _BOX.match(text):
        grade, text = (1.0 if box[1] in "xX" else None), text[box.end() :]
    for sign, means in _SIGNS.items():
        if sign in text:
            text = " ".join(text.replace(sign, " ").replace("\ufe0f", "").split())
            grade = means if grade is None else grade
    text = _NUMBER.sub("", text, count=1)
    text, label, number = _labelled(text)
    parts = _ARROW.split(text)
    if len(parts) > 1 and parts[0].strip():
        text, note = parts[0].rstrip(), " → ".join(part.strip() for part in parts[1:] if part.strip())
        told, several = share(parts[-1]), parts[-1].strip() if shares(parts[-1].strip()) else ""
        grade = grade if told is None else told
    elif ended := _ended(text[:2_000]):
        text, told, note = ended
        several = note if len(shares(note)) > 1 else ""
        grade = grade if told is None else told
    if shout := _SHOUTED.search(text):
        word, text = shout[1], text[: shout.start()]
        told = 1.0 if _DONE.match(word) else 0.0 if word.startswith("NOT") else None
        note, grade = note or word.lower(), grade if told is None else told
    if tail := _TAIL.search(text):
        told = share(tail[1])
        if told is not None and text[: tail.start()].strip():
            text, grade = text[: tail.start()], told
    text, owner, owned = _owned(text)
    if owned and not label:
        label = "kr"
    if not label:
        text, label, number = _labelled(text)
    text = text.strip(" ;,") if text.endswith((";", ",")) else text.strip()
    return Marked(text, label, number, owner, grade, note, several)


def _labelled(text: str) -> tuple[str, str, str]:
    found = _LABEL.match(text)
    if not found or (found["label"].lower() == "o" and not found["number"]):
        return text, "", ""
    return text[found.end() :], "o" if found["label"][0] in "oO" else "kr", found["number"] or ""


def _owned(text: str) -> tuple[str, str, bool]:
    """(the rest, who is named before a colon, whether as that one's key result)."""
    found = _OWNER.match(text)
    if not found or len(found[1].split()) > 6 or "http" in found[1].lower():
        return text, "", False
    return text[found.end() :], found[1].strip(), bool(found[2])


def way(text: str) -> tuple[float, float, str] | None:
    """(start, target, "percent" or "") that "from 40 % to 60 %" names; None where it names none."""
    found = _FROM_TO.search(text)
    if not found:
        return None
    start, target = (float(found[at].replace(",", ".")) for at in (1, 3))
    return None if start == target else (start, target, "percent" if found[2] or found[4] else "")
