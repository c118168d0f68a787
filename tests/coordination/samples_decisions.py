from prodops.models import Role
from tests.factories.coordination import DeclineReasonFactory, RequestFactory, VoiceFactory


def _request(people):
    asker = people[Role.PRODUCT_OPS]
    request = RequestFactory(submitter=asker, submitter_team=asker.teams.first())
    VoiceFactory(request=request, added_by=asker)
    return {"pk": request.pk}


def _reason(people):
    return {"slug": DeclineReasonFactory().slug}


def _reasons(people, n):
    for number in range(n):
        DeclineReasonFactory(slug=f"reason-{number}", name=f"Reason {number}")


_OF_ONE = ("advance", "voice_new", "request_impact", "request_impact_csv")
SAMPLES = {
    **{
        f"coordination:{name}": _request
        for name in ("advance", "voice_new", "request_impact", "request_impact_csv")
    },
    **{f"coordination:reason_{name}": _reason for name in ("edit", "retire", "restore")},
}
LISTS = {"coordination:reason_list": _reasons}
