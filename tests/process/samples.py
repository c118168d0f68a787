from django.utils import timezone

from process.models import CycleState, DocumentState, OkrCycle
from process.services import templates
from prodops.models import Role
from prodops.quarters import Quarter
from tests.factories.process import (
    CheckInFactory,
    DocumentFactory,
    DocumentTemplateFactory,
    KeyResultFactory,
    ObjectiveFactory,
)
from tests.process import (
    samples_alignment,
    samples_gates,
    samples_key_results,
    samples_learning,
    samples_lives,
)


def _document(people, **fields):
    owner = people[Role.PRODUCT_OPS]
    return {"pk": DocumentFactory(owner=owner, team=owner.teams.get(), **fields).pk}


def _template(people):
    template = DocumentTemplateFactory()
    ops = people[Role.PRODUCT_OPS]
    templates.revise(template, name="PRD", purpose="Agree", body="## New", by=ops, at=timezone.now())
    return {"slug": template.slug}


def _documents(people, n):
    version = DocumentTemplateFactory().current
    owner = people[Role.PRODUCT_OPS]
    DocumentFactory.create_batch(n, template_version=version, owner=owner, team=owner.teams.get())


def _cycle(**fields):
    """The cycle of the quarter that is on."""
    quarter = Quarter.of(timezone.now().date())
    cycle, _ = OkrCycle.objects.get_or_create(year=quarter.year, number=quarter.number, defaults=fields)
    return cycle


def _active(people):
    signed = {"activated_at": timezone.now(), "activated_by": people[Role.PRODUCT_OPS]}
    return _cycle(state=CycleState.ACTIVE, **signed)


def _key_results(people, n):
    owner = people[Role.PRODUCT_OPS]
    team = owner.teams.get()
    objective = ObjectiveFactory(cycle=_active(people), team=team, owner=owner)
    rows = KeyResultFactory.create_batch(n, objective=objective)
    for row in rows[:3]:
        CheckInFactory(key_result=row)
    return rows


def _key_result(people):
    return {"pk": _key_results(people, 1)[0].pk}


def _objective(people):
    return {"pk": _key_results(people, 2)[0].objective_id}


def _objectives(people, n):
    owner = people[Role.PRODUCT_OPS]
    ours = {"cycle": _active(people), "team": owner.teams.get(), "owner": owner}
    for objective in ObjectiveFactory.create_batch(n, **ours):
        CheckInFactory(key_result=KeyResultFactory(objective=objective))


def _cycles(people, n):
    quarters = [(2000 + index // 4, index % 4 + 1) for index in range(OkrCycle.objects.count(), n + 40)]
    OkrCycle.objects.bulk_create(
        [OkrCycle(year=year, number=number) for year, number in quarters], ignore_conflicts=True
    )


def _slug(people):
    return {"slug": _active(people).slug}


SAMPLES = {
    "process:objective_detail": _objective,
    "process:objective_edit": _objective,
    "process:objective_remove": _objective,
    "process:key_result_add": _objective,
    "process:key_result_edit": _key_result,
    "process:key_result_remove": _key_result,
    "process:check_in_one": _key_result,
    "process:cycle_detail": _slug,
    "process:cycle_csv": _slug,
    "process:cycle_pdf": _slug,
    "process:objective_write": _slug,
    "process:document_create": lambda people: {"template": DocumentTemplateFactory().slug},
    "process:document_detail": _document,
    "process:document_edit": _document,
    "process:document_submit": _document,
    "process:document_withdraw": lambda people: _document(people, state=DocumentState.IN_REVIEW),
    "process:document_finalise": lambda people: _document(people, state=DocumentState.IN_REVIEW),
    "process:document_reopen": _document,
    "process:template_detail": _template,
    "process:template_revise": _template,
    "process:template_approve": _template,
    "process:template_version": lambda people: _template(people) | {"number": 2},
}
LISTS = {
    "process:okr_home": _objectives,
    "process:cycle_detail": _objectives,
    "process:cycle_csv": _objectives,
    "process:cycle_list": _cycles,
    "process:check_in": _key_results,
    "process:document_list": _documents,
    "process:document_new": lambda people, n: DocumentTemplateFactory.create_batch(n),
    "process:template_list": lambda people, n: DocumentTemplateFactory.create_batch(n),
}
SAMPLES |= samples_alignment.merged(_objective, _slug) | samples_key_results.SAMPLES
LISTS |= {"process:alignment_tree": _objectives, "process:okr_import_list": samples_alignment.imports}
LISTS["process:okr_export"] = _objectives
LISTS["process:company_okrs"] = LISTS["process:team_okrs"] = _objectives
SAMPLES |= samples_gates.SAMPLES | samples_lives.SAMPLES | samples_learning.SAMPLES
LISTS |= samples_gates.LISTS | samples_lives.LISTS | samples_learning.LISTS
