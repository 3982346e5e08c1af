"""What apps are sent when people act."""

from localchat.slack.messages import Message, as_json
from localchat.slack.values import FIELDS, state_of
from localchat.slack.views import View
from localchat.slack.workspace import Workspace
from localchat.wire import Json
from localchat.world import App, Person

VERIFICATION_TOKEN = "localchat-verification-token"  # noqa: S105  # deprecated by Slack, no secret
SHORTCUTS = ("shortcut", "message_action")  # recorded without api_app_id and username


def interaction(workspace: Workspace, app: App, person: Person, kind: str) -> Json:
    """What every interaction payload begins with."""
    user = {"id": person.id, "name": person.name}
    payload: Json = {
        "type": kind,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "user": user | {"team_id": person.team_id or workspace.team_id},
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }
    if kind not in SHORTCUTS:
        payload["user"]["username"] = person.name
        payload["api_app_id"] = app.id
    return payload


def action(block: Json, element: Json, chosen: Json, action_ts: str) -> Json:
    """One entry of `actions`: the element as the person used it."""
    kind = element["type"]
    shown: Json = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
    if kind in FIELDS:
        field = FIELDS[kind][0]
        shown[field] = chosen.get(field)
    else:
        names = ("text", "value", "style", "url", "confirm")
        shown |= {name: element[name] for name in names if name in element}
        if kind == "overflow":
            shown["selected_option"] = chosen.get("selected_option")
    return shown | {"action_ts": action_ts}


def message_actions(
    workspace: Workspace, start: Json, message: Message, actions: list[Json], entered: Json
) -> Json:
    """`block_actions` on a message; ephemeral messages are named, not included."""
    channel = workspace.channels[message.channel_id]
    is_ephemeral = bool(message.ephemeral_to)
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel_id,
        "is_ephemeral": is_ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = start | {
        "container": container,
        "channel": channel_reference(workspace, channel.id),
        "state": {"values": state_of(message.blocks, entered)},
        "actions": actions,
    }
    if not is_ephemeral:
        payload["message"] = as_json(message, workspace.team_id)
    return payload


def view_actions(workspace: Workspace, start: Json, view: View, actions: list[Json]) -> Json:
    """`block_actions` in a modal or Home tab."""
    shown = view.as_json(workspace.team_id)
    shown["state"] = {"values": state_of(view.content["blocks"], view.values)}
    container = {"type": "view", "view_id": view.id}
    return start | {"container": container, "view": shown, "actions": actions}


def view_event(workspace: Workspace, start: Json, view: View) -> Json:
    """`view_submission` or `view_closed`."""
    shown = view.as_json(workspace.team_id)
    shown["state"] = {"values": state_of(view.content["blocks"], view.values)}
    return start | {"view": shown}


def slash_command(
    workspace: Workspace, app: App, person: Person, channel_id: str, command: str, text: str
) -> Json:
    """A slash command's form."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel_id,
        "channel_name": channel_reference(workspace, channel_id)["name"],
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
    }


def event(workspace: Workspace, app: App, inner: Json, *, is_ext_shared: bool = False) -> Json:
    """An Events API callback around `inner`; its event_id stays the same in retries."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "api_app_id": app.id,
        "event": inner,
        "type": "event_callback",
        "event_id": workspace.ids.new("Ev"),
        "event_time": int(workspace.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": is_ext_shared,
        "event_context": workspace.ids.new("4-"),
    }


def channel_reference(workspace: Workspace, channel_id: str) -> Json:
    """A channel's id and name, as payloads give it: direct messages have no name of their own."""
    channel = workspace.channels[channel_id]
    names = {"dm": "directmessage", "private": "privategroup"}
    return {"id": channel.id, "name": names.get(channel.kind, channel.name)}
