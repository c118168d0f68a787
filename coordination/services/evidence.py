"""What somebody asked for, kept as research evidence: a quote with its source, in one step."""

from django.db import transaction

from coordination.models import Request, RequestEvidence
from prodops import activity
from prodops.clock import company_day
from research.models import Highlight, Insight, SessionKind
from research.services import highlights, insights, sessions
from research.services.participants import Person


class NothingSaid(Exception):
    """There are no words to keep."""


@transaction.atomic
def keep(request, *, study, by, at, voice=None, insight=None, claim=""):
    """Keep the request's words, or those of `voice`, in `study` as a highlight, and cite it.

    It is cited by `insight`, or by a new one that claims `claim`, or by none. A second time gives the
    highlight that is there, and cites it where that was not done. Returns the `RequestEvidence`.
    """
    Request.objects.select_for_update(no_key=True).get(pk=request.pk)
    kept = RequestEvidence.objects.filter(request=request, voice=voice).select_related("highlight").first()
    if kept is None:
        kept = RequestEvidence.objects.create(
            request=request,
            voice=voice,
            highlight=_highlight(request, voice, study, by=by, at=at),
            made_by=by,
            made_at=at,
        )
        activity.record("request.kept", on=request, by=by, at=at, data={"study": study.title})
    if insight:
        insights.cite(insight, [kept.highlight], by=by, at=at)
    elif claim and not Insight.objects.filter(title=claim, evidence__highlight=kept.highlight).exists():
        area = study.area or request.area
        fields = {"team": study.team, "owner": by, "area": area}
        insights.create(title=claim, highlights=[kept.highlight], by=by, at=at, **fields)
    return kept


def _highlight(request, voice, study, *, by, at):
    words = ((voice.words if voice else "") or request.problem).strip()
    if not words:
        raise NothingSaid("There are no words to keep.")
    account = voice.account if voice else None
    name = (voice.contact if voice else "") or request.author_name
    title = f"{request.ref}: {request.title}"
    session = sessions.write_down(
        study,
        title=f"{title} · {account.name}"[:200] if account else title[:200],
        held_on=company_day(voice.added_at if voice else request.submitted_at),
        kind=SessionKind.DESK_RESEARCH,
        source_name=f"{request.ref}-{voice.pk}" if voice else request.ref,
        speaker=name or (account.name if account else request.submitter.name),
        paragraphs=[text for part in words.split("\n\n") if (text := " ".join(part.split()))],
        person=Person(name=name, account=account) if name else None,
        by=by,
        at=at,
    )
    cues = list(session.cues.filter(part=None).order_by("position"))
    quote = "\n".join(cue.text for cue in cues)
    end = len(cues[-1].text)
    same = Highlight.objects.filter(
        session=session, start_cue=cues[0], start_offset=0, end_cue=cues[-1], end_offset=end
    )
    return same.first() or highlights.mark(
        session, start_cue=cues[0].pk, start=0, end_cue=cues[-1].pk, end=end, quote=quote, by=by, at=at
    )
