"""Samples of comments, what goes out, the roadmap and promises."""

from coordination.services import outgoing, request_comments
from prodops.models import Role
from tests.factories.coordination import RequestFactory


def _request(people):
    asker = people[Role.PRODUCT_OPS]
    return RequestFactory(submitter=asker, submitter_team=asker.teams.first())


def _pk(people):
    return {"pk": _request(people).pk}


def _comment(people):
    request = _request(people)
    by, at = people[Role.PRODUCT_OPS], request.submitted_at
    return {"pk": request_comments.note(request, "Between us.", by=by, at=at).pk}


SAMPLES = {
    **{f"coordination:{name}": _pk for name in ("comment_add", "comment_send", "outgoing_check")},
    "coordination:comment_take_back": _comment,
    "coordination:mail_stop": lambda people: {"token": outgoing.token_for("ann@example.test")},
}
LISTS: dict = {}
