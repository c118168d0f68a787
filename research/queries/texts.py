"""The texts of a session beside its transcript, and what of it waits for somebody's eye."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from research.models import Cue, Highlight, Part, Speaker, Survey, UsabilityTask


def with_texts(sessions):
    """Annotate sessions, in no further query, with what their page shows of their texts.

    `texts` is [{pk, title, kind}] of the parts in order, `to_review` the number of highlights that a
    correction has touched, `guessed` whether somebody should look at who speaks, `has_survey` and
    `tasks_given` what its results are of.
    """
    here = OuterRef("pk")
    parts = Part.objects.filter(session=here).order_by("position")
    review = Highlight.objects.filter(session=here).to_review().order_by().values("session")
    tasks = UsabilityTask.objects.filter(study=OuterRef("study")).order_by().values("study")
    given = tasks.annotate(number=Count("pk")).values("number")
    counted = Subquery(review.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
    return sessions.annotate(
        texts=ArraySubquery(parts.values(json=JSONObject(pk="pk", title="title", kind="kind"))),
        to_review=Coalesce(counted, Value(0)),
        guessed=Exists(Speaker.objects.filter(session=here, guessed=True)),
        has_survey=Exists(Survey.objects.filter(session=here)),
        tasks_given=Coalesce(Subquery(given, output_field=IntegerField()), Value(0)),
    )


def speakers_of(session):
    """[(Speaker, how many turns)] of the transcript, most turns first; a label nobody mapped is made up."""
    counts = dict(
        Cue.objects.filter(session=session, part=None)
        .exclude(speaker="")
        .order_by()
        .values_list("speaker")
        .annotate(number=Count("pk"))
    )
    known = {
        row.label: row
        for row in Speaker.objects.filter(session=session).select_related("participant__account", "user")
    }
    rows = [
        (known.get(label) or Speaker(session=session, label=label), number)
        for label, number in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0].label))


def part_text(part):
    """A part as one edits it: its paragraphs, an empty line between them, list items one under the other."""
    texts = list(part.cues.order_by("position").values_list("text", flat=True))
    lines: list[str] = []
    for text in texts:
        if lines and not (_item(text) and _item(lines[-1])):
            lines.append("")
        lines.append(text)
    return "\n".join(lines)


def _item(text):
    return text.startswith("- ")
