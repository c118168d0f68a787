"""The report as slides: what each section says on them, made when somebody asks."""

from django.conf import settings

from prodops import jinja
from research.queries import report_later, report_versions
from research.synthesis import audiences, change
from research.synthesis.markup import tree
from research.synthesis.slides import pptx

from .report_pdf import GONE, state_of

SHARE_HEADS = ("Theme", "Who", "Brought it up", "of", "95 % interval", "Change")


def of(report, audience):
    """The bytes of the version's PPTX; the same report and version give the same bytes."""
    parts = report_versions.parts(report, audience)
    removed = report_later.removed(parts)
    content = {
        "title": report.title,
        "company": settings.COMPANY_NAME,
        "period": f"{jinja.day(report.quarter.first_day)} – {jinja.day(report.quarter.last_day)}",
        "state": state_of(report),
        "note": audiences.leaves_out(audience),
        "sections": [_section(part, removed) for part in parts],
    }
    return pptx(content, at=report.published_at or report.built_at)


def _section(part, removed):
    more = _SAYS[part.kind](part.data, removed) if part.data and part.kind in _SAYS else {}
    words = [*paragraphs(tree(part.body)), *more.get("words", ())]
    return {"kind": part.kind, "title": part.title, "bars": [], "tables": [], "quotes": []} | more | {
        "words": words
    }  # fmt: skip


def paragraphs(nodes):
    """The words of a Markdown tree, a paragraph or an item each."""
    found = []
    for node in nodes:
        if node["k"] in ("ul", "ol", "quote", "table", "tr"):
            found += paragraphs(node["c"])
        elif words := _words(node).strip():
            found.append(f"• {words}" if node["k"] == "li" else words)
    return found


def _words(node):
    return node.get("t", "") + "".join(_words(one) for one in node.get("c", ()))


def _interval(one):
    return "fewer than 5 asked" if one["few"] else f"{one['low']:.0%}–{one['high']:.0%}"


def _moved(one):
    return "Fewer than 5 asked" if one["few"] else change.WORDS[change.Change(one["change"])]


def _bars(row, label=None):
    return [
        {**one, "label": label or one["label"], "note": _moved(one), "colour": row.get("colour", "")}
        for one in row["kinds"]
    ]


def _share_rows(rows):
    return [
        (row["name"], one["label"], one["hits"], one["of"], _interval(one), _moved(one))
        for row in rows
        for one in row["kinds"]
    ]


def _summary(data, removed):
    rows = [(one["label"], one["now"], one["before"]) for one in data["numbers"]]
    heads = ("", data["quarters"]["now"], data["quarters"]["before"])
    return {"words": data["leads"], "tables": [(heads, rows)]}


def _themes(data, removed):
    rows = [row for group in data["groups"] for row in group["rows"]]
    return {"tables": [(SHARE_HEADS, _share_rows(rows))] if rows else []}


def _theme(data, removed):
    quotes = []
    for one in data["quotes"]:
        if one["session"] in removed.sessions:
            quotes.append((GONE, ""))
        else:
            source = " · ".join(part for part in (one["role"], one["segment"], one["method"]) if part)
            quotes.append((f"“{one['text']}{'…' if one['cut'] else ''}”", source))
    against = [f"Contradicted: {one['title']}" for one in data["contradicted"]]
    tables = [(SHARE_HEADS, _share_rows([data]))] if data["kinds"] else []
    return {"words": [data["sentence"], *against], "bars": _bars(data), "quotes": quotes, "tables": tables}


def _insights(data, removed):
    words = [f"• {one['title']} ({one['facts']})" for one in data["insights"]]
    for name, label in (("superseded", "Superseded"), ("retracted", "Retracted"), ("due", "Due for review")):
        words += [f"{label}: {one['title']}" for one in data[name]]
    return {"words": words or ["No insight was published in this quarter."]}


def _together(data, removed):
    heads = ("Theme", "with", "Who", "Both", "of", "95 % interval", "Of everybody asked")
    rows = [
        (one["rarer"]["name"], one["other"]["name"], one["who"], one["hits"], one["of"], _interval(one),
         f"{one['usual']:.0%}")
        for one in data["pairs"]
    ]  # fmt: skip
    return {"tables": [(heads, rows)]} if rows else {"words": ["Too few people to speak of a pattern."]}


def _feedback(data, removed):
    heads = ("Theme", data["quarters"]["now"], data["quarters"]["before"])
    return {
        "words": [f"{one['title']}: {one['total']['now']} came in." for one in data["sources"]],
        "tables": [
            (heads, [(row["name"], row["now"], row["before"]) for row in one["rows"]])
            for one in data["sources"]
            if one["rows"]
        ],
    }


def _reuse(data, removed):
    rows = [row for one in data["sources"] for row in one["rows"]]
    return {"words": [f"• {row['title']}: {row['number']} {row['what']}" for row in rows]
            or ["No decision of the quarter is linked to an insight."]}  # fmt: skip


def _coverage(data, removed):
    heads = ("Segment", "Panel", "Who", "Heard", "of", "95 % interval")
    rows = [
        (row["label"], f"{row['part']:.0%}", one["label"], one["hits"], one["of"], _interval(one))
        for row in data["mix"]
        for one in row["kinds"]
    ]
    return {"words": data["gaps"], "tables": [(heads, rows)] if rows else []}


def _method(data, removed):
    return {"words": data["paragraphs"]}


_SAYS = {
    "summary": _summary,
    "themes": _themes,
    "tag": _theme,
    "insights": _insights,
    "together": _together,
    "feedback": _feedback,
    "reuse": _reuse,
    "coverage": _coverage,
    "method": _method,
}
