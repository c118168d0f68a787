"""The report as a PDF: made once for what it says, and kept."""

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from prodops import jinja
from research.queries import report_later
from research.synthesis import change
from research.synthesis.markup import tree
from research.synthesis.typeset import pdf

from .reports import fingerprint

GONE = "A quote stood here. Its session has been removed from research since, or kept to some people."
WORDS = {
    "kind": "Insight report",
    "data": "Data",
    "interval": "95 % interval",
    "before": "before",
    "of": "of",
    "behind": "The numbers behind the bars",
    "theme": "Theme",
    "people": "People",
    "sessions": "Sessions",
    "highlights": "Highlights",
    "segment": "Segment",
    "method": "Method",
    "study": "Study",
    "respondents": "Survey respondents",
    "no-insights": "No insight was published in this quarter.",
    "gaps": "Nobody was heard from:",
    "changes": {one.value: words for one, words in change.WORDS.items()},
}


def of(report):
    """The bytes of the report's PDF, from the kept file if what it says has not changed.

    Something removed from research since changes what it says, and so makes another file.
    """
    content = _content(report)
    name = f"reports/{report.quarter.slug}-{report.pk}-{fingerprint([content])[:20]}.pdf"
    if default_storage.exists(name):
        with default_storage.open(name) as kept:
            return kept.read()
    made = pdf(content, at=report.published_at or report.built_at)
    if report.is_published:
        default_storage.save(name, ContentFile(made))
    return made


def file_name(report):
    return f"insight-report-{report.quarter.slug}" + (f"-{report.edition}" if report.edition > 1 else "")


def _content(report):
    sections = [
        section
        for section in report.sections.filter(hidden=False).order_by("position")
        if section.body or not section.is_text
    ]
    removed = report_later.removed(sections)
    return {
        "title": report.title,
        "company": settings.COMPANY_NAME,
        "period": f"{jinja.day(report.quarter.first_day)} – {jinja.day(report.quarter.last_day)}",
        "state": _state(report),
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


def _state(report):
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
