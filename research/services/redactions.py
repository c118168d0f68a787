"""Taking personal data out of what was said: deciding span by span, then removing for good."""

from collections import Counter

from django.db import connection, transaction

from prodops import activity
from prodops.models import Job, JobState
from research.models import (
    Choice,
    Cue,
    ImportStage,
    MaterialImport,
    Redaction,
    RedactionChoice,
    Session,
    SurveyImport,
    SurveyImportState,
)
from research.models.material_import import WAITING
from research.queries import redactions as reading
from research.synthesis import redacting
from research.synthesis.personal_data import occurrences
from research.synthesis.redacting import INSTEAD, Edit

from . import redaction_copies as copies
from . import redaction_labels as labels
from . import redaction_texts as texts

MOST_WORDS = 500  # places at which words pointed at by hand are taken out at once


class NothingChosen(Exception):
    """There is nothing to remove."""


class Refused(Exception):
    """The words say why and what to do."""


# --- deciding ---------------------------------------------------------------------------------------------


@transaction.atomic
def decide(study, spans, choice, *, by, at):
    """Say of spans (`Found`) that they are to be removed or may stay; `choice` "" takes it back."""
    wanted = {(one.cue, one.start, one.end): one for one in spans}
    cues = Cue.objects.filter(session__study=study).in_bulk({cue for cue, _, _ in wanted})
    fresh, kept_by_words = [], set()
    for (pk, start, end), one in wanted.items():
        cue = cues.get(pk)
        if cue is None or not 0 <= start < end <= len(cue.text):
            continue
        said = reading.digest(cue.text[start:end])
        kept_by_words.add((pk, said))
        if choice:
            fields = {"kind": one.kind, "choice": choice, "digest": said, "by": by, "at": at}
            fresh.append(RedactionChoice(session_id=cue.session_id, cue=cue, start=start, end=end, **fields))
    before = RedactionChoice.objects.filter(cue__in=cues)
    past = [
        one.pk
        for one in before
        if (one.cue_id, one.start, one.end) in wanted
        # it was kept by its words perhaps, wherever they stand in the turn
        or (choice != Choice.KEEP and one.choice == Choice.KEEP and (one.cue_id, one.digest) in kept_by_words)
    ]
    RedactionChoice.objects.filter(pk__in=past).delete()
    RedactionChoice.objects.bulk_create(  # somebody else decides at the same moment: the later one counts
        fresh,
        update_conflicts=True,
        unique_fields=["cue", "start", "end"],
        update_fields=["kind", "choice", "digest", "by", "at"],
    )


@transaction.atomic
def decide_words(study, words, *, session=None, by, at):
    """Choose every place at which `words` stand for removal; returns how many. Raises `Refused`."""
    if len("".join(words.split())) < 2:
        raise Refused("Type at least two letters of what is to be removed.")
    fresh = []
    for cue in reading.cues_of(study, session):
        for start, end in occurrences(cue.text, words):
            said = reading.digest(cue.text[start:end])
            fields = {"kind": "words", "choice": Choice.REMOVE, "digest": said, "by": by, "at": at}
            fresh.append(RedactionChoice(session_id=cue.session_id, cue=cue, start=start, end=end, **fields))
    if not fresh:
        raise Refused("These words do not stand in what was said.")
    if len(fresh) > MOST_WORDS:
        raise Refused(
            f"They stand at {len(fresh):,} places. Type more of them, so that only those are found."
        )
    RedactionChoice.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


# --- removing ---------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(study, *, session=None, by, at):
    """Remove what was chosen, everywhere, for good; returns the `Redaction`.

    In this one transaction the words leave the turns, their highlights, the search index and its vocabulary,
    suggestions, the quotes of reports, history and what people were told; files are written anew, and what
    waits to be imported into the study is discarded. A speaker called by a removed name is called otherwise.
    What nobody can write anew (recordings, attached files) is left and has been listed before. Raises
    `NothingChosen`, and `Refused` while an import is at work.
    """
    _no_import_at_work(study)
    choices = RedactionChoice.objects.filter(session__study=study, choice=Choice.REMOVE)
    if session:
        choices = choices.filter(session=session)
    session_ids = sorted(set(choices.values_list("session", flat=True)))
    within = Session.objects.filter(pk=session.pk) if session else Session.objects.filter(study=study)
    scope = list(within.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    cues = (
        Cue.objects.select_for_update(of=("self",)).filter(session__in=session_ids).order_by("pk").in_bulk()
    )
    chosen = list(choices.filter(session__in=session_ids))  # read once: others go on deciding
    edits, pairs, counts = _edits(chosen, cues)
    if not edits:
        raise NothingChosen("Nothing is chosen to be removed. Decide on at least one span first.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('prodops.redacting', 'on', true)")
    names = labels.called(scope, redacting.Scrubber(pairs))
    pairs += [pair for of_session in names.values() for pair in of_session.items()]
    counts += Counter({"label": sum(map(len, names.values()))})
    session_ids = sorted({*session_ids, *names})
    renamed = labels.rename(names)
    known = copies.lexemes_of({*edits, *renamed})
    moved, lost = texts.rewrite(cues, edits, at=at)
    scrub = redacting.Scrubber(pairs)
    copies.suggestions(cues, edits)
    copies.index(edits, moved, renamed, known)
    insights = copies.insights_on(moved)
    reports = copies.reports(moved, at=at)
    copies.told(session_ids, study, [*moved, *lost], copies.Removed(cues, edits, scrub))
    copies.imports(session_ids, study, scrub)
    copies.files(session_ids, edits, at=at, scrub=scrub)
    RedactionChoice.objects.filter(pk__in=[choice.pk for choice in chosen]).delete()
    _move_kept(session_ids, cues, edits)
    done = Redaction.objects.create(
        study=study,
        session_ids=session_ids,
        by=by,
        at=at,
        counts=dict(counts),
        highlights=len(moved),
        insight_ids=[insight.pk for insight in insights],
        report_ids=reports,
    )
    data = {"redaction": done.pk, "spans": done.number, "highlights": len(moved)}
    activity.record("study.redacted", on=study, by=by, at=at, data=data)
    for insight in insights:
        activity.record("insight.redacted", on=insight, by=by, at=at, data={"redaction": done.pk})
    return done


def _no_import_at_work(study):
    """Hold the files that wait until this is done; raise `Refused` while one is being read."""
    unfinished = (JobState.WAITING, JobState.RUNNING)
    staged = SurveyImport.objects.filter(study=study, state=SurveyImportState.STAGED)
    waiting = MaterialImport.objects.filter(study=study, stage__in=[*WAITING, ImportStage.RUNNING])
    loads = [
        rows.select_for_update().order_by("pk").values_list("job", flat=True) for rows in (waiting, staged)
    ]
    if Job.objects.filter(
        pk__in=[job for of_kind in loads for job in of_kind], state__in=unfinished
    ).exists():
        raise Refused(
            "A file is being imported into this study. Wait until it is in, look through what it brought,"
            " then confirm again."
        )


def _edits(choices, cues):
    """({cue id: edits}, [(words, what stands there now)], {kind: how many}) of choices that still hold."""
    edits: dict[int, list[Edit]] = {}
    pairs: list[tuple[str, str]] = []
    counts: Counter[str] = Counter()
    for choice in choices:
        text = cues[choice.cue_id].text
        said = text[choice.start : choice.end]
        if reading.digest(said) != choice.digest:
            continue  # the text was corrected meanwhile: it is suggested again where it stands now
        put = INSTEAD[choice.kind]
        edits.setdefault(choice.cue_id, []).append(Edit(choice.start, choice.end, put))
        pairs.append((said, put))
        counts[choice.kind] += 1
    return {cue: redacting.joined(some) for cue, some in edits.items()}, pairs, counts


def _move_kept(session_ids, cues, edits):
    """What may stay is known by its place as well: the place moves with the words."""
    kept = RedactionChoice.objects.filter(session__in=session_ids, cue__in=edits)
    for choice in kept:
        of_cue = edits[choice.cue_id]
        if any(edit.start < choice.end and edit.end > choice.start for edit in of_cue):
            choice.delete()
            continue
        start = redacting.shifted(choice.start, of_cue, is_end=False)
        RedactionChoice.objects.filter(pk=choice.pk).update(
            start=start, end=start + choice.end - choice.start
        )
