"""What Slack must know to create the app: the manifest, with the least scopes that do."""

from typing import Any

COMMAND = "/review"
EVENTS_PATH = "/slack/events"  # under the HTTP door, for Slack without Socket Mode
SCOPES = {  # scope -> what does not work without it
    "chat:write": "Post cards in the queues' channels, keep them up to date, answer clicks.",
    "commands": "Offer the slash command.",
    "users:read": "See that an account is not a guest, a bot, deactivated or of another company.",
    "files:write": "Show pictures that a program sent along.",
}
OPTIONAL_SCOPES = {  # scope -> what is less good without it
    "channels:history": "After a crash, find a card that was just posted: no second copy of it.",
    "groups:history": "The same in private channels.",
    "channels:read": "Keep cards where no other company sees them; let `signoff doctor` look.",
    "groups:read": "The same for private channels.",
}
BOT_EVENTS = ("app_home_opened", "user_change")


def manifest(command: str = COMMAND, url: str | None = None) -> dict[str, Any]:
    """The app manifest for Slack's "From a manifest".

    Args:
        command: the slash command, with its slash.
        url: this installation's public address, for HTTP; None for Socket Mode.

    Source: https://docs.slack.dev/reference/app-manifest
    """
    address = {} if url is None else {"request_url": url.rstrip("/") + EVENTS_PATH}
    command_url = {} if url is None else {"url": address["request_url"]}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Signoff",
            "description": "Asks people what a machine should not settle alone.",
            "background_color": "#1f2d3d",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Signoff", "always_online": True},
            "slash_commands": [
                {
                    "command": command,
                    "description": "Your next request, your inbox, or help",
                    "usage_hint": "next | inbox | show ID | help",
                    "should_escape": False,
                    **command_url,
                }
            ],
        },
        "oauth_config": {
            "scopes": {"bot": [*SCOPES, *OPTIONAL_SCOPES], "bot_optional": [*OPTIONAL_SCOPES]}
        },
        "settings": {
            "event_subscriptions": {**address, "bot_events": [*BOT_EVENTS]},
            "interactivity": {"is_enabled": True, **address},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }
