"""Samples of the pages of imported files."""

import datetime as dt

from django.core.files.base import ContentFile
from django.utils import timezone

from coordination.models import ChannelKind, FileImport, LoadState
from prodops.models import Role
from tests.factories.coordination import ChannelFactory

CSV = b"Id,Summary,Account\nA-1,First,Acme\nA-2,,\n"


def load(people, state=LoadState.STAGED):
    by = people[Role.PRODUCT_OPS]
    now = timezone.now()
    one = FileImport(
        channel=ChannelFactory(kind=ChannelKind.FILE, owner=by),
        by=by,
        at=now,
        file_name="ideas.csv",
        size=len(CSV),
        header=["Id", "Summary", "Account"],
        mapping={"external_id": "Id", "title": "Summary", "account": "Account"},
        state=state,
        done_at=now - dt.timedelta(minutes=5) if state == LoadState.DONE else None,
    )
    one.file.save("requests", ContentFile(CSV), save=False)
    one.save()
    return one


def _staged(people):
    return {"pk": load(people).pk}


def _done(people):
    return {"pk": load(people, LoadState.DONE).pk}


def _loads(people, n):
    for _ in range(n):
        load(people, LoadState.DONE)


_ONE = ("import_detail", "import_columns", "import_confirm", "import_discard", "import_refused")
SAMPLES = {f"coordination:{name}": _staged for name in _ONE} | {"coordination:import_undo": _done}
LISTS = {"coordination:import_list": _loads}
