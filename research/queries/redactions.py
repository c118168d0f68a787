"""What of a study's words looks like personal data, what was decided, and what removing it would change."""

from collections import Counter
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, Value
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
    "label": "Names of speakers",
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
    session_title: str
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
    here = Cue.objects.filter(session__study=study, session__withdrawn_at=None)
    cues = here.order_by("session_id", "position")
    cues = cues.annotate(session_title=F("session__title"))
    return cues.filter(session=session) if session else cues


def names_of(study):
    """The names to look for in a study: who took part, who speaks, who asked."""
    here = {"session__study": study}
    took_part = Participant.objects.filter(sessions__study=study).order_by()
    labels = Speaker.objects.filter(**here).order_by()
    spoken = Cue.objects.filter(**here).exclude(speaker="").order_by()
    asked = Session.objects.filter(study=study, moderator__isnull=False).order_by()
    people = took_part.values_list("name", Value("0 took part in the study")).union(
        labels.values_list("label", Value("1 speaks in the study")),
        spoken.values_list("speaker", Value("1 speaks in the study")),
        asked.values_list("moderator__name", Value("2 moderated a session")),
    )
    rows = sorted(people.order_by(), key=lambda row: (row[1], row[0]))
    return Names(Person(name, who[2:]) for name, who in rows)


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
        *(cue.pk, start, end, kind, reason, choice, cue.session_id, cue.session_title),
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
    """The anchored highlights that stand on cues of `spans` ({cue id: …}), with their first and last cue."""
    covered = Cue.objects.filter(
        pk__in=spans,
        session=OuterRef("session"),
        position__range=(OuterRef("start_cue__position"), OuterRef("end_cue__position")),
    )
    here = Highlight.objects.anchored().filter(Exists(covered))
    return list(here.select_related("start_cue", "end_cue").order_by("pk"))


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


def effect(found, user):
    """What confirming the choices made so far would do, as far as `user` may know of it."""
    spans: dict[int, list] = {}
    sessions = set()
    for one in found:
        if one.choice == Choice.REMOVE:
            spans.setdefault(one.cue, []).append((one.start, one.end))
            sessions.add(one.session)
    changed = list(_changed(touched(spans), spans)) if spans else []
    insights = Insight.objects.visible_to(user).filter(evidence__highlight__in=[one.pk for one in changed])
    counts = _beside(sessions, spans) if spans else Counter()
    return Effect(
        spans=sum(map(len, spans.values())),
        turns=len(spans),
        highlights=len(changed),
        insights=list(insights.distinct().for_list().order_by("title", "pk")),
        reports=list(reports_quoting([one.pk for one in changed]).order_by("-year", "-number")),
        files=counts["file"],
        recordings=counts["recording"],
        attachments=counts["attachment"],
    )


def _beside(sessions, cues):
    """How many files of the sessions hold their words, how many recordings and attached files there are."""
    held = Session.objects.filter(pk__in=sessions).exclude(source="").order_by()
    texts = Part.objects.filter(Exists(Cue.objects.filter(part=OuterRef("pk"), pk__in=cues)))
    heard = Recording.objects.kept().filter(session__in=sessions).order_by()
    hung = Attachment.objects.filter(subject_type="research.session", subject_id__in=sessions).order_by()
    rows = held.values_list(Value("file"), "pk").union(
        texts.exclude(source="").order_by().values_list(Value("file"), "pk"),
        heard.values_list(Value("recording"), "pk"),
        hung.values_list(Value("attachment"), "pk"),
        all=True,
    )
    return Counter(what for what, _ in rows.order_by())


def reports_quoting(highlight_ids):
    """The insight reports, published or not, that quote one of the highlights."""
    return InsightReport.objects.filter(pk__in=sections_quoting(highlight_ids).values("report"))


def sections_quoting(highlight_ids):
    either = Q(pk__in=[])
    for pk in highlight_ids:
        either |= Q(data__quotes__contains=[{"highlight": pk}])
    return ReportSection.objects.filter(either)
