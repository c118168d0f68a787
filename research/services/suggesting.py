"""What else may belong to a tag: learned from what was tagged, decided by people one by one."""

import heapq
from collections import defaultdict
from itertools import batched

from django.db import transaction
from django.db.models import Q

from prodops import activity, jobs
from research.models import (
    Cue,
    Highlight,
    HighlightTag,
    Session,
    Speaker,
    SpeakerRole,
    SuggestionState,
    Tag,
    TagState,
    TagSuggestion,
)
from research.synthesis.learning import learn, sentences

from . import highlights

TASK = "research.tasks.learn_tags"
MOST = 20  # to decide for each tag at a time: more are not looked at
LEAST = 0.35  # likeness to what has the tag, up to 1
PLAIN = 8_000  # sentences that nobody tagged, to learn from
AT_ONCE = 4_000  # sentences scored at a time, so that memory stays flat
STAGES = ("Reading what was tagged", "Learning", "Reading what was said", "Keeping the likeliest")


class Decided(Exception):
    """Somebody has decided already, or the words have changed."""


def ask(*, by, at):
    """Have a worker learn and suggest; the `Job` that says how far it is."""
    return jobs.start("Learning what belongs to which tag", TASK, by=by, at=at)


def work(progress, *, at, url):
    """Learn and suggest for somebody who watches the bar, and send them to `url`. See `TASK`."""
    number = 0

    def stage(name):
        nonlocal number
        progress.stage(name, **({} if number else {"total": len(STAGES)}))
        progress.step(number)
        number += 1

    model, best = _learned(stage)
    stage(STAGES[3])
    with transaction.atomic():
        _keep(model, best, at=at)
        progress.finish(url)


def suggest(*, at):
    """The same for nobody who waits; how many are to decide now."""
    return _keep(*_learned(lambda name: None), at=at)


def _learned(stage):
    """(the model or None, what `_best` finds by it)"""
    stage(STAGES[0])
    texts, tags = _tagged()
    ground = _Ground()
    plain = [text for _, _, _, text, _ in ground.sentences(limit=PLAIN)]
    stage(STAGES[1])
    model = learn(texts, tags, plain)
    stage(STAGES[2])
    return model, _best(model, ground) if model else {}


def _tagged():
    """(quotes, the tags of each) of all highlights with a tag in use."""
    found = defaultdict(set)
    rows = HighlightTag.objects.anchored().filter(tag__state=TagState.USED).order_by()
    for highlight, tag in rows.values_list("highlight", "tag"):
        found[highlight].add(tag)
    quotes = dict(Highlight.objects.filter(pk__in=found).values_list("pk", "quote"))
    ids = sorted(quotes)
    return [quotes[pk] for pk in ids], [frozenset(found[pk]) for pk in ids]


class _Ground:
    """What was said by those who were asked, sentence by sentence, and which tags it has already."""

    def __init__(self):
        self.studies = dict(Session.objects.values_list("pk", "study"))
        moderators = Speaker.objects.filter(role__in=[SpeakerRole.MODERATOR, SpeakerRole.OBSERVER])
        self._asking = set(moderators.values_list("session", "label"))
        known = set(Speaker.objects.exclude(role=SpeakerRole.OTHER).values_list("session", flat=True))
        named = Session.objects.filter(moderator__isnull=False).exclude(pk__in=known)
        for session, name in named.values_list("pk", "moderator__name"):
            self._asking |= {(session, name), (session, name.split()[0])}
        self._marks = defaultdict(list)
        tags = defaultdict(set)
        for highlight, tag in HighlightTag.objects.order_by().values_list("highlight", "tag"):
            tags[highlight].add(tag)
        rows = (
            Highlight.objects.anchored()
            .order_by()
            .values_list(
                *("pk", "session", "start_cue__position", "start_offset", "end_cue__position", "end_offset")
            )
        )
        for pk, session, first, start, last, end in rows:
            for position in range(first, last + 1):
                self._marks[session, position].append(
                    (
                        start if position == first else 0,
                        end if position == last else None,
                        tags[pk],
                    )
                )

    def sentences(self, limit=None):
        """(cue id, length of its text, span, words, (its tags, session)) of each sentence.

        With `limit`, so many at random of those that nobody has highlighted.
        """
        number = 0
        rows = Cue.objects.order_by("?") if limit else Cue.objects.order_by("pk")
        if limit:
            rows = rows.exclude(text="")[: limit * 2]
        fields = ("pk", "session", "position", "speaker", "text")
        for pk, session, position, speaker, text in rows.values_list(*fields).iterator(chunk_size=2_000):
            if (session, speaker) in self._asking:
                continue
            marks = self._marks.get((session, position), ())
            if limit and marks:
                continue
            for span in sentences(text):
                has = set().union(
                    *(
                        tags
                        for start, end, tags in marks
                        if start < span.end and (end is None or end > span.start)
                    )
                )
                yield pk, len(text), span, span.text, (has, session)
                number += 1
                if limit and number >= limit:
                    return


def _best(model, ground):
    """{tag: [(score, cue, length, span, words)]} of the likeliest that lack the tag and were not decided."""
    decided = set(
        TagSuggestion.objects.exclude(state=SuggestionState.OPEN).values_list("tag", "cue", "start", "end")
    )
    only_in = dict(Tag.objects.filter(pk__in=model.tags).values_list("pk", "study"))
    best: dict[int, list] = {tag: [] for tag in model.tags}
    for some in batched(ground.sentences(), AT_ONCE, strict=False):
        scores = model.scores([one[3] for one in some])
        for row, place in zip(*(scores >= LEAST).nonzero(), strict=True):
            cue, length, span, text, (has, session) = some[row]
            tag = model.tags[place]
            if tag in has or (tag, cue, span.start, span.end) in decided:
                continue
            if only_in[tag] not in (None, ground.studies[session]):
                continue
            entry = (float(scores[row, place]), cue, length, span, text)
            if len(best[tag]) < MOST:
                heapq.heappush(best[tag], entry)
            else:
                heapq.heappushpop(best[tag], entry)
    return best


@transaction.atomic
def _keep(model, best, *, at):
    """What was open before gives way to what is likeliest now."""
    TagSuggestion.objects.filter(state=SuggestionState.OPEN).delete()
    rows = [
        TagSuggestion(
            tag_id=tag,
            cue_id=cue,
            start=span.start,
            end=span.end,
            of_length=length,
            score=round(score * 1000),
            because=model.because(text, tag),
            made_at=at,
        )
        for tag, found in best.items()
        for score, cue, length, span, text in sorted(found, reverse=True)
    ]
    return len(TagSuggestion.objects.bulk_create(rows, ignore_conflicts=True))


@transaction.atomic
def accept(suggestion, *, by, at):
    """Highlight the sentence with its tag; the highlight. Raises `Decided`."""
    _decide(suggestion, SuggestionState.ACCEPTED, by=by, at=at)
    cue = suggestion.cue
    try:
        highlight = highlights.mark(
            cue.session,
            start_cue=cue.pk,
            start=suggestion.start,
            end_cue=cue.pk,
            end=suggestion.end,
            quote=suggestion.quote,
            tagged=[suggestion.tag],
            by=by,
            at=at,
        )
    except highlights.NotVerbatim as error:
        raise Decided(str(error)) from error
    TagSuggestion.objects.filter(pk=suggestion.pk).update(highlight=highlight)
    return highlight


@transaction.atomic
def reject(suggestion, *, by, at):
    """This sentence does not belong to the tag, and is not suggested for it again. Raises `Decided`."""
    _decide(suggestion, SuggestionState.REJECTED, by=by, at=at)
    activity.record("tag.suggestion_rejected", on=suggestion.tag, by=by, at=at, data={"id": suggestion.pk})


def _decide(suggestion, state, *, by, at):
    usable = Q(tag__state=TagState.USED)
    mine = TagSuggestion.objects.filter(usable, pk=suggestion.pk, state=SuggestionState.OPEN)
    if suggestion.is_stale or not mine.update(state=state, decided_by=by, decided_at=at):
        raise Decided("This was decided already, or the words have changed since. Go on with the next.")
