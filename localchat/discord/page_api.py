"""What the browser page calls about Discord: everything as one person sees it."""

from collections.abc import Awaitable, Mapping

from aiohttp import web

from localchat.discord import typed
from localchat.discord.filling import WrongEntryError
from localchat.discord.outcomes import Outcome, refusal
from localchat.discord.page_feed import PageFeed, seen
from localchat.discord.page_state import workspaces
from localchat.discord.place import Place
from localchat.discord.rules.commands import CHAT_INPUT
from localchat.discord.service import Discord
from localchat.page_api import Call
from localchat.reading import Handler, body_of, given, given_or
from localchat.wire import Json


class DiscordPage:
    """Discord's side of the page: what there is, messages, clicks, commands, forms."""

    def __init__(self, discord: Discord) -> None:
        self._discord = discord
        self._feed = PageFeed(discord.workspace, discord.posting)

    @property
    def handlers(self) -> Mapping[Call, Handler]:
        """What it answers, by method and path."""
        return {
            ("GET", "/page/messages"): self.messages,
            ("GET", "/page/views"): self.views,
            ("GET", "/page/commands"): self.commands,
            ("POST", "/page/action"): self.act,
            ("POST", "/page/message"): self.say,
            ("POST", "/page/command"): self.command,
            ("POST", "/page/autocomplete"): self.autocomplete,
            ("POST", "/page/context_menu"): self.context_menu,
            ("POST", "/page/delete"): self.delete,
            ("POST", "/page/view/submit"): self.submit,
            ("POST", "/page/view/close"): self.close_view,
            ("POST", "/page/dm"): self.direct_messages,
            ("POST", "/page/react"): self.react,
        }

    def knows(self, person_id: str) -> bool:
        """Whether this is somebody's id on Discord."""
        return person_id in self._discord.workspace.people

    def close(self) -> None:
        """Send every tab away."""
        self._feed.tabs.close()

    def workspaces(self) -> list[Json]:
        """The guilds: people, roles, channels, commands."""
        return workspaces(self._discord)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What happens from now on, as server-sent events."""
        return await self._feed.tabs.serve(request)

    async def messages(self, request: web.Request) -> Json:
        """A channel's messages and the person's own ephemerals in it, oldest first."""
        person_id = request.query.get("as", "")
        place = self._place(person_id, request.query.get("channel", ""))
        if place is None:
            return {"ok": False, "error": "channel_not_found"}
        posting = self._discord.posting
        own = [m for m in posting.ephemerals.get(person_id, {}).values() if m.place is place]
        together = sorted([*place.messages.values(), *own], key=lambda message: int(message.id))
        return {"messages": [seen(message, posting) for message in together]}

    async def views(self, request: web.Request) -> Json:
        """The form that a person has open, if any."""
        modal = self._discord.modals.of(request.query.get("as", ""))
        return {"views": [modal.as_json()] if modal else []}

    async def commands(self, request: web.Request) -> Json:
        """The commands that a person can use in a channel, as they were registered."""
        person_id = request.query.get("as", "")
        place = self._place(person_id, request.query.get("channel", ""))
        found = self._discord.acting.commands_for(person_id, place) if place else []
        return {"commands": found}

    async def act(self, request: web.Request) -> Json:
        """Use a button or menu of a message."""
        body = await body_of(request)
        person_id, message_id, custom_id = _three(body, "as", "message", "custom_id")
        acting = self._discord.acting
        return await _told(acting.click(person_id, message_id, custom_id, body.get("values")))

    async def say(self, request: web.Request) -> Json:
        """Post a message, or run a slash command as it was typed."""
        body = await body_of(request)
        person_id, channel_id, text = _three(body, "as", "channel", "text")
        if text.startswith("/"):
            return await self._run(person_id, channel_id, text)
        reply_to = given_or(body, "reply_to", "")
        return self._discord.talking.say(person_id, channel_id, text, reply_to).as_json()

    async def command(self, request: web.Request) -> Json:
        """Run a slash command with its options."""
        body = await body_of(request)
        person_id, channel_id, name = _three(body, "as", "channel", "command")
        options = given_or(body, "options", {})
        return await _told(self._discord.acting.command(person_id, channel_id, name, options))

    async def autocomplete(self, request: web.Request) -> Json:
        """Ask the bot for choices while an option is being typed."""
        body = await body_of(request)
        person_id, channel_id, name = _three(body, "as", "channel", "command")
        so_far, options = given_or(body, "typed", ""), given_or(body, "options", {})
        asked = self._discord.acting.autocomplete(
            person_id, channel_id, name, given(body, "option"), so_far, options
        )
        told = await _told(asked)
        return told | {"choices": (told.get("response") or {}).get("choices") or []}

    async def context_menu(self, request: web.Request) -> Json:
        """Run a command from the menu of a message (`message`) or a person (`target`)."""
        body = await body_of(request)
        person_id, channel_id, name = _three(body, "as", "channel", "command")
        message_id, target = given_or(body, "message", ""), given_or(body, "target", "")
        asked = self._discord.acting.context_menu(
            person_id, channel_id, name, message_id=message_id, target=target
        )
        return await _told(asked)

    async def delete(self, request: web.Request) -> Json:
        """Delete a message, or dismiss an ephemeral one."""
        body = await body_of(request)
        talking = self._discord.talking
        return talking.delete(given(body, "as"), given(body, "message")).as_json()

    async def submit(self, request: web.Request) -> Json:
        """Submit the open form."""
        body = await body_of(request)
        values = given_or(body, "values", {})
        return await _told(self._discord.acting.submit(given(body, "as"), values))

    async def close_view(self, request: web.Request) -> Json:
        """Close the open form; the bot is not told."""
        self._discord.modals.close(given(await body_of(request), "as"))
        return {}

    async def direct_messages(self, request: web.Request) -> Json:
        """Open the direct messages of two people, or of a person and the bot."""
        body = await body_of(request)
        workspace = self._discord.workspace
        place = workspace.open_direct_messages(given(body, "as"), given(body, "with"))
        return {"channel": {"id": place.id}}

    async def react(self, request: web.Request) -> Json:
        """Add an emoji to a message, or take it back."""
        body = await body_of(request)
        person_id, message_id, name = _three(body, "as", "message", "name")
        return self._discord.talking.react(person_id, message_id, name).as_json()

    def _place(self, person_id: str, channel_id: str) -> Place | None:
        workspace = self._discord.workspace
        place = workspace.places.get(channel_id)
        return place if place and workspace.may_read(person_id, place) else None

    async def _run(self, person_id: str, channel_id: str, line: str) -> Json:
        place = self._place(person_id, channel_id)
        name = line.removeprefix("/").partition(" ")[0]
        known = place and self._discord.commands.find(place.guild_id, CHAT_INPUT, name)
        if not known:
            return refusal("unknown_command", f"There is no command /{name} here.").as_json()
        try:
            full_name, options = typed.parse(line, known)
        except WrongEntryError as error:
            return refusal("invalid_entry", str(error)).as_json()
        acting = self._discord.acting
        return await _told(acting.command(person_id, channel_id, full_name, options))


def _three(body: Json, first: str, second: str, third: str) -> tuple[str, str, str]:
    return given(body, first), given(body, second), given(body, third)


async def _told(acting: Awaitable[Outcome]) -> Json:
    """What came of it, as the page wants it."""
    try:
        return (await acting).as_json()
    except WrongEntryError as error:
        return refusal("invalid_entry", str(error)).as_json()
