"""What of a study's words looks like personal data, what was decided, and what removing it would change."""

from collections import Counter
from typing import NamedTuple

from django.db.models import Q
from django.utils.crypto import salted_hmac

from prodops.models import Attachment
from research.models import (
    Choice,
    Cue,
    Highlight,
    Insight,
    InsightReport,
    Part,
    Participant,
    Recording,
    RedactionChoice,
    ReportSection,
    Session,
    Speaker,
)
from research.synthesis.personal_data import Names, Person, suggestions

AROUND = 60  # characters of the turn shown on either side
MOST = 200  # spans on one page

LABELS = {
    "email": "E-mail addresses",
    "phone": "Phone numbers",
    "account": "Account and card numbers",
    "link": "Links",
    "name": "Names",
    "words": "Words you chose",
}


class Found(NamedTuple):
    """A span of a cue as the page shows it. `choice` is "" until somebody decides."""

    cue: int
    start: int
    end: int
    kind: str
    reason: str
    choice: str
    session: int
    before: str
    said: str
    after: str
    speaker: str
    start_ms: int | None

    @property
    def key(self):
        return f"{self.cue}:{self.start}:{self.end}"


def digest(said):
    """By which words are known again that must not be kept: nobody reads them out of it."""
    return salted_hmac("research.redaction", said, algorithm="sha256").hexdigest()


def cues_of(study, session=None):
    cues = Cue.objects.filter(session__study=study).order_by("session_id", "position")
    return cues.filter(session=session) if session else cues


def names_of(study):
    """The names to look for in a study: who took part, who speaks, who asked."""
    people = [
        Person(name, "took part in the study")
        for name in Participant.objects.filter(sessions__study=study).values_list("name", flat=True)
    ]
    labels = Speaker.objects.filter(session__study=study).values_list("label", flat=True)
    spoken = Cue.objects.filter(session__study=study).exclude(speaker="").order_by()
    for label in sorted({*labels, *spoken.values_list("speaker", flat=True).distinct()}):
        people.append(Person(label, "speaks in the study"))
    asked = Session.objects.filter(study=study, moderator__isnull=False).values_list(
        "moderator__name", flat=True
    )
    people += [Person(name, "moderated a session") for name in asked.distinct()]
    return Names(people)


def scan(study, session=None, only=None):
    """[Found] in the order of the text: what is suggested, and what somebody chose beside that.

    `only` are the ids of the cues to look at, where not all.
    """
    cues = cues_of(study, session)
    if only is not None:
        cues = cues.filter(pk__in=only)
    names = names_of(study)
    chosen: dict[int, list] = {}
    for choice in RedactionChoice.objects.filter(session__study=study):
        chosen.setdefault(choice.cue_id, []).append(choice)
    found: list[Found] = []
    for cue in cues.iterator():
        found += _of_cue(cue, names, chosen.get(cue.pk, ()))
    return found


def _of_cue(cue, names, choices):
    # a choice whose words stand elsewhere since the text was corrected is only remembered by what they were
    placed = {
        (choice.start, choice.end): choice
        for choice in choices
        if digest(cue.text[choice.start : choice.end]) == choice.digest
    }
    kept = {choice.digest for choice in choices if choice.choice == Choice.KEEP}
    spans = {}
    for one in suggestions(cue.text, names):
        choice = placed.pop((one.start, one.end), None)
        decided = choice.choice if choice else ""
        if not decided and digest(cue.text[one.start : one.end]) in kept:
            decided = Choice.KEEP.value
        spans[one.start, one.end] = (one.kind.value, one.reason, decided)
    for (start, end), choice in placed.items():
        if choice.choice == Choice.REMOVE:
            spans[start, end] = (choice.kind, "Chosen by hand", choice.choice)
    return [_found(cue, span, *about) for span, about in sorted(spans.items())]


def _found(cue, span, kind, reason, choice):
    start, end = span
    left, right = max(0, start - AROUND), min(len(cue.text), end + AROUND)
    if left:  # cut between words, where there is a space to cut at
        left = cue.text.find(" ", left, start) + 1 or left
    if right < len(cue.text):
        right = max(cue.text.rfind(" ", end, right), end)
    return Found(
        *(cue.pk, start, end, kind, reason, choice, cue.session_id),
        before=("…" if left else "") + cue.text[left:start],
        said=cue.text[start:end],
        after=cue.text[end:right] + ("…" if right < len(cue.text) else ""),
        speaker=cue.speaker,
        start_ms=cue.start_ms,
    )


class Kinds(NamedTuple):
    """How many of a kind there are, and how many of them are decided which way."""

    key: str
    label: str
    open: int
    remove: int
    keep: int


def by_kind(found):
    counts = Counter((one.kind, one.choice) for one in found)
    kinds = [key for key in LABELS if any(kind == key for kind, _ in counts)]
    return [
        Kinds(key, LABELS[key], counts[key, ""], counts[key, "remove"], counts[key, "keep"]) for key in kinds
    ]


class Effect(NamedTuple):
    """What removing would change, and what it does not reach."""

    spans: int
    turns: int
    highlights: int
    insights: list
    reports: list
    files: int
    recordings: int
    attachments: int


def touched(spans):
    """The highlights that stand on cues of `spans` ({cue id: …}): anchored ones, with their cues' places."""
    places = Cue.objects.filter(pk__in=spans).values_list("session_id", "position")
    by_session: dict[int, set] = {}
    for session_id, position in places:
        by_session.setdefault(session_id, set()).add(position)
    rows = (
        Highlight.objects.anchored()
        .filter(session__in=by_session)
        .select_related("start_cue", "end_cue", "session__study")
        .prefetch_related("tags")
        .order_by("pk")
    )
    return [
        one
        for one in rows
        if any(
            one.start_cue.position <= place <= one.end_cue.position for place in by_session[one.session_id]
        )
    ]


def _changed(highlights, spans):
    """Those of them whose words are among the spans."""
    for one in highlights:
        edges = {one.start_cue_id: (one.start_offset, None), one.end_cue_id: (0, one.end_offset)}
        if one.start_cue_id == one.end_cue_id:
            edges = {one.start_cue_id: (one.start_offset, one.end_offset)}
        inside = len(edges) == 2 and one.end_cue.position - one.start_cue.position > 1
        if inside or any(
            start < (high if high is not None else end + 1) and end > low
            for cue, (low, high) in edges.items()
            for start, end in spans.get(cue, ())
        ):
            yield one


def effect(study, user, session=None):
    """What confirming the choices made so far would do, as far as `user` may know of it."""
    choices = RedactionChoice.objects.filter(session__study=study, choice=Choice.REMOVE)
    if session:
        choices = choices.filter(session=session)
    spans: dict[int, list] = {}
    sessions = set()
    for choice in choices:
        spans.setdefault(choice.cue_id, []).append((choice.start, choice.end))
        sessions.add(choice.session_id)
    changed = list(_changed(touched(spans), spans)) if spans else []
    insights = Insight.objects.visible_to(user).filter(evidence__highlight__in=[one.pk for one in changed])
    files = Session.objects.filter(pk__in=sessions).exclude(source="").count()
    files += Part.objects.filter(cues__in=spans).exclude(source="").distinct().count()
    hung = Attachment.objects.filter(subject_type="research.session", subject_id__in=sessions)
    return Effect(
        spans=sum(map(len, spans.values())),
        turns=len(spans),
        highlights=len(changed),
        insights=list(insights.distinct().for_list().order_by("title", "pk")),
        reports=list(reports_quoting([one.pk for one in changed]).order_by("-year", "-number")),
        files=files,
        recordings=Recording.objects.kept().filter(session__in=sessions).count(),
        attachments=hung.count(),
    )


def reports_quoting(highlight_ids):
    """The insight reports, published or not, that quote one of the highlights."""
    return InsightReport.objects.filter(pk__in=sections_quoting(highlight_ids).values("report"))


def sections_quoting(highlight_ids):
    either = Q(pk__in=[])
    for pk in highlight_ids:
        either |= Q(data__quotes__contains=[{"highlight": pk}])
    return ReportSection.objects.filter(either)
