"""The API of experiments: results in, the read-out out, for programs that hold a token."""

from django.conf import settings
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from metrics.formats.experiments import Unreadable, load
from metrics.models import Experiment
from metrics.queries import results as found
from metrics.services import results as taking
from metrics.views import api
from prodops.access import Can, access, allowed


@access(None)
@api.by_token
def results(request, key):
    """Results in; answers their read-out as the command prints it."""
    experiment, refusal = _experiment(request, key)
    return refusal or _take(request, experiment)


@access(None)
@require_GET
def readout(request, key):
    """The newest read-out: for a program with a token, and for who is signed in."""
    if request.user.is_authenticated and allowed(request.user, Can.EXPERIMENT_READ):
        experiment = found.with_plan(Experiment.objects.visible_to(request.user)).filter(key=key).first()
        if experiment is None:
            return api.refuse(404, "no_experiment", f"There is no experiment “{key}”.")
        return _newest(experiment, by=request.user, at=timezone.now())
    return _readout_by_token(request, key)


def _by_token(request, key):
    experiment, refusal = _experiment(request, key)
    return refusal or _newest(experiment, by=request.token.by, at=request.now)


_readout_by_token = api.by_token(_by_token, methods=("GET",))


def _experiment(request, key):
    """(what the token reaches, None) or (None, the refusal)."""
    if wait := api.too_often(request.token, "experiments", settings.API_CALLS_A_MINUTE, request.now):
        response = api.refuse(429, "too_often", "Too many calls in this minute.")
        response["Retry-After"] = str(wait)
        return None, response
    experiment = _reached(request.token, key)
    if experiment is None:
        return None, api.refuse(404, "no_experiment", f"This token reaches no experiment “{key}”.")
    return experiment, None


def _reached(token, key):
    """An experiment that the token's person may edit, of the token's team or about one of its KPIs."""
    experiment = found.with_plan(Experiment.objects.editable_by(token.by)).filter(key=key).first()
    if experiment is None:
        return None
    listed = set(token.kpis.values_list("pk", flat=True))
    if token.team_id and token.team_id != experiment.team_id:
        return None
    if listed and not any(one.kpi_id in listed for one in experiment.kpis.all()):
        return None
    return experiment


def _newest(experiment, *, by, at):
    snapshot = found.newest(experiment)
    if snapshot is None:
        return api.refuse(404, "no_results", "No results have come in yet.")
    taking.peek(experiment, snapshot, by=by, at=at)
    return _said(snapshot, new=False)


def _take(request, experiment):
    body, refusal = api.body_of(request)
    if refusal:
        return refusal
    try:
        data = load(body)
        if not isinstance(data, dict):
            return api.refuse(400, "malformed", "Send one object {…} with “variants” in it.")
        by, now = request.token.by, request.now
        snapshot, is_new = taking.take(experiment, data, source="api", by=by, at=now)
    except Unreadable as error:
        return api.refuse(422, "results", str(error))
    except taking.NotTaken as error:
        return api.refuse(409, "not_now", str(error))
    return _said(snapshot, new=is_new)


def _said(snapshot, *, new):
    answer = {"snapshot": snapshot.pk, "new": new, "at": snapshot.at.isoformat(), "readout": snapshot.readout}
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
