"""The alignment tree of a cycle."""

from urllib.parse import urlencode

from django.http import Http404
from django.utils import timezone
from django.views.decorators.http import require_GET

from process.models import Level, OkrCycle
from process.queries import tree as reads
from process.views.cycles import cycle_of
from prodops.access import Can, access
from prodops.http import csv_response, render_page

KEYS = [
    ("+ −", "Draw the tree larger or smaller"),
    ("0", "As large as fits"),
    ("arrow keys", "Go along the tree"),
    ("Enter", "Open the objective"),
]
MOST_FOLDED = 200


def _number(text):
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None


class Asked:
    """What of the tree is asked for, from the address; what makes no sense asks for nothing."""

    def __init__(self, request, known):
        self.team = _number(request.GET.get("team", ""))
        self.level = request.GET.get("level", "")
        self.level = self.level if self.level in Level else ""
        self.of = _number(request.GET.get("of", ""))
        if request.GET.get("of") and self.of not in known:
            raise Http404("No objective of this tree has this address.")
        numbers = map(_number, request.GET.get("folded", "").split("-")[:MOST_FOLDED])
        self.folded = sorted({one for one in numbers if one})

    def query(self, **changed):
        """The address of the tree with something changed."""
        said = {"team": self.team, "level": self.level, "of": self.of, "folded": self.folded} | changed
        said["folded"] = "-".join(map(str, said["folded"]))
        return "?" + urlencode({name: value for name, value in said.items() if value})

    def query_of(self, node):
        """Where a box that stands for many leads: into it."""
        wanted = dict(part.split("=") for part in node.query.split("&"))
        return self.query(folded=[], **{"team": None, **wanted})

    def toggled(self, key):
        """The address with one branch folded away, or unfolded."""
        return self.query(folded=sorted(set(self.folded) ^ {key}))


@access(Can.OKR_READ)
@require_GET
def alignment_tree(request, slug):
    """A cycle's objectives as they serve each other; `?of=`, `?team=`, `?level=` and `?folded=` narrow it."""
    cycle, now = cycle_of(request, slug), timezone.now()
    stands = reads.stands(cycle, at=now)
    known, _ = stands
    asked = Asked(request, known)
    if request.GET.get("format") == "csv":
        head = [
            *("Objective", "Team", "Owner", "Level", "Cycle", "Serves", "Of", "How"),
            *("Progress", "Pace", "Grade", "Band"),
        ]
        return csv_response(f"alignment-{cycle.slug}", head, _rows(*stands))
    narrowed = {"of": asked.of, "team": asked.team, "level": asked.level, "folded": asked.folded}
    found = reads.tree(cycle, at=now, known=stands, **narrowed)
    context = {
        "cycle": cycle,
        "tree": found,
        "asked": asked,
        "root": known.get(asked.of),
        "teams": sorted({(one.team, one.team_id) for one in known.values()}),
        "levels": Level.choices,
        "cycles": list(OkrCycle.objects.visible_to(request.user).filter(year=cycle.year)),
        "way_of": reads.way_of,
        "page_keys": KEYS,
    }
    return render_page(request, "process/alignment_tree.html", context)


def _rows(known, links):
    serves: dict[int, list] = {}
    for child, parent, kind in links:
        above = known[parent]
        serves.setdefault(child, []).append((above.title, f"{above.team}, {above.cycle}", reads.way_of(kind)))
    for one in known.values():
        about = (one.title, one.team, one.owner, one.level, one.cycle)
        stands = (one.percent, one.over or one.pace, one.grade, one.band)
        for line in serves.get(one.pk, [("", "", "")]):
            yield *about, *line, *stands
