"""What a board's page shows, whole or the block that its verbs swap."""

from django.db.models import Exists, OuterRef

from metrics.models import BoardRange, Dashboard, DigestSubscription
from metrics.queries import boards as reads
from metrics.queries.badges import badges
from prodops.access import Can, allowed
from prodops.http import render_block, render_page
from prodops.stars import star_of

TEMPLATE = "metrics/board.html"
WALL = "metrics/board_wall.html"
KEYS = [
    ("Tab", "To the next panel’s handle"),
    ("← →", "Move the panel whose handle has the focus; Home and End move it to an end"),
    ("z", "Take the last change back"),
]


def boards(user, at=None):
    """The boards a person sees, with what their page needs; with `at` also how they are used."""
    found = Dashboard.objects.visible_to(user).boards().for_page().with_kpis()
    if at is None:
        return found
    mine = DigestSubscription.objects.filter(dashboard=OuterRef("pk"), user=user)
    return found.with_use(at).annotate(subscribed=Exists(mine))


def context(request, board, *, at, arranging=None):
    """Everything the page needs. `arranging` says whether the panels are being arranged."""
    may_edit = allowed(request.user, Can.KPI_EDIT) and board.is_editable_by(request.user)
    if arranging is None:
        arranging = request.GET.get("arrange") == "1"
    chosen, days = reads.days_of(board, request.GET.get("range", ""))
    tiles = reads.tiles(reads.panels_of(board), days=days, at=at)
    arranging = arranging and may_edit and not board.is_archived
    return {
        "board": board,
        "tiles": tiles,
        "held": sorted({tile.kpi.name for tile in tiles if tile.quarantine}),
        "behind": len([tile for tile in tiles if tile.moved_on]),
        "badges": badges(board, reads.facts_of(tiles), at=at),
        "may_edit": may_edit,
        "arranging": arranging,
        "last_change": board.arrangements.first() if arranging else None,
        "range": chosen,
        "ranges": BoardRange.choices,
        "stale_reasons": board.stale_reasons(at),
        "star": star_of(request, board),
        "page_keys": KEYS if arranging else [],
        "now": at,
    }


def answer(request, board, *, at, status=200, trigger=None):
    """The board's block after a verb, with what is to be said of it; 409 where the verb came too late."""
    fresh = boards(request.user, at).get(pk=board.pk)
    found = context(request, fresh, at=at, arranging=True)
    response = render_block(request, TEMPLATE, "tiles", found, status=status)
    if trigger:
        response["HX-Trigger"] = trigger
    return response


def whole(request, found, **options):
    """The page, or for htmx the panels alone."""
    return render_page(request, TEMPLATE, found, partial="tiles", **options)
