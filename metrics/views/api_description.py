"""The API in words and as OpenAPI."""

import json

from django.conf import settings

ANSWERS = (
    (200, "Taken. The counts say how many points were new, changed and the same; `errors` what was skipped."),
    (400, "The body, or the Idempotency-Key, cannot be read. The message says where."),
    (401, "No token, or one that was revoked or has run out."),
    (404, "The token does not reach this KPI, or the KPI is no longer in use."),
    (409, "The Idempotency-Key was used for another request."),
    (413, "The body is too large."),
    (422, "Some rows cannot be taken, so none is: `errors` names row, field and reason of each."),
    (429, "Too many calls in this minute: wait the seconds that `Retry-After` says."),
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


def openapi(url, bulk_url):
    """The API as an OpenAPI 3.1 document. `url` and `bulk_url` have `{kpi}` where the KPI's name stands."""
    return {
        "openapi": "3.1.0",
        "info": {"title": f"KPI values of {settings.COMPANY_NAME}", "version": "1"},
        "paths": {
            url: _operation("sendPoints", "Send points of one KPI", settings.API_BATCH),
            bulk_url: _operation("sendPointsInBulk", "Send a long history of one KPI", settings.API_BULK),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Point": _POINT, "Answer": _ANSWER, "RowError": _ROW_ERROR, "Error": _ERROR},
        },
    }


def example(kpi):
    """A body that this KPI would take."""
    period = "2026-11-22T14:00:00Z" if kpi.grain == "hour" else "2026-11-22"
    points = [{"period": period, "value": 61.4}]
    if kpi.dimensions:
        points.append({**points[0], "value": 58.2, "dimensions": {kpi.dimensions[0]: "…"}})
    return json.dumps({"points": points}, ensure_ascii=False, indent=2)
