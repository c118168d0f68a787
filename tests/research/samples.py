from tests.factories.research import InsightReportFactory, ReportSectionFactory


def _draft(people):
    return {"pk": InsightReportFactory().pk}


def _section(people):
    return {"pk": ReportSectionFactory().pk}


SAMPLES = {
    "research:report_detail": lambda people: {"pk": InsightReportFactory(published=True).pk},
    "research:report_csv": lambda people: {"pk": InsightReportFactory(published=True).pk},
    "research:report_preview": _draft,
    "research:report_rebuild": _draft,
    "research:report_cancel": _draft,
    "research:report_discard": _draft,
    "research:report_publish": _draft,
    "research:report_rename": _draft,
    "research:section_add": _draft,
    "research:section_card": _section,
    "research:section_edit": _section,
    "research:section_show": _section,
    "research:section_move": _section,
    "research:section_remove": _section,
}
LISTS = {
    "research:report_list": lambda people, n: InsightReportFactory.create_batch(n, published=True),
}
