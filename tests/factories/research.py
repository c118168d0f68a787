import datetime as dt
import hashlib
from itertools import count

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from prodops.models import Level, Team
from research.models import (
    Cue,
    Highlight,
    HighlightTag,
    Insight,
    InsightEvidence,
    InsightReport,
    Participant,
    Recording,
    Recruit,
    Recruiting,
    RecruitState,
    ReportSection,
    Session,
    Study,
    Tag,
    TagGroup,
)
from research.services import media_store
from tests.factories.prodops import TeamFactory, UserFactory

_positions = count()


class StudyFactory(DjangoModelFactory):
    """A study of `team`; its lead and maker is an editor of the team."""

    class Meta:
        model = Study

    title = factory.Sequence(lambda n: f"Study {n}")
    slug = factory.Sequence(lambda n: f"study-{n}")
    question = "What stands in the way?"
    team = factory.SubFactory(TeamFactory)
    lead = factory.SubFactory(UserFactory)
    created_by = factory.SelfAttribute("lead")
    created_at = factory.LazyFunction(timezone.now)


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = Participant

    name = factory.Sequence(lambda n: f"Participant {n}")
    role = "Dispatcher"


class SessionFactory(DjangoModelFactory):
    class Meta:
        model = Session

    study = factory.SubFactory(StudyFactory)
    title = factory.Sequence(lambda n: f"Session {n}")
    held_on = dt.date(2026, 11, 12)
    participant = factory.SubFactory(ParticipantFactory)
    moderator = factory.SelfAttribute("study.lead")
    created_by = factory.SelfAttribute("study.lead")
    created_at = factory.LazyFunction(timezone.now)


class RecruitingFactory(DjangoModelFactory):
    """What a study looks for: eight sessions, owners of accounts told."""

    class Meta:
        model = Recruiting

    study = factory.SubFactory(StudyFactory)
    public_title = "How you plan a delivery day"
    words = "We would like to talk with you for half an hour."


class RecruitFactory(DjangoModelFactory):
    """Somebody who may book; `recruit.token` is what stands in their links."""

    class Meta:
        model = Recruit

    study = factory.SubFactory(StudyFactory)
    participant = factory.SubFactory(
        ParticipantFactory, email=factory.Sequence(lambda n: f"guest{n}@example.test")
    )
    state = RecruitState.SCREENED
    picked_by = factory.SelfAttribute("study.lead")
    picked_at = factory.LazyFunction(timezone.now)
    invited_at = factory.SelfAttribute("picked_at")
    changed_at = factory.SelfAttribute("picked_at")
    expires_at = factory.LazyAttribute(lambda recruit: recruit.picked_at + dt.timedelta(days=21))


class CueFactory(DjangoModelFactory):
    class Meta:
        model = Cue

    session = factory.SubFactory(SessionFactory)
    position = factory.LazyFunction(lambda: next(_positions))
    start_ms = factory.LazyAttribute(lambda cue: cue.position * 10_000)
    end_ms = factory.LazyAttribute(lambda cue: cue.start_ms + 9_000)
    speaker = "Dana Whitlock"
    text = "I gave up after the second error and called our account manager."


class TagGroupFactory(DjangoModelFactory):
    class Meta:
        model = TagGroup

    name = factory.Sequence(lambda n: f"Group {n}")
    slug = factory.Sequence(lambda n: f"group-{n}")


class TagFactory(DjangoModelFactory):
    class Meta:
        model = Tag

    name = factory.Sequence(lambda n: f"Tag {n}")
    slug = factory.Sequence(lambda n: f"tag-{n}")
    group = factory.SubFactory(TagGroupFactory)
    colour = "violet"


class HighlightFactory(DjangoModelFactory):
    """The words `start_offset` to `end_offset` of one cue; `tagged=[tag, …]` tags it."""

    class Meta:
        model = Highlight
        skip_postgeneration_save = True

    session = factory.SubFactory(SessionFactory)
    start_cue = factory.LazyAttribute(lambda self: CueFactory(session=self.session))
    end_cue = factory.SelfAttribute("start_cue")
    start_offset = 0
    end_offset = 32
    quote = factory.LazyAttribute(lambda self: self.start_cue.text[self.start_offset : self.end_offset])
    created_by = factory.SelfAttribute("session.created_by")
    created_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def tagged(self, create, tags):
        for tag in tags or ():
            HighlightTag.objects.create(
                highlight=self, tag=tag, created_by=self.created_by, created_at=self.created_at
            )


class InsightFactory(DjangoModelFactory):
    """A draft; `published=True` publishes it, `evidence=[highlight, …]` makes it stand on them."""

    class Meta:
        model = Insight
        skip_postgeneration_save = True

    class Params:
        published = factory.Trait(
            status="published",
            published_at=factory.SelfAttribute("created_at"),
            published_by=factory.SelfAttribute("owner"),
        )

    title = factory.Sequence(lambda n: f"Insight {n}")
    body = "People **stop** at the second error."
    team = factory.SubFactory(TeamFactory)
    owner = factory.SubFactory(UserFactory)
    created_by = factory.SelfAttribute("owner")
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.SelfAttribute("created_at")

    @factory.post_generation
    def evidence(self, create, highlights):
        for position, highlight in enumerate(highlights or ()):
            InsightEvidence.objects.create(insight=self, highlight=highlight, position=position)


def make_editor(user, team: Team):
    """Let `user` edit what `team` owns."""
    team.memberships.get_or_create(user=user, defaults={"level": Level.EDITOR})
    user.__dict__.pop("levels", None)
    return user


class InsightReportFactory(DjangoModelFactory):
    """A draft with no sections; `published=True` publishes it."""

    class Meta:
        model = InsightReport

    class Params:
        published = factory.Trait(
            state="published",
            published_at=factory.SelfAttribute("created_at"),
            published_by=factory.SelfAttribute("created_by"),
        )

    year = 2026
    number = 3
    edition = factory.Sequence(lambda n: n % 30_000 + 1)
    title = factory.Sequence(lambda n: f"Insight report {n}")
    state = "draft"
    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(timezone.now)
    built_at = factory.SelfAttribute("created_at")


class ReportSectionFactory(DjangoModelFactory):
    class Meta:
        model = ReportSection

    report = factory.SubFactory(InsightReportFactory)
    key = factory.Sequence(lambda n: f"text:{n}")
    kind = "text"
    title = factory.Sequence(lambda n: f"Section {n}")
    position = factory.Sequence(lambda n: n % 30_000)


class RecordingFactory(DjangoModelFactory):
    """A ready recording; `content` are the bytes of its file."""

    class Meta:
        model = Recording

    content = b"RIFF....WAVE"
    session = factory.SubFactory(SessionFactory)
    file = factory.LazyFunction(media_store.new_name)
    name = factory.Sequence(lambda n: f"recording-{n}.wav")
    media_type = "audio/wav"
    size = factory.LazyAttribute(lambda self: len(self.content))
    received = factory.SelfAttribute("size")
    sha256 = factory.LazyAttribute(lambda self: hashlib.sha256(self.content).hexdigest())
    duration_ms = 1000
    state = "ready"
    created_by = factory.SelfAttribute("session.created_by")
    created_at = factory.LazyFunction(timezone.now)
    touched_at = factory.SelfAttribute("created_at")

    @classmethod
    def _create(cls, model, *args, content=b"", **fields):
        path = media_store.path_of(fields["file"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content[: fields["received"]])
        return super()._create(model, *args, **fields)
