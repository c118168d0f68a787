"""What of process is findable."""

from django.utils import timezone

from process.models import CycleState, KeyResult, Objective
from prodops import comboboxes, search
from prodops.access import Can
from prodops.search import Entry


@search.register("document", model="process.document", plural="Documents", icon="file-earmark-text", order=50)
def document(document):
    template = document.template_version.template.name
    return Entry(
        title=document.title,
        body=document.body,
        url=document.get_absolute_url(),
        capability=Can.DOCUMENT_READ,
        happened_at=document.updated_at,
        context=f"{template} · {document.get_state_display()}",
    )


@search.register(
    "template", model="process.documenttemplate", plural="Templates", icon="file-earmark", order=55
)
def template(template):
    return Entry(
        title=template.name,
        body=template.purpose,
        url=template.get_absolute_url(),
        capability=Can.DOCUMENT_READ,
        happened_at=template.current.approved_at if template.current else timezone.now(),
    )


@search.register("cycle", model="process.okrcycle", plural="OKR cycles", icon="calendar3", order=47)
def cycle(cycle):
    return Entry(
        title=str(cycle),
        body="OKRs objectives and key results",
        url=cycle.get_absolute_url(),
        capability=Can.OKR_READ,
        happened_at=cycle.closed_at or cycle.activated_at or timezone.now(),
        context=cycle.get_state_display(),
    )


@search.register("objective", model="process.objective", plural="Objectives", icon="bullseye", order=45)
def objective(objective):
    results = [row.title for row in objective.key_results.all()]
    return Entry(
        title=objective.title,
        body="\n".join([objective.why, *results]),
        url=objective.get_absolute_url(),
        capability=Can.OKR_READ,
        happened_at=objective.created_at,
        context=f"{objective.cycle} · {objective.team}",
    )


def _open(user):
    """Objectives that something can serve, the newest cycles' first."""
    living = Objective.objects.visible_to(user).filter(abandoned_at=None, archived_at=None)
    going = living.exclude(cycle__state=CycleState.CLOSED).select_related("cycle", "team")
    return going.order_by("-cycle__year", "-cycle__number", "title", "pk")


def _open_results(user):
    rows = KeyResult.objects.visible_to(user).filter(objective__in=_open(user).order_by())
    going = rows.select_related("objective__cycle", "objective__team")
    return going.order_by("-objective__cycle__year", "-objective__cycle__number", "title", "pk")


comboboxes.offer(
    "objective",
    can=Can.OKR_READ,
    things=_open,
    fields=("title", "team__name"),
    key="pk",
    none="No objective of an open cycle is called that.",
    about=lambda one, user: (f"{one.team} · {one.cycle}", {}),
)
comboboxes.offer(
    "key-result",
    can=Can.OKR_READ,
    things=_open_results,
    fields=("title", "objective__title"),
    key="pk",
    none="No key result of an open cycle is called that.",
    about=lambda one, user: (f"{one.objective} · {one.objective.team} · {one.objective.cycle}", {}),
)


@search.register(
    "learning",
    model="process.retrospective",
    plural="What objectives taught",
    icon="journal-text",
    order=46,
    meaning=("body",),
)
def learning(told):
    """What a team learned from an objective; one without words is not to be found."""
    objective = told.objective
    words = (told.learned, told.differently, told.went_well, told.went_badly, told.postmortem)
    if not any(words):
        return None
    return Entry(
        title=f"What “{objective.title}” taught",
        body="\n\n".join(filter(None, words)),
        url=told.get_absolute_url(),
        capability=Can.OKR_READ,
        happened_at=told.at,
        context=f"{objective.cycle} · {objective.team}",
    )
