"""Do we already know this? Insights first, then what people said, of all that the asker may see."""

from typing import NamedTuple

from prodops import queries as kernel
from prodops.searching.counting import count
from prodops.searching.found import Hit
from research.models import Insight


class Bar(NamedTuple):
    """When a hit answers: its share of the question's rare words and its cosine are at least this.

    Measured on the labelled questions of tests/research/questions.toml, where answers that share no word
    score .35 and what has nothing to do with the question .28; quotes are many, and so held to more.
    """

    together: float
    meaning: float
    of_best: float  # share of the best hit's score


CLAIMED = Bar(0.32, 0.16, 0.6)
SAID = Bar(0.5, 0.2, 0.6)
NEAR = 0.35  # from this cosine on it is called close in meaning
HAS = 0.25  # from this share of the words on they are called the same
OVER_LAST = ("superseded", "retracted")


class Answer(NamedTuple):
    """An insight, or words somebody said; `why` is "words", "meaning" or "both"."""

    hit: Hit
    why: str
    insight: Insight | None = None
    session: object = None  # `counting.Group`


class Known(NamedTuple):
    text: str
    insights: list[Answer]
    quotes: list[Answer]
    nearest: list  # hits of tags and studies, where nothing answers
    by_meaning: bool  # whether meaning took part

    @property
    def restricted(self):
        """(kind, id) of the quotes that are not for everybody: that they were shown is written down."""
        entries = [one.hit.entry for one in self.quotes if one.hit.entry.user_ids is not None]
        return [(entry.kind, entry.object_id) for entry in entries]

    @property
    def anything(self):
        return bool(self.insights or self.quotes)


NOTHING = Known("", [], [], [], False)


def known(text, *, user, limit=5):
    """`Known` of a question in plain words: up to `limit` insights and as many quotes.

    What does not hold any more comes last. Where nothing is close it says what is nearest.
    """
    text = " ".join(text.replace("\0", " ").split())
    if not text:
        return NOTHING
    claims = kernel.search(text, user=user, kinds=("insight",), limit=limit * 2, close=CLAIMED.together)
    said = kernel.search(text, user=user, kinds=("highlight", "cue"), limit=limit * 3, close=SAID.meaning)
    insights = _insights(claims, user, limit)
    quotes = _quotes(said, limit)
    nearest = []
    if not (insights or quotes):
        nearest = kernel.search(text, user=user, kinds=("tag", "study"), limit=4).hits()
    return Known(claims.text, insights, quotes, nearest, claims.vector is not None)


def _answers(found, bar):
    """[(hit, why it answers)] of those hits that do."""
    hits = found.hits()
    if found.vector is None:  # without a model, or too short a question for one: the words must do
        return [(hit, "words") for hit in hits]
    best = max((sum(score) for score in found.scores.values()), default=0)
    least = max(bar.together, bar.of_best * best)
    known = [(hit, found.scores[hit.entry.pk]) for hit in hits if hit.entry.pk in found.scores]
    return [
        (hit, _why(score)) for hit, score in known if score.meaning >= bar.meaning and sum(score) >= least
    ]


def _why(score):
    if score.words >= HAS:
        return "both" if score.meaning >= NEAR else "words"
    return "meaning"


def _insights(found, user, limit):
    answers = _answers(found, CLAIMED)
    rows = Insight.objects.visible_to(user).for_list().in_bulk([hit.entry.object_id for hit, _ in answers])
    known = [
        Answer(hit, why, rows[hit.entry.object_id]) for hit, why in answers if hit.entry.object_id in rows
    ]
    return sorted(known, key=lambda one: rows[one.hit.entry.object_id].status in OVER_LAST)[:limit]


def _quotes(found, limit):
    """Each moment once: the highlight where somebody has marked the turn."""
    marked = {hit.entry.url: hit for hit in found.hits() if hit.entry.kind == "highlight"}
    moments: dict[str, tuple] = {}
    for hit, why in _answers(found, SAID):
        moments.setdefault(hit.entry.url, (marked.get(hit.entry.url, hit), why))
    chosen = list(moments.values())[:limit]
    sessions = count(found, [hit for hit, _ in chosen])[3] if chosen else {}
    return [Answer(hit, why, session=sessions.get(_session(hit))) for hit, why in chosen]


def _session(hit):
    return next((int(token[8:]) for token in hit.entry.facets if token.startswith("session:")), 0)
