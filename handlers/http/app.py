"""The HTTP door, put together: its addresses, its description, its life."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp

from bot.flows.listing import news_since
from bot.flows.reporting import settled_among
from handlers.aap.app import MOUNT as AAP
from handlers.aap.app import AapDoor
from handlers.app import House
from handlers.http import calendar, description, routes
from handlers.http.ballots import BallotDoor
from handlers.http.calendar import CalendarDoor
from handlers.http.directory import DirectoryDoor
from handlers.http.envelope import Envelope
from handlers.http.faults import of_query
from handlers.http.feed import Feed
from handlers.http.grants import GrantDoor
from handlers.http.health import HealthDoor
from handlers.http.hooks import WebhookDoor
from handlers.http.items import ItemDoor
from handlers.http.keys import Gate
from handlers.http.metrics import MetricsDoor
from handlers.http.problems import invalid
from handlers.http.reference import page_of
from handlers.http.shapes import HealthAnswer
from handlers.http.streams import StreamDoor
from handlers.http.waiting import Waiters
from handlers.outside import Outside
from handlers.webhooks.courier import delivering


def create_app(house: House, mounts: Mapping[str, ASGIApp] | None = None) -> FastAPI:
    """The door as an ASGI application.

    Args:
        house: what every door shares.
        mounts: other doors that speak HTTP, by the path below which they listen.
    """
    waiters = Waiters(lambda item_ids: house.see(settled_among, item_ids))
    aap = AapDoor(house, waiters)
    feed = Feed(lambda since: house.see(news_since, since))
    outside = Outside(house.settings.webhook_allow)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        house.on_settled(waiters.wake)
        house.on_settled(feed.wake)
        house.on_raised(feed.wake)
        async with aap.awake(), delivering(house, outside):
            yield
        waiters.close()
        feed.close()

    app = _Described(
        title=description.TITLE,
        version=description.VERSION,
        description=description.ABOUT,
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.waiters = waiters
    app.state.feed = feed
    app.add_middleware(Envelope)
    app.add_exception_handler(HTTPException, _to_envelope)
    app.add_exception_handler(RequestValidationError, _to_envelope)
    gate = Gate(house)
    items = ItemDoor(house, gate, waiters)
    routes.add_items(app, items)
    routes.add_lists(app, items)
    routes.add_grants(app, GrantDoor(house, gate))
    routes.add_streams(app, StreamDoor(house, gate, feed))
    routes.add_ballots(app, BallotDoor(house, gate))
    routes.add_directory(app, DirectoryDoor(house, gate))
    routes.add_webhooks(app, WebhookDoor(house, gate, outside))
    app.add_api_route(
        "/healthz",
        HealthDoor(house).show,
        response_model=HealthAnswer,
        summary="Is Signoff well?",
        responses=description.problems(503),
    )
    app.add_api_route(calendar.PATH, CalendarDoor(house).show, include_in_schema=False)
    app.add_route("/docs", _docs, include_in_schema=False)
    app.add_route("/metrics", MetricsDoor(house).show, include_in_schema=False)
    app.mount(AAP, aap.asgi)
    for path, mounted in (mounts or {}).items():
        app.mount(path, mounted)
    return app


class _Described(FastAPI):
    """Adds to the description what FastAPI cannot see: bodies that are read strictly."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if not self.openapi_schema:
            self.openapi_schema = description.completed(
                get_openapi(
                    title=self.title,
                    version=self.version,
                    description=self.description,
                    routes=self.routes,
                ),
                routes.BODIES,
            )
        return self.openapi_schema


async def _to_envelope(_request: Request, error: Exception) -> Response:
    """Every error is answered in one place, and in one shape."""
    if isinstance(error, RequestValidationError):
        raise invalid(*of_query(error.errors())) from None
    raise error


async def _docs(request: Request) -> Response:
    return HTMLResponse(page_of(request.app.openapi()))
