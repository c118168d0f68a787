"""Reads about forms: what can be filled in, and what was answered."""

from itertools import batched

from django.db.models import Count, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from coordination.formats import questions
from coordination.models import FormDefinition, FormVersion, Request, RequestAnswers
from prodops.clock import company_day

BATCH = 500


def published_version(form, number=None):
    """The newest published version of a form, or the published one of that number; None if there is none."""
    live = FormVersion.objects.filter(form=form, published_at__isnull=False).select_related("form__type")
    if number is not None:
        live = live.filter(number=number)
    return live.order_by("-number").first()


def forms_on_offer(user):
    """The forms to choose from, the standard one first."""
    return list(FormDefinition.objects.visible_to(user).offered().order_by("-standard", "name", "pk"))


def with_use(forms):
    """Annotates `live` (the number of the published version), `draft` and `answered` (how many requests)."""
    versions = FormVersion.objects.filter(form=OuterRef("pk")).order_by().values("form")
    answered = RequestAnswers.objects.filter(version__form=OuterRef("pk")).order_by().values("version__form")
    return forms.annotate(
        live=Subquery(versions.filter(published_at__isnull=False).values(n=Max("number"))),
        draft=Subquery(versions.filter(published_at=None).values(n=Max("number"))),
        answered=Coalesce(Subquery(answered.values(n=Count("pk"))), 0),
    )


def versions_of(form):
    """All versions of a form, the newest first, with how many requests each has brought."""
    rows = FormVersion.objects.filter(form=form).select_related("edited_by", "published_by")
    counts = RequestAnswers.objects.filter(version=OuterRef("pk")).order_by().values("version")
    return list(rows.annotate(answered=Coalesce(Subquery(counts.values(n=Count("pk"))), 0)))


def answers_in_words(requests):
    """{request id: (form and version, "label: answer" a line)}, for exports; one query."""
    found = RequestAnswers.objects.filter(request__in=[one.pk for one in requests])
    return {
        one.pk: (str(one.version), "\n".join(f"{label}: {words}" for label, words in one.rows()))
        for one in found.select_related("version__form")
    }


def answer_columns(form):
    """[(key, label)] of all questions that any published version has asked; the newest's words count."""
    columns: dict[str, str] = {}
    versions = FormVersion.objects.filter(form=form, published_at__isnull=False).order_by("-number")
    for version in versions:
        for one in version.questions:
            columns.setdefault(one.key, one.label)
    return list(columns.items())


def answer_rows(form, columns, *, user):
    """One row a request that the form brought and the person may read, a batch at a time."""
    mine = Request.objects.visible_to(user).filter(answered__version__form=form)
    rows = mine.select_related("answered__version", "submitter").order_by("-submitted_at", "-pk")
    for batch in batched(rows.iterator(chunk_size=BATCH), BATCH, strict=False):
        for one in batch:
            asked = {question.key: question for question in one.answered.version.questions}
            cells = [
                questions.in_words(asked[key], one.answered.values.get(key)) if key in asked else ""
                for key, _ in columns
            ]
            yield [
                one.ref,
                one.title,
                one.get_state_display(),
                one.answered.version.number,
                one.submitter.name,
                company_day(one.submitted_at).isoformat(),
                *cells,
            ]
