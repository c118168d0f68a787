"""What process shows elsewhere: side bar, create menu, panels on lower pages; what may be discussed."""

from django.utils import timezone

from process import queries
from process.models import CycleState, Document, KeyResult
from prodops import citations, nav, panels, scorecard, subjects, words
from prodops.access import Can, allowed
from prodops.citations import Citation

from . import alignment, grading, meetings  # noqa: F401  (each registers)
from .showing import show as _panel


def my_open_check_ins(user):
    """The person's key results of active cycles that have no check-in this week."""
    return KeyResult.objects.mine_now(user).without_check_in(queries.week_at(timezone.now()))


nav.register(
    "process",
    nav.Item("OKRs", "process:okr_home", Can.OKR_READ, waiting=my_open_check_ins, key="o"),
    nav.Item("Documents", "process:document_list", Can.DOCUMENT_READ, key="d"),
    nav.Item("Templates", "process:template_list", Can.DOCUMENT_READ),
)
nav.action(
    nav.Action("Check in", "process:check_in", Can.OKR_CHECK_IN),
    nav.Action("New document", "process:document_new", Can.DOCUMENT_EDIT),
)
subjects.register("process.document", Can.DOCUMENT_READ)
subjects.register("process.objective", Can.OKR_READ)
scorecard.register(
    scorecard.Measure(
        "process.fresh_check_ins",
        "Key results with a fresh check-in",
        "Key results of active cycles that somebody checked in on this week or last.",
        queries.fresh_share,
    )
)
scorecard.register(
    scorecard.Measure(
        "process.bound_to_kpis",
        "Key results that follow a KPI",
        "Key results of active cycles whose value comes from the KPI registry by itself.",
        queries.bound_share,
    )
)
for verb, sentence in {
    "template.created": "wrote this template",
    "template.revised": "revised the draft",
    "template.approved": "approved version {version}",
    "document.created": "began this from {template}",
    "document.edited": "saved version {version}",
    "document.submitted": "sent this for review",
    "document.withdrawn": "took this back to draft",
    "document.finalised": "made this final",
    "document.reopened": "reopened this: “{reason}”",
    "okr_cycle.opened": "opened the cycle",
    "okr_cycle.moved": "moved the cycle from {was} to {state}",
    "okr_cycle.passed": "moved the cycle to {state} though its gate was not met: “{reason}”",
    "okr_cycle.put_back": "put the cycle back to {state}: “{reason}”",
    "okr_cycle.personal_set": "{word} personal objectives",
    "okr_cycle.gate_planned": "planned the gate of {state}",
    "okr_cycle.item_added": "put “{text}” on the checklist",
    "okr_cycle.item_ticked": "ticked “{text}”",
    "okr_cycle.item_unticked": "took the tick from “{text}”",
    "okr_cycle.item_removed": "took “{text}” off the checklist",
    "okr_cycle.reminded": "reminded who is late ({count})",
    "okr_cycle.gate_due": "asked for what is missing by {due}",
    "check_in.due": "asked for the check-ins of the week of {week}",
    "grade.due": "asked for the grades that are missing",
    "objective.written": "wrote this objective",
    "objective.written_late": "wrote this objective after the cycle's others were agreed: “{reason}”",
    "objective.reviewed": "reviewed this objective",
    "objective.review_undone": "asked for a review again",
    "objective.abandoned": "abandoned this objective: “{reason}”",
    "objective.taken_up": "took this objective up again",
    "objective.archived": "archived this objective",
    "objective.restored": "restored this objective",
    "objective.cloned": "cloned this from {cycle}",
    "objective.cloned_late": "cloned this from {cycle} after others were agreed: “{reason}”",
    "objective.carried_late": "carried this forward from {cycle} after others were agreed: “{reason}”",
    "objective.carried": "carried this forward from {cycle}",
    "objective.edited": "edited this objective",
    "objective.review_lapsed": "changed what had been reviewed, so it is to be reviewed again",
    "key_result.added": "added the key result “{title}”",
    "key_result.added_late": "added the key result “{title}” after the others were agreed: “{reason}”",
    "key_result.removed_late": "removed the key result “{title}”, which was agreed: “{reason}”",
    "milestone.added_late": "added the milestone “{title}” after the others were agreed: “{reason}”",
    "milestone.edited_late": "changed the milestone “{title}”, which was agreed: “{reason}”",
    "milestone.removed_late": "removed the milestone “{title}”, which was agreed: “{reason}”",
    "key_result.edited": "edited the key result “{title}”",
    "key_result.agreed_anew": "changed what was agreed of “{title}”: “{reason}”",
    "key_result.removed": "removed the key result “{title}”",
    "check_in.recorded": "checked in",
    "check_in.undone": "took a check-in back",
    "milestone.added": "added the milestone “{title}”",
    "milestone.edited": "edited the milestone “{title}”",
    "milestone.removed": "removed the milestone “{title}”",
    "milestone.moved": "moved the milestone “{title}” to place {place}",
    "milestone.done": "said that “{title}” is done",
    "milestone.reopened": "said that “{title}” is not done yet",
    "key_result.waived": "let “{title}” be graded though its data are in doubt: “{reason}”",
    "key_result.unwaived": "took the waiver of “{title}” back",
    "key_result.redefined": "let “{title}” follow version {number} of its KPI: “{reason}”",
}.items():
    words.register(verb, sentence)
SHOWN = 8


def area_documents(request, area):
    """The newest documents of a product area."""
    if not allowed(request.user, Can.DOCUMENT_READ):
        return None
    documents = list(Document.objects.visible_to(request.user).for_list().filter(area=area)[:SHOWN])
    return _panel(request, "documents", "Documents", {"documents": documents}) if documents else None


panels.register("prodops.productarea", "process-documents", area_documents, order=40)


def kpi_key_results(request, kpi):
    """The key results whose value is this KPI's, those of the newest cycle first."""
    if not allowed(request.user, Can.OKR_READ):
        return None
    following = KeyResult.objects.visible_to(request.user).filter(kpi=kpi).for_list()
    newest = following.order_by("-objective__cycle__year", "-objective__cycle__number", "pk")[:SHOWN]
    shown = queries.standings(newest, at=timezone.now())
    title = "Key results that follow this KPI"
    return _panel(request, "key_results", title, {"standings": shown}) if shown else None


def key_results_citing(kpi_ids, user):
    """The key results that follow these KPIs, for those who are about to change one."""
    if not allowed(user, Can.OKR_READ):
        return
    following = KeyResult.objects.visible_to(user).filter(kpi__in=kpi_ids).for_list()
    for row in following.order_by("-objective__cycle__year", "-objective__cycle__number", "pk"):
        yield Citation(
            row.kpi_id,
            row.title,
            row.get_absolute_url(),
            row.kpi_version_id,
            row.owner,
            row.objective.team,
            str(row.objective.cycle),
            row.objective.cycle.state != CycleState.CLOSED,
        )


def my_check_ins(request, _subject):
    """On the home page: what this week's check-in still asks of me."""
    if not allowed(request.user, Can.OKR_CHECK_IN):
        return None
    shown = queries.mine(request.user, at=timezone.now())
    return _panel(request, "my_check_ins", "My check-ins this week", {"standings": shown}) if shown else None


panels.register("metrics.kpi", "process-key-results", kpi_key_results, order=40)
citations.register("metrics.kpi", kind="Key result", plural="Key results", find=key_results_citing, order=10)
panels.register("home", "process-check-ins", my_check_ins, order=20)
