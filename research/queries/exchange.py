"""A study, or the workspace's tags, as they leave: `research.formats.bundle` filled from the database.

Everything comes in an order that does not depend on primary keys, so that the same material gives the same
file in every workspace.
"""

from collections import defaultdict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from prodops.models import Comment, User
from research.formats import bundle as out
from research.formats import names
from research.formats.turns import Part as PartOfTurn
from research.formats.turns import Turn
from research.models import (
    Cue,
    Highlight,
    HighlightTag,
    Insight,
    InsightEvidence,
    Participant,
    SecondTagging,
    Session,
    Speaker,
    StudyReader,
    SurveyResponse,
    Tag,
)

from . import exchange_tags, measured
from .left_out import left_out
from .typed_values import outgoing

STATE = ("orphaned_at", "reworded_at", "quote_was", "prefix", "suffix")


def codebook(user, study=None):
    """The workspace's tags in use, or with `study` those and the study's own."""
    tags = (
        Tag.objects.visible_to(user)
        .in_use()
        .filter(Q(study=None) | Q(study=study) if study else Q(study=None))
    )
    bundle = out.Bundle(name="Tags")
    exchange_tags.take(bundle, tags)
    return bundle


def study_material(study, user, *, contacts=False):
    """The study as a `Bundle` whose sessions are loaded one at a time.

    `user` decides which insights go with it; with `contacts`, how participants can be reached.
    """
    return _Study(study, user, contacts).bundle()


class _Study:
    def __init__(self, study, user, contacts):
        self.study, self.user, self.contacts = study, user, contacts
        self.people = _people_of(study)
        self.in_study = Highlight.objects.filter(session__study=study)

    def person(self, pk):
        return self.people[pk].guid if pk else ""

    def bundle(self):
        study = self.study
        bundle = out.Bundle(name=study.title, study=self._head())
        tags = Tag.objects.filter(
            Q(pk__in=HighlightTag.objects.filter(highlight__session__study=study).values("tag"))
            | Q(study=study)
        )
        exchange_tags.take(bundle, tags)
        bundle.participants = self._participants()
        insights = list(
            Insight.objects.visible_to(self.user)
            .filter(_stands_on(study, "evidence__"))
            .distinct()
            .select_related("area", "team", "superseded_by")
            .order_by("title", "guid")
        )
        bundle.claims = self._claims(insights)
        bundle.memos = self._memos(bundle, insights)
        used = sorted(self.people.values(), key=lambda person: (person.name, person.guid))
        bundle.people = list({person.guid: person for person in used}.values())
        bundle.tables = measured.tables(study)
        bundle.sessions = self._sessions
        return bundle

    def _head(self):
        study = self.study
        return out.StudyHead(
            str(study.guid),
            study.title,
            {
                "question": study.question,
                "method": study.method,
                "status": study.status,
                "team": study.team.name,
                "area": study.area.name if study.area else "",
                "lead": self.person(study.lead_id),
                "started_on": _iso(study.started_on),
                "ended_on": _iso(study.ended_on),
                "visibility": study.visibility,
                "summary": study.summary,
                **self._missing(),
                "properties": outgoing("research.study", study.properties),
                "created_by": self.person(study.created_by_id),
                "created_at": _iso(study.created_at),
            },
        )

    def _missing(self):
        """So that whoever brings the file in is told what it does not carry."""
        missing = left_out(self.study)
        return {"left_out": missing} if missing else {}

    def _participants(self):
        sessions = Session.objects.filter(study=self.study)
        asked = Q(sessions__in=sessions) | Q(
            pk__in=Speaker.objects.filter(session__in=sessions).values("participant")
        )
        asked |= Q(
            pk__in=SurveyResponse.objects.filter(survey__session__study=self.study).values("participant")
        )
        rows = Participant.objects.filter(asked).distinct().select_related("account").order_by("name", "guid")
        return [
            out.Participant(
                str(one.guid),
                one.name,
                one.role,
                one.account.name if one.account else "",
                one.account.segment if one.account else "",
                one.email if self.contacts else "",
            )
            for one in rows
        ]

    def _claims(self, insights):
        evidence = defaultdict(list)
        rows = InsightEvidence.objects.filter(_stands_on(self.study), insight__in=insights)
        rows = rows.exclude(highlight__withdrawn=True)
        rows = rows.select_related("highlight", "question__survey__session", "task")
        for one in rows.order_by("position", "pk"):
            evidence[one.insight_id].append(_evidence(one))
        return [
            out.Claim(
                str(one.guid),
                one.title,
                one.body,
                tuple(evidence[one.pk]),
                {
                    "status": one.status,
                    "team": one.team.name,
                    "area": one.area.name if one.area else "",
                    "owner": self.person(one.owner_id),
                    "properties": outgoing("research.insight", one.properties),
                    "created_by": self.person(one.created_by_id),
                    "created_at": _iso(one.created_at),
                    "updated_at": _iso(one.updated_at),
                    "published_by": self.person(one.published_by_id),
                    "published_at": _iso(one.published_at),
                    "confidence": one.confidence,
                    "review_by": _iso(one.review_by),
                    "superseded_by": str(one.superseded_by.guid) if one.superseded_by else "",
                    "retraction": one.retraction,
                    "ended_by": self.person(one.ended_by_id),
                    "ended_at": _iso(one.ended_at),
                },
            )
            for one in insights
        ]

    def _memos(self, bundle, insights):
        about = {
            "study": {self.study.pk: self.study.guid},
            "session": dict(Session.objects.filter(study=self.study).values_list("pk", "guid")),
            "highlight": dict(self.in_study.values_list("pk", "guid")),
            "tag": dict(
                Tag.objects.filter(guid__in=[one.guid for one in bundle.themes]).values_list("pk", "guid")
            ),
            "insight": {one.pk: one.guid for one in insights},
        }
        found = []
        for kind, guids in about.items():
            rows = Comment.objects.filter(
                subject_type=f"research.{kind}", subject_id__in=guids, deleted_at=None
            ).select_related("author")
            for one in rows:
                self.people.setdefault(one.author_id, _person(one.author))
                subject = str(guids[one.subject_id])
                found.append(
                    out.Memo(str(one.guid), kind, subject, one.body, self.person(one.author_id), one.at)
                )
        return sorted(found, key=lambda memo: (memo.at, memo.guid))

    def _sessions(self):
        rows = Session.objects.filter(study=self.study).select_related("participant")
        for session in rows.order_by("held_on", "title", "guid"):
            yield self._meeting(session)

    def _meeting(self, session):
        parts = {part.pk: part for part in session.parts.all()}
        turns: list[Turn] = []
        places: dict[int, int] = {}
        numbers: dict[int | None, int] = {}
        for cue in Cue.objects.filter(session=session).order_by("position"):
            part = parts.get(cue.part_id)
            number = numbers.setdefault(cue.part_id, len(numbers) + 1) if part else 0
            places[cue.pk] = len(turns)
            turns.append(
                Turn(
                    cue.text,
                    cue.speaker,
                    cue.start_ms,
                    cue.end_ms,
                    PartOfTurn(number, part.kind, part.title) if part else None,
                )
            )
        return out.Meeting(
            str(session.guid),
            session.title,
            turns,
            self._marks(session, places),
            [
                out.PartInfo(str(parts[pk].guid), self.person(parts[pk].created_by_id), parts[pk].created_at)
                for pk in numbers
            ],
            self._voices(session),
            kind=session.kind,
            held_on=session.held_on,
            participant=str(session.participant.guid) if session.participant else "",
            moderator=self.person(session.moderator_id),
            by=self.person(session.created_by_id),
            at=session.created_at,
            format=session.format,
            duration_ms=session.duration_ms,
            source_name=session.source_name,
            properties=outgoing("research.session", session.properties),
        )

    def _marks(self, session, places):
        taggings = defaultdict(list)
        seconds = SecondTagging.objects.filter(tagging=OuterRef("pk")).order_by("at", "by__email")
        rows = HighlightTag.objects.filter(highlight__session=session).select_related("tag")
        rows = rows.annotate(
            seconds_by=ArraySubquery(seconds.values("by")), seconds_at=ArraySubquery(seconds.values("at"))
        )
        for one in rows.order_by("tag__guid"):
            by = self.person(one.created_by_id)
            others = tuple(zip(map(self.person, one.seconds_by), one.seconds_at, strict=True))
            taggings[one.highlight_id].append(out.Tagging(str(one.tag.guid), by, one.created_at, others))
        marks = [
            out.Mark(
                str(one.guid),
                places[one.start_cue_id],
                one.start_offset,
                places[one.end_cue_id],
                one.end_offset,
                one.quote,
                tuple(taggings[one.pk]),
                self.person(one.created_by_id),
                one.created_at,
                tuple((key, getattr(one, key)) for key in STATE if getattr(one, key)),
            )
            for one in Highlight.objects.filter(session=session)
        ]
        return sorted(marks, key=lambda one: (one.first, one.start, one.last, one.end, one.guid))

    def _voices(self, session):
        rows = Speaker.objects.filter(session=session).select_related("participant").order_by("label")
        return [
            out.Voice(
                one.label,
                one.role,
                str(one.participant.guid) if one.participant else "",
                self.person(one.user_id),
                one.guessed,
            )
            for one in rows
        ]


def _stands_on(study, path=""):
    """The condition that a piece of evidence is from the study."""
    return (
        Q(**{f"{path}highlight__session__study": study})
        | Q(**{f"{path}question__survey__session__study": study})
        | Q(**{f"{path}task__study": study})
    )


def _evidence(one):
    if one.highlight:
        return out.Evidence(str(one.highlight.guid), one.kind)
    if one.question:
        return out.Evidence("", one.kind, str(one.question.survey.session.guid), one.question.header)
    return out.Evidence("", one.kind, task=str(one.task.position))


_TAGGED_BY = ["taggings__created_by", "taggings__seconds__by"]


def _people_of(study):
    """{id: `Person`} of the colleagues whose work the study holds."""
    sessions = Session.objects.filter(study=study)
    evidence = Insight.objects.filter(_stands_on(study, "evidence__"))
    ids = {study.lead_id, study.created_by_id}
    ids |= set(StudyReader.objects.filter(study=study).values_list("user", flat=True))
    for rows, fields in (
        (sessions, ["created_by", "moderator", "parts__created_by", "speakers__user"]),
        (Highlight.objects.filter(session__study=study), ["created_by", _TAGGED_BY]),
        (evidence, ["created_by", "owner", "published_by", "ended_by"]),
    ):
        for field in fields:
            names = [field] if isinstance(field, str) else field
            found = rows.order_by().values_list(*names).distinct()
            ids |= {pk for pks in found for pk in pks}
    return {user.pk: _person(user) for user in User.objects.filter(pk__in=ids - {None})}


def _person(user):
    return out.Person(names.of_person(user.email), user.name)


def _iso(value):
    return value.isoformat() if value else ""
