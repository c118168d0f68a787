import pytest
from django.test import RequestFactory

from process import queries
from process.panels import area_documents, kpi_key_results, my_check_ins, my_open_check_ins
from prodops import scorecard
from tests.factories.metrics import KpiFactory
from tests.factories.process import CheckInFactory, DocumentFactory, follow
from tests.factories.prodops import ProductAreaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(member):
    request = RequestFactory().get("/")
    request.user = member
    return request


def test_a_kpis_page_shows_the_key_results_that_follow_it(asked, key_result):
    kpi = KpiFactory()
    assert kpi_key_results(asked, kpi) is None
    follow(key_result, kpi)
    key_result.save()
    assert key_result.title in kpi_key_results(asked, kpi).html


def test_an_areas_page_shows_its_documents_to_those_who_may_read_them(asked, submitter):
    area = ProductAreaFactory()
    assert area_documents(asked, area) is None
    document = DocumentFactory(area=area)
    assert document.title in area_documents(asked, area).html
    asked.user = submitter
    assert area_documents(asked, area) is None


def test_home_shows_what_waits_until_it_is_said(as_, asked, key_result, member):
    assert list(my_open_check_ins(member)) == [key_result]
    assert "Waiting" in my_check_ins(asked, None).html
    assert key_result.title in as_(member).get("/").text
    CheckInFactory(key_result=key_result)
    assert not my_open_check_ins(member).exists()
    assert "Waiting" not in my_check_ins(asked, None).html


def test_the_scorecard_counts_fresh_check_ins_and_bound_key_results(key_result, now):
    measures = {one.key: one for one in scorecard.measures()}
    assert measures["process.fresh_check_ins"].compute(now) == (0, 1)
    assert measures["process.bound_to_kpis"].compute(now) == (0, 1)
    CheckInFactory(key_result=key_result)
    follow(key_result, KpiFactory())
    key_result.save()
    assert queries.fresh_share(now) == queries.bound_share(now) == (1, 1)
