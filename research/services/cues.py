"""Correcting what stands in a session, in place: highlights go with their words, or wait for review."""

from difflib import SequenceMatcher

from django.db import IntegrityError, transaction

from prodops import activity
from prodops.models import Event
from research.formats.cues import MAX_CUE_TEXT, MAX_SPEAKER, normalise
from research.models import Cue, Part, PartKind, Session, SurveyAnswer
from research.synthesis.remap import Block, revised

from . import speakers
from .conflicts import save_version
from .highlights import held
from .rewriting import Draft, Outcome, replace

VERB = "session.corrected"
MOST_LOOKED_AT = 500  # corrections of a session, to see what has become of a turn
MOST_AT_ONCE = 500  # turns rewritten in one go

ONE_ANSWER = "Each of these is one respondent's answer. Correct its words; it cannot be split or merged."


class Refused(Exception):
    """The text cannot become that; says why."""


class Changed(Exception):
    """Somebody saved another text meanwhile; `current` are the cues as they stand now.

    Of one turn that was split these are all that came of it; `behind` are words of other turns that were
    run together with it.
    """

    def __init__(self, current, behind=""):
        super().__init__("Somebody else changed this text while you were editing.")
        self.current = current
        self.behind = behind


class Gone(Exception):
    """What was done cannot be undone any more."""


@transaction.atomic
def rewrite(session, texts, *, by, at, seen=None):
    """Correct the words of turns: `texts` is {cue id: new text}.

    `seen` is {cue id: the text that the writer saw}: raises `Changed` where it is another one by now.
    Raises `Refused` for a text without words. Returns an `Outcome`; `event` is None if nothing changed.
    """
    held(session)
    new = {pk: _words(text) for pk, text in texts.items()}
    if len(new) > MOST_AT_ONCE:
        raise Refused(f"At most {MOST_AT_ONCE} turns are rewritten at once. Save what you have first.")
    named = list(Cue.objects.filter(session=session, pk__in=new).order_by("position"))
    if len(named) != len(new):
        raise Refused("One of these turns is not here any more. Reload the page.")
    _unseen(named, seen)
    outcome = Outcome()
    for part in dict.fromkeys(cue.part_id for cue in named):
        here = [cue for cue in named if cue.part_id == part]
        old = _between(here[0], here[-1])
        drafts = [Draft.of(cue)._replace(text=new.get(cue.pk, cue.text)) for cue in old]
        outcome += _apply("rewrite", session, old, drafts, by=by, at=at)
    return outcome


@transaction.atomic
def correct(session, cue_pk, *, text=None, speaker=None, everywhere=False, seen=None, by, at):
    """Correct one turn: its words, who says them, or both; what is None stays.

    `everywhere` gives all turns of the text that have its label now the new one. `seen` are the words that
    the writer saw: raises `Changed` where they are others by now. Raises `Refused`.
    """
    held(session)
    cue = _cue(session, cue_pk, seen)
    text = cue.text if text is None else _words(text)
    label = cue.speaker if speaker is None else normalise(speaker)
    if len(label) > MAX_SPEAKER:
        raise Refused(f"A speaker's name has at most {MAX_SPEAKER} characters.")
    old = [cue]
    if everywhere and label != cue.speaker:
        same = Cue.objects.filter(session=session, part=cue.part_id, speaker=cue.speaker).order_by("position")
        old = _between(same[0], same.reverse()[0])
    drafts = []
    for one in old:
        who = label if one.speaker == cue.speaker else one.speaker
        drafts.append(Draft.of(one)._replace(text=text if one.pk == cue.pk else one.text, speaker=who))
    speakers.meet(session, {label})
    return _apply("correct", session, old, drafts, by=by, at=at)


@transaction.atomic
def split(session, cue_pk, offset, *, text=None, seen=None, by, at):
    """Make two turns of one, the second from code point `offset`; when it begins is estimated by length.

    `text` are its words as they are to be, where they were corrected in the same go.
    """
    held(session)
    cue = _cue(session, cue_pk, seen)
    _whole(cue)
    text = cue.text if text is None else text
    first, second = normalise(text[: max(0, offset)]), normalise(text[max(0, offset) :])
    if not first or not second:
        raise Refused("Put the caret between two words of the turn: both halves need words.")
    middle = None
    if cue.start_ms is not None and cue.end_ms is not None:
        share = len(first) / (len(first) + len(second))
        middle = cue.start_ms + round((cue.end_ms - cue.start_ms) * share)
    drafts = [
        Draft(cue.pk, cue.start_ms, cue.end_ms if middle is None else middle, cue.speaker, _words(first)),
        Draft(None, middle, None if middle is None else cue.end_ms, cue.speaker, _words(second)),
    ]
    return _apply("split", session, [cue], drafts, by=by, at=at, blocks=[Block((cue.text,), (first, second))])


@transaction.atomic
def merge(session, cue_pk, *, text=None, seen=None, by, at):
    """Run a turn (with its words as `text`, if they were corrected) and the next one together.

    Whoever speaks first speaks it all.
    """
    held(session)
    first = _cue(session, cue_pk, seen)
    _whole(first)
    after = Cue.objects.filter(session=session, part=first.part_id, position__gt=first.position)
    second = after.order_by("position").first()
    if second is None:
        raise Refused("This is the last turn: there is none to merge it with.")
    words = _words(f"{first.text if text is None else text} {second.text}")
    ends = [ms for ms in (first.end_ms, second.end_ms) if ms is not None]
    end = max(ends) if ends and first.start_ms is not None else None
    draft = Draft(first.pk, first.start_ms, end, first.speaker, words)
    blocks = [Block((first.text, second.text), (words,))]
    return _apply("merge", session, [first, second], [draft], by=by, at=at, blocks=blocks)


@transaction.atomic
def rewrite_part(part, paragraphs, *, version, by, at, title=None):
    """Replace a part's text as a whole; raises `conflicts.Conflict` if it is at another version by now."""
    held(part.session)
    if part.kind == PartKind.ANSWERS:
        raise Refused(ONE_ANSWER)
    texts = [text for text in map(normalise, paragraphs) if text]
    if not texts:
        raise Refused("There are no words left. Delete the text instead.")
    if any(len(text) > MAX_CUE_TEXT for text in texts):
        raise Refused(f"A paragraph has more than {MAX_CUE_TEXT:,} characters. Put an empty line into it.")
    current = save_version(part, version=version, title=title or part.title)
    old = list(current.cues.order_by("position"))
    blocks = revised([cue.text for cue in old], texts)
    return _apply("edit", part.session, old, _drafts(old, texts), by=by, at=at, blocks=blocks)


def _drafts(old, texts):
    """The paragraphs, each in the row of the one it comes from where there is one."""
    drafts = []
    pairs = SequenceMatcher(None, [cue.text for cue in old], texts, autojunk=False).get_opcodes()
    for what, at, until, to, end in pairs:
        for step in range(end - to):
            reused = old[at + step].pk if what != "insert" and at + step < until else None
            drafts.append(Draft(reused, None, None, "", texts[to + step]))
    return drafts


@transaction.atomic
def undo(event, *, by, at):
    """Take back what a `session.corrected` event did; raises `Gone` where the text has changed since."""
    data = event.data
    after = [Draft(*row) for row in data["after"]]
    session = Session.objects.select_related("study").filter(pk=event.subject_id).first()
    if session is None or not after:
        raise Gone("The session is not here any more, or personal data was taken out of these turns.")
    held(session)
    now = list(Cue.objects.filter(session=session, pk__in=[row.pk for row in after]).order_by("position"))
    if [Draft.of(cue) for cue in now] != after:
        raise Gone("The text has been changed again since. Correct it by hand.")
    before = [Draft(*row) for row in data["before"]]
    if [row.pk for row in before] == [row.pk for row in after]:
        was = {row.pk: row for row in before}
        old, blocks = _between(now[0], now[-1]), None
        drafts = [was.get(cue.pk, Draft.of(cue)) for cue in old]
    else:
        old, drafts = now, before
        blocks = revised([cue.text for cue in old], [row.text for row in before])
        if now[-1].position - now[0].position >= len(now):
            raise Gone("Turns were put in between since. Correct it by hand.")
    if data["change"] == "edit":
        part = Part.objects.get(pk=data["part"])
        save_version(part, version=part.version)
    kept = {row["pk"]: row for row in data["highlights"]}
    try:
        with transaction.atomic():
            return _apply("undo", session, old, drafts, by=by, at=at, blocks=blocks, kept=kept)
    except IntegrityError as error:
        raise Gone("The words it would come back to are highlighted again since.") from error


def _apply(change, session, old, drafts, *, by, at, blocks=None, kept=None):
    """Do it, and record how to take it back."""
    done = replace(session, old, drafts, blocks=blocks, kept=kept, at=at)
    if done is None:
        return Outcome()
    data = {"change": change, "part": old[0].part_id, **done.data, "turns": max(len(done.data["after"]), 1)}
    event = activity.record(VERB, on=session, by=by, at=at, data=data)
    return Outcome(event, done.kept, done.reworded, done.lost, done.touched)


def _whole(cue):
    """A turn that is a survey's answer stays one turn: it is one respondent's."""
    if SurveyAnswer.objects.filter(cue=cue).exists():
        raise Refused(ONE_ANSWER)


def _words(text):
    text = normalise(text)
    if not text:
        raise Refused("A turn needs words. Merge it with the next one if nobody said this.")
    if len(text) > MAX_CUE_TEXT:
        raise Refused(f"A turn has at most {MAX_CUE_TEXT:,} characters. Split it first.")
    return text


def _cue(session, pk, seen):
    cue = Cue.objects.filter(session=session, pk=pk).first()
    if cue is None:
        raise Refused("This turn is not here any more. Reload the page.")
    try:
        _unseen([cue], None if seen is None else {cue.pk: seen})
    except Changed:
        raise Changed(*_heirs(cue, normalise(seen))) from None
    return cue


def _heirs(cue, seen):
    """The cues that `cue` with the words `seen` has become since, and the words they took in."""
    events = Event.objects.filter(verb=VERB, subject_type="research.session", subject_id=cue.session_id)
    ours, behind = [cue.pk], ""
    changes = list(events.order_by("-at", "-pk").values_list("data", flat=True)[:MOST_LOOKED_AT])
    last = next((at for at, data in enumerate(changes) if _had(data, cue.pk, seen)), -1)
    for data in reversed(changes[: last + 1]):
        was, became = ({row[0]: row[4] for row in data[name]} for name in ("before", "after"))
        if was.keys() == became.keys() or not was.keys() & set(ours):
            continue
        gone = was.keys() - became.keys()
        if was.keys() <= set(ours):  # split, or taken apart again
            ours = [pk for pk in ours if pk not in was]
            ours += [pk for pk, text in became.items() if not behind or text != behind]
            behind = "" if behind in became.values() else behind
        elif len(became) == 1 and next(iter(became)) in ours:  # run together with what stood behind
            behind = " ".join([behind, *(was[pk] for pk in gone if pk not in ours)]).strip()
            ours = [pk for pk in ours if pk not in gone]
    current = Cue.objects.filter(session=cue.session_id, part=cue.part_id, pk__in=ours).order_by("position")
    return list(current) or [cue], behind


def _had(data, pk, text):
    return any(row[0] == pk and row[4] == text for row in data["before"])


def _between(first, last):
    cues = Cue.objects.filter(session=first.session_id, position__range=(first.position, last.position))
    return list(cues.order_by("position"))


def _unseen(cues, seen):
    """Raise `Changed` for cues that are not as `seen`."""
    if seen is not None and any(normalise(seen.get(cue.pk, cue.text)) != cue.text for cue in cues):
        raise Changed(cues)
