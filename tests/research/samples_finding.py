from prodops.models import Role
from tests.factories.research import HighlightFactory, InsightFactory


def _insight(people):
    team = people[Role.MEMBER].teams.get()
    return InsightFactory(team=team, published=True, evidence=[HighlightFactory()])


def _asked(people):
    insight = _insight(people)
    insight.reviews.create(reviewer=people[Role.ADMIN])
    return {"pk": insight.pk, "reviewer": people[Role.ADMIN].pk}


SAMPLES = {
    f"research:{name}": lambda people: {"pk": _insight(people).pk}
    for name in (
        *("insight_submit", "insight_say", "insight_withdraw", "insight_supersede", "insight_retract"),
        *("insight_reinstate", "insight_reopen", "insight_confirm", "evidence_results"),
    )
} | {"research:insight_excuse": _asked}
LISTS: dict = {}
