"""Writing what a file holds, as far as it is not here; every row that is made is remembered for an undo."""

from collections import defaultdict
from datetime import date, datetime

from django.db import IntegrityError, transaction

from prodops import activity, search
from prodops.access import Can, allowed
from prodops.models import Comment, CustomerAccount, Segment, Team
from prodops.services import slugs
from research.models import (
    Colour,
    Cue,
    EvidenceKind,
    Highlight,
    HighlightTag,
    ImportKind,
    Insight,
    InsightEvidence,
    InsightStatus,
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
from research.queries import exchange as exchanged
from research.services import speakers, tags

from . import matching, planning

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
        """Keep what was made, in the transaction that made it."""
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
            area=area_named(_said(said, "area")),
            lead=self.people.or_me(_said(said, "lead")),
            question=_said(said, "question"),
            summary=_said(said, "summary"),
            method=_one_of(Method, _said(said, "method"), Method.INTERVIEW),
            status=_one_of(StudyStatus, _said(said, "status"), StudyStatus.RUNNING),
            # never wider than it was: who was named elsewhere is not named here
            visibility=_one_of(Visibility, _said(said, "visibility"), Visibility.TEAM),
            started_on=_day(_said(said, "started_on")),
            ended_on=_day(_said(said, "ended_on")),
            properties=self.properties("research.study", said.get("properties")),
            created_by=self.people.or_me(_said(said, "created_by")),
            created_at=_moment(_said(said, "created_at")) or self.at,
        )
        MaterialImport.objects.filter(pk=self.load.pk).update(study=self.study)
        self.load.study = self.study
        self.remember("study", [self.study])
        search.index(self.study)
        activity.record("study.created", on=self.study, by=self.by, at=self.at)
        self.save()

    def properties(self, subject, values):
        """The values of typed fields that this workspace has; people in them are looked up."""
        return exchanged.incoming(subject, values, lambda guid: getattr(self.people.get(guid), "pk", None))

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

    # --- what people wrote ----------------------------------------------------------------------------------

    @transaction.atomic
    def take_claims(self):
        """Insights with the evidence that lies in the study; those that are here stay as they are."""
        here = set(
            Insight.objects.filter(guid__in=[one.guid for one in self.bundle.claims]).values_list(
                "guid", flat=True
            )
        )
        highlights = dict(Highlight.objects.filter(session__study=self.study).values_list("guid", "pk"))
        by_text = {str(guid): pk for guid, pk in highlights.items()}
        for claim in self.bundle.claims:
            if claim.guid not in {str(guid) for guid in here}:
                self._claim(claim, by_text)
        self.save()

    def _claim(self, claim, highlights):
        said = claim.fields
        teams = Team.objects.editable_by(self.by)
        published = said.get("published_at")
        status = said.get("status") if said.get("status") in InsightStatus.values else InsightStatus.DRAFT
        insight = Insight.objects.create(
            guid=claim.guid,
            title=claim.title[:200],
            body=claim.body,
            team=teams.filter(name=_said(said, "team")).first() or self.study.team,
            area=area_named(_said(said, "area")),
            owner=self.people.or_me(_said(said, "owner")),
            status=status,
            properties=self.properties("research.insight", said.get("properties")),
            published_at=_moment(published),
            published_by=self.people.or_me(_said(said, "published_by")) if published else None,
            created_by=self.people.or_me(_said(said, "created_by")),
            created_at=_moment(said.get("created_at")) or self.at,
            updated_at=_moment(said.get("updated_at")) or self.at,
        )
        self.remember("insight", [insight])
        InsightEvidence.objects.bulk_create(
            InsightEvidence(
                insight=insight,
                highlight_id=highlights[one.highlight],
                position=position,
                kind=one.kind if one.kind in EvidenceKind.values else EvidenceKind.CONTEXT,
            )
            for position, one in enumerate(claim.evidence)
            if one.highlight in highlights
        )
        search.index(insight)
        activity.record("insight.created", on=insight, by=self.by, at=self.at)

    @transaction.atomic
    def take_memos(self):
        """Memos become comments. Nobody is told of them: they were said long ago."""
        subjects = self._subjects()
        for start in range(0, len(self.bundle.memos), BATCH):
            part = self.bundle.memos[start : start + BATCH]
            here = set(
                map(
                    str,
                    Comment.objects.filter(guid__in=[one.guid for one in part]).values_list(
                        "guid", flat=True
                    ),
                )
            )
            rows = [
                Comment(
                    guid=one.guid,
                    subject_type=f"research.{one.about}",
                    subject_id=subjects[one.about][one.about_guid],
                    author=self.people.or_me(one.by),
                    body=one.body[:10_000],
                    at=one.at or self.at,
                )
                for one in part
                if one.guid not in here and one.about_guid in subjects[one.about]
            ]
            self.remember("comment", Comment.objects.bulk_create(rows))
        self.save()

    def _subjects(self):
        """{kind: {guid: primary key}} of all that a memo can be about."""
        named = lambda rows: {str(guid): pk for guid, pk in rows.values_list("guid", "pk")}  # noqa: E731
        study = self.study
        return {
            "study": {str(study.guid): study.pk, "": study.pk} if study else {},
            "session": named(Session.objects.filter(study=study)),
            "highlight": named(Highlight.objects.filter(session__study=study)),
            "tag": {guid: tag.pk for guid, tag in self.tags.items()},
            "insight": named(Insight.objects.filter(guid__in=[one.guid for one in self.bundle.claims])),
        }


def _free_name(name, study):
    number, wanted = 2, name
    while Tag.objects.live().filter(study=study, name__iexact=wanted).exists():
        wanted, number = f"{name[:74]} ({number})", number + 1
    return wanted


def area_named(name):
    from prodops.models import ProductArea

    return ProductArea.objects.filter(name=name).order_by("pk").first() if name else None


def _said(fields, key):
    value = fields.get(key, "")
    return value if isinstance(value, str) else ""


def _one_of(choices, value, instead):
    return value if value in choices.values else instead


def _moment(text):
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def _day(text):
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


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
