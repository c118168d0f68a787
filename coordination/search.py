"""What of this app is findable: requests, by members all, by submitters their own and their team's."""

from prodops import search
from prodops.access import Can
from prodops.search import Entry


@search.register("request", model="coordination.request", plural="Requests", icon="inbox", order=50)
def request(request):
    # Submitters find their own by it: the state in their words. Members read the other on its page
    parts = (request.problem, request.affected, request.workaround, request.ref)
    area = request.area.name if request.area_id else "No area yet"
    return Entry(
        title=request.title,
        body="\n".join(part for part in parts if part),
        url=request.get_absolute_url(),
        capability=Can.REQUEST_SUBMIT,
        wide_capability=Can.REQUEST_TRIAGE,
        happened_at=request.submitted_at,
        context=f"{request.ref} · {request.requester_words} · {area}",
        team_ids=[request.submitter_team_id] if request.submitter_team_id else [],
        user_ids=[request.submitter_id],
    )


@search.register("roadmap", model="coordination.roadmapitem", plural="Roadmap", icon="flag", order=55)
def roadmap_item(item):
    due = item.due_words
    return Entry(
        title=item.title,
        body=item.public_words,
        url=item.get_absolute_url(),
        capability=Can.REQUEST_TRIAGE,
        happened_at=item.changed_at,
        context=f"{item.get_state_display()} · {due}" if due else item.get_state_display(),
    )
