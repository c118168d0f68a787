"""The quarterly insight report: built by a worker, edited, published and then frozen."""

import hashlib
import json

from django.db import transaction
from django.db.models import Max

from prodops import activity, jobs, search
from research.models import Audience, InsightReport, ReportSection, ReportState, SectionKind
from research.models.report import may_become
from research.queries import report_untagged
from research.queries.report_material import STAGES, gather
from research.synthesis.composing import compose, snapshot

from . import conflicts, report_reviews, report_themes
from .report_states import Frozen, Refused

TASK = "research.tasks.build_report"


LOOKING, WRITING = "Looking for themes that have no tag", "Writing sections"


# --- building ---------------------------------------------------------------------------------------------


@transaction.atomic
def build(quarter, *, by, at):
    """Have a worker build the report of `quarter`; returns the report, whose `job` tells how far it is.

    The draft of the quarter, if there is one, is built again and keeps what people wrote; after a
    published report comes a new edition. Refused while another build of it is at work.
    """
    report = InsightReport.objects.select_for_update(of=("self",)).of(quarter).live().first()
    if report is None:
        last = InsightReport.objects.of(quarter).aggregate(last=Max("edition"))["last"] or 0
        report, _ = InsightReport.objects.get_or_create(
            year=quarter.year,
            number=quarter.number,
            edition=last + 1,
            defaults={"title": title_of(quarter, last + 1), "created_by": by, "created_at": at},
        )
    if report.at_work:
        raise Refused(f"{report} is being built already.")
    report.job = jobs.start(report.title, TASK, by=by, at=at, report_id=report.pk)
    report.save(update_fields=["job"])
    activity.record("report.build_asked", on=report, by=by, at=at)
    return report


def title_of(quarter, edition=1):
    return f"Insight report {quarter}" + (f", edition {edition}" if edition > 1 else "")


def work(job, progress, *, at):
    """What the worker does for `job`: read, count, choose, and write all sections at once at the end.

    Killed at any point it leaves the report as it was; run again it does it again.
    """
    report = InsightReport.objects.select_related("job").filter(pk=job.arguments["report_id"]).first()
    if report is None or report.job_id != job.pk or report.is_published:
        progress.fail("There is nothing left to build: the report was published or discarded meanwhile.")
        return
    stages = [*STAGES, LOOKING, WRITING]

    def begin(name):
        place = stages.index(name)
        progress.stage(name, **({"total": len(stages)} if place == 0 else {}))
        progress.step(place)

    material = gather(report.quarter, stage=begin)
    begin(LOOKING)
    themes = report_untagged.found(report.quarter)
    begin(WRITING)
    with transaction.atomic():
        store(report, material, at=at)
        report_themes.renew(report, themes)
        activity.record("report.built", on=report, by=job.asked_by, at=at)
        if not progress.finish(report.get_absolute_url()):
            transaction.set_rollback(True)  # another worker has taken over


@transaction.atomic
def store(report, material, *, at):
    """Make `report` a draft that says what `material` says, in the caller's transaction."""
    drafts = compose(material)
    numbers = snapshot(material)
    fields = {
        "state": ReportState.DRAFT,
        "built_at": at,
        "snapshot": numbers,
        "fingerprint": fingerprint([numbers, *([draft.key, draft.data] for draft in drafts)]),
    }
    free = InsightReport.objects.filter(pk=report.pk, state__in=may_become(ReportState.DRAFT))
    if not free.update(**fields):
        raise Frozen
    _write_sections(report, drafts)
    if fields["fingerprint"] != report.fingerprint:
        report_reviews.unread(report)
    report.refresh_from_db()
    search.index(report)


def fingerprint(data):
    """SHA-256 of JSON, the same for the same data."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _write_sections(report, drafts):
    """Renew what was generated; keep what people wrote, named, hid and moved."""
    known = {section.key: section for section in report.sections.order_by("position")}
    wanted = {draft.key for draft in drafts}
    gone = [
        section.pk
        for section in known.values()
        if section.key not in wanted and not section.is_text and not section.body
    ]
    report.sections.filter(pk__in=gone).delete()
    for section in known.values():
        if section.key not in wanted and section.pk not in gone and not section.is_text:
            ReportSection.objects.filter(pk=section.pk).update(data={})  # its words outlive its numbers
    fresh, renewed = [], []
    for draft in drafts:
        if draft.key in known:
            known[draft.key].data = draft.data
            renewed.append(known[draft.key])
        else:
            fresh.append(ReportSection(report=report, position=0, **draft._asdict()))
    ReportSection.objects.bulk_update(renewed, ["data"])
    _place(report, drafts, fresh, bool(known))


def _place(report, drafts, fresh, is_rebuild):
    """Give new sections their positions: of a first build the drafts' order, else before the insights."""
    kept = list(report.sections.order_by("position").values_list("pk", "key"))
    order = [key for _, key in kept]
    for section in fresh:
        at = order.index("insights") if is_rebuild and "insights" in order else len(order)
        order.insert(at, section.key)
    place = {key: position for position, key in enumerate(order)}
    for section in fresh:
        section.position = place[section.key]
    for pk, key in kept:
        ReportSection.objects.filter(pk=pk).update(position=place[key])
    ReportSection.objects.bulk_create(fresh)


# --- editing ----------------------------------------------------------------------------------------------


def _draft(report):
    """The report locked for a change, which takes back what reviewers said of it.

    Raises `Frozen` or `Refused` where it cannot be changed.
    """
    report = InsightReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if report.is_published:
        raise Frozen
    if not report.is_draft:
        raise Refused("This report is not built yet.")
    report_reviews.unread(report)
    return report


@transaction.atomic
def rename(report, *, title, by, at):
    report = _draft(report)
    InsightReport.objects.filter(pk=report.pk).update(title=title)
    report.title = title
    search.index(report)
    activity.record("report.renamed", on=report, by=by, at=at)


@transaction.atomic
def edit(section, *, title, body, version, by, at):
    """Change a section's words if it is still at `version`; raises `conflicts.Conflict` otherwise."""
    report = _draft(section.report)
    conflicts.save_version(section, version=version, title=title, body=body)
    search.index(report)
    activity.record("report.edited", on=report, by=by, at=at, data={"section": section.key})


@transaction.atomic
def add_text(report, *, title, by, at):
    """A section of one's own, at the end."""
    report = _draft(report)
    last = report.sections.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    section = ReportSection.objects.create(
        report=report,
        key=f"text:{position}:{at:%Y%m%d%H%M%S%f}",
        kind=SectionKind.TEXT,
        title=title,
        position=position,
    )
    activity.record("report.edited", on=report, by=by, at=at, data={"section": section.key})
    return section


@transaction.atomic
def remove_text(section, *, by, at):
    """Take a section of one's own away; generated ones are hidden instead."""
    report = _draft(section.report)
    if not section.is_text:
        raise Refused("Generated sections are hidden, not removed.")
    activity.record("report.edited", on=report, by=by, at=at, data={"removed": section.title})
    section.delete()


@transaction.atomic
def show(section, *, shown, by, at):
    """Show or hide a section in what readers get."""
    report = _draft(section.report)
    ReportSection.objects.filter(pk=section.pk).update(hidden=not shown)
    activity.record("report.edited", on=report, by=by, at=at, data={"section": section.key, "shown": shown})


@transaction.atomic
def keep_from(section, audiences, *, by, at):
    """Keep a section from some audiences, beyond what their version leaves out anyway."""
    report = _draft(section.report)
    kept = [one for one in Audience.values if one in audiences]
    ReportSection.objects.filter(pk=section.pk).update(kept_from=kept)
    activity.record("report.edited", on=report, by=by, at=at, data={"section": section.key, "kept": kept})


@transaction.atomic
def move(section, *, steps, by, at):
    """Move a section down by `steps` places (up where negative); past an end it stays at the end."""
    report = _draft(section.report)
    keys = list(report.sections.order_by("position").values_list("pk", flat=True))
    here = keys.index(section.pk)
    keys.insert(min(max(here + steps, 0), len(keys) - 1), keys.pop(here))
    for position, pk in enumerate(keys):
        ReportSection.objects.filter(pk=pk).exclude(position=position).update(position=position)
    activity.record("report.edited", on=report, by=by, at=at, data={"moved": section.key})


@transaction.atomic
def discard(report, *, by, at):
    """Throw away what is not published; a job at work is told to stop."""
    report = InsightReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if report.is_published:
        raise Frozen
    if report.at_work:
        jobs.cancel(report.job, at=at)
    activity.record("report.discarded", on=report, by=by, at=at)
    search.remove(report)
    report.delete()


# --- publishing -------------------------------------------------------------------------------------------


@transaction.atomic
def publish(report, *, by, at):
    """Freeze the report and let everybody read it; somebody else has agreed with it by then."""
    held = InsightReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if held.is_draft and (why := report_reviews.missing(held)):
        raise Refused(why)
    free = InsightReport.objects.filter(pk=report.pk, state__in=may_become(ReportState.PUBLISHED))
    won = free.update(state=ReportState.PUBLISHED, published_at=at, published_by=by)
    report.refresh_from_db()
    if not won:
        raise Refused("This report is published already." if report.is_published else "It is not built yet.")
    search.index(report)
    activity.record("report.published", on=report, by=by, at=at)
