"""What the addresses of recruiting are walked with."""

from django.utils import timezone

from prodops.models import Role
from research.models import Clearance, InvitationBatch, Quota, RecruitState, ScreenerQuestion
from tests.factories.prodops import CustomerAccountFactory
from tests.factories.research import (
    ParticipantFactory,
    RecruitFactory,
    RecruitingFactory,
    StudyFactory,
)


def _study(people):
    study = StudyFactory(team=people[Role.MEMBER].teams.get(), lead=people[Role.PRODUCT_OPS])
    RecruitingFactory(study=study)
    Quota.objects.create(study=study, segment="mid", wanted=3)
    return study


def _question(people):
    return ScreenerQuestion.objects.create(
        study=_study(people), position=0, text="How often?", options=["Daily", "Never"], rejects=["Never"]
    )


def _batch(people):
    now = timezone.now()
    by = people[Role.PRODUCT_OPS]
    return InvitationBatch.objects.create(
        study=_study(people), subject="S", words="W", send_at=now, created_at=now, created_by=by
    )


def _recruit(people, state=RecruitState.SCREENED):
    person = ParticipantFactory(account=CustomerAccountFactory(), email="kim@example.test")
    return RecruitFactory(study=_study(people), state=state, participant=person)


def _invited(people):
    recruit = _recruit(people, RecruitState.INVITED)
    ScreenerQuestion.objects.create(study=recruit.study, position=0, text="How many?", kind="number")
    return {"token": recruit.token}


def _clearance(people, owner=Role.PRODUCT_OPS):
    return Clearance.objects.create(
        study=_study(people),
        account=CustomerAccountFactory(owner=people[owner]),
        owner=people[owner],
        state="waiting",
        asked_by=people[Role.MEMBER],
        asked_at=timezone.now(),
    )


def _slug(people):
    return {"slug": _study(people).slug}


def _candidates(people, n):
    account = CustomerAccountFactory()
    return [
        ParticipantFactory(account=account, email=f"p{number}@example.test", added_on="2026-01-01")
        for number in range(n)
    ]


SAMPLES = {
    "research:recruiting_board": lambda people: {"slug": _recruit(people).study.slug},
    **{
        f"research:{name}": _slug
        for name in (
            *("recruiting_csv", "recruiting_setup", "recruiting_quotas", "recruiting_screener"),
            *("recruiting_close", "recruiting_remind", "recruit_candidates", "recruit_check"),
        )
    },
    **{
        f"research:{name}": lambda people: {"pk": _question(people).pk}
        for name in ("question_edit", "question_remove", "question_raise")
    },
    "research:batch_cancel": lambda people: {"pk": _batch(people).pk},
    **{
        f"research:{name}": lambda people: {"pk": _recruit(people).pk}
        for name in ("recruit_detail", "recruit_admit", "recruit_turn_away", "recruit_held", "recruit_remind")
    },
    "research:clearance_allow": lambda people: {"pk": _clearance(people).pk},
    "research:clearance_refuse": lambda people: {"pk": _clearance(people).pk},
    **{
        f"research:{name}": _invited
        for name in ("invited", "screener", "onward", "invitation_decline", "opt_out")
    },
}
LISTS = {"research:clearance_list": lambda people, n: [_clearance(people) for _ in range(n)]}
