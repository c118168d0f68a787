from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access
from prodops.http import csv_response, render_page, wants_partial
from prodops.models import Job
from research.formats import tables
from research.forms.surveys import ColumnsForm, SurveyUploadForm
from research.models import Study, Survey, SurveyImport, SurveyImportState
from research.services import survey_answers, survey_imports

FAULTS_SHOWN = 100


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def survey_upload(request, slug):
    """Choose the file; `?survey=12` takes it into that survey of the study."""
    study = get_object_or_404(Study.objects.editable_by(request.user), slug=slug)
    into = _survey(request, study)
    form = SurveyUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            load = survey_imports.stage(
                study,
                data=upload.read(),
                file_name=upload.name,
                survey=into,
                by=request.user,
                at=timezone.now(),
            )
        except tables.TableError as error:
            form.add_error("file", str(error))
        else:
            return redirect("research:survey_preview", load.pk)
    context = {"form": form, "study": study, "into": into}
    status = 422 if form.errors else 200
    return render_page(request, "research/survey_upload.html", context, status=status)


def _survey(request, study):
    wanted = request.GET.get("survey", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 18):
        return None
    return Survey.objects.filter(session__study=study, pk=int(wanted)).select_related("session").first()


def _editable(request):
    editable = SurveyImport.objects.editable_by(request.user)
    return editable.select_related("study", "survey__session", "job")


def _staged(request, pk):
    mine = _editable(request).filter(by=request.user, state=SurveyImportState.STAGED)
    return get_object_or_404(mine, pk=pk)


def _at_work(load):
    return load.job is not None and not load.job.finished


@access(Can.RESEARCH_EDIT)
@require_GET
def survey_preview(request, pk):
    load = _staged(request, pk)
    if _at_work(load):
        return redirect(load.job)
    return render_page(request, "research/survey_preview.html", _preview(load), partial="preview")


@access(Can.RESEARCH_EDIT)
@require_POST
def survey_columns(request, pk):
    """Keep what the columns are; the page shows what an import would do then."""
    load = _staged(request, pk)
    table = tables.from_text(load.text)
    form = ColumnsForm(request.POST, load=load, columns=survey_imports.columns_of(load), table=table)
    if not form.is_valid():
        context = _preview(load, form=form)
        return render_page(request, "research/survey_preview.html", context, partial="preview", status=422)
    try:
        survey_imports.settle(
            load,
            columns=form.columns,
            title=form.cleaned_data["title"] or load.title,
            survey=form.cleaned_data["survey"],
        )
    except survey_imports.NotStaged as error:  # confirmed in another tab meanwhile
        messages.info(request, str(error))
        return redirect(load.survey or load.study)
    if not wants_partial(request):
        return redirect("research:survey_preview", load.pk)
    return render_page(request, "research/survey_preview.html", _preview(load), partial="preview")


def _preview(load, form=None):
    table, columns = tables.from_text(load.text), survey_imports.columns_of(load)
    problems = survey_imports.problems_of(load)
    reading = None if problems else survey_imports.reading_of(load)
    return {
        "load": load,
        "form": form or ColumnsForm(load=load, columns=columns, table=table),
        "rows": len(table.rows),
        "note": table.note,
        "problems": problems,
        "reading": reading,
        "faults": reading.faults[:FAULTS_SHOWN] if reading else [],
        "counts": survey_answers.compare(load.survey, reading.responses) if reading else None,
        "questions": sum(column.kind in survey_imports.QUESTIONS for column in columns),
    }


@access(Can.RESEARCH_EDIT)
@require_POST
def survey_confirm(request, pk):
    load = get_object_or_404(_editable(request).filter(by=request.user), pk=pk)
    try:
        done = survey_imports.confirm(load, by=request.user, at=timezone.now())
    except survey_imports.NotStaged as error:  # a double click, or Back and again
        messages.info(request, str(error))
        return redirect(load.survey or load.study)
    except (survey_imports.Unclear, survey_imports.NothingToImport) as error:
        messages.warning(request, str(error))
        return redirect("research:survey_preview", load.pk)
    if isinstance(done, Job):
        return redirect(done)
    messages.success(
        request, f"Imported: {done.new:,} new, {done.changed:,} changed, {done.same:,} unchanged."
    )
    load.refresh_from_db()
    return redirect(load.survey)


@access(Can.RESEARCH_EDIT)
@require_POST
def survey_discard(request, pk):
    load = _staged(request, pk)
    survey_imports.discard(load)
    messages.info(request, "Nothing was imported.")
    return redirect("research:survey_upload", load.study.slug)


@access(Can.RESEARCH_EDIT)
@require_GET
def survey_faults(request, pk):
    """What cannot be taken, as CSV, to be corrected in the file."""
    load = _staged(request, pk)
    faults = [] if survey_imports.problems_of(load) else survey_imports.reading_of(load).faults
    header = ["Row", "Column", "Value", "Why, and what to do"]
    rows = ([one.line, one.column, one.value, one.why] for one in faults)
    return csv_response("rows-to-correct", header, rows)


@access(Can.RESEARCH_EDIT)
@require_POST
def survey_undo(request, pk):
    load = get_object_or_404(_editable(request), pk=pk)
    try:
        survey_imports.undo(load, by=request.user, at=timezone.now())
    except survey_imports.NotUndone as error:
        messages.warning(request, str(error))
        return redirect(load.survey or load.study)
    messages.success(request, f"“{load}” is undone: the survey is what it was before.")
    load.refresh_from_db()
    return redirect(load.survey or load.study)
