"""Samples of comments, what goes out, the roadmap and promises."""

from django.utils import timezone

from coordination.models import BlockedTerm, RequestLink, RoadmapLink
from coordination.services import outgoing, request_comments
from prodops.models import Role
from tests.factories.coordination import PromiseFactory, RequestFactory, RoadmapItemFactory


def _request(people):
    asker = people[Role.PRODUCT_OPS]
    return RequestFactory(submitter=asker, submitter_team=asker.teams.first())


def _pk(people):
    return {"pk": _request(people).pk}


def _comment(people):
    request = _request(people)
    by, at = people[Role.PRODUCT_OPS], request.submitted_at
    return {"pk": request_comments.note(request, "Between us.", by=by, at=at).pk}


def _item(people):
    item = RoadmapItemFactory(owner=people[Role.PRODUCT_OPS])
    request = _request(people)
    RoadmapLink.objects.create(
        request=request, item=item, linked_by=item.owner, linked_at=request.submitted_at
    )
    return item


def _link(people):
    return {"pk": _item(people).links.get().pk}


def _other_link(people):
    request = _request(people)
    link = RequestLink.objects.create(
        request=request,
        url="https://tickets.example.test/1",
        linked_by=request.submitter,
        linked_at=request.submitted_at,
    )
    return {"pk": link.pk}


def _promise(people):
    return {"pk": PromiseFactory(made_by=people[Role.PRODUCT_OPS]).pk}


def _term(people):
    term = BlockedTerm.objects.create(
        term="Project Owl", added_by=people[Role.PRODUCT_OPS], added_at=timezone.now()
    )
    return {"pk": term.pk}


def _items(people, n):
    RoadmapItemFactory.create_batch(n, owner=people[Role.PRODUCT_OPS])


def _promises(people, n):
    PromiseFactory.create_batch(n, made_by=people[Role.PRODUCT_OPS])


_OF_REQUESTS = ("comment_add", "comment_send", "outgoing_check", "request_link", "request_evidence")
_OF_ITEMS = ("roadmap_item", "roadmap_edit", "roadmap_move", "roadmap_tell")
_OF_PROMISES = ("promise_detail", "promise_keep", "promise_break", "promise_reopen")
SAMPLES = {
    **{f"coordination:{name}": _pk for name in _OF_REQUESTS},
    **{f"coordination:{name}": lambda people: {"pk": _item(people).pk} for name in _OF_ITEMS},
    **{f"coordination:{name}": _promise for name in _OF_PROMISES},
    "coordination:comment_take_back": _comment,
    "coordination:request_unlink": _other_link,
    "coordination:roadmap_unlink": _link,
    "coordination:term_remove": _term,
    "coordination:mail_stop": lambda people: {"token": outgoing.token_for("ann@example.test")},
}
LISTS = {"coordination:roadmap_list": _items, "coordination:promise_list": _promises}
