"""What an import would do, before it does anything: read from the file and from what is here."""

from collections import Counter

from prodops.models import Comment, CustomerAccount
from research.formats import measured as tables
from research.models import Cue, Highlight, HighlightTag, Insight, InsightStatus, TagState
from research.queries import left_out, typed_values
from research.queries import measured as measured_here

from . import matching, measuring

SHOWN = 300
MOST_MEMOS = 2_000
UNFOUNDED = "Published insights without evidence, which come as drafts"


def outline(bundle, study, *, team, by):
    """What the preview shows, as JSON. `study` is the one it goes into; None for a new one or a codebook.

    Reads every session once; nothing is written.
    """
    known = matching.known_tags(bundle, study)
    same = matching.namesakes(bundle, study, known)
    people = matching.People(bundle, team=team, by=by)
    counts: Counter[str] = Counter()
    differences: list[str] = []
    losses: Counter[str] = Counter()
    marked: set[str] = set()  # the highlights that are here when the insights come
    coming = measuring.new_fields(bundle, by=by)
    typed = coming if measuring.may_make_fields(by) else []
    sessions = _sessions(bundle, study, known | same, counts, differences, losses, marked, typed)
    counts["tags"] = sum(theme.guid not in known and theme.guid not in same for theme in bundle.themes)
    accounts = accounts_by_name(bundle)
    found = matching.known_participants(bundle, accounts)
    counts["participants"] = len(bundle.participants) - len(found)
    counts["memos"] = _new_memos(bundle)
    here = {
        str(guid)
        for guid in Insight.objects.filter(guid__in=_guids(bundle.claims)).values_list("guid", flat=True)
    }
    new = [claim for claim in bundle.claims if claim.guid not in here]
    counts["insights"] = len(new)
    for what, number in left_out.told_by(bundle).items():
        bundle.lose(what, number)
    bundle.lose(UNFOUNDED, sum(_unfounded(claim, marked) for claim in new))
    _tag_differences(bundle, known, differences)
    _study_differences(bundle, study, differences)
    _measured_differences(bundle, study, counts, differences)
    if coming and not typed:
        losses[tables.WORDS[tables.FIELDS]] = len(coming)
    if bundle.study and study is None:
        counts["studies"] = 1
    return {
        "name": bundle.name,
        "team": str(bundle.study.fields.get("team", "")) if bundle.study else "",
        "origin": bundle.origin,
        "counts": dict(counts),
        "sessions": sessions[:SHOWN],
        "tags": [_tag_row(theme, bundle, known, same) for theme in bundle.themes],
        "unknown_people": people.unknown[:SHOWN],
        "people": len(bundle.people),
        "accounts": sorted({one.account for one in bundle.participants if one.account} - _names(accounts)),
        "losses": sorted((losses + _misfits(bundle, study, here, typed) + Counter(bundle.losses)).items()),
        "unread": bundle.unread[:SHOWN],
        "differences": differences[:SHOWN],
        "faults": bundle.faults[:SHOWN],
        "faulty": len(bundle.faults),
        "nothing": not any(counts[key] for key in NEW),
    }


NEW = (
    *("studies", "sessions", "highlights", "taggings", "tags", "memos", "participants", "insights"),
    "measured",
)


def _guids(things):
    return [one.guid for one in things]


def _names(accounts):
    return {account.name for account in accounts.values()}


def accounts_by_name(bundle):
    """{name in small letters: customer account} of those that participants of the file belong to."""
    wanted = {one.account.casefold() for one in bundle.participants if one.account}
    if not wanted:
        return {}
    rows = CustomerAccount.objects.order_by("-pk").only("pk", "name", "segment")
    return {one.name.casefold(): one for one in rows if one.name.casefold() in wanted}


def _tag_row(theme, bundle, known, same):
    above = {one.guid: one.name for one in bundle.themes}
    groups = {one.guid: one.name for one in bundle.groups}
    target = known.get(theme.guid) or same.get(theme.guid)
    return {
        "guid": theme.guid,
        "name": theme.name,
        "parent": above.get(theme.parent, ""),
        "group": groups.get(theme.group, ""),
        "colour": theme.colour or "slate",
        "guideline": theme.guideline[:200],
        "state": "known" if theme.guid in known else "same" if target else "new",
        "target": target.name if target else "",
    }


def _unfounded(claim, marked):
    """Whether the import takes it as a draft though the file says that it is published."""
    relied = claim.fields.get("status") in (InsightStatus.PUBLISHED, InsightStatus.SUPERSEDED)
    return relied and not any(
        one.highlight in marked or (not one.highlight and (one.question or one.task))
        for one in claim.evidence
    )


# --- sessions ---------------------------------------------------------------------------------------------


def _misfits(bundle, study, here, typed):
    """{why: how often} of values of typed fields of the study and its insights that can't be taken."""
    head = bundle.study.fields.get("properties") if bundle.study and study is None else {}
    claims = typed_values.Incoming("research.insight", typed)
    found = Counter(typed_values.Incoming("research.study", typed).misfits(head))
    for claim in bundle.claims:
        if claim.guid not in here:
            found.update(claims.misfits(claim.fields.get("properties")))
    return found


def _sessions(bundle, study, tags, counts, differences, losses, marked, coming):
    here, typed = matching.known_sessions(study), typed_values.Incoming("research.session", coming)
    rows = []
    for meeting in bundle.sessions():
        marked |= {mark.guid for mark in meeting.marks}
        session = here.get(meeting.guid)
        if session is None:
            counts["sessions"] += 1
            counts["highlights"] += len(meeting.marks)
            counts["taggings"] += sum(len(mark.taggings) for mark in meeting.marks)
            losses.update(typed.misfits(meeting.properties))
            state = "new"
        else:
            counts["known_sessions"] += 1
            state = _compare(session, meeting, tags, counts, differences)
        rows.append([meeting.title, len(meeting.turns), len(meeting.marks), state])
    return rows


def _compare(session, meeting, tags, counts, differences):
    """Count what the file adds to a session that is here, and say what differs."""
    place = f"Session “{session.title}”"
    for what, mine, theirs in (
        ("title", session.title, meeting.title),
        ("date", session.held_on, meeting.held_on or session.held_on),
        ("kind", session.kind, meeting.kind or session.kind),
    ):
        if mine != theirs:
            differences.append(f"{place}: its {what} is “{mine}” here and “{theirs}” in the file.")
    if not same_words(session, meeting):
        differences.append(f"{place}: its text has been changed here. Highlights of the file are left out.")
        return "differs"
    here = Here(session)
    before = counts["highlights"], counts["taggings"]
    for mark in meeting.marks:
        pk = here.find(mark)
        if pk is None:
            counts["highlights"] += not mark.lost
            counts["taggings"] += len(mark.taggings) * (not mark.lost)
            continue
        mine = here.tags(pk)
        counts["taggings"] += sum(
            one.tag not in tags or tags[one.tag].pk not in mine for one in mark.taggings
        )
    return "known" if before == (counts["highlights"], counts["taggings"]) else "more"


def same_words(session, meeting):
    """Whether the session says what the file says, turn by turn."""
    mine = Cue.objects.filter(session=session).order_by("position").values_list("text", flat=True)
    return list(mine) == [turn.text for turn in meeting.turns]


class Here:
    """The highlights of a session, by name and by place."""

    def __init__(self, session):
        self.cues = list(
            Cue.objects.filter(session=session).order_by("position").values_list("pk", flat=True)
        )
        rows = list(
            Highlight.objects.filter(session=session).values_list(
                "pk", "guid", "start_cue", "start_offset", "end_cue", "end_offset", "orphaned_at"
            )
        )
        self.by_guid = {str(guid): pk for pk, guid, *_ in rows}
        self.by_place = {tuple(place): pk for pk, _, *place, lost in rows if lost is None}
        self._tags: dict[int, set[int]] = {pk: set() for pk in self.by_guid.values()}
        for pk, tag in HighlightTag.objects.filter(highlight__session=session).values_list(
            "highlight", "tag"
        ):
            self._tags[pk].add(tag)

    def place(self, mark):
        return self.cues[mark.first], mark.start, self.cues[mark.last], mark.end

    def find(self, mark):
        """The primary key of the highlight that `mark` is; None if it is not here."""
        return self.by_guid.get(mark.guid) or self.by_place.get(self.place(mark))

    def tags(self, pk):
        return self._tags.setdefault(pk, set())


# --- the rest ---------------------------------------------------------------------------------------------


def _new_memos(bundle):
    guids = [memo.guid for memo in bundle.memos]
    here = 0
    for start in range(0, len(guids), MOST_MEMOS):
        part = guids[start : start + MOST_MEMOS]
        here += Comment.objects.filter(guid__in=part).order_by().values("guid").distinct().count()
    return len(guids) - here


def _tag_differences(bundle, known, differences):
    for theme in bundle.themes:
        tag = known.get(theme.guid)
        if tag is None:
            continue
        if theme.state == TagState.MERGED:
            if str(tag.guid) == theme.guid:
                differences.append(f"Tag “{tag.name}” is merged into another in the file.")
            continue
        if bundle.study and tag.is_retired != (theme.state == TagState.RETIRED):
            differences.append(
                f"Tag “{tag.name}” is {'in use' if tag.is_retired else 'retired'} in the file."
            )
        if tag.name != theme.name:
            differences.append(f"Tag “{tag.name}” is called “{theme.name}” in the file.")
        if theme.guideline and tag.guideline.strip() != theme.guideline.strip():
            differences.append(f"Tag “{tag.name}” has another guideline in the file.")


def _measured_differences(bundle, study, counts, differences):
    """Count the rows of what is measured that are new here; where others stand in their place, say so."""
    here = measured_here.tables(study) if study else {}
    for name, words in tables.WORDS.items():
        mine = {tuple(row) for row in here.get(name, ())}
        new = sum(tuple(row) not in mine for row in bundle.tables.get(name, ()))
        if new and mine:
            differences.append(
                f"{words}: {new} rows of the file are not here, or other than here. They stay out."
            )
        else:
            counts["measured"] += new


def _study_differences(bundle, study, differences):
    if not (bundle.study and study):
        return
    if study.title != bundle.study.title:
        differences.append(f"The study is called “{bundle.study.title}” in the file.")
    said = bundle.study.fields
    for key in ("question", "method", "status", "summary"):
        if said.get(key, "") != getattr(study, key):
            differences.append(f"The study's {key} differs in the file.")
