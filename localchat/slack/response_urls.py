import json
from dataclasses import dataclass

from aiohttp import web

from localchat.clock import Clock
from localchat.slack.blocks import check_message_blocks
from localchat.slack.errors import SlackError
from localchat.slack.files import Files
from localchat.slack.ids import secret
from localchat.slack.messages import Message
from localchat.slack.options import Options
from localchat.slack.posting import Posting
from localchat.slack.workspace import Workspace
from localchat.wire import Json, dumps
from localchat.world import App

REMEMBERED = 50_000


@dataclass(slots=True)
class ResponseUrl:
    """An address through which an app may answer one interaction."""

    app: App
    person_id: str
    channel_id: str
    thread_ts: str
    original: Message | None  # None for slash commands: there is nothing to replace
    made_at: float
    uses: int = 0


class ResponseUrls:
    """Addresses of the form /response/{secret}: five uses in thirty minutes."""

    def __init__(
        self, workspace: Workspace, posting: Posting, files: Files, clock: Clock, options: Options
    ) -> None:
        self._workspace = workspace
        self._posting = posting
        self._files = files
        self._clock = clock
        self._options = options
        self.base_url = ""
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._urls: dict[str, ResponseUrl] = {}

    def new(
        self, app: App, person_id: str, channel_id: str, original: Message | None = None
    ) -> str:
        """An address for an interaction in `channel_id`, perhaps with `original`."""
        key = secret(32)
        thread_ts = original.thread_ts if original else ""
        self._urls[key] = ResponseUrl(
            app, person_id, channel_id, thread_ts, original, self._clock.now()
        )
        if len(self._urls) > REMEMBERED:
            del self._urls[next(iter(self._urls))]
        return f"{self.base_url}/response/{key}"

    async def serve(self, request: web.Request) -> web.Response:
        """Answer a POST to a response URL."""
        try:
            url = self._use(request.match_info["key"])
            self.respond(url, _read(await request.text()))
        except SlackError as error:
            # 404 with these words is what clients report; Slack documents neither.
            gone = error.error in ("invalid_url", "expired_url", "used_url")
            return web.json_response(error.body(), status=404 if gone else 200, dumps=dumps)
        return web.Response(text="ok")

    def respond(self, url: ResponseUrl, body: Json) -> Message | None:
        """Do what the body asks: delete or replace the original, or post something new.

        Raises:
            SlackError: no_text or invalid_blocks.
        """
        original = url.original
        if body.get("delete_original"):
            if original:
                self._posting.remove(original)
            return None
        content = self._content(body)
        if original and body.get("replace_original"):
            self._posting.edit(original, url.app.bot_user_id, **content)
            return original
        is_public = body.get("response_type") == "in_channel"
        message = Message(
            self._workspace.ids.ts(),
            url.channel_id,
            url.app.bot_user_id,
            app=url.app,
            thread_ts=body.get("thread_ts") or url.thread_ts,
            ephemeral_to="" if is_public else url.person_id,
            **content,
        )
        return self._posting.post(message) if is_public else self._posting.post_ephemeral(message)

    def answer_command(self, app: App, person_id: str, channel_id: str, body: Json) -> None:
        """Show what came with a slash command's acknowledgement."""
        url = ResponseUrl(app, person_id, channel_id, "", None, self._clock.now())
        self.respond(url, body)

    def _use(self, key: str) -> ResponseUrl:
        url = self._urls.get(key)
        if url is None:
            raise SlackError("invalid_url")
        if self._clock.now() - url.made_at > self._options.response_url_lives_for:
            raise SlackError("expired_url")
        if url.uses >= self._options.response_url_uses:
            raise SlackError("used_url")
        url.uses += 1
        return url

    def _content(self, body: Json) -> Json:
        text, blocks = body.get("text") or "", body.get("blocks") or []
        attachments = body.get("attachments") or []
        if not (text or blocks or attachments):
            raise SlackError("no_text")
        blocks = check_message_blocks(blocks, self._files.is_shown)
        content = {"text": text, "blocks": blocks, "attachments": attachments}
        return content | ({"metadata": body["metadata"]} if body.get("metadata") else {})


def _read(text: str) -> Json:
    try:
        body = json.loads(text)
    except ValueError:
        raise SlackError("invalid_payload") from None
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    return body
