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
