"""The report as a PDF: made once for what it says, and kept."""

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from prodops import jinja
from research.models import Audience
from research.queries import report_later, report_versions
from research.synthesis import audiences, change
from research.synthesis.markup import tree
from research.synthesis.typeset import pdf

from .reports import fingerprint

GONE = (
    "A quote stood here. Its session has been removed from research since, its participant took back their "
    "consent, or it is kept to some people."
)
WORDS = {
    "kind": "Insight report",
    "data": "Data",
    "interval": "95 % interval",
    "before": "before",
    "of": "of",
    "behind": "The numbers behind the bars",
    "theme": "Theme",
    "who": "Who",
    "hits": "Brought it up",
    "share": "95 % interval",
    "change": "Change",
    "few": "fewer than 5 asked",
    "with": "with",
    "both": "Both",
    "panel": "Panel",
    "heard": "Heard",
    "usual": "Of everybody asked",
    "contradicted": "Contradicted by evidence of this quarter:",
    "superseded": "Superseded",
    "retracted": "Retracted",
    "due": "Due for review",
    "none": "Nothing to report here.",
    "interviewees": "Interviewees",
    "testers": "Testers",
    "sessions": "Sessions",
    "highlights": "Highlights",
    "segment": "Segment",
    "method": "Method",
    "study": "Study",
    "respondents": "Survey respondents",
    "no-insights": "No insight was published in this quarter.",
    "changes": {one.value: words for one, words in change.WORDS.items()},
}


def of(report, audience=Audience.INTERNAL):
    """The bytes of the PDF of the report's version, from the kept file if what it says has not changed.

    Something removed from research since changes what it says, and so makes another file.
    """
    content = _content(report, audience)
    name = f"reports/{report.quarter.slug}-{report.pk}-{fingerprint([content])[:20]}.pdf"
    if default_storage.exists(name):
        with default_storage.open(name) as kept:
            return kept.read()
    made = pdf(content, at=report.published_at or report.built_at)
    if report.is_published:
        default_storage.save(name, ContentFile(made))
    return made


def file_name(report, audience=Audience.INTERNAL):
    edition = f"-{report.edition}" if report.edition > 1 else ""
    return f"insight-report-{report.quarter.slug}{edition}-{audience}"


def _content(report, audience):
    sections = report_versions.parts(report, audience)
    removed = report_later.removed(sections)
    return {
        "title": report.title,
        "company": settings.COMPANY_NAME,
        "period": f"{jinja.day(report.quarter.first_day)} – {jinja.day(report.quarter.last_day)}",
        "state": state_of(report),
        "note": audiences.leaves_out(audience),
        "fingerprint": report.fingerprint,
        "words": WORDS,
        "sections": [
            {
                "kind": section.kind,
                "title": section.title,
                "body": tree(section.body),
                "data": _data(section, removed),
            }
            for section in sections
        ],
    }


def state_of(report):
    """When and by whom, in the company's own time zone whoever reads."""
    if not report.is_published:
        return "draft"
    with timezone.override(settings.TIME_ZONE):
        return f"published {jinja.day(report.published_at)} by {report.published_by.name}"


def _data(section, removed):
    data = section.data
    if "quotes" in data:
        data = data | {"quotes": [_quote(quote, removed) for quote in data["quotes"]]}
    if "insights" in data and section.kind == "insights":
        data = data | {"insights": [_insight(one) for one in data["insights"]]}
    return data


def _quote(quote, removed):
    if quote["session"] in removed.sessions:
        return {"text": GONE, "gone": True, "source": ""}
    redacted = f"a quote was redacted on {quote['redacted']}" if "redacted" in quote else ""
    about = (quote["role"], quote["segment"], quote["method"], redacted)
    source = " · ".join(part for part in about if part)
    return {"text": quote["text"] + ("…" if quote["cut"] else ""), "gone": False, "source": source}


def _insight(one):
    return {"title": one["title"], "facts": one["facts"], "tree": tree(one["body"])}
