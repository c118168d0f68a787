import pytest
from django.db import ProgrammingError, transaction

from coordination.formats.questions import Kind, Question
from coordination.models import FormVersion
from coordination.services import forms

pytestmark = pytest.mark.django_db


def test_a_published_version_never_changes_and_the_next_draft_begins_from_it(ops, now):
    form = forms.make(name="Integration wish", by=ops, at=now)
    asked = forms.put_field(form, Question("", Kind.SHORT, "Which system?"), by=ops, at=now)
    first = forms.publish(form, by=ops, at=now)
    with pytest.raises(ProgrammingError), transaction.atomic():
        FormVersion.objects.filter(pk=first.pk).update(fields=[])
    forms.put_field(form, Question(asked.key, Kind.LONG, "Which systems?"), by=ops, at=now)
    first.refresh_from_db()
    assert [one.label for one in first.questions] == ["Which system?"]
    assert (forms.published(form), forms.latest(form).number) == (first, 2)
    forms.discard(form, by=ops, at=now)
    assert forms.latest(form) == first


def test_what_depends_on_a_field_below_it_or_on_an_option_that_is_gone_is_not_published(ops, now):
    form = forms.make(name="Integration wish", by=ops, at=now)
    forms.put_field(form, Question("", Kind.ONE, "Way", options=("Push",)), by=ops, at=now)
    with pytest.raises(forms.CannotChange, match="at least two options"):
        forms.publish(form, by=ops, at=now)
    way = forms.latest(form).questions[0]
    forms.put_field(form, Question(way.key, Kind.ONE, "Way", options=("Push", "Pull")), by=ops, at=now)
    detail = forms.put_field(
        form, Question("", Kind.SHORT, "How often?", when=way.key, when_is=("Pull",)), by=ops, at=now
    )
    forms.move_field(form, detail.key, up=True, by=ops, at=now)
    with pytest.raises(forms.CannotChange, match="stands below it"):
        forms.publish(form, by=ops, at=now)
    forms.move_field(form, detail.key, up=False, by=ops, at=now)
    forms.remove_field(form, way.key, by=ops, at=now)
    with pytest.raises(forms.CannotChange, match="was removed"):
        forms.publish(form, by=ops, at=now)
    forms.remove_field(form, way.key, by=ops, at=now, back=True)
    assert len(forms.publish(form, by=ops, at=now).fields) == 2
