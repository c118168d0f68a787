"""Which words of a text match a search, and the sentence to show of it. No HTML comes in: all is escaped."""

import re
import unicodedata

from markupsafe import Markup, escape

_WORD = re.compile(r"\w+")
# What the English stemmer takes off a word, so that "invoic" marks "invoices" and "run" marks "running"
_ENDING = re.compile(
    r"(?:e|es|s|ed|ing|ings|er|ers|ly|y|ies|al|ally|able|ably|ible|ibly|ation|ations|ion|ions|ment|ments|ness|ity"
    r"|ive|ively|ants?|antly|ance|ances|ancy|ents?|ently|ence|ences|ism|ate|ates|ated|ating|ous|ously"
    r"|i[sz](?:e|es|ed|ing)|ic|ical|ically|ful|fully|\w(?:ing|ed|er|ers))?"
)
AROUND = 220  # characters shown


def normal(word):
    """Lower case without accents: as the index has it."""
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


class Marker:
    """Marks the words of a search: `stems` as the index has them, `prefix` as it was typed so far.

    `beginnings` are those of words asked for by their beginning.
    """

    def __init__(self, stems, prefix="", beginnings=()):
        self.stems = tuple(sorted(stems, key=len, reverse=True))
        self.beginnings = tuple(one for one in (prefix, *beginnings) if one)
        self._known = {}

    def stem_of(self, word):
        """The search's stem that this word of a text answers, or None."""
        if word not in self._known:
            self._known[word] = self._look_up(normal(word))
        return self._known[word]

    def _look_up(self, word):
        for stem in self.stems:
            if word.startswith(stem) and _ENDING.fullmatch(word[len(stem) :]):
                return stem
            if stem.endswith("i") and word in (f"{stem[:-1]}y", f"{stem[:-1]}ie"):
                return stem
        return next((one for one in self.beginnings if word.startswith(one)), None)

    def marked(self, text):
        """The text as HTML, the words that match in <mark>."""
        html, at = [], 0
        for word in _WORD.finditer(text):
            if self.stem_of(word[0]):
                html += [escape(text[at : word.start()]), Markup("<mark>{}</mark>").format(word[0])]
                at = word.end()
        html.append(escape(text[at:]))
        return Markup("").join(html)

    def excerpt(self, text):
        """The part of `text` with the most different words of the search, as HTML; else its beginning."""
        hits = [(word.start(), stem) for word in _WORD.finditer(text) if (stem := self.stem_of(word[0]))]
        start = 0
        if hits:
            best = max(range(len(hits)), key=lambda at: (_different(hits, at), -at))
            start = max(0, hits[best][0] - 60)
        return self.marked(_cut(text, start))

    def said(self, stem, texts):
        """The first word of `texts` that stands for `stem`, as a person would write it."""
        for text in texts:
            for word in _WORD.finditer(text):
                if self.stem_of(word[0]) == stem:
                    return word[0].lower()
        return stem


def _different(hits, at):
    until = hits[at][0] + AROUND - 60
    return len({stem for start, stem in hits[at : at + 40] if start <= until})


def _cut(text, start):
    """About `AROUND` characters from `start` on, beginning and ending between words."""
    if start:
        edges = [m.end() for m in re.finditer(r"[.!?\n]\s+", text[max(0, start - 80) : start + 60])]
        start = max(0, start - 80) + edges[-1] if edges else text.find(" ", start) + 1
    piece = text[start : start + AROUND]
    if start + AROUND < len(text):
        piece = piece.rpartition(" ")[0] or piece
        piece += " …"
    piece = " ".join(piece.split())
    return f"… {piece}" if start else piece
