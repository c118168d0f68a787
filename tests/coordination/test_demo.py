from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from coordination.models import Request, State, Voice
from prodops.models import Event, SearchEntry


@pytest.mark.django_db
def test_the_demo_company_has_a_year_of_requests(today):
    call_command("demo", today=today, verbosity=0, stdout=StringIO())
    requests = Request.objects.all()
    assert requests.count() == 150
    assert requests.filter(state=State.NEW).count() == 22
    assert requests.filter(state=State.MERGED).exclude(root=None).count() == 25
    assert not requests.filter(accounts_count=0).exists()
    assert Voice.objects.values("account").distinct().count() >= 50
    assert SearchEntry.objects.filter(kind="request").count() == 150
    late = requests.filter(decided_at__gt=requests.latest("submitted_at").submitted_at + timedelta(days=30))
    assert not late.exists()
    assert Event.objects.filter(verb="request.submitted", delivered_at=None).count() == 0
