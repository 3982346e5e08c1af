"""What Slack may say to us, one listener each: buttons are told apart by their ids, not here."""

import logging
import re
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped
from slack_sdk.web.async_client import AsyncWebClient

from config.settings import Settings
from handlers.calls import CallError
from handlers.slack import clicks, commands, home, modals
from handlers.slack.api import Json
from handlers.slack.clicks import Ack
from handlers.slack.desk import SlackDesk

ANY = re.compile("")

log = logging.getLogger(__name__)


def build_app(desk: SlackDesk, settings: Settings, client: AsyncWebClient) -> AsyncApp:
    """The app with its listeners; it runs them before it acknowledges, and polls nothing.

    Its own client holds no token: `authorize` names one for each request.
    """

    async def authorize(context: AsyncBoltContext, **_: Any) -> AuthorizeResult:
        return await _authorize(desk, settings, context)

    logger = logging.getLogger("handlers.slack.bolt")
    logger.addFilter(_is_news)
    app = AsyncApp(
        client=client,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        authorize=authorize,
        process_before_response=True,
        logger=logger,
        name="signoff",
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    _add_listeners(app, desk)
    return app


def _add_listeners(app: AsyncApp, desk: SlackDesk) -> None:
    @app.action(ANY)
    async def _pressed(ack: Ack, body: Json, action: Json) -> None:
        await clicks.pressed(desk, ack, body, action)

    @app.view_submission(ANY)
    async def _submitted(ack: Ack, body: Json, view: Json) -> None:
        await modals.submitted(desk, ack, body, view)

    @app.view_closed(ANY)
    async def _closed(ack: Ack) -> None:
        await ack()

    @app.command(ANY)
    async def _commanded(ack: Ack, body: Json) -> None:
        await commands.commanded(desk, ack, body)

    @app.event("app_home_opened")
    async def _home_opened(event: Json) -> None:
        desk.after.soon(home.opened(desk, event))

    @app.event("user_change")
    async def _user_changed(event: Json) -> None:
        desk.identities.forget(str((event.get("user") or {}).get("id", "")))

    @app.event(ANY)
    async def _something_else() -> None:
        """Subscribed to for nothing; an event without a listener would be told again."""


def _is_news(record: logging.LogRecord) -> bool:
    """Not that bolt leaves SLACK_BOT_TOKEN alone: `authorize` names it."""
    return record.getMessage() != warning_client_prioritized_and_token_skipped()


async def _authorize(
    desk: SlackDesk, settings: Settings, context: AsyncBoltContext
) -> AuthorizeResult:
    """Our one token. That Slack does not say whose it is right now must not lose a click."""
    try:
        us = await desk.identities.home()
        bot_user_ref, bot_ref = us.bot_user_ref or None, us.bot_ref or None
    except CallError as problem:
        log.warning("auth.test: %s", problem)
        bot_user_ref = bot_ref = None
    return AuthorizeResult(
        enterprise_id=context.enterprise_id,
        team_id=context.team_id,
        bot_token=settings.slack_bot_token.get_secret_value(),
        bot_id=bot_ref,
        bot_user_id=bot_user_ref,
    )
