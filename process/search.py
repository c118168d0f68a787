"""What of process is findable."""

from prodops import search
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
