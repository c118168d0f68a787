"""Who sees a study: the workspace, its team, or people named; nobody else learns anything of it."""

import io
import zipfile

import pytest
from django.db.models import Q
from django.urls import reverse

from prodops import queries as finding
from prodops import search
from prodops.models import Favourite, Notification, Role, SearchEntry
from research.models import AccessRecord, Cue, Highlight, Insight, Participant, Session, Study, StudyReader
from research.queries import report_later, report_material
from research.queries.readers import readers_of
from research.services import sharing, studies
from tests.architecture.resolver import kwargs_for, patterns
from tests.factories.prodops import EventFactory, NotificationFactory, TeamFactory, UserFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    ParticipantFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db
SECRET = "zebrafish"


@pytest.fixture
def outsider(db):
    return UserFactory(editor_of=TeamFactory())


def secret(visibility, **fields):
    """A study of that visibility with a session, turn, tagged highlight and an insight on it, all indexed."""
    study = StudyFactory(title=f"{SECRET} study", visibility=visibility, **fields)
    person = ParticipantFactory(
        name=f"{SECRET} person of the {visibility} study", email=f"{SECRET}@example.test"
    )
    session = SessionFactory(study=study, title=f"{SECRET} session", participant=person)
    cue = CueFactory(session=session, text=f"We call it {SECRET} here.", speaker=person.name)
    quote = HighlightFactory(session=session, start_cue=cue, end_offset=len(cue.text), tagged=[TagFactory()])
    insight = InsightFactory(evidence=[quote], published=True)
    for thing in (study, session, cue, quote, insight):
        search.index(thing)
    return study


def sees(user, study):
    """Whether `user` reads the study by every way there is; they must agree."""
    user = type(user).objects.get(pk=user.pk)
    ways = {
        Study.objects.visible_to(user).filter(pk=study.pk).exists(),
        Session.objects.visible_to(user).filter(study=study).exists(),
        Highlight.objects.visible_to(user).filter(session__study=study).exists(),
        Participant.objects.visible_to(user).filter(sessions__study=study).exists(),
        readers_of(study).filter(pk=user.pk).exists(),
        *(
            SearchEntry.objects.visible_to(user)
            .filter(Q(title__contains=SECRET) | Q(context__contains=SECRET), kind=kind)
            .exists()
            for kind in ("study", "session", "cue", "highlight")
        ),
    }
    assert len(ways) == 1, ways
    return ways.pop()


def test_each_visibility_lets_in_whom_it_says(people, team, outsider, now):
    lead, named, viewer = UserFactory(), UserFactory(), UserFactory(viewer_of=team)
    member, ops, admin = people[Role.MEMBER], people[Role.PRODUCT_OPS], people[Role.ADMIN]
    study = secret("workspace", team=team, lead=lead)
    everybody = [lead, named, viewer, member, ops, admin, outsider]
    assert [sees(one, study) for one in everybody] == [True] * 7
    assert not sees(people[Role.SUBMITTER], study)

    study = sharing.share(study, visibility="team", readers=[named], by=member, at=now)
    assert [sees(one, study) for one in everybody] == [True] * 6 + [False]
    study = sharing.share(study, visibility="named", readers=[named, member], by=member, at=now)
    assert [sees(one, study) for one in everybody] == [True, True, False, True, False, False, False]
    study = sharing.share(study, visibility="team", readers=[], by=member, at=now)
    assert [sees(one, study) for one in everybody] == [True, False, True, True, True, True, False]


def test_nobody_edits_what_they_may_not_read(people, team, now):
    study = secret("named", team=team, lead=UserFactory())
    for person in people.values():
        assert not Study.objects.editable_by(person).exists()
        assert not Session.objects.editable_by(person).exists()
    sharing.share(study, visibility="named", readers=[people[Role.MEMBER]], by=study.lead, at=now)
    assert Highlight.objects.editable_by(people[Role.MEMBER]).exists()


def test_nobody_locks_themselves_out(member, team, now):
    study = secret("team", team=team)
    with pytest.raises(sharing.LockedOut):
        sharing.share(study, visibility="named", readers=[], by=member, at=now)


def test_a_study_of_another_team_or_lead_is_found_by_the_new_one(member, team, outsider, now):
    study, colleague = secret("team", team=team), UserFactory(editor_of=team)
    fields = {"title": study.title, "team": outsider.teams.get()}
    study = studies.edit(study, version=study.version, by=member, at=now, **fields)
    assert sees(outsider, study)
    assert sees(member, study)  # who handed it over goes on seeing it
    assert not sees(colleague, study)


def test_who_opens_a_restricted_study_for_somebody_else_sees_it(member, team, now):
    study = studies.create(
        title="Quiet",
        team=team,
        lead=UserFactory(),
        method="interview",
        visibility="named",
        by=member,
        at=now,
    )
    assert Study.objects.editable_by(member).get() == study
    assert [entry.user_ids for entry in SearchEntry.objects.filter(kind="study")] == [
        sorted([study.lead_id, member.pk])
    ]


def test_titles_leave_the_notifications_and_favourites_of_those_shut_out(outsider, member, team, now):
    study = secret("workspace", team=team)
    session = study.sessions.get()
    for person in (outsider, member):
        for thing in (study, session):
            label = thing._meta.label_lower
            told = EventFactory(subject_type=label, subject_id=thing.pk)
            NotificationFactory(recipient=person, event=told, text=f"Somebody commented on “{thing}”")
            Favourite.objects.create(
                user=person, subject_type=label, subject_id=thing.pk, title=str(thing), url="/", at=now
            )
    sharing.share(study, visibility="team", readers=[], by=member, at=now)
    for rows, field in ((Notification.objects, "recipient"), (Favourite.objects, "user")):
        assert rows.filter(**{field: member}).count() == 2
        assert not rows.filter(**{field: outsider}).exists()


def test_an_insight_hides_the_quote_and_says_so(as_, member, outsider, team):
    study = secret("team", team=team)
    url = Insight.objects.get().get_absolute_url()
    assert SECRET in as_(member).get(url).text
    page = as_(outsider).get(url).text
    assert SECRET not in page
    assert "1 piece from a restricted study" in page
    assert study.title not in page


def test_a_report_counts_restricted_sessions_and_quotes_none(team, now):
    from prodops.quarters import Quarter

    secret("team", team=team)
    InsightFactory()
    material = report_material.gather(Quarter.of(Session.objects.get().held_on, 1))
    assert [one.sessions for one in material.now.studies.values()] == [1]
    assert SECRET not in str(material)
    assert [row["title"] for row in material.studies] == ["1 restricted study"]


def test_a_published_quote_disappears_when_its_study_is_restricted(team, now):
    study = secret("workspace", team=team)
    quote = Highlight.objects.get()

    class Section:
        data = {"quotes": [{"session": quote.session_id, "highlight": quote.pk}]}

    assert not report_later.removed([Section]).sessions
    sharing.share(study, visibility="team", readers=[], by=study.lead, at=now)
    assert report_later.removed([Section]).sessions == {quote.session_id}


def test_two_who_share_at_once_do_not_undo_each_other(member, team, now):
    study = StudyFactory(team=team, lead=member)
    ann, jo = UserFactory(), UserFactory()
    stale = Study.objects.get(pk=study.pk)  # as another request has read it
    sharing.share(study, visibility="named", readers=[], by=member, at=now)
    sharing.add_reader(stale, ann, by=member, at=now)
    sharing.add_reader(stale, jo, by=member, at=now)
    study.refresh_from_db()
    assert study.visibility == "named"
    assert study.reader_ids == sorted([ann.pk, jo.pk])
    sharing.remove_reader(stale, ann.pk, by=member, at=now)
    sharing.set_visibility(stale, "team", by=member, at=now)
    study.refresh_from_db()
    assert (study.visibility, study.reader_ids) == ("team", [jo.pk])


def test_its_page_says_who_sees_it_and_lets_editors_change_that(as_, member, outsider, team):
    study = secret("workspace", team=team)
    url = reverse("research:study_sharing", args=[study.slug])
    other = UserFactory(name="Jo Named")
    client = as_(member)
    client.post(reverse("research:reader_add", args=[study.slug]), {"person": other.pk})
    client.post(url, {"visibility": "team"})
    page = client.get(url).text
    assert "Jo Named" in page
    assert StudyReader.objects.get().added_by == member
    assert as_(outsider).get(url).status_code == 404
    assert as_(other).get(url).status_code == 200
    assert as_(other).post(url, {"visibility": "workspace"}).status_code == 404
    as_(member).post(reverse("research:reader_remove", args=[study.slug, other.pk]))
    assert as_(other).get(url).status_code == 404


# --- nothing leaks, on any page there is or will be -------------------------------------------------------

ALL = {name: arguments for name, _, arguments in patterns()}
PLAIN = sorted(name for name, arguments in ALL.items() if not arguments and name not in ("healthz", "readyz"))
# Of somebody invited: whoever holds the link is told of their own study and of their own address
BY_LINK = {"research:invited", "research:book", "research:book_ics"}
OURS = sorted(
    name
    for name, arguments in ALL.items()
    if arguments and name.startswith("research:") and name not in BY_LINK
)
# What hangs on a study: out of sight it is not there at all
HIDDEN = ("study_", "session_", "highlight_", "reader_", "part_", "recording_", "speaker_", "redact")


def shown(response):
    """All that the response says, in small letters; of an archive what its files say."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"".join(archive.read(one) for one in archive.namelist())
    return f"{body.decode(errors='replace')} {response.headers}".lower()


def test_no_page_without_arguments_tells_of_a_restricted_study(outsider, client, team):
    secret("team", team=team)
    secret("named", team=team)
    client.force_login(outsider)
    for name in PLAIN:
        url = reverse(name)
        assert SECRET not in shown(client.get(url, headers={"HX-Request": "true"})), name
        text = shown(client.get(url, {"q": SECRET, "participant": SECRET, "text": SECRET}))
        # what was asked for is said back by itself, never with what it names
        assert not [
            words for words in ("study", "session", "person", "here") if f"{SECRET} {words}" in text
        ], name
    assert not finding.search(SECRET, user=outsider).hits()
    assert not finding.jump(SECRET[:5], user=outsider).hits()


def said():
    """What was said in sessions, as far as it is long enough to be known again."""
    texts = [*Cue.objects.values_list("text", flat=True), *Highlight.objects.values_list("quote", flat=True)]
    return [text.lower() for text in texts if len(text) > 12]


@pytest.mark.parametrize("name", OURS)
def test_no_page_of_a_thing_tells_of_a_restricted_study(name, people, outsider, client):
    url = reverse(name, kwargs=kwargs_for(name, people))
    Participant.objects.update(email=f"{SECRET}@northwind.example")
    Study.objects.update(visibility="team")
    client.force_login(people[Role.MEMBER])
    text = shown(client.get(url))
    assert SECRET not in text  # who may not look up how to reach people sees it nowhere
    if [word for word in said() if word in text]:
        assert AccessRecord.objects.exists(), "what is not for everybody was read, and not written down"
    Study.objects.update(title=f"{SECRET} study", question=SECRET, summary=SECRET, visibility="named")
    Session.objects.update(title=f"{SECRET} session")
    for person in Participant.objects.all():
        Participant.objects.filter(pk=person.pk).update(name=f"{SECRET} {person.pk}")
    words = said()
    client.force_login(outsider)
    for response in (client.get(url), client.post(url)):
        text = shown(response)
        assert SECRET not in text
        assert not [word for word in words if word in text]
        if name.removeprefix("research:").startswith(HIDDEN):
            assert response.status_code in (403, 404, 405), (name, response.status_code)
