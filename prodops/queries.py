"""Reads of the kernel that span models: finding things by their words, and people by name."""

import math
import re
from typing import NamedTuple

from django.db import connection
from django.db.models import BooleanField, Case, F, FloatField, Func, Q, TextField, Value, When
from django.db.models.functions import Ln, Substr

from prodops import search as registry
from prodops import subjects
from prodops.access import allowed
from prodops.marking import Marker, normal
from prodops.models import Favourite, SearchEntry, User

LONGEST = 400  # characters of a query that count
MOST_WORDS = 12
COUNTED = 1_000  # hits beyond are not counted: counting them costs more than the number is worth
RANKED = 300  # of a word that stands nearly everywhere, only so many of the newest are ranked
PER_PAGE = 20
TYPICAL_LENGTH = 60  # words of an entry, against which longer ones are discounted
IN_BODY = 0.6  # what a word in the body counts, beside 1 in the title
SIMILAR = 0.4
READ = 20_000  # characters of a body in which the sentence to show is looked for

_HARD = re.compile(r"\"|(?:^|\s)-\w|\sOR\s")
_UNWANTED = re.compile(r"(?:^|\s)-(?:\"[^\"]*\"?|\S+)")

# A text's words as the index has them; each with how many entries it stands in, and for one that
# stands in none the likeliest meant. One row at least, with the number of entries.
_WORDS = """
WITH asked AS (
  SELECT word, row_number() OVER () AS place
  FROM unnest(tsvector_to_array(to_tsvector('pg_catalog.english', prodops_norm(%s)))) word LIMIT %s)
SELECT greatest(size.reltuples, 1), asked.word, known.entries, near.lexeme, near.entries, near.likeness
FROM (SELECT reltuples FROM pg_class WHERE oid = 'prodops_searchentry'::regclass) size
LEFT JOIN asked ON true
LEFT JOIN prodops_searchlexeme known ON known.lexeme = asked.word
LEFT JOIN LATERAL (
  SELECT lexeme, entries, similarity(lexeme, asked.word) AS likeness
  FROM prodops_searchlexeme
  WHERE known.lexeme IS NULL AND length(asked.word) > 2
    AND lexeme %% asked.word AND similarity(lexeme, asked.word) >= %s
  ORDER BY likeness DESC, entries DESC, lexeme LIMIT 2) near ON true
ORDER BY asked.place, near.likeness DESC
"""


class Word(NamedTuple):
    """A word to look for: as the index has it, how rare it is, and how surely it was meant."""

    stem: str
    entries: int
    weight: float
    instead_of: str = ""  # the unknown word that it repairs


class Hit(NamedTuple):
    entry: SearchEntry
    title: str  # HTML with the matching words marked, as is `excerpt`
    excerpt: str


class _Holds(Func):
    """`document @@ query`, the query as tsquery's own text."""

    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field = BooleanField()


class _Websearch(Func):
    """`document @@ websearch_to_tsquery(text)`, over words without accents like the index."""

    template = "(%(expressions)s)))"
    arg_joiner = " @@ websearch_to_tsquery('pg_catalog.english', unaccent("
    output_field = BooleanField()


class _Length(Func):
    function = "length"
    output_field = FloatField()


def _quoted(stem, mark=""):
    escaped = stem.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'{mark}"


def _words(text):
    """([Word], number of entries in the index) of what was typed: one query."""
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, [text, MOST_WORDS, SIMILAR])
        rows = cursor.fetchall()
    found: dict[str, Word] = {}
    for _, word, entries, near, near_entries, likeness in rows:
        if word is None:
            continue
        # A word the vocabulary lacks may be newer than the vocabulary: it is looked for all the same.
        found.setdefault(word, Word(word, entries or 1, 1.0))
        if near is not None:
            found.setdefault(near, Word(near, near_entries, likeness, instead_of=word))
    return list(found.values()), rows[0][0]


class Found:
    """What `user` may find for `text`, best first, by pages. Reads nothing until asked.

    `typing` takes the last word as the beginning of one. Quotes, -word and OR are obeyed to the letter;
    else an entry with any of the words is found, and the more and the rarer of them it has, in its
    title above all, the further up it stands. What the person may not see takes no part in anything.
    """

    def __init__(self, text, *, user, kind="", page=1, typing=False, per_page=PER_PAGE):
        self.text = " ".join(text.replace("\0", " ").split())[:LONGEST]
        self.user, self.kind, self.per_page = user, kind, per_page
        self.hard = bool(_HARD.search(self.text))
        wanted = _UNWANTED.sub(" ", self.text) if self.hard else self.text
        self.words, self.size = _words(wanted.replace(" OR ", " ")) if self.text else ([], 1)
        last = re.findall(r"\w+", normal(self.text))[-1:]
        # One letter begins half the vocabulary: that says nothing yet.
        self.prefix = last[0] if typing and last and len(last[0]) > 1 and not self.hard else ""
        self.visible = SearchEntry.objects.visible_to(user)
        self._choose(kind)
        self.number = min(max(page, 1), self.pages)

    # --- which entries, and in what order ---

    def _candidates(self):
        """[(id, kind)] of at most COUNTED + 1 entries, and whether they are still to be ranked."""
        if not (self.words or self.prefix):
            return [], False
        matching, common = self._matching()
        rows = list(self._ordered(matching, common))
        if common and not rows and self.words and not (self.hard or self.prefix):
            # no entry has all the common words: the rarest of them must do
            rows = list(self._ordered(self.visible.filter(self._any_of(self._rare()[:1])), common))
        return rows, common

    def _matching(self):
        """(QuerySet of the hits, whether there are too many to rank them all)."""
        if self.hard:
            asked = re.sub(r"[^\w\s\"-]|_|(?<=\w)-(?=\w)", " ", self.text)
            web = _Websearch(F("document"), Value(asked, TextField()))
            return self.visible.filter(web), True
        rare = self._rare()
        chosen: list[Word] = []
        total = 0
        for word in rare:
            total += word.entries
            if total > COUNTED and chosen:
                break
            chosen.append(word)
        common = bool(rare) and rare[0].entries > COUNTED
        if self.prefix:  # how many entries have words that begin so is not known: the newest are ranked
            return self.visible.filter(self._any_of(chosen)), True
        if common:
            every = " & ".join(_quoted(word.stem) for word in rare)
            return self.visible.filter(_Holds(F("document"), Value(every, TextField()))), True
        return self.visible.filter(self._any_of(chosen)), False

    def _rare(self):
        return sorted(self.words, key=lambda word: (word.entries, word.stem))

    def _any_of(self, words):
        either = [_quoted(word.stem) for word in words]
        if self.prefix:
            either.append(_quoted(self.prefix, ":*"))
        return _Holds(F("document"), Value(" | ".join(either), TextField()))

    def _ordered(self, matching, common):
        matching = matching.order_by("-happened_at", "-pk") if common else self._ranked(matching)
        return matching.values_list("pk", "kind")[: COUNTED + 1]

    def _ranked(self, entries):
        """By the words' rarity, in the title above the body, discounted by length; then the newest."""
        score = Value(0.0, FloatField())
        for word in self.words:
            worth = word.weight * math.log(
                1 + (max(self.size, word.entries) - word.entries + 0.5) / (word.entries + 0.5)
            )
            score += self._worth(_quoted(word.stem), _quoted(word.stem, ":A"), worth)
        if self.prefix:
            start = _quoted(self.prefix, ":*")
            score += self._worth(start, f"{start}A", 1.0)
        length = _Length(F("document"), output_field=FloatField())
        by_length = 0.6 + Ln(length + 10.0) * (0.4 / math.log(10 + TYPICAL_LENGTH))
        exact = Case(When(title__iexact=self.text, then=Value(100.0)), default=Value(0.0))
        return entries.annotate(score=score / by_length + exact).order_by("-score", "-happened_at", "-pk")

    @staticmethod
    def _worth(anywhere, in_title, worth):
        document = F("document")
        return Case(
            When(_Holds(document, Value(in_title, TextField())), then=Value(worth)),
            When(_Holds(document, Value(anywhere, TextField())), then=Value(worth * IN_BODY)),
            default=Value(0.0),
            output_field=FloatField(),
        )

    # --- kinds and pages ---

    def _choose(self, kind):
        """Keep the hits of `kind`; where there were more hits than are counted, look among its own."""
        rows, common = self._candidates()
        self.found, self.capped = len(rows), len(rows) > COUNTED
        counts: dict[str, int] = {}
        for _, one in rows[:COUNTED]:
            counts[one] = counts.get(one, 0) + 1
        self.facets = [(one, counts[one.key]) for one in registry.kinds() if one.key in counts]
        if kind and self.capped:
            self.visible = self.visible.filter(kind=kind)
            rows, common = self._candidates()
        self.ids = [pk for pk, one in rows[:COUNTED] if not kind or one == kind]
        if common and self.ids:
            newest = self._ranked(SearchEntry.objects.filter(pk__in=self.ids[:RANKED]))
            self.ids = [*newest.values_list("pk", flat=True), *self.ids[RANKED:]]

    @property
    def everything(self):
        """How many hits there are of all kinds, in words."""
        return f"{COUNTED:,}+" if self.capped else f"{self.found:,}"

    @property
    def pages(self):
        return max(1, -(-len(self.ids) // self.per_page))

    def hits(self):
        """The entries of this page, with what of them matches: one query."""
        start = (self.number - 1) * self.per_page
        ids = self.ids[start : start + self.per_page]
        fields = ("kind", "object_id", "title", "url", "context", "happened_at")
        rows = self.visible.filter(pk__in=ids).only(*fields).annotate(beginning=Substr("body", 1, READ))
        rows = {row.pk: row for row in rows} if ids else {}
        entries = [rows[pk] for pk in ids if pk in rows]
        marker = Marker([word.stem for word in self.words], self.prefix)
        self.repairs = self._repairs(entries, marker)
        return [Hit(one, marker.marked(one.title), marker.excerpt(one.beginning)) for one in entries]

    def _repairs(self, entries, marker):
        """[(the unknown word's stem, the word that was found instead)], after a look at the hits."""
        texts = [text for entry in entries for text in (entry.title, entry.beginning)]
        said = []
        for word in self.words:
            exact = Marker([word.instead_of])
            if word.instead_of and not any(exact.stem_of(one) for text in texts for one in text.split()):
                meant = marker.said(word.stem, texts)
                if meant != word.stem or any(word.stem in normal(text) for text in texts):
                    said.append((word.instead_of, meant))
        first: dict[str, str] = {}
        for unknown, meant in said:
            first.setdefault(unknown, meant)
        return list(first.items())


def search(text, *, user, kind="", page=1):
    """What `user` may find for `text`: see `Found`."""
    return Found(text, user=user, kind=kind, page=page)


def jump(text, *, user, limit=12):
    """The same while the last word is still being typed: the best few."""
    return Found(text, user=user, typing=True, per_page=limit)


def favourites_of(user, start="", limit=30):
    """The person's favourites with every word of `start` in their title.

    What the role no longer lets them read is not shown: title and address would tell of it.
    """
    readable = [label for label, can in subjects.registered().items() if allowed(user, can)]
    mine = Favourite.objects.filter(user=user, subject_type__in=readable)
    for word in start.split()[:MOST_WORDS]:
        mine = mine.filter(title__unaccent__icontains=word)
    return list(mine.order_by("-at")[:limit])


def people_named(start, limit=8):
    """Active people with a word of their name that begins with `start`, without regard to accents."""
    start = start.strip()
    if not start:
        return []
    begins = Q(name__unaccent__istartswith=start) | Q(name__unaccent__icontains=f" {start}")
    return list(User.objects.active().filter(begins).order_by("name", "pk")[:limit])
