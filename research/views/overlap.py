"""Tags side by side: duplicates, the matrix of what stands together, and two coders' agreement."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from prodops.access import Can, access
from prodops.http import csv_response, paginate, render_page, wants_partial
from research.models import Accessed, Session, Study, Tag, TagGroup
from research.queries import coders, overlap
from research.services import access_log, taxonomy
from research.synthesis.agreement import reading
from research.synthesis.cooccurrence import EMPTY, heat

from .highlights import csv_of, note_quotes
from .tags import NOT_YOURS

SHOWN = 30


def _text(request, name):
    return request.GET.get(name, "").replace("\0", "")[:120]


@access(Can.RESEARCH_READ)
@require_GET
def duplicate_list(request):
    """Pairs of tags that may be one, with the reasons."""
    found = overlap.duplicates(request.user)
    if request.GET.get("format") == "csv":
        return _duplicates_csv(found)
    editable = set(Tag.objects.editable_by(request.user).values_list("pk", flat=True))
    context = {
        "pairs": found[:SHOWN],
        "more": max(0, len(found) - SHOWN),
        "editable": editable,
        "page_keys": [
            ("j k", "Next and previous pair"),
            ("m", "Merge the pair"),
            ("b", "Keep both: they are different"),
        ],
    }
    return render_page(request, "research/duplicate_list.html", context, partial="rows")


def _duplicates_csv(found):
    header = ["Tag", "Highlights", "Other tag", "Its highlights", "Names alike", "Together", "Meaning alike"]
    rows = (
        [
            *(one.first.name, one.used[0], one.second.name, one.used[1]),
            *("" if part is None else round(part, 3) for part in one.pair[2:]),
        ]
        for one in found
    )
    return csv_response("tags-that-may-be-one", header, rows)


@access(Can.RESEARCH_EDIT)
@require_POST
def duplicate_keep(request):
    """Remember that two tags are different."""
    slugs = [slug.replace("\0", "") for slug in request.POST.getlist("tag")[:2]]
    pair = list(Tag.objects.visible_to(request.user).live().filter(slug__in=slugs))
    if len(pair) != 2:
        raise Http404("One of these tags is no longer here.")
    if Tag.objects.editable_by(request.user).filter(pk__in=[tag.pk for tag in pair]).count() < 2:
        raise PermissionDenied(NOT_YOURS)
    taxonomy.keep_apart(*pair, by=request.user, at=timezone.now())
    if wants_partial(request):
        return duplicate_list.__wrapped__.__wrapped__(request)  # type: ignore[attr-defined]
    return redirect("research:duplicate_list")


def _matrix(request):
    """(what is asked for, the matrix of it)"""
    columns = _text(request, "by")
    asked = {
        "by": columns if columns in overlap.COLUMNS else "tag",
        "count": "people" if _text(request, "count") == "people" else "highlights",
        "group": TagGroup.objects.filter(slug=_text(request, "group")).first(),
        "study": Study.objects.visible_to(request.user).filter(slug=_text(request, "study")).first(),
    }
    found = overlap.cooccurrence(request.user, asked["by"], group=asked["group"], study=asked["study"])
    return asked, found


@access(Can.RESEARCH_READ)
@require_GET
def matrix(request):
    asked, found = _matrix(request)
    people = asked["count"] == "people"

    def value(row, column):
        return found.cells.get((row.key, column.key), EMPTY)[people]

    itself = asked["by"] == "tag"
    most = max(
        (
            value(row, column)
            for row in found.rows
            for column in found.columns
            if not (itself and row == column)
        ),
        default=0,
    )
    context = {
        "asked": asked,
        "found": found,
        "rows": [
            (row, [(column, value(row, column), heat(value(row, column), most)) for column in found.columns])
            for row in found.rows
        ],
        "columns": overlap.COLUMNS,
        "groups": TagGroup.objects.all(),
        "studies": Study.objects.visible_to(request.user).order_by("title", "pk"),
    }
    return render_page(request, "research/matrix.html", context, partial="rows")


@access(Can.RESEARCH_READ)
@require_GET
def matrix_csv(request):
    asked, found = _matrix(request)
    header = ["Tag", overlap.COLUMNS[asked["by"]], "Highlights", "People"]
    rows = (
        [row.label, column.label, *found.cells.get((row.key, column.key), EMPTY)]
        for row in found.rows
        for column in found.columns
    )
    return csv_response("tags-together", header, rows)


@access(Can.RESEARCH_READ)
@require_GET
def matrix_quotes(request):
    """What stands in one cell of the matrix: the quotes themselves."""
    if not _text(request, "tag"):
        return redirect("research:matrix")
    tag = get_object_or_404(Tag.objects.visible_to(request.user).live(), slug=_text(request, "tag"))
    columns, value = _text(request, "by") or "tag", _text(request, "value")
    study = Study.objects.visible_to(request.user).filter(slug=_text(request, "study")).first()
    rows = overlap.quotes(request.user, tag=tag, columns=columns, value=value, study=study)
    if rows is None:
        raise Http404("There is no such cell.")
    found = rows.for_list().order_by("-created_at", "-pk")
    if request.GET.get("format") == "csv":
        return csv_of(request, tag.slug, found)
    page = paginate(request, found, 30)
    note_quotes(request, page.rows)
    other = Tag.objects.filter(slug=value).first() if columns == "tag" else None
    context = {
        "tag": tag,
        "other": other,
        "label": overlap.COLUMNS.get(columns, ""),
        "value": value or "not known",
        "study": study,
        "page": page,
    }
    return render_page(request, "research/matrix_quotes.html", context, partial="rows")


@access(Can.RESEARCH_READ)
@require_GET
def agreement(request):
    """How far two people who tagged the same sessions agree, and where they do not."""
    studies = Study.objects.visible_to(request.user).order_by("title", "pk")
    study = studies.filter(slug=_text(request, "study")).first()
    context = {
        "studies": studies,
        "study": study,
        "sessions": [],
        "session": None,
        "coders": [],
        "first": None,
        "second": None,
        "found": None,
        "everything": _text(request, "units") == "all",
        "reading": reading,
        "pairs": [] if study else coders.pairs(request.user),
    }
    if study:
        access_log.study(request.user, Accessed.READ, study, at=timezone.now())
        context |= _coders(request, study)
        if context["first"] and context["second"]:
            context |= _compared(request, study, context)
            if request.GET.get("format") == "csv":
                return _agreement_csv(context)
    return render_page(request, "research/agreement.html", context, partial="rows")


def _agreement_csv(context):
    header = ["Tag", "Both", context["first"].name, context["second"].name, "Neither", "Kappa", "Alpha"]
    rows = (
        [tag.name, *table, *("" if one.value is None else round(one.value, 4) for one in measures)]
        for tag, table, *measures in context["found"].tables
    )
    return csv_response("agreement", header, rows)


def _coders(request, study):
    people = coders.coders(request.user, study)
    by_pk = {str(person.pk): person for person, _ in people}
    first = by_pk.get(_text(request, "first")) or (people[0][0] if len(people) > 1 else None)
    others = [person for person, _ in people if person != first]
    second = by_pk.get(_text(request, "second")) or (others[0] if first else None)
    sessions = Session.objects.filter(study=study).order_by("-held_on", "-pk")
    wanted = _text(request, "session")
    session = sessions.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 18 else None
    same = first is not None and first == second
    return {
        "coders": people,
        "first": first,
        "second": None if same else second,
        "sessions": sessions,
        "session": session,
        "same": same,
    }


def _compared(request, study, asked):
    found = coders.compare(
        request.user,
        study,
        asked["first"],
        asked["second"],
        session=asked["session"],
        overlap=not asked["everything"],
    )
    number = _text(request, "page")
    start = (int(number) - 1) * SHOWN if number.isdecimal() and 0 < len(number) < 5 else 0
    start = max(0, start) if start < len(found.apart) else 0
    units = found.apart[start : start + SHOWN]
    params = request.GET.copy()

    def url(page):
        params["page"] = str(page)
        return f"{request.path}?{params.urlencode()}"

    page = start // SHOWN + 1
    return {
        "found": found,
        "turns": coders.side_by_side(found, units),
        "before": url(page - 1) if start else "",
        "after": url(page + 1) if start + SHOWN < len(found.apart) else "",
    }
