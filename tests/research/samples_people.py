from prodops.models import Role
from research.models import PanelImport
from tests.factories.people import (
    ConsentFormFactory,
    ConsentTextFactory,
    ContactBarFactory,
    IncentiveFactory,
    PanelImportFactory,
    PersonFactory,
    RecruitFactory,
    SignatureFactory,
    WithdrawalFactory,
)
from tests.factories.research import StudyFactory


def _study(people):
    return StudyFactory(team=people[Role.MEMBER].teams.get(), lead=people[Role.PRODUCT_OPS])


def _person(people):
    return {"pk": PersonFactory().pk}


def _incentive(people):
    return {"pk": IncentiveFactory(study=_study(people)).pk}


def _load(people):
    return {"pk": PanelImportFactory(by=people[Role.PRODUCT_OPS]).pk}


def _token(people):
    recruit = RecruitFactory(study=_study(people))
    ConsentTextFactory()
    return {"token": recruit.token}


def _withdrawal(people):
    return {"pk": WithdrawalFactory().pk}


def _people(people, n):
    for one in PersonFactory.create_batch(n):
        ContactBarFactory(participant=one, by=people[Role.PRODUCT_OPS])


def _incentives(people, n):
    IncentiveFactory.create_batch(n, study=_study(people))


SAMPLES = {
    "research:participant_edit": _person,
    "research:participant_bar": _person,
    "research:bar_lift": lambda people: {"pk": ContactBarFactory().pk},
    "research:participant_override": _person,
    "research:participant_merge": _person,
    "research:participant_withdraw": _person,
    "research:incentive_add": _person,
    "research:panel_import": _load,
    "research:panel_import_columns": _load,
    "research:panel_import_confirm": _load,
    "research:panel_import_discard": _load,
    "research:panel_import_undo": _load,
    "research:consent_form": lambda people: {"pk": ConsentTextFactory().form_id},
    "research:consent_write": lambda people: {"pk": ConsentTextFactory().form_id},
    "research:consent_edit": lambda people: {"pk": ConsentTextFactory().form_id},
    "research:consent_retire": lambda people: {"pk": ConsentTextFactory().form_id},
    "research:study_incentive_enter": lambda people: {"slug": _study(people).slug},
    "research:consent_publish": lambda people: {
        "pk": ConsentTextFactory(published_at=None, published_by=None).pk
    },
    "research:signature_pdf": lambda people: {"pk": SignatureFactory(study=_study(people)).pk},
    "research:withdrawal": _withdrawal,
    "research:withdrawal_erase": _withdrawal,
    "research:study_consent": lambda people: {"slug": _study(people).slug},
    "research:study_incentive": lambda people: {"slug": _study(people).slug},
    "research:incentive_approve": _incentive,
    "research:incentive_pay": _incentive,
    "research:incentive_fail": _incentive,
    "research:incentive_cancel": _incentive,
    "research:consent_sign": _token,
    "research:consent_withdraw": _token,
}
LISTS = {
    "research:panel_list": _people,
    "research:panel_import_list": lambda people, n: PanelImport.objects.bulk_create(
        PanelImportFactory.build_batch(n, by=people[Role.PRODUCT_OPS])
    ),
    "research:consent_list": lambda people, n: ConsentFormFactory.create_batch(n),
    "research:withdrawal_list": lambda people, n: WithdrawalFactory.create_batch(n),
    "research:incentive_list": _incentives,
}
