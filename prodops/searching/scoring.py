"""Words against the index: what a question asks of an entry, and how much an entry has of it."""

import math

from django.db.models import BooleanField, Case, F, FloatField, Func, TextField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Ln

TYPICAL_LENGTH = 60  # words of an entry, against which longer ones are discounted
IN_BODY = 0.6  # what a word in the body counts, beside 1 in the title


class _Holds(Func):
    """`document @@ query`, the query as tsquery's own text."""

    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field = BooleanField()


class _Length(Func):
    function = "length"
    output_field = FloatField()


def holds(query):
    """The condition that an entry fits `query`, a tsquery's own text."""
    return _Holds(F("document"), Value(query, TextField()))


def quoted(stem, mark=""):
    escaped = stem.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'{mark}"


_TO_QUERY = {
    "phrase": "phraseto_tsquery('pg_catalog.english', %s)",
    "word": "plainto_tsquery('pg_catalog.english', %s)",
    "beginning": "(to_tsquery('pg_catalog.english', %s) || to_tsquery('pg_catalog.simple', %s))",
}


def obeyed(groups):
    """`document @@` the question to the letter, as SQL."""
    either, values = [], []
    for group in groups:
        every = []
        for piece in group:
            kind = "beginning" if piece.beginning else "phrase" if piece.phrase else "word"
            values += [f"{piece.text}:*"] * 2 if piece.beginning else [piece.text]
            every.append(f"{'!!' if piece.unwanted else ''}{_TO_QUERY[kind]}")
        either.append(f"({' && '.join(every)})")
    return RawSQL(f"document @@ ({' || '.join(either)})", values, output_field=BooleanField())  # noqa: S611


class Scale:
    """What an entry scores for `words`, of an index of `size` entries, and for the beginning of one."""

    def __init__(self, words, size, prefix, text):
        self.words, self.size, self.prefix, self.text = words, size, prefix, text

    def score(self):
        """By the words' rarity, in the title above the body, discounted by length."""
        score = Value(0.0, FloatField())
        for word in self.words:
            worth = self._worth_of(word)
            score += self._worth(quoted(word.stem), quoted(word.stem, ":A"), worth)
        if self.prefix:
            start = quoted(self.prefix, ":*")
            score += self._worth(start, f"{start}A", 1.0)
        length = _Length(F("document"), output_field=FloatField())
        by_length = 0.6 + Ln(length + 10.0) * (0.4 / math.log(10 + TYPICAL_LENGTH))
        exact = Case(When(title__iexact=self.text, then=Value(100.0)), default=Value(0.0))
        return score / by_length + exact

    def _worth_of(self, word):
        """How much a word counts: the rarer, the more."""
        entries = word.entries
        return word.weight * math.log(1 + (max(self.size, entries) - entries + 0.5) / (entries + 0.5))

    def best(self):
        """What an entry of usual length with every word in its title would score."""
        return sum(self._worth_of(word) for word in self.words if not word.instead_of) or 1e-9

    @staticmethod
    def _worth(anywhere, in_title, worth):
        return Case(
            When(holds(in_title), then=Value(worth)),
            When(holds(anywhere), then=Value(worth * IN_BODY)),
            default=Value(0.0),
            output_field=FloatField(),
        )
