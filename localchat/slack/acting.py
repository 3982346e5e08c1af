from localchat.slack import payloads
from localchat.slack.delivery import Delivery
from localchat.slack.events import Events
from localchat.slack.messages import Message
from localchat.slack.outcomes import Outcome, from_ack, refusal
from localchat.slack.posting import Posting
from localchat.slack.response_urls import ResponseUrls
from localchat.slack.triggers import Triggers
from localchat.slack.values import FIELDS, entry, find_element, option
from localchat.slack.views import View, Views
from localchat.slack.workspace import Workspace
from localchat.wire import Json
from localchat.world import App, Person


class Acting:
    """What people do to messages: click, choose, use shortcuts."""

    def __init__(
        self,
        workspace: Workspace,
        posting: Posting,
        views: Views,
        triggers: Triggers,
        response_urls: ResponseUrls,
        delivery: Delivery,
        events: Events,
    ) -> None:
        self.workspace = workspace
        self.posting = posting
        self.views = views
        self.triggers = triggers
        self.response_urls = response_urls
        self.delivery = delivery
        self.events = events

    async def click(
        self,
        person_id: str,
        channel_id: str,
        ts: str,
        action_id: str,
        *,
        block_id: str | None = None,
        chosen: object = None,
        entered: Json | None = None,
        times: int = 1,
        late_by: float = 0.0,
    ) -> Outcome:
        """Use an element of a message.

        Args:
            person_id: who does.
            channel_id: where.
            ts: the message's timestamp, or an ephemeral message's.
            action_id: of the element.
            block_id: of its block, where the action id alone is ambiguous.
            chosen: for menus and inputs, what is chosen; see `values.entry`.
            entered: what other inputs of the message hold, by block and action id.
            times: how often the click is delivered.
            late_by: seconds that it is held back.
        """
        message = self.posting.find(person_id, channel_id, ts)
        if message is None or message.app is None:
            return refusal("message_not_found", f"{person_id} sees no app's message at {ts}.")
        found = find_element(message.blocks, action_id, block_id)
        if found is None:
            return refusal("action_not_found", f"The message has nothing called {action_id!r}.")
        block, element = found
        if tells_nobody(block):
            return Outcome(True)
        answer = _chosen(element, chosen)
        entered = dict(entered or {})
        if element["type"] in FIELDS:
            entered[block["block_id"]] = entered.get(block["block_id"], {}) | {action_id: answer}
        action = payloads.action(block, element, answer, self.workspace.ids.ts())
        start = self.begin(message.app, person_id, "block_actions")
        start["response_url"] = self.response_urls.new(message.app, person_id, channel_id, message)
        payload = payloads.message_actions(self.workspace, start, message, [action], entered)
        ack = await self.delivery.interact(
            message.app, "interactive", payload, times=times, late_by=late_by
        )
        return from_ack(ack)

    async def click_in_view(
        self,
        view: View,
        action_id: str,
        *,
        block_id: str | None = None,
        chosen: object = None,
        entered: Json | None = None,
    ) -> Outcome:
        """Use an element of a modal or Home tab; what it holds is remembered in the view."""
        found = find_element(view.content["blocks"], action_id, block_id)
        if found is None:
            return refusal("action_not_found", f"The view has nothing called {action_id!r}.")
        block, element = found
        answer = _chosen(element, chosen)
        for each, values in (entered or {}).items():
            view.values[each] = view.values.get(each, {}) | values
        if element["type"] in FIELDS:
            in_block = view.values.setdefault(block["block_id"], {})
            in_block[action_id] = answer
        if tells_nobody(block):
            return Outcome(True)
        action = payloads.action(block, element, answer, self.workspace.ids.ts())
        start = self.begin(view.app, view.person_id, "block_actions", view.id)
        payload = payloads.view_actions(self.workspace, start, view, [action])
        return from_ack(await self.delivery.interact(view.app, "interactive", payload))

    async def shortcut(
        self, person_id: str, app: App, callback_id: str, message: Message | None = None
    ) -> Outcome:
        """Use a global shortcut, or a message's shortcut."""
        kind = "message_action" if message else "shortcut"
        start = self.begin(app, person_id, kind)
        start |= {"callback_id": callback_id, "action_ts": self.workspace.ids.ts()}
        if message:
            channel_id = message.channel_id
            start |= {
                "message_ts": message.ts,
                "message": self.posting.json(message),
                "channel": payloads.channel_reference(self.workspace, channel_id),
                "response_url": self.response_urls.new(app, person_id, channel_id),
            }
        return from_ack(await self.delivery.interact(app, "interactive", start))

    def react(self, person_id: str, channel_id: str, ts: str, name: str) -> Outcome:
        """Add an emoji to a message."""
        message = self.posting.find(person_id, channel_id, ts)
        if message is None:
            return refusal("message_not_found", f"{person_id} sees no message at {ts}.")
        added = self.posting.react(message, person_id, name.strip(":"))
        return Outcome(True) if added else refusal("already_reacted", "You already did.")

    def open_home(self, person_id: str, app: App) -> Json | None:
        """Look at an app's Home tab: what it shows now. The app hears of it and may publish."""
        view = self.views.homes.get((app.id, person_id))
        shown = view.as_json(self.workspace.team_id) if view else None
        channel = self.workspace.open_direct_messages(person_id, app.bot_user_id)
        self.events.home_opened(app, person_id, channel.id, shown)
        return shown

    def person(self, person_id: str) -> Person:
        """Who acts."""
        return self.workspace.people[person_id]

    def begin(self, app: App, person_id: str, kind: str, view_id: str = "") -> Json:
        """An interaction payload with a fresh trigger."""
        payload = payloads.interaction(self.workspace, app, self.person(person_id), kind)
        payload["trigger_id"] = self.triggers.new(app, person_id, view_id)
        return payload


def tells_nobody(block: Json) -> bool:
    """True for inputs whose app hears of them only with the next click or submission."""
    return block["type"] == "input" and not block.get("dispatch_action")


def _chosen(element: Json, chosen: object) -> Json:
    if element["type"] in FIELDS:
        return entry(element, chosen)
    if element["type"] == "overflow":
        if isinstance(chosen, str):
            return {"selected_option": option(element, chosen)}
        return chosen if isinstance(chosen, dict) else {}
    return {}
