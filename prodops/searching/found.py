"""What a person may find for what they typed: by words, by meaning, narrowed by facets, best first."""

import re
from functools import cached_property
from typing import NamedTuple

from django.db.models import F, FloatField, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Substr
from pgvector.django import CosineDistance

from prodops import meaning
from prodops import search as registry
from prodops.marking import Marker, normal
from prodops.models import SearchEntry
from prodops.text import unsigned

from . import asked, scoring
from .sift import Sift
from .words import Word, words

COUNTED = 1_000  # hits beyond are not counted: counting them costs more than the number is worth
RANKED = 300  # of a word that stands nearly everywhere, only so many of the newest are ranked
NEAR = 100  # entries that meaning alone may add
CLOSE = 0.38  # cosine below which an entry without any of the words is no hit
PER_PAGE = 20
READ = 20_000  # characters of a body in which the sentence to show is looked for
LEADING = 3  # of the kind that stands ahead of the others, the best few
LEAST = 12  # characters, or three words: less than that says too little for its meaning to be looked for
_SHOWN = ("kind", "object_id", "title", "url", "context", "happened_at", "moment_ms", "facets", "user_ids")


class Hit(NamedTuple):
    entry: SearchEntry
    title: str  # HTML with the matching words marked, as is `excerpt`
    excerpt: str
    by_meaning: bool = False  # none of the words stand in it


class Score(NamedTuple):
    """How near a hit is: the share of the question's words that it has, by rarity, and the cosine."""

    words: float
    meaning: float


def in_words(number):
    """A number of hits, which are not counted further than `COUNTED`."""
    return f"{COUNTED:,}+" if number > COUNTED else f"{number:,}"


class Found:
    """What `user` may find for `text`, best first, by pages. Reads nothing until asked.

    `typing` takes the last word as the beginning of one. Quotes, -word, word* and OR are obeyed to the
    letter; else an entry with any of the words is found, or one that means much the same; the more and the
    rarer of the words it has, in its title above all, and the nearer it is in meaning, the further up it
    stands. What the person may not see takes no part in anything, nor does what `sift` leaves out.
    """

    def __init__(
        self,
        text,
        *,
        user,
        sift=None,
        kind="",
        kinds=(),
        typing=False,
        per_page=PER_PAGE,
        close=CLOSE,
        ahead="",
    ):
        self.asked = asked.read(text)
        self.text, self.hard = self.asked.text, self.asked.hard
        self.user, self.per_page = user, per_page
        self.sift = Sift(kind=kind) if sift is None else sift
        self.kind = self.sift.kind
        self.words, self.size = words(self.asked.words) if self.asked.words else ([], 1)
        last = re.findall(r"\w+", normal(self.text))[-1:]
        # One letter begins half the vocabulary: that says nothing yet.
        self.prefix = last[0] if typing and last and len(last[0]) > 1 and not self.hard else ""
        self._scale = scoring.Scale(self.words, self.size, self.prefix, self.text)
        self.vector = self._vector(typing)
        self.kinds, self.close, self.ahead = kinds, close, ahead
        self.scores: dict[int, Score] = {}  # of what was ranked with its meaning
        self.scope = SearchEntry.objects.visible_to(user)
        self.visible = self._of_kind(self.sift.narrow(self.scope))
        self._choose()

    def _vector(self, typing):
        """The question's meaning, where it says enough to have one."""
        if typing or self.hard or not (len(self.text) >= LEAST or self.text.count(" ") > 1):
            return None
        return meaning.of_query(self.text)

    def _of_kind(self, entries):
        if self.kinds:
            entries = entries.filter(kind__in=self.kinds)
        return entries.filter(kind=self.kind) if self.kind else entries

    # --- which entries, and in what order ---

    def _candidates(self):
        """[(id, kind)] of at most COUNTED + 1 entries, and whether they are still to be ranked."""
        if not (self.words or self.prefix or self.hard):
            if self.text or not self.sift:
                return [], False
            return list(self._ordered(self.visible, True)), False  # all of a facet: the newest first
        matching, common = self._matching(self.visible)
        rows = list(self._ordered(matching, common))
        if common and not rows and self.words and not (self.hard or self.prefix):
            # no entry has all the common words: the rarest of them must do
            rows = list(self._ordered(self.visible.filter(self._any_of(self._rare()[:1])), common))
        return rows, common

    def _matching(self, entries):
        """(QuerySet of the hits by words, whether there are too many to rank them all)."""
        if self.hard:
            return entries.filter(scoring.obeyed(self.asked.groups)), True
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
            return entries.filter(self._any_of(chosen)), True
        if common:
            every = " & ".join(scoring.quoted(word.stem) for word in rare)
            return entries.filter(scoring.holds(every)), True
        return entries.filter(self._any_of(chosen)), False

    def _rare(self):
        return sorted(self.words, key=lambda word: (word.entries, word.stem))

    def _any_of(self, some):
        either = [scoring.quoted(word.stem) for word in some]
        if self.prefix:
            either.append(scoring.quoted(self.prefix, ":*"))
        return scoring.holds(" | ".join(either))

    def _ordered(self, matching, common):
        newest = common or self.sift.order == "newest"
        if newest:
            matching = matching.order_by("-happened_at", "-pk")
        else:
            matching = matching.annotate(score=self._scale.score()).order_by("-score", "-happened_at", "-pk")
        return matching.values_list("pk", "kind")[: COUNTED + 1]

    def _fused(self, ids):
        """[(id, kind, by words or not)] of `ids` and of what is nearest in meaning, best first.

        Each counts by its words and by its meaning, both as shares of the best of them: a row that one of
        the two has found gets what the other says of it as well.
        """
        near = self.visible.filter(embedding__isnull=False, embedded_key=F("meaning_key"))
        near = near.order_by(CosineDistance("embedding", self.vector)).values("pk")[:NEAR]
        sql, values = near.query.sql_with_params()
        both = RawSQL(f"SELECT unnest(%s::bigint[]) UNION ({sql})", [ids, *values])  # noqa: S611
        distance = CosineDistance("embedding", self.vector)
        scored = SearchEntry.objects.filter(pk__in=both).annotate(
            lexical=self._scale.score(), near=Coalesce(1.0 - distance, 0.0, output_field=FloatField())
        )
        held = set(ids)
        known = scored.values_list("pk", "kind", "lexical", "near", "happened_at")
        rows = [row for row in known if row[0] in held or row[3] >= self.close]
        most = max((row[2] for row in rows), default=0) or 1e-9
        nearest = max((row[3] for row in rows), default=0) or 1e-9
        rows.sort(
            key=lambda row: (row[2] / most + max(row[3], 0) / nearest, row[4].timestamp(), row[0]),
            reverse=True,
        )
        self.scores = {row[0]: Score(min(row[2] / self._scale.best(), 1.0), row[3]) for row in rows}
        return [(pk, kind, lexical > 0) for pk, kind, lexical, _, _ in rows]

    # --- what there is, and pages ---

    def _choose(self):
        """The ids of the hits in their order, and how many there are of each kind."""
        rows, common = self._candidates()
        newest = self.sift.order == "newest"
        self.by_words = {pk for pk, _ in rows} if self.text else set()
        if self.vector is not None and not newest:
            rows = self._with_meaning(rows)
            common = False
        self.found, self.capped = len(rows), len(rows) > COUNTED
        counts: dict[str, int] = {}
        for _, one in rows[:COUNTED]:
            counts[one] = counts.get(one, 0) + 1
        self.facets = [(one, counts[one.key]) for one in registry.kinds() if one.key in counts]
        self.ids = [pk for pk, _ in rows[:COUNTED]]
        if common and self.ids and not newest:
            ranked = SearchEntry.objects.filter(pk__in=self.ids[:RANKED]).annotate(score=self._scale.score())
            first = ranked.order_by("-score", "-happened_at", "-pk").values_list("pk", flat=True)
            self.ids = [*first, *self.ids[RANKED:]]
        if self.ahead and self.text and not (newest or self.kind):
            kinds = dict(rows[:COUNTED])
            lead = [pk for pk in self.ids[:RANKED] if kinds.get(pk) == self.ahead][:LEADING]
            self.ids = [*lead, *(pk for pk in self.ids if pk not in lead)]

    def _with_meaning(self, rows):
        fused = self._fused([pk for pk, _ in rows[:RANKED]])
        self.by_words |= {pk for pk, _, lexical in fused if lexical}
        ahead = {pk for pk, _, _ in fused}
        return [(pk, kind) for pk, kind, _ in fused] + [row for row in rows if row[0] not in ahead]

    @property
    def everything(self):
        """How many hits there are, in words."""
        return in_words(self.found)

    @cached_property
    def page(self):
        """The ids of this page: those after the hit that the address names, from one on."""
        last, _, place = self.sift.after.partition(".")
        start = int(place) if place.isascii() and place.isdecimal() else 0
        if last.isdecimal() and int(last) in self.ids:  # it may have moved, or be gone, meanwhile
            start = self.ids.index(int(last)) + 1
        self.start = start
        return self.ids[start : start + self.per_page]

    @property
    def more(self):
        """Where the next page begins, for its address: after which hit. Empty where this is the last."""
        page = self.page
        end = self.start + len(page)
        return f"{page[-1]}.{end}" if page and end < len(self.ids) else ""

    def hits(self):
        """The entries of this page, with what of them matches: one query."""
        ids = self.page
        rows = self.scope.filter(pk__in=ids).only(*_SHOWN).annotate(beginning=Substr("body", 1, READ))
        rows = {row.pk: row for row in rows} if ids else {}
        entries = [rows[pk] for pk in ids if pk in rows]
        marker = Marker([word.stem for word in self.words], self.prefix, self._beginnings())
        self.repairs = self._repairs(entries, marker)
        return [
            Hit(
                one,
                marker.marked(one.title),
                marker.excerpt(unsigned(one.beginning)),
                bool(self.text) and one.pk not in self.by_words,
            )
            for one in entries
        ]

    def _beginnings(self):
        return [piece.text for group in self.asked.groups for piece in group if piece.beginning]

    def _repairs(self, entries, marker):
        """[(the unknown word's stem, the word that was found instead)], after a look at the hits."""
        if self.hard:
            return []
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

    def lifted(self, key):
        """The hits by words as they were without the facet `key` or the "kind": what else could be chosen."""
        entries = self.sift.narrow(self.scope, but=key)
        if key != "kind":
            entries = self._of_kind(entries)
        if self.words or self.hard:
            entries = self._matching(entries)[0]
        return entries


ALIKE = 0.5  # cosine from which something new is told of by its meaning alone


def newer(text, *, user, sift, than, limit=100):
    """[(id, kind)] of index entries after `than` that a saved search should tell its owner of, oldest first.

    Narrower than what a search shows: all the words, or much the same meaning, not any of the words.
    """
    found = Found("", user=user, sift=sift)
    question = asked.read(text)
    entries = found.visible.filter(pk__gt=than)
    if question.hard:
        entries = entries.filter(scoring.obeyed(question.groups))
    elif question.words:
        known = [word for word in words(question.words)[0] if not word.instead_of]
        every = " & ".join(scoring.quoted(word.stem) for word in known)
        fits = Q(scoring.holds(every)) if known else Q(pk__in=[])
        if vector := meaning.of_query(question.text) if len(question.text) >= LEAST else None:
            entries = entries.annotate(apart=CosineDistance("embedding", vector))
            fits |= Q(apart__lte=1 - ALIKE, embedded_key=F("meaning_key"))
        entries = entries.filter(fits)
    elif not sift:
        return []
    return list(entries.order_by("pk").values_list("pk", "kind")[:limit])


def search(text, *, user, kind="", sift=None, kinds=(), limit=PER_PAGE, close=CLOSE, ahead=""):
    """What `user` may find for `text`, `limit` a page: see `Found`. `kinds` are all that is looked among.

    The best few of the kind `ahead` stand before all others.
    """
    return Found(text, user=user, kind=kind, sift=sift, kinds=kinds, per_page=limit, close=close, ahead=ahead)


def jump(text, *, user, limit=12):
    """The same while the last word is still being typed: the best few."""
    return Found(text, user=user, typing=True, per_page=limit)
