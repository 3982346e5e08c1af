"""A chat workspace for tests.

async with LocalChat() as chat:
    ...  # point a bot at chat.api_url with chat.bot_token and chat.app_token
    outcome = await chat.click(user="U0AMARA01", channel="C0APPROVE1", ts=ts, action_id="yes")
    assert outcome.ok

with LocalChat.in_thread() as chat:  # for synchronous tests and bots in other processes
    chat.call(chat.local.say(user="U0AMARA01", channel="C0GENERAL1", text="Hello"))
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Self, TypeVar

from localchat.server import Server
from localchat.slack.faults import Fault
from localchat.slack.outcomes import Outcome, refusal
from localchat.slack.request_log import Request
from localchat.slack.socket_mode import DropHow
from localchat.slack.tokens import State
from localchat.wire import Json
from localchat.world import App

Result = TypeVar("Result")
POLL_EVERY = 0.005  # seconds


class LocalChat(Server):
    """The server, and the control API as methods. Takes what `Server` takes."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @classmethod
    def in_thread(cls, *args: Any, **kwargs: Any) -> "ThreadedLocalChat":
        """The same on a thread of its own; takes the same arguments."""
        return ThreadedLocalChat(cls(*args, **kwargs))

    @property
    def app(self) -> App:
        """The first app."""
        return next(iter(self.slack.workspace.apps.values()))

    @property
    def api_url(self) -> str:
        """Where the Web API is, with the slash at the end that slack_sdk needs."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        """The first app's xoxb- token."""
        return self.app.bot_token

    @property
    def app_token(self) -> str:
        """The first app's xapp- token."""
        return self.app.app_token

    @property
    def signing_secret(self) -> str:
        """The first app's signing secret."""
        return self.app.signing_secret

    async def click(
        self,
        *,
        user: str,
        action_id: str,
        channel: str = "",
        ts: str = "",
        view_id: str = "",
        block_id: str | None = None,
        chosen: object = None,
        entered: Json | None = None,
        times: int = 1,
        late_by: float = 0.0,
    ) -> Outcome:
        """Use an element of a message (`channel`, `ts`) or of a view (`view_id`).

        Args:
            user: who clicks.
            action_id: the element's id.
            channel: where the message is.
            ts: the message's timestamp.
            view_id: the modal or Home tab, instead of a message.
            block_id: where the action id alone is ambiguous.
            chosen: for menus and inputs; an option's value, a list, a text, or Slack's full value.
            entered: what other inputs hold, by block and action id.
            times: how often the click is delivered.
            late_by: seconds it is held back.
        """
        acting = self.slack.acting
        if view_id:
            view = self.slack.views.get(view_id)
            if view is None:
                return refusal("view_not_found", "This view is no longer open.")
            return await acting.click_in_view(
                view, action_id, block_id=block_id, chosen=chosen, entered=entered
            )
        return await acting.click(
            user,
            channel,
            ts,
            action_id,
            block_id=block_id,
            chosen=chosen,
            entered=entered,
            times=times,
            late_by=late_by,
        )

    async def say(self, text: str, *, user: str, channel: str, thread_ts: str = "") -> Outcome:
        """Post a message; its timestamp is in `outcome.response["ts"]`."""
        return await self.slack.talking.say(user, channel, text, thread_ts)

    async def command(self, line: str, *, user: str, channel: str) -> Outcome:
        """Run a slash command such as `/review help`."""
        return await self.slack.talking.command(user, channel, line)

    async def submit_view(self, view_id: str, values: Json | None = None) -> Outcome:
        """Fill in and submit a modal; `values` by block and action id, `{"why": {"text": "…"}}`."""
        return await self.slack.submitting.submit(view_id, values)

    async def close_view(self, view_id: str) -> Outcome:
        """Close a modal without submitting it."""
        return await self.slack.submitting.close(view_id)

    async def shortcut(
        self, callback_id: str, *, user: str, channel: str = "", ts: str = ""
    ) -> Outcome:
        """Use a global shortcut, or a message's when `channel` and `ts` name one."""
        message = self.slack.posting.find(user, channel, ts) if ts else None
        return await self.slack.acting.shortcut(user, self.app, callback_id, message)

    async def open_home(self, *, user: str) -> Json | None:
        """Look at the first app's Home tab: what it shows now."""
        return self.slack.acting.open_home(user, self.app)

    async def react(self, name: str, *, user: str, channel: str, ts: str) -> Outcome:
        """Add an emoji to a message."""
        return self.slack.acting.react(user, channel, ts, name)

    def messages(self, channel: str) -> list[Json]:
        """A channel's messages with their metadata, oldest first."""
        posting = self.slack.posting
        messages = self.slack.workspace.channels[channel].messages.values()
        return [posting.json(message, with_metadata=True) for message in messages]

    def message(self, channel: str, ts: str) -> Json:
        """One message."""
        found = self.slack.workspace.channels[channel].messages[ts]
        return self.slack.posting.json(found, with_metadata=True)

    def direct_messages(self, user: str) -> list[Json]:
        """What the first app and a person have written to each other."""
        channel = self.slack.workspace.direct_messages(user, self.app.bot_user_id)
        return self.messages(channel.id) if channel else []

    def ephemerals(self, user: str) -> list[Json]:
        """The ephemeral messages that a person sees, with their `channel`, oldest first."""
        shown = self.slack.posting.ephemerals.get(user, {}).values()
        return [self.slack.posting.json(m) | {"channel": m.channel_id} for m in shown]

    def views(self, user: str) -> list[Json]:
        """A person's open modals, bottom first."""
        team_id = self.slack.workspace.team_id
        return [view.as_json(team_id) for view in self.slack.views.stack(user)]

    def home(self, user: str) -> Json | None:
        """What the first app's Home tab shows a person."""
        view = self.slack.views.homes.get((self.app.id, user))
        return view.as_json(self.slack.workspace.team_id) if view else None

    def requests(self, method: str = "") -> list[Request]:
        """The Web API calls so far, oldest first."""
        return self.slack.requests.of(method)

    def socket_count(self) -> int:
        """How many sockets the first app holds open."""
        return len(self.slack.sockets.sockets(self.app.id))

    def fault(self, kind: str, target: str = "*", **details: Any) -> Fault:
        """Make something go wrong: `chat.fault("ratelimited", "chat.*", count=3)`."""
        return self.slack.faults.add(Fault(kind, target, **details))  # type: ignore[arg-type]  # add() checks

    def heal(self) -> None:
        """End all faults."""
        self.slack.faults.clear()

    async def drop_sockets(self, how: DropHow = "abort", count: int | None = None) -> int:
        """End connections of the first app; how many."""
        return await self.slack.sockets.drop(self.app.id, how, count)

    def refuse_sockets(self, for_seconds: float) -> None:
        """Turn new connections away for a while."""
        self.slack.sockets.refuse_for(for_seconds)

    def set_token(self, state: State, token: str = "") -> None:
        """Revoke the bot's token, or another, or restore it."""
        self.slack.tokens.set_state(token or self.bot_token, state)

    def set_person(self, user: str, **flags: Any) -> None:
        """Change a person: `chat.set_person("U0RUTH001", deleted=True)`."""
        person = self.slack.workspace.people[user]
        for name, value in flags.items():
            setattr(person, name, value)
        self.slack.workspace.person_changed(person)

    def set_member(self, user: str, channel: str, *, is_member: bool) -> None:
        """Let somebody join or leave; so is a bot kicked."""
        found = self.slack.workspace.channels[channel]
        change = self.slack.workspace.join if is_member else self.slack.workspace.leave
        change(user, found)

    def archive(self, channel: str, *, archived: bool = True) -> None:
        """Archive a channel, or bring it back."""
        self.slack.workspace.archive(self.slack.workspace.channels[channel], archived=archived)

    def delete_message(self, channel: str, ts: str) -> None:
        """Delete a message behind the app's back."""
        self.slack.posting.remove(self.slack.workspace.channels[channel].messages[ts])

    def edit_message(self, channel: str, ts: str, **changes: Any) -> None:
        """Change a message behind the app's back."""
        message = self.slack.workspace.channels[channel].messages[ts]
        self.slack.posting.edit(message, message.user_id, **changes)

    async def use_http(self, request_url: str) -> bool:
        """Deliver to a request URL instead of sockets; False when it fails verification."""
        is_verified = await self.slack.http.verify_url(self.app, request_url)
        if is_verified:
            self.app.request_url = request_url
        return is_verified

    async def until(self, condition: Callable[[], Result], within: float = 60.0) -> Result:
        """Wait until `condition` is true, and return what it returned.

        Raises:
            TimeoutError: it stayed false for `within` seconds.
        """
        async with asyncio.timeout(within):
            while not (result := condition()):  # noqa: ASYNC110  # anything may be waited for
                await asyncio.sleep(POLL_EVERY)
        return result


class ThreadedLocalChat:
    """A `LocalChat` on a thread and event loop of its own."""

    def __init__(self, local: LocalChat) -> None:
        self.local = local
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="localchat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.call(self.local.start())
        return self

    def __exit__(self, *_: object) -> None:
        self.call(self.local.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def call(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine of `local` there and wait for its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def ask(self, question: Callable[[LocalChat], Result]) -> Result:
        """Call `question` with `local` there: `chat.ask(lambda c: c.messages("C0GENERAL1"))`."""

        async def answer() -> Result:
            return question(self.local)

        return self.call(answer())

    def until(self, condition: Callable[[LocalChat], Result], within: float = 60.0) -> Result:
        """Wait until `condition` of `local` is true, and return what it returned."""
        return self.call(self.local.until(lambda: condition(self.local), within))

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
