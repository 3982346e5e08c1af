"""How this door describes itself in OpenAPI: bodies, examples, answers and problems."""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import TypeAdapter

from bot.content import SUBMISSION
from handlers.http.problems import MEDIA_TYPE, TITLES
from handlers.http.shapes import CANCEL, REDEEM, REPORT, ItemAnswer, ProblemAnswer, RedeemedAnswer

TITLE = "Signoff"
ABOUT = (
    "Put a question before people, and wait for their answer. Every error is a Problem Details "
    "document (RFC 9457). No key of an agent lets it vote."
)
REF = "#/components/schemas/{model}"
KEY = "apiKey"
WITH_KEY: dict[str, Any] = {"security": [{KEY: []}]}

APPROVAL = {
    "queue": "agent-actions",
    "kind": "approval",
    "key": "run-7:call-3",
    "action": {
        "name": "delete_files",
        "args": {"paths": ["a.log", "b.log"]},
        "environment": "production",
        "target": "host-1",
    },
    "reason": "disk is 97 % full",
    "requester": "cleanup-agent",
    "evidence": [{"kind": "diff", "text": "-a.log\n-b.log"}],
    "due_in": 1800,
}
LABEL = {
    "queue": "moderation",
    "kind": "label",
    "key": "msg-991",
    "body": "You won! Call now",
    "choices": ["spam", "ham"],
    "prediction": {"choice": "spam", "confidence": 0.62, "model": "nb-3"},
    "evidence": [{"kind": "image", "url": "https://pictures.example/991.png"}],
}
ACTION_DIGEST = "0f4dcc9b3a6e7c1d2b8a5f90e3d4c6b7a8f9e0d1c2b3a4958677869504132231"
AUDIT = LABEL | {
    "kind": "audit",
    "prediction": {"choice": "ham", "confidence": 0.97, "model": "nb-3"},
}
PAIR = {
    "queue": "answers",
    "kind": "preference",
    "key": "pair-17",
    "body": "What is the capital of France?",
    "answers": [
        {"text": "Paris.", "model": "owl-7b"},
        {"text": "Surely Lyon?", "model": "lark-2"},
    ],
}
OPEN = {
    "id": "7KQ2MX4P",
    "status": "open",
    "queue": "agent-actions",
    "kind": "approval",
    "key": "run-7:call-3",
    "opened_at": "2026-03-02T12:00:00Z",
    "due_at": "2026-03-02T12:30:00Z",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "action_digest": ACTION_DIGEST,
    "action": APPROVAL["action"],
}
SETTLED: dict[str, Any] = OPEN | {
    "status": "settled",
    "outcome": {
        "choice": "approve",
        "rule": "unanimous",
        "votes": 1,
        "reasons": ["the logs are copied already"],
        "decided_at": "2026-03-02T12:04:31.250000Z",
        "by": [{"id": "ann", "name": "Ann"}],
    },
    "grant": {"status": "ready", "expires_at": "2026-03-02T12:19:31.250000Z"},
}
REDEEM_NOW = {"action_digest": ACTION_DIGEST, "attempt": "6f1c9f0e-2d5b-4f3a"}
RUNNING = SETTLED["grant"] | {"status": "redeemed", "redeemed_at": "2026-03-02T12:04:32Z"}
EXECUTED = {"execution": "executed", "note": "2 files removed"}
DONE = SETTLED | {
    "grant": RUNNING | {"status": "used"},
    "report": EXECUTED | {"reported_at": "2026-03-02T12:04:33Z"},
}
WITHDRAW = {"reason": "the user closed the window"}
WITHDRAWN = OPEN | {
    "status": "settled",
    "outcome": {
        "choice": None,
        "rule": "cancelled",
        "votes": 0,
        "reasons": [],
        "decided_at": "2026-03-02T12:02:00Z",
    },
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What may go wrong, for FastAPI's `responses`."""
    return {
        status: {
            "description": "; ".join(title for _, (one, title) in TITLES.items() if one == status),
            "content": {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="ProblemAnswer")}}},
        }
        for status in statuses
    }


def body(model: str, description: str, examples: dict[str, Any]) -> dict[str, Any]:
    """A body that is read strictly, for FastAPI's `openapi_extra`."""
    content = {
        "schema": {"$ref": REF.format(model=model)},
        "examples": {name: {"value": value} for name, value in examples.items()},
    }
    return WITH_KEY | {
        "requestBody": {
            "required": True,
            "description": description,
            "content": {"application/json": content},
        }
    }


def _example(value: Any, description: str) -> dict[str, Any]:
    return {
        "model": ItemAnswer,
        "description": description,
        "content": {"application/json": {"example": value}},
    }


SUBMITTED = {
    201: _example(OPEN, "It is before people now."),
    200: _example(OPEN, "The same key with the same body: the stored item."),
} | problems(401, 403, 408, 409, 413, 415, 422, 429, 500, 503)
SHOWN = {200: _example(SETTLED, "As it stands.")} | problems(401, 403, 404, 422, 429, 500, 503)
REPORTED = {200: _example(DONE, "Kept; the card shows it.")} | problems(
    401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503
)
SUBMISSION_BODY = body(
    "Submission",
    "The question. `key` is the producer's own, stable name of it: repeat the request with the "
    "same key after a crash or a lost answer, and there is still one item.",
    {"approval": APPROVAL, "label": LABEL, "audit": AUDIT, "preference": PAIR},
)
REPORT_BODY = body("ReportRequest", "What became of the action.", {"executed": EXECUTED})
REDEEMED = {
    200: {
        "model": RedeemedAnswer,
        "description": "The action may run, once, now.",
        "content": {
            "application/json": {
                "example": {"grant": RUNNING, "item": SETTLED | {"grant": RUNNING}}
            }
        },
    }
} | problems(401, 403, 404, 408, 409, 410, 413, 415, 422, 423, 429, 500, 503)
REDEEM_BODY = body(
    "RedeemRequest", "Which action is about to run, and whose attempt it is.", {"now": REDEEM_NOW}
)
CANCELLED = {200: _example(WITHDRAWN, "Withdrawn; its cards say so.")} | problems(
    401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503
)
CANCEL_BODY = body("CancelRequest", "Why, if you like.", {"withdrawn": WITHDRAW})


def completed(document: dict[str, Any], bodies: Mapping[str, TypeAdapter[Any]]) -> dict[str, Any]:
    """The document with the bodies' schemas, the problems' shape and the keys."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    submission = SUBMISSION.json_schema(ref_template=REF)
    schemas |= submission.pop("$defs")
    schemas["Submission"] = submission
    read_strictly: dict[str, TypeAdapter[Any]] = {
        "ReportRequest": REPORT,
        "RedeemRequest": REDEEM,
        "CancelRequest": CANCEL,
        **bodies,
    }
    for model, shape in read_strictly.items():
        schema = shape.json_schema(ref_template=REF)
        schemas |= schema.pop("$defs", {})
        schemas[model] = schema
    schemas["ProblemAnswer"] = ProblemAnswer.model_json_schema(ref_template=REF)
    schemas |= schemas["ProblemAnswer"].pop("$defs")
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {
        KEY: {
            "type": "http",
            "scheme": "bearer",
            "description": "`signoff keys add NAME --can submit,read,redeem` makes one: `sgn_…`.",
        }
    }
    return document


def _version() -> str:
    try:
        return version("signoff-server")
    except PackageNotFoundError:  # run from a folder that is not installed
        return "0"


VERSION = _version()
