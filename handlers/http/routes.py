"""The addresses: items and their grants, pages and batches, streams, queues, votes, webhooks."""

from typing import Annotated, Any

from fastapi import FastAPI
from pydantic import Field, TypeAdapter

from handlers.http import description
from handlers.http.ballots import VOTE, BallotDoor, VoteAnswer
from handlers.http.description import WITH_KEY, problems
from handlers.http.directory import DirectoryDoor, QueueAnswer, QueuesAnswer, ReviewersAnswer
from handlers.http.grants import GrantDoor
from handlers.http.hooks import (
    WEBHOOK,
    DeliveriesAnswer,
    DeliveryAnswer,
    WebhookAnswer,
    WebhookDoor,
    WebhooksAnswer,
)
from handlers.http.items import BATCH, ItemDoor
from handlers.http.shapes import Answer, ItemAnswer, ProblemAnswer, RedeemedAnswer
from handlers.http.streams import StreamDoor

READ = (400, 401, 403, 422, 429, 500, 503)
WRITTEN = (400, 401, 403, 408, 413, 415, 422, 429, 500, 503)
LAST_EVENT: dict[str, Any] = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The `id` of the last event that was seen: goes on from there.",
    "schema": {"type": "string"},
}


class PageAnswer(Answer):
    """Some items, the newest first."""

    items: Annotated[list[ItemAnswer], Field(description="As `GET /v1/items/{id}` shows them.")]
    next_cursor: Annotated[
        str | None, Field(description="Where the next page begins; null: this was the last.")
    ]


class TakenAnswer(Answer):
    """What became of one submission of a batch."""

    status: Annotated[int, Field(description="What it would have been answered alone.")]
    item: Annotated[ItemAnswer | None, Field(description="With 201 and 200.")] = None
    problem: Annotated[ProblemAnswer | None, Field(description="With any other status.")] = None


class BatchAnswer(Answer):
    """What became of a batch."""

    items: Annotated[list[TakenAnswer], Field(description="In the order of the submissions.")]


def described(
    model: type[Answer], text: str, example: Any = None, status: int = 200
) -> dict[int | str, Any]:
    """A good answer, for FastAPI's `responses`."""
    content = {"application/json": {"example": example}} if example is not None else {}
    return {status: {"model": model, "description": text, "content": content}}


def body_of(model: str, text: str, example: Any) -> dict[str, Any]:
    """A body that is read strictly."""
    return description.body(model, text, {"example": example})


EVENTS: dict[int | str, Any] = {
    200: {
        "description": "The stream: events `item`, each with the item as JSON in `data`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
VOTED = {
    "item_id": "7KQ2MX4P",
    "status": "open",
    "choice": "approve",
    "reason": None,
    "cast_at": "2026-03-02T12:01:00Z",
}
HOOK = {
    "id": "whk_7KQ2MX4P9ABC",
    "url": "https://agents.example/signoff",
    "events": ["item.settled"],
    "queue": None,
    "created_at": "2026-03-02T12:00:00Z",
    "failing_since": None,
    "disabled_at": None,
    "why": None,
    "secret": None,
}
MADE = HOOK | {"secret": "whsec_MfKQ9r8GKYqrTwjU…"}
DELIVERY = {
    "id": "msg_7KQ2MX4P9ABC_42",
    "event": "item.settled",
    "item_id": "7KQ2MX4P",
    "status": "waiting",
    "tries": 2,
    "created_at": "2026-03-02T12:04:31Z",
    "due_at": "2026-03-02T12:09:36Z",
    "sent_at": None,
    "last_status": 500,
    "problem": "HTTP 500",
}
BODIES: dict[str, TypeAdapter[Any]] = {
    "Batch": BATCH,
    "VoteRequest": VOTE,
    "WebhookRequest": WEBHOOK,
}


def add_items(app: FastAPI, door: ItemDoor) -> None:
    """Asking, and reading the answer."""
    app.add_api_route(
        "/v1/items",
        door.submit,
        methods=["POST"],
        status_code=201,
        response_model=ItemAnswer,
        summary="Ask people",
        responses=description.SUBMITTED,
        openapi_extra=description.SUBMISSION_BODY,
    )
    app.add_api_route(
        "/v1/items/{item_id}",
        door.show,
        response_model=ItemAnswer,
        response_model_exclude_none=True,
        summary="Read an item, or wait for its outcome",
        responses=description.SHOWN,
        openapi_extra=description.WITH_KEY,
    )


def add_grants(app: FastAPI, door: GrantDoor) -> None:
    """What becomes of a question: redeemed, withdrawn, reported."""
    app.add_api_route(
        "/v1/items/{item_id}/grant/redeem",
        door.redeem,
        methods=["POST"],
        response_model=RedeemedAnswer,
        summary="Redeem the grant of an approved action, just before it runs",
        responses=description.REDEEMED,
        openapi_extra=description.REDEEM_BODY,
    )
    app.add_api_route(
        "/v1/items/{item_id}/cancel",
        door.cancel,
        methods=["POST"],
        response_model=ItemAnswer,
        summary="Withdraw a question",
        responses=description.CANCELLED,
        openapi_extra=description.CANCEL_BODY,
    )
    app.add_api_route(
        "/v1/items/{item_id}/report",
        door.report,
        methods=["POST"],
        response_model=ItemAnswer,
        summary="Say what became of an approved action",
        responses=description.REPORTED,
        openapi_extra=description.REPORT_BODY,
    )


def add_lists(app: FastAPI, door: ItemDoor) -> None:
    """Pages and batches."""
    app.add_api_route(
        "/v1/items/batch",
        door.submit_many,
        methods=["POST"],
        response_model=BatchAnswer,
        summary="Ask many things at once",
        responses=described(
            BatchAnswer,
            "Each submission with its own status.",
            {"items": [{"status": 201, "item": description.OPEN}]},
        )
        | problems(*WRITTEN),
        openapi_extra=body_of(
            "Batch",
            "At most 100 submissions; each is taken or refused by itself.",
            {"items": [description.APPROVAL, description.LABEL]},
        ),
    )
    app.add_api_route(
        "/v1/items",
        door.list_,
        response_model=PageAnswer,
        summary="Find items",
        responses=described(
            PageAnswer, "One page.", {"items": [description.OPEN], "next_cursor": None}
        )
        | problems(*READ),
        openapi_extra=WITH_KEY,
    )


def add_streams(app: FastAPI, door: StreamDoor) -> None:
    """Server-sent events."""
    app.add_api_route(
        "/v1/events",
        door.all_,
        response_model=None,
        summary="Listen to all of one's items",
        responses=EVENTS | problems(*READ),
        openapi_extra=WITH_KEY | {"parameters": [LAST_EVENT]},
    )
    app.add_api_route(
        "/v1/items/{item_id}/events",
        door.one,
        response_model=None,
        summary="Listen to one item until it is settled",
        responses=EVENTS
        | {204: {"description": "It is settled, and that was told."}}
        | problems(404, *READ),
        openapi_extra=WITH_KEY | {"parameters": [LAST_EVENT]},
    )


def add_directory(app: FastAPI, door: DirectoryDoor) -> None:
    """Queues and reviewers."""
    listed: tuple[tuple[str, Any, type[Answer], str, tuple[int, ...]], ...] = (
        ("/v1/queues", door.queues, QueuesAnswer, "List the queues", READ),
        ("/v1/queues/{name}", door.queue, QueueAnswer, "Read one queue", (404, *READ)),
        ("/v1/reviewers", door.reviewers, ReviewersAnswer, "List the reviewers", READ),
    )
    for path, answer, model, summary, refused in listed:
        app.add_api_route(
            path,
            answer,
            response_model=model,
            summary=summary,
            responses=described(model, "As the rules state it now.") | problems(*refused),
            openapi_extra=WITH_KEY,
        )


def add_ballots(app: FastAPI, door: BallotDoor) -> None:
    """Votes."""
    app.add_api_route(
        "/v1/items/{item_id}/votes",
        door.vote,
        methods=["POST"],
        response_model=VoteAnswer,
        summary="Vote, with a key that is one person's",
        responses=described(VoteAnswer, "It counts.", VOTED) | problems(404, 409, *WRITTEN),
        openapi_extra=body_of(
            "VoteRequest", "The person's answer.", {"choice": "approve", "reason": "checked"}
        ),
    )


def add_webhooks(app: FastAPI, door: WebhookDoor) -> None:
    """Webhooks."""
    app.add_api_route(
        "/v1/webhooks",
        door.add,
        methods=["POST"],
        status_code=201,
        response_model=WebhookAnswer,
        summary="Be told at an address",
        responses=described(WebhookAnswer, "From now on.", MADE, 201) | problems(409, *WRITTEN),
        openapi_extra=body_of(
            "WebhookRequest", "Where to tell what.", {"url": HOOK["url"], "events": HOOK["events"]}
        ),
    )
    app.add_api_route(
        "/v1/webhooks/{webhook_id}",
        door.remove,
        methods=["DELETE"],
        status_code=204,
        response_model=None,
        summary="Be told no more",
        responses=problems(404, *READ) | {204: {"description": "It is forgotten."}},
        openapi_extra=WITH_KEY,
    )
    one = "/v1/webhooks/{webhook_id}"
    sent = f"{one}/deliveries"
    listed: tuple[tuple[str, str, Any, type[Answer], str, Any], ...] = (
        ("GET", "/v1/webhooks", door.list_, WebhooksAnswer, "List webhooks", {"webhooks": [HOOK]}),
        ("GET", one, door.show, WebhookAnswer, "Read a webhook", HOOK),
        ("POST", f"{one}/rotate", door.rotate, WebhookAnswer, "Change its secret", HOOK),
        ("POST", f"{one}/enable", door.enable, WebhookAnswer, "Enable it again", HOOK),
        ("GET", sent, door.deliveries, DeliveriesAnswer, "See what was sent",
         {"deliveries": [DELIVERY], "next_cursor": None}),
        ("POST", f"{sent}/{{delivery_id}}/redrive", door.redrive, DeliveryAnswer, "Send it again",
         DELIVERY),
    )  # fmt: skip
    for method, path, answer, model, summary, example in listed:
        app.add_api_route(
            path,
            answer,
            methods=[method],
            response_model=model,
            summary=summary,
            responses=described(model, "As it stands.", example) | problems(404, 409, *READ),
            openapi_extra=WITH_KEY,
        )
