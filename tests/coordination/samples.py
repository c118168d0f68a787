from coordination.models import Voice
from prodops.models import Role
from tests.coordination import (
    samples_channels,
    samples_decisions,
    samples_files,
    samples_forms,
    samples_mail,
    samples_outgoing,
    samples_routing,
    samples_triage,
    samples_webhooks,
)
from tests.factories.coordination import RequestFactory, VoiceFactory
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory


def _request(people):
    """One of the product-ops person's own, with an account."""
    asker = people[Role.PRODUCT_OPS]
    request = RequestFactory(submitter=asker, submitter_team=asker.teams.first())
    VoiceFactory(request=request, added_by=asker)
    return {"pk": request.pk}


def _requests(people, n):
    asker = people[Role.PRODUCT_OPS]
    area = ProductAreaFactory()
    accounts = CustomerAccountFactory.create_batch(5)
    requests = RequestFactory.create_batch(n, submitter=asker, area=area)
    Voice.objects.bulk_create(
        VoiceFactory.build(request=one, account=accounts[place % 5], added_by=asker)
        for place, one in enumerate(requests)
    )


_ONE = (
    *(
        "triage_item",
        "request_detail",
        "request_ties",
        "request_sent",
        "join",
        "request_similar",
        "voice_add",
        "accept",
    ),
    *("decline", "merge", "unmerge", "reopen", "snooze", "wake", "assign"),
)
SAMPLES = {f"coordination:{name}": _request for name in _ONE}
SAMPLES |= samples_routing.SAMPLES
SAMPLES |= samples_outgoing.SAMPLES
LISTS = {
    **samples_routing.LISTS,
    "coordination:request_list": _requests,
    "coordination:my_requests": _requests,
    "coordination:triage": _requests,
}
SAMPLES |= samples_channels.SAMPLES
LISTS |= samples_channels.LISTS
SAMPLES |= samples_files.SAMPLES
LISTS |= samples_files.LISTS
SAMPLES |= samples_triage.SAMPLES
SAMPLES |= {f"coordination:{name}": _request for name in ("triage_take", "triage_keep")}
LISTS |= samples_triage.LISTS
SAMPLES |= samples_webhooks.SAMPLES
LISTS |= samples_webhooks.LISTS
SAMPLES |= samples_decisions.SAMPLES
LISTS |= samples_decisions.LISTS
SAMPLES |= samples_mail.SAMPLES
LISTS |= samples_mail.LISTS
SAMPLES |= samples_forms.SAMPLES
LISTS |= samples_forms.LISTS
LISTS |= samples_outgoing.LISTS
