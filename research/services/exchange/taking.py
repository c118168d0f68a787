"""Writing what a file holds, as far as it is not here; every row that is made is remembered for an undo."""

from collections import defaultdict
from datetime import datetime

from django.db import IntegrityError, transaction

from prodops import activity, search
from prodops.access import Can, allowed
from prodops.models import CustomerAccount, Segment, Team
from prodops.services import slugs
from research.models import (
    Colour,
    Cue,
    Highlight,
    HighlightTag,
    ImportKind,
    MaterialImport,
    Method,
    Part,
    Participant,
    PartKind,
    Session,
    SessionKind,
    SourceFormat,
    Speaker,
    SpeakerRole,
    Study,
    StudyStatus,
    Tag,
    TagGroup,
    Visibility,
    kind_of,
)
from research.models.tag import DEEPEST
from research.queries import typed_values
from research.services import speakers, tags

from . import matching, planning, values

BATCH = 2_000


class Taking:
    """One import at work. Every method may be called again: what is here by then is left alone."""

    def __init__(self, load, bundle, study, *, by, at):
        self.load, self.bundle, self.study, self.by, self.at = load, bundle, study, by, at
        self.people = matching.People(bundle, team=study.team if study else None, by=by)
        self.made = defaultdict(list, load.made)
        self.counts = defaultdict(int, load.counts)
        self.tags: dict[str, Tag] = {}
        self.participants: dict[str, Participant] = {}

    def remember(self, kind, rows):
        """Keep what was made, in the transaction that made it: an undo takes away what is kept here."""
        pks = [row.pk for row in rows]
        self.made[kind] += pks
        self.counts[kind] += len(pks)

    def save(self):
        MaterialImport.objects.filter(pk=self.load.pk).update(made=self.made, counts=self.counts)

    # --- the study ------------------------------------------------------------------------------------------

    @transaction.atomic
    def take_study(self):
        """Open the study that the file is of, in the team that was chosen."""
        said = self.bundle.study.fields
        team = Team.objects.editable_by(self.by).get(pk=self.load.choices["team"])
        self.people = matching.People(self.bundle, team=team, by=self.by)
        self.study = Study.objects.create(
            guid=self.bundle.study.guid,
            slug=slugs.unused(Study, self.bundle.study.title),
            title=self.bundle.study.title or "Untitled",
            team=team,
            area=values.area_named(values.said(said, "area")),
            lead=self.people.or_me(values.said(said, "lead")),
            question=values.said(said, "question"),
            summary=values.said(said, "summary"),
            method=values.one_of(Method, values.said(said, "method"), Method.INTERVIEW),
            status=values.one_of(StudyStatus, values.said(said, "status"), StudyStatus.RUNNING),
            # never wider than it was: who was named elsewhere is not named here
            visibility=values.one_of(Visibility, values.said(said, "visibility"), Visibility.TEAM),
            started_on=values.day(values.said(said, "started_on")),
            ended_on=values.day(values.said(said, "ended_on")),
            properties=self.properties("research.study", said.get("properties")),
            created_by=self.people.or_me(values.said(said, "created_by")),
            created_at=values.moment(values.said(said, "created_at")) or self.at,
        )
        MaterialImport.objects.filter(pk=self.load.pk).update(study=self.study)
        self.load.study = self.study
        self.remember("study", [self.study])
        search.index(self.study)
        activity.record("study.created", on=self.study, by=self.by, at=self.at)
        self.save()

    def properties(self, subject, given):
        """The values of typed fields that this workspace has; people in them are looked up."""
        fields = typed_values.Incoming(subject)
        return fields.values(given, lambda guid: getattr(self.people.get(guid), "pk", None))

    # --- tags -----------------------------------------------------------------------------------------------

    @transaction.atomic
    def take_tags(self):
        """Groups and tags, those above first."""
        answers = self.load.choices.get("tags", {})
        self.tags = matching.known_tags(self.bundle, self.study)
        for guid, tag in matching.namesakes(self.bundle, self.study, self.tags).items():
            if answers.get(guid) != "new":
                self.tags[guid] = tag
        groups = self._groups()
        for theme in _parents_first(self.bundle.themes):
            if theme.guid not in self.tags:
                self.tags[theme.guid] = self._tag(theme, groups.get(theme.group))
        self.save()

    def _groups(self):
        found = matching.known_groups(self.bundle)
        wanted = {theme.group for theme in self.bundle.themes if theme.guid not in self.tags}
        for group in self.bundle.groups:
            if group.guid in found or group.guid not in wanted:
                continue
            made = TagGroup.objects.create(
                guid=group.guid,
                name=group.name,
                slug=slugs.unused(TagGroup, group.name),
                position=100 if group.position is None else group.position,
            )
            self.remember("taggroup", [made])
            found[group.guid] = made
        return found

    def _scope(self, theme):
        """The study whose tag it becomes, or None: as was chosen, or as the file says."""
        chosen = self.load.choices.get("scope", "study")
        wide = not theme.of_study if chosen == "file" else chosen == "workspace"
        return None if wide else self.study

    def _tag(self, theme, group):
        scope, parent = self._scope(theme), self.tags.get(theme.parent)
        if parent is not None and (
            (parent.study_id and parent.study_id != getattr(scope, "pk", None)) or _depth(parent) >= DEEPEST
        ):
            parent = None
        group = parent.group if parent else group or tags.ungrouped()
        if group.locked and group.owner_id != self.by.pk and not self.by.runs_product_ops:
            group, parent = tags.ungrouped(), None
        name = _free_name(theme.name, scope)
        tag = Tag.objects.create(
            guid=theme.guid,
            name=name,
            slug=slugs.unused(Tag, name),
            group=group,
            parent=parent,
            study=scope,
            owner=self.by,
            colour=theme.colour
            or Colour.values[Tag.objects.filter(group=group).count() % len(Colour.values)],
            guideline=theme.guideline,
        )
        self.remember("tag", [tag])
        search.index(tag)
        activity.record("tag.created", on=tag, by=self.by, at=self.at)
        return tag

    # --- who took part --------------------------------------------------------------------------------------

    @transaction.atomic
    def take_participants(self):
        accounts = planning.accounts_by_name(self.bundle)
        if allowed(self.by, Can.ACCOUNT_EDIT):
            for one in self.bundle.participants:
                if one.account and one.account.casefold() not in accounts:
                    accounts[one.account.casefold()] = self._account(one)
        self.participants = matching.known_participants(self.bundle, accounts)
        for one in self.bundle.participants:
            if one.guid in self.participants:
                continue
            account = accounts.get(one.account.casefold())
            try:
                with transaction.atomic():
                    made = Participant.objects.create(
                        guid=one.guid,
                        name=one.name[:120],
                        role=one.role[:120],
                        email=one.email,
                        account=account,
                    )
            except IntegrityError:  # the account is not here, and without it there is somebody of that name
                self.participants[one.guid] = Participant.objects.get(name__iexact=one.name, account=account)
                continue
            self.remember("participant", [made])
            self.participants[one.guid] = made
        self.save()

    def _account(self, one):
        segment = one.segment if one.segment in Segment.values else Segment.UNKNOWN
        name = one.account[:160]
        made = CustomerAccount.objects.create(
            name=name, slug=slugs.unused(CustomerAccount, name), segment=segment
        )
        self.remember("customeraccount", [made])
        search.index(made)
        return made

    # --- sessions -------------------------------------------------------------------------------------------

    @transaction.atomic
    def take_session(self, meeting):
        """A session with its turns and highlights; of one that is here, only what it lacks."""
        session = Session.objects.filter(study=self.study, guid=meeting.guid).first()
        if session is None:
            session = self._session(meeting)
        elif not planning.same_words(session, meeting):
            return
        self._highlights(session, meeting)
        self.save()

    def _session(self, meeting):
        kinds = SessionKind.values
        session = Session.objects.create(
            guid=meeting.guid,
            study=self.study,
            title=meeting.title,
            kind=meeting.kind if meeting.kind in kinds else kind_of(self.study.method),
            held_on=meeting.held_on or self.at.date(),
            participant=self.participants.get(meeting.participant),
            moderator=self.people.get(meeting.moderator),
            source_name=meeting.source_name,
            format=meeting.format if meeting.format in SourceFormat.values else SourceFormat.TEXT,
            duration_ms=meeting.duration_ms,
            properties=self.properties("research.session", meeting.properties),
            created_by=self.people.or_me(meeting.by),
            created_at=meeting.at or self.at,
        )
        self.remember("session", [session])
        parts = self._parts(session, meeting)
        self.remember("part", parts.values())
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
        self._speakers(session, meeting)
        search.index(session)
        search.index_many(cues)
        activity.record("session.added", on=session, by=self.by, at=self.at, data={"cues": len(cues)})
        return session

    def _parts(self, session, meeting):
        texts = {turn.part.number: turn.part for turn in meeting.turns if turn.part}
        return {
            number: Part.objects.create(
                guid=info.guid,
                session=session,
                kind=texts[number].kind if texts[number].kind in PartKind.values else PartKind.NOTES,
                title=texts[number].title or "Notes",
                position=number,
                created_by=self.people.or_me(info.by),
                created_at=info.at or self.at,
            )
            for number, info in zip(sorted(texts), meeting.parts, strict=True)
        }

    def _speakers(self, session, meeting):
        labels = {turn.speaker for turn in meeting.turns if turn.speaker and not turn.part}
        Speaker.objects.bulk_create(
            Speaker(
                session=session,
                label=voice.label,
                role=voice.role if voice.role in SpeakerRole.values else SpeakerRole.OTHER,
                participant=self.participants.get(voice.participant),
                user=self.people.get(voice.person) if not voice.participant else None,
                guessed=voice.guessed,
            )
            for voice in meeting.voices
        )
        if self.load.kind != ImportKind.STUDY:  # which says who is known, and who is not
            speakers.meet(session, labels)

    def _highlights(self, session, meeting):
        here = planning.Here(session)
        new = []
        for mark in meeting.marks:
            if here.find(mark) is None:
                new.append(self._highlight(session, mark, here))
        self.remember("highlight", Highlight.objects.bulk_create(new, batch_size=BATCH))
        made = {str(one.guid): one.pk for one in new}
        taggings = []
        for mark in meeting.marks:
            pk = made.get(mark.guid) or here.find(mark)
            if pk is not None:
                taggings += self._taggings(pk, mark, here)
        self.remember("highlighttag", HighlightTag.objects.bulk_create(taggings, batch_size=BATCH))
        changed = {one.highlight_id for one in taggings} | set(made.values())
        rows = Highlight.objects.filter(pk__in=changed).select_related("session__study")
        search.index_many(rows.prefetch_related("tags"))

    def _highlight(self, session, mark, here):
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
            created_by=self.people.or_me(mark.by),
            created_at=mark.at or self.at,
            **state,
        )

    def _taggings(self, pk, mark, here):
        mine = here.tags(pk)
        for one in mark.taggings:
            tag = self.tags.get(one.tag)
            if tag is not None and tag.pk not in mine:
                mine.add(tag.pk)
                yield HighlightTag(
                    highlight_id=pk,
                    tag=tag,
                    created_by=self.people.or_me(one.by or mark.by),
                    created_at=one.at or mark.at or self.at,
                )


def _free_name(name, study):
    number, wanted = 2, name
    while Tag.objects.live().filter(study=study, name__iexact=wanted).exists():
        wanted, number = f"{name[:74]} ({number})", number + 1
    return wanted


def _parents_first(themes):
    below = defaultdict(list)
    names = {theme.guid for theme in themes}
    for theme in themes:
        below[theme.parent if theme.parent in names else ""].append(theme)
    waiting, seen = list(below[""]), set()
    while waiting:
        theme = waiting.pop(0)
        if theme.guid not in seen:
            seen.add(theme.guid)
            yield theme
            waiting += below[theme.guid]
    yield from (theme for theme in themes if theme.guid not in seen)  # a circle, which only a broken file has


def _depth(tag):
    number = 1
    while tag.parent_id:
        tag, number = Tag.objects.get(pk=tag.parent_id), number + 1
    return number
