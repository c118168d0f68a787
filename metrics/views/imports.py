from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics import queries
from metrics.formats import series_csv, tables
from metrics.formats.dates import DateOrder
from metrics.formats.numbers import Decimal
from metrics.forms import LayoutForm, UploadForm, ValueForm
from metrics.models import ImportState, Kpi, SeriesImport, Unit
from metrics.services import ingest, series
from prodops.access import Can, access
from prodops.http import csv_response, render_page

FAULTS_SHOWN = 200
SAMPLE = 8


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def series_upload(request, slug):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name, text = form.cleaned_data["name"], form.cleaned_data["text"]
        try:
            series_csv.guess(tables.read_table(text), _subject(kpi))
            load = series.stage(kpi, file_name=name, text=text, by=request.user, at=timezone.now())
        except tables.Unreadable as error:
            form.add_error("file" if request.FILES else "pasted", str(error))
        else:
            return redirect("metrics:import_preview", load.pk)
    status = 422 if form.errors else 200
    pulls = list(kpi.pulls.select_related("source").order_by("pk"))
    context = {"form": form, "kpi": kpi, "value_form": _value_form(kpi), "pulls": pulls}
    return render_page(request, "metrics/series_upload.html", context, status=status)


@access(Can.KPI_EDIT)
@require_GET
def import_preview(request, pk):
    load = get_object_or_404(_staged(request), pk=pk)
    return render_page(request, "metrics/import_preview.html", _preview(load, request.GET), partial="preview")


@access(Can.KPI_EDIT)
@require_POST
def import_confirm(request, pk):
    load = get_object_or_404(_editable(request).filter(by=request.user), pk=pk)
    if load.state != ImportState.STAGED:  # a double click, or Back and again
        return _told_already(request, load)
    _, layout, form = _layout(load, request.POST)
    if not form.is_valid():
        return render_page(request, "metrics/import_preview.html", _preview(load, request.POST), status=422)
    try:
        counts = series.confirm(
            load,
            layout=layout,
            subject=_subject(load.kpi),
            by=request.user,
            at=timezone.now(),
            version=_version(form),
        )
    except series.NotStaged:
        return _told_already(request, load)
    except (series.Unanswered, series.NothingToImport, ingest.TooManySlices) as error:
        messages.warning(request, str(error))
        return redirect("metrics:import_preview", load.pk)
    messages.success(
        request, f"Imported: {counts.new:,} new, {counts.changed:,} changed, {counts.same:,} unchanged."
    )
    return redirect(load.kpi)


def _version(form):
    """The number of the version that was chosen, or None for that of each period."""
    chosen = form.cleaned_data.get("version") if form.is_valid() else ""
    return int(chosen) if chosen else None


@access(Can.KPI_EDIT)
@require_GET
def import_faults(request, pk):
    """Every row of a staged file that cannot be taken, to mend and upload again."""
    load = get_object_or_404(_staged(request), pk=pk)
    table, layout, _ = _layout(load, request.GET)
    reading = series_csv.read(table, layout, _subject(load.kpi))
    rows = ((fault.line, fault.why, fault.text) for fault in reading.faults)
    return csv_response(f"{load.kpi.slug}-rejected", ["line", "why", "row"], rows)


def _told_already(request, load):
    messages.info(request, f"“{load}” has been imported already.")
    return redirect(load.kpi)


@access(Can.KPI_EDIT)
@require_POST
def import_discard(request, pk):
    load = get_object_or_404(_staged(request), pk=pk)
    series.discard(load)
    messages.info(request, "Nothing was imported.")
    return redirect("metrics:series_upload", load.kpi.slug)


@access(Can.KPI_EDIT)
@require_POST
def import_undo(request, pk):
    load = get_object_or_404(_editable(request), pk=pk)
    try:
        series.undo(load, by=request.user, at=timezone.now())
    except (series.NotStaged, series.Overtaken) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, f"“{load}” is undone: the series is what it was before.")
    return redirect(load.kpi)


@access(Can.KPI_EDIT)
@require_POST
def series_value(request, slug):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    now = timezone.now()
    form = _value_form(kpi, request.POST)
    if not form.is_valid():
        context = {"form": UploadForm(), "kpi": kpi, "value_form": form, "pulls": []}
        return render_page(request, "metrics/series_upload.html", context, status=422)
    period, fields = form.cleaned_data["period"], ("period", "value", "dims", "version")
    given = {name: form.cleaned_data[name] for name in fields}
    try:
        counts = series.set_value(kpi, **given, by=request.user, at=now)
    except ingest.TooManySlices as error:
        messages.warning(request, str(error))
        return redirect("metrics:series_upload", kpi.slug)
    done = "is added" if counts.new else "is corrected" if counts.changed else "was the same already"
    messages.success(request, f"The value of {kpi.show_period(period)} {done}.")
    return redirect(kpi)


def _value_form(kpi, data=None):
    return ValueForm(data, kpi=kpi, subject=_subject(kpi), versions=queries.governing(kpi).takes)


def _editable(request):
    return SeriesImport.objects.filter(kpi__in=Kpi.objects.editable_by(request.user)).select_related("kpi")


def _staged(request):
    return _editable(request).staged_by(request.user)


def _subject(kpi):
    return ingest.subject(kpi, timezone.now())


def _layout(load, data):
    """The table, how to read it by what the person chose in `data` and by itself, and the form of that."""
    table, subject = tables.read_table(load.text), _subject(load.kpi)
    guessed = series_csv.guess(table, subject)
    answers = {
        "date_column": guessed.date_column,
        "value_column": guessed.value_column,
        "order": guessed.order or "",
        "decimal": guessed.decimal or "",
    }
    known = dict(guessed.dimension_columns)
    for n, name in enumerate(subject.dimensions):
        answers[f"dimension_{n}"] = str(known.get(name, ""))
        if data:  # "No column" is an answer too
            answers[f"dimension_{n}"] = data.get(f"dimension_{n}", answers[f"dimension_{n}"])
    answers |= {name: data[name] for name in (*answers, "shares", "version") if data.get(name)}
    about = {
        "width": table.width,
        "percent": load.kpi.unit == Unit.PERCENT,
        "dimensions": subject.dimensions,
        "versions": queries.governing(load.kpi).takes,
    }
    form = LayoutForm(answers, layout=guessed, **about)
    if not form.is_valid():
        return table, guessed, form
    chosen = form.cleaned_data
    layout = series_csv.Layout(
        header=guessed.header,
        date_column=chosen["date_column"],
        value_column=chosen["value_column"],
        order=DateOrder(chosen["order"]) if chosen.get("order") else None,
        decimal=Decimal(chosen["decimal"]) if chosen.get("decimal") else None,
        shares=chosen.get("shares", False),
        dimension_columns=chosen["dimension_columns"],
    )
    layout = series_csv.complete(table, layout, subject)
    # Another column may ask other questions than the first guess did.
    form = LayoutForm(
        answers | {"order": layout.order or "", "decimal": layout.decimal or ""},
        layout=layout,
        **about,
    )
    form.is_valid()
    return table, layout, form


def _preview(load, data):
    table, layout, form = _layout(load, data)
    subject = _subject(load.kpi)
    reading = series_csv.read(table, layout, subject)
    rows = series.rows_of(reading)
    return {
        "load": load,
        "asked": urlencode({name: form[name].value() for name in form.fields if form[name].value()}),
        "kpi": load.kpi,
        "form": form,
        "layout": layout,
        "questions": layout.questions,
        "counts": ingest.compare(load.kpi, series.rows_of(reading, _version(form))),
        "values": len(reading.values) + len(reading.parts),
        "reading": reading,
        "faults": reading.faults[:FAULTS_SHOWN],
        "sample": sorted((row.period, row.dims, row.value) for row in rows)[-SAMPLE:],
        "span": (min(row.period for row in rows), max(row.period for row in rows)) if rows else None,
        "rows": len(table.rows) - bool(layout.header),
        "shares": series_csv.looks_like_shares(reading, subject) and not layout.shares,
    }
