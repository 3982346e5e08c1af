"""The part of the control API that makes things go wrong."""

from dataclasses import fields

from aiohttp import web

from localchat.reading import answering, body_of, given
from localchat.slack.blocks.normal import normalised
from localchat.slack.faults import Fault
from localchat.slack.messages import Message
from localchat.slack.service import Slack
from localchat.wire import Json

FAULT_FIELDS = {field.name for field in fields(Fault)} - {"id", "until", "hits"}


class ControlFaults:
    """Serves what goes wrong under /control/…, and what mends it."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def add_routes(self, routes: web.UrlDispatcher) -> None:
        """Serve what tests call."""
        routes.add_post("/control/faults", answering(self.add))
        routes.add_get("/control/faults", answering(self.show))
        routes.add_delete("/control/faults", answering(self.clear))
        routes.add_post("/control/sockets", answering(self.sockets))
        routes.add_post("/control/tokens", answering(self.tokens))
        routes.add_post("/control/messages", answering(self.messages))
        routes.add_post("/control/event", answering(self.event))

    async def add(self, request: web.Request) -> Json:
        """Put a fault in force; see `localchat.slack.faults.Fault` for its fields."""
        body = await body_of(request)
        if unknown := sorted(set(body) - FAULT_FIELDS):
            raise ValueError(f"A fault has no {', '.join(unknown)}.")
        return {"fault": self._slack.faults.add(Fault(**body)).as_json()}

    async def show(self, _: web.Request) -> Json:
        """The faults in force."""
        return {"faults": [fault.as_json() for fault in self._slack.faults]}

    async def clear(self, request: web.Request) -> Json:
        """End all faults, or the one with `?id=`."""
        if fault_id := request.query.get("id"):
            self._slack.faults.remove(int(fault_id))
        else:
            self._slack.faults.clear()
        return {}

    async def sockets(self, request: web.Request) -> Json:
        """Drop connections (`drop`: abort, close, warning, refresh_requested), or `refuse_for`."""
        body, sockets = await body_of(request), self._slack.sockets
        if seconds := body.get("refuse_for"):
            sockets.refuse_for(seconds)
        dropped = 0
        if how := body.get("drop"):
            for app_id in [body["app"]] if body.get("app") else list(self._slack.workspace.apps):
                dropped += await sockets.drop(app_id, how, body.get("count"))
        return {"dropped": dropped}

    async def tokens(self, request: web.Request) -> Json:
        """Set a token's `state`: valid, token_revoked or account_inactive."""
        body = await body_of(request)
        state = given(body, "state")
        if state not in ("valid", "token_revoked", "account_inactive"):
            raise ValueError(f"A token cannot be {state!r}.")
        default = next(iter(self._slack.workspace.apps.values())).bot_token
        self._slack.tokens.set_state(body.get("token", default), state)  # type: ignore[arg-type]  # checked above
        return {}

    async def messages(self, request: web.Request) -> Json:
        """Delete a message (`"delete": true`) or change its text and blocks out of band."""
        body = await body_of(request)
        message = self._message(given(body, "channel"), given(body, "ts"))
        if body.get("delete"):
            self._slack.posting.remove(message)
            return {}
        changes = {"text": body["text"]} if "text" in body else {}
        if "blocks" in body:
            changes["blocks"] = normalised(body["blocks"])
        self._slack.posting.edit(message, body.get("user", message.user_id), **changes)
        return {"message": self._slack.posting.json(message)}

    async def event(self, request: web.Request) -> Json:
        """Deliver an Events API event of one's own making to every subscribed app."""
        body = await body_of(request)
        inner = dict(body["event"])
        kind = given(inner, "type")
        for app in self._slack.workspace.apps.values():
            self._slack.events.announce(app, kind, inner)
        return {}

    def _message(self, channel_id: str, ts: str) -> Message:
        message = self._slack.workspace.channels[channel_id].messages.get(ts)
        if message is None:
            raise ValueError(f"There is no message at {ts}.")
        return message
