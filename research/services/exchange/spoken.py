"""The sessions of a file: what was said, who said it, and what was marked in it."""

from datetime import datetime

from django.db import transaction

from prodops import activity, search
from research.models import (
    Cue,
    Highlight,
    HighlightTag,
    ImportKind,
    Part,
    PartKind,
    SecondTagging,
    Session,
    SessionKind,
    SourceFormat,
    Speaker,
    SpeakerRole,
    kind_of,
)
from research.queries import tagging
from research.services import speakers

from . import planning

BATCH = 2_000


@transaction.atomic
def take_session(taking, meeting):
    """A session with its turns and highlights; of one that is here, only what it lacks."""
    session = Session.objects.filter(study=taking.study, guid=meeting.guid).first()
    if session is None:
        session = _session(taking, meeting)
    elif not planning.same_words(session, meeting):
        return
    _highlights(taking, session, meeting)
    taking.save()


def _session(taking, meeting):
    kinds = SessionKind.values
    session = Session.objects.create(
        guid=meeting.guid,
        study=taking.study,
        title=meeting.title,
        kind=meeting.kind if meeting.kind in kinds else kind_of(taking.study.method),
        held_on=meeting.held_on or taking.at.date(),
        participant=taking.participants.get(meeting.participant),
        moderator=taking.people.get(meeting.moderator),
        source_name=meeting.source_name,
        format=meeting.format if meeting.format in SourceFormat.values else SourceFormat.TEXT,
        duration_ms=meeting.duration_ms,
        properties=taking.properties("research.session", meeting.properties),
        created_by=taking.people.or_me(meeting.by),
        created_at=meeting.at or taking.at,
    )
    taking.remember("session", [session])
    parts = _parts(taking, session, meeting)
    taking.remember("part", parts.values())
    cues = Cue.objects.bulk_create(
        [
            Cue(
                session=session,
                part=parts.get(turn.part.number) if turn.part else None,
                position=position,
                start_ms=turn.start_ms,
                end_ms=turn.end_ms,
                speaker=turn.speaker,
                text=turn.text,
            )
            for position, turn in enumerate(meeting.turns)
        ],
        batch_size=BATCH,
    )
    _speakers(taking, session, meeting)
    search.index(session)
    search.index_many(cues)
    activity.record("session.added", on=session, by=taking.by, at=taking.at, data={"cues": len(cues)})
    return session


def _parts(taking, session, meeting):
    texts = {turn.part.number: turn.part for turn in meeting.turns if turn.part}
    return {
        number: Part.objects.create(
            guid=info.guid,
            session=session,
            kind=texts[number].kind if texts[number].kind in PartKind.values else PartKind.NOTES,
            title=texts[number].title or "Notes",
            position=number,
            created_by=taking.people.or_me(info.by),
            created_at=info.at or taking.at,
        )
        for number, info in zip(sorted(texts), meeting.parts, strict=True)
    }


def _speakers(taking, session, meeting):
    labels = {turn.speaker for turn in meeting.turns if turn.speaker and not turn.part}
    Speaker.objects.bulk_create(
        Speaker(
            session=session,
            label=voice.label,
            role=voice.role if voice.role in SpeakerRole.values else SpeakerRole.OTHER,
            participant=taking.participants.get(voice.participant),
            user=taking.people.get(voice.person) if not voice.participant else None,
            guessed=voice.guessed,
        )
        for voice in meeting.voices
    )
    if taking.load.kind != ImportKind.STUDY:  # which says who is known, and who is not
        speakers.meet(session, labels)


def _highlights(taking, session, meeting):
    here = planning.Here(session)
    new = []
    for mark in meeting.marks:
        if here.find(mark) is None:
            new.append(_highlight(taking, session, mark, here))
    taking.remember("highlight", Highlight.objects.bulk_create(new, batch_size=BATCH))
    made = {str(one.guid): one.pk for one in new}
    taggings = []
    for mark in meeting.marks:
        pk = made.get(mark.guid) or here.find(mark)
        if pk is not None:
            taggings += _taggings(taking, pk, mark, here)
    taking.remember("highlighttag", HighlightTag.objects.bulk_create(taggings, batch_size=BATCH))
    _seconds(taking, session, [(made.get(mark.guid) or here.find(mark), mark) for mark in meeting.marks])
    changed = {one.highlight_id for one in taggings} | set(made.values())
    rows = Highlight.objects.filter(pk__in=changed).select_related("session__study")
    search.index_many(rows.prefetch_related("tags"))


def _highlight(taking, session, mark, here):
    start_cue, start, end_cue, end = here.place(mark)
    state = {
        key: datetime.fromisoformat(value) if key.endswith("_at") and isinstance(value, str) else value
        for key, value in mark.state
    }
    return Highlight(
        guid=mark.guid,
        session=session,
        start_cue_id=start_cue,
        start_offset=start,
        end_cue_id=end_cue,
        end_offset=end,
        quote=mark.quote,
        created_by=taking.people.or_me(mark.by),
        created_at=mark.at or taking.at,
        **state,
    )


def _taggings(taking, pk, mark, here):
    mine = here.tags(pk)
    for one in mark.taggings:
        tag = tagging.current(taking.tags[one.tag]) if one.tag in taking.tags else None
        if tag is not None and tag.pk not in mine:
            mine.add(tag.pk)
            yield HighlightTag(
                highlight_id=pk,
                tag=tag,
                created_by=taking.people.or_me(one.by or mark.by),
                created_at=one.at or mark.at or taking.at,
            )


def _seconds(taking, session, marked):
    """Who else gave the same words the same tag. `marked` are [(primary key of the highlight, mark)]."""
    said = [
        (pk, one) for pk, mark in marked for one in mark.taggings if one.seconds and one.tag in taking.tags
    ]
    if not said:
        return
    held = HighlightTag.objects.filter(highlight__session=session, highlight__in={pk for pk, _ in said})
    known = {(one.highlight_id, one.tag_id): one for one in held.prefetch_related("seconds")}
    rows = []
    for pk, one in said:
        given = known.get((pk, tagging.current(taking.tags[one.tag]).pk))
        if given is None:
            continue
        who = {given.created_by_id, *(second.by_id for second in given.seconds.all())}
        for guid, at in one.seconds:
            by = taking.people.or_me(guid)
            if by.pk not in who:
                who.add(by.pk)
                rows.append(SecondTagging(tagging=given, by=by, at=at or taking.at))
    taking.remember("secondtagging", SecondTagging.objects.bulk_create(rows, batch_size=BATCH))
