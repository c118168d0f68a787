"""The API in words and as OpenAPI."""

import json

from django.conf import settings

from metrics.formats.result_rows import FIELDS

NUMBERS = tuple(name for name in FIELDS if name != "n")
ANSWERS = (
    (200, "Taken. The counts say how many points were new, changed and the same; “errors” what was skipped."),
    (400, "The body, or the Idempotency-Key, cannot be read. The message says where."),
    (401, "No token, or one that was revoked or has run out."),
    (404, "The token does not reach this KPI, or the KPI is no longer in use."),
    (409, "The Idempotency-Key was used for another request."),
    (413, "The body is too large."),
    (422, "Some rows cannot be taken, so none is: “errors” names row, field and reason of each."),
    (429, "Too many calls in this minute: wait the seconds that “Retry-After” says."),
)
_POINT = {
    "type": "object",
    "required": ["period", "value"],
    "additionalProperties": False,
    "properties": {
        "period": {
            "type": "string",
            "description": "A day of the period as ISO 8601 writes it; for hours with time and zone.",
        },
        "value": {"type": "number", "description": "In the KPI's unit: 61.4 means 61.4 %."},
        "dimensions": {
            "type": "object",
            "additionalProperties": {"type": "string", "maxLength": 80},
            "description": "Which part it is the value of; left out for the whole.",
        },
        "version": {
            "type": "integer",
            "description": "The number of the version it was counted by; left out, that of its period.",
        },
    },
}
_ANSWER = {
    "type": "object",
    "properties": {name: {"type": "integer"} for name in ("new", "changed", "same", "rejected")}
    | {"kpi": {"type": "string"}, "import": {"type": ["integer", "null"]}, "dry_run": {"type": "boolean"}}
    | {"errors": {"type": "array", "items": {"$ref": "#/components/schemas/RowError"}}},
}
_ROW_ERROR = {
    "type": "object",
    "properties": {
        "row": {"type": "integer", "description": "Counted from 0."},
        "field": {"type": "string"},
        "code": {"type": "string"},
        "message": {"type": "string"},
    },
}
_ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "rejected": {"type": "integer"},
                "errors": {"type": "array", "items": {"$ref": "#/components/schemas/RowError"}},
            },
        }
    },
}


def _batch(most):
    return {
        "type": "object",
        "required": ["points"],
        "additionalProperties": False,
        "properties": {
            "points": {
                "type": "array",
                "minItems": 1,
                "maxItems": most,
                "items": {"$ref": "#/components/schemas/Point"},
            },
            "on_error": {"enum": ["reject", "skip"], "default": "reject"},
            "dry_run": {"type": "boolean", "default": False},
        },
    }


def _operation(name, summary, most):
    content = {"application/json": {"schema": _batch(most)}}
    failed = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    answers = {
        str(status): {"description": words, "content": failed} for status, words in ANSWERS if status != 200
    }
    done = {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}
    return {
        "post": {
            "operationId": name,
            "summary": summary,
            "security": [{"token": []}],
            "parameters": [
                {"name": "kpi", "in": "path", "required": True, "schema": {"type": "string"}},
                {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "schema": {"type": "string", "maxLength": 200},
                    "description": "Your name of this request: sent again, it is answered the same.",
                },
            ],
            "requestBody": {"required": True, "content": content},
            "responses": {"200": {"description": ANSWERS[0][1], "content": done}, **answers},
        }
    }


RESULTS_ANSWERS = (
    (200, "The read-out. “new” is false where the same numbers had come in before."),
    (400, "The body cannot be read. The message says where."),
    (401, "No token, or one that was revoked or has run out."),
    (404, "The token does not reach this experiment, or no results have come in yet."),
    (409, "The experiment takes no results now: it has not started, or is closed."),
    (413, "The body is too large."),
    (422, "The results do not fit the plan. The message says where."),
    (429, "Too many calls in this minute: wait the seconds that “Retry-After” says."),
)
_CELL = {
    "type": "object",
    "description": "A proportion has `count`, a mean `sum` and `sum_squares`, a ratio those of its "
    "denominator and `sum_products` too, a quantile `values`. The time before goes into `pre_…`.",
    "properties": {name: {"type": "number"} for name in NUMBERS}
    | {"values": {"type": "array", "items": {"type": "number"}}},
}
_RESULTS = {
    "type": "object",
    "required": ["variants"],
    "properties": {
        "variants": {
            "type": "array",
            "minItems": 2,
            "description": "Every variant of the plan.",
            "items": {
                "type": "object",
                "required": ["key", "n", "kpis"],
                "properties": {
                    "key": {"type": "string"},
                    "n": {"type": "integer", "minimum": 0, "description": "Units since the start."},
                    "kpis": {
                        "type": "object",
                        "additionalProperties": {"$ref": "#/components/schemas/ExperimentNumbers"},
                    },
                },
            },
        }
    },
}
_READOUT = {
    "type": "object",
    "properties": {
        "snapshot": {"type": "integer"},
        "new": {"type": "boolean"},
        "at": {"type": "string", "format": "date-time"},
        "readout": {
            "type": "object",
            "description": "As `manage.py experiment_readout` prints it: verdict, recommendation, srm, "
            "health, variants and kpis.",
        },
    },
}


def _of_experiment(name, summary, statuses, body=None):
    """An operation on one experiment; with `body` it takes one."""
    failed = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    done = {"application/json": {"schema": {"$ref": "#/components/schemas/Readout"}}}
    responses = {
        str(status): {"description": words, "content": done if status == 200 else failed}
        for status, words in RESULTS_ANSWERS
        if status in statuses
    }
    found = {
        "operationId": name,
        "summary": summary,
        "security": [{"token": []}],
        "parameters": [{"name": "experiment", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": responses,
    }
    if body:
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{body}"}}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def openapi(url, bulk_url, results_url, readout_url):
    """The API as an OpenAPI 3.1 document.

    `url` and `bulk_url` have `{kpi}` where the KPI's name stands, the others `{experiment}`.
    """
    taking = {status for status, _ in RESULTS_ANSWERS}
    return {
        "openapi": "3.1.0",
        "info": {"title": f"KPI values and experiments of {settings.COMPANY_NAME}", "version": "1"},
        "paths": {
            url: _operation("sendPoints", "Send points of one KPI", settings.API_BATCH),
            bulk_url: _operation("sendPointsInBulk", "Send a long history of one KPI", settings.API_BULK),
            results_url: {
                "post": _of_experiment(
                    "sendResults", "Send the results of one experiment", taking, "ExperimentResults"
                )
            },
            readout_url: {
                "get": _of_experiment(
                    "readOut", "The newest read-out of one experiment", {200, 401, 404, 429}
                )
            },
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Point": _POINT,
                "Answer": _ANSWER,
                "RowError": _ROW_ERROR,
                "Error": _ERROR,
                "ExperimentResults": _RESULTS,
                "ExperimentNumbers": _CELL,
                "Readout": _READOUT,
            },
        },
    }


def example(kpi):
    """A body that this KPI would take."""
    period = "2026-11-22T14:00:00Z" if kpi.grain == "hour" else "2026-11-22"
    points = [{"period": period, "value": 61.4}]
    if kpi.dimensions:
        points.append({**points[0], "value": 58.2, "dimensions": {kpi.dimensions[0]: "…"}})
    return json.dumps({"points": points}, ensure_ascii=False, indent=2)
