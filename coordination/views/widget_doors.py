"""The doors on customers' pages: a page to frame that needs no script and no cookie, and JSON.

Nobody signs in here. A page or a call may answer once for each token that was given out, neither at once
nor days later; robots that fill in every field are thanked and forgotten; what comes over the limit of an
address, known by a hash in the cache alone, or of a channel is held until a person has looked at it.
"""

import json
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coordination import queries
from coordination.formats import questions
from coordination.formats.incoming import clean
from coordination.formats.visitors import Visitor, may_call, vouched
from coordination.forms.answers import PREFIX
from coordination.forms.widgets import CSAT, AnswerForm
from coordination.models import Door, FormVersion, Widget
from coordination.services import widgets
from prodops.access import access
from prodops.http import render_page

from . import widget_gate as gate
from .widget_gate import Refused

MOST_BYTES = 64 * 1024
PAGE = "coordination/widget_page.html"


@access(None)
@csrf_exempt
@xframe_options_exempt
@require_http_methods(["GET", "POST"])
def widget_page(request, key):
    """What the widget asks, framed by the pages of its list; the address says who the visitor is."""
    widget, now = _widget(key), timezone.now()
    shown = gate.shown_by(widget, request.POST.get("token", ""))
    version = _version(widget, shown)
    visitor = _visitor(widget, request.GET, now)
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        widget=widget,
        version=version,
        known=bool(visitor),
    )
    context = {"widget": widget, "form": form, "done": False, "problem": "", "closed": False}
    status = 200
    if widget.channel.closed_at or (widget.form_id and version is None):
        context["closed"] = True
    elif request.method == "POST":
        try:
            many = gate.check(request, widget, shown, now)
            context["done"] = _answer(widget, form, shown, Door.PAGE, visitor, version, now, many)
            status = 200 if context["done"] else 422
        except Refused as error:
            context["problem"], status = str(error), error.status
    # A token that was refused for its age is replaced; one that is merely early may be sent again
    context["token"] = (
        request.POST.get("token")
        if context["problem"] and status == 425
        else gate.token(widget, version, now)
    )
    response = render_page(request, PAGE, context, status=status)
    framing = widget.origins or [CSP.NONE]
    response._csp_config = {**settings.SECURE_CSP, "script-src": [CSP.NONE], "frame-ancestors": framing}
    response["Referrer-Policy"] = "no-referrer"  # the address may say who the visitor is
    response["Cache-Control"] = "no-store"
    return response


def _crossing(view):
    """Answers preflights, and lets the pages of the widget's list read the answer; others are refused."""

    @wraps(view)
    def crossed(request, key):
        widget, origin = _widget(key), request.headers.get("Origin", "")
        known = may_call(origin.lower(), widget.origins)
        if origin and not known:
            response = _refusal(Refused(403, "origin", "This site is not on the widget's list."))
        elif request.method == "OPTIONS":
            response = HttpResponse(status=204)
        else:
            try:
                response = view(request, widget)
            except Refused as error:
                response = _refusal(error)
        patch_vary_headers(response, ["Origin"])
        if known:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
            response["Access-Control-Allow-Headers"] = "Content-Type"
            response["Access-Control-Max-Age"] = "600"
        response["Cache-Control"] = "no-store"
        return response

    return csrf_exempt(crossed)


@access(None)
@_crossing
def widget_json(request, widget):
    """GET: what is asked, and a token. POST: the token and the answers, as JSON."""
    now = timezone.now()
    version = _version(widget)
    if widget.channel.closed_at or (widget.form_id and version is None):
        raise Refused(410, "closed", "This widget takes no answers any more.")
    if request.method == "GET":
        return JsonResponse(
            _asked(widget, version)
            | {"token": gate.token(widget, version, now), "wait_seconds": gate.SOONEST}
        )
    if request.method != "POST":
        raise Refused(405, "method", "Ask with GET, answer with POST.")
    body = _body(request)
    visitor = _visitor(widget, body, now)
    shown = gate.shown_by(widget, str(body.get("token", "")))
    many = gate.check(request, widget, shown, now)
    version = _version(widget, shown)
    form = AnswerForm(_flat(body), widget=widget, version=version, known=bool(visitor))
    if _answer(widget, form, shown, Door.JSON, visitor, version, now, many):
        return JsonResponse({"thanks": widget.thanks_words}, status=201)
    errors = {name.removeprefix(PREFIX): [str(one) for one in found] for name, found in form.errors.items()}
    return JsonResponse(
        {"error": {"code": "answers", "message": "Mend these.", "fields": errors}}, status=422
    )


def _widget(key):
    found = (
        Widget.objects.filter(key=key[:40]).select_related("channel__owner", "channel__team", "form").first()
    )
    if found is None:
        raise Http404("There is no such widget.")
    return found


def _version(widget, shown=None):
    """The version whose questions the page asked, however new the form's newest is."""
    if not widget.form_id:
        return None
    if shown and shown.version:
        begun = FormVersion.objects.filter(pk=shown.version, form=widget.form_id, published_at__isnull=False)
        if version := begun.select_related("form").first():
            return version
    return queries.published_version(widget.form)


def _visitor(widget, given, now):
    """The visitor that the page vouches for, or None."""
    parts = [given.get(name, "") for name in ("user", "email", "account", "expires")]
    if not all(isinstance(part, str | int) for part in parts):
        return None
    visitor = Visitor(*(str(part) for part in parts))
    keys = widgets.secrets_of(widget, at=now)
    signed = str(given.get("signature", ""))
    return visitor if signed and vouched(visitor, signed, keys, now=now.timestamp()) else None


def _answer(widget, form, shown, door, visitor, version, now, many):
    """Take it in; False where the form has errors. A robot is thanked, and what it sent is forgotten.

    Over a limit (`many`: over that of its address) it is held. The channel's limit counts only what would be
    kept; neither stands in the way of anybody who is vouched for.
    """
    if not form.is_valid():
        return False
    if form.cleaned_data["website"]:
        return True
    held = visitor is None and (gate.crowded(widget, now) or many)
    said = form.said() | {"version": version, "visitor": visitor}
    widgets.take(widget, once=shown.once, door=door, at=now, held=held, **said)
    return True


def _refusal(error):
    response = JsonResponse({"error": {"code": error.code, "message": str(error)}}, status=error.status)
    if error.status == 429:
        response["Retry-After"] = "3600"
    return response


def _body(request):
    if request.content_type != "application/json":
        raise Refused(415, "not_json", "Send “Content-Type: application/json”.")
    size = request.META.get("CONTENT_LENGTH") or ""
    if not size.isascii() or not size.isdecimal() or int(size[:12]) > MOST_BYTES:
        raise Refused(413, "too_large", f"Send up to {MOST_BYTES // 1024} kB, with “Content-Length”.")
    try:
        body = json.loads(request.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise Refused(400, "malformed", "This is no JSON.") from error
    if not isinstance(body, dict):
        raise Refused(400, "malformed", "Send one JSON object.")
    return body


def _flat(body):
    """The answers as a form sends them; what is no plain value is left out."""
    data = QueryDict(mutable=True)
    answers = body.get("answers")
    given = (
        body | {f"{PREFIX}{key}": value for key, value in answers.items()}
        if isinstance(answers, dict)
        else body
    )
    for name, value in given.items():
        if isinstance(value, dict):  # money
            for part in ("amount", "currency"):
                data[f"{name}_{part}"] = _text(value.get(part))
        else:
            values = value if isinstance(value, list) else [value]
            data.setlist(name, [text for text in map(_text, values[:100]) if text])
    return data


def _text(value):
    if isinstance(value, bool):
        return "Yes" if value else ""
    return clean(str(value)[:10_000]) if isinstance(value, str | int | float) else ""


def _asked(widget, version):
    """The questions, as a program needs them to draw its own form."""
    asked = {}
    if widget.asks_nps:
        asked["nps"] = {"text": widget.nps_words, "from": 0, "to": 10}
    if widget.asks_csat:
        asked["csat"] = {
            "text": widget.csat_words,
            "answers": [{"value": n, "text": words} for n, words in CSAT],
        }
    if widget.asks_text:
        asked["comment"] = {"text": widget.text_words}
    own = [
        {
            "key": one.key,
            "kind": one.kind,
            "text": one.said(outside=True),
            "help": one.hint(outside=True),
            "required": one.required,
            "options": list(one.options),
            "when": one.when,
            "when_is": list(one.when_is),
        }
        for one in questions.for_customers(version.questions if version else ())
    ]
    return {"questions": asked, "answers": own}
