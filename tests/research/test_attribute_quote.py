"""Nobody's words are put into another's mouth."""

import pytest
from django.urls import reverse

from research.models import Speaker
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    ParticipantFactory,
    SessionFactory,
    StudyFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(member):
    study = StudyFactory(team=member.teams.get(), lead=member)
    session = SessionFactory(study=study, participant=ParticipantFactory(name="Kofi Mensah"))
    Speaker.objects.create(session=session, label="Kofi", role="participant")
    Speaker.objects.create(session=session, label="Maya", role="moderator", user=member)
    Speaker.objects.create(
        session=session, label="Ana", role="participant", participant=ParticipantFactory(name="Ana Sousa")
    )
    return session


@pytest.mark.parametrize(
    ("label", "named"), [("Kofi", "Kofi Mensah"), ("Maya", "Maya"), ("Ana", "Ana"), ("K.", "Kofi Mensah")]
)
def test_a_quote_names_whoever_said_it(session, member, as_, label, named):
    highlight = HighlightFactory(session=session, start_cue=CueFactory(session=session, speaker=label))
    insight = InsightFactory(team=member.teams.get(), owner=member, evidence=[highlight])
    client, said = as_(member), f"<strong>{named}</strong>"
    chosen = f"{reverse('research:reel')}?highlight={highlight.pk}"
    for url in (
        reverse("research:highlight_list"),
        highlight.get_absolute_url(),
        insight.get_absolute_url(),
        chosen,
    ):
        assert said in client.get(url).text, url
        if named != "Kofi Mensah":
            assert "<strong>Kofi Mensah</strong>" not in client.get(url).text, url
