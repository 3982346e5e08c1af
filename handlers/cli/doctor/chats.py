"""Which chats are set up, and what each of them says."""

from collections.abc import AsyncIterator

from config.policies import Rulebook
from config.settings import Settings
from handlers.cli.doctor.findings import Area, Finding

CHATS = Area("Chats")
TOKENS = {"Slack": "SLACK_BOT_TOKEN", "Discord": "DISCORD_BOT_TOKEN"}


async def check_chats(settings: Settings, rulebook: Rulebook | None) -> AsyncIterator[Finding]:
    """Slack and Discord, each where there is a token for it; a missing token where it matters."""
    served = {
        "Slack": settings.slack_bot_token.get_secret_value(),
        "Discord": settings.discord_bot_token.get_secret_value(),
    }
    if not any(served.values()):
        yield CHATS.fail(
            "There is neither SLACK_BOT_TOKEN nor DISCORD_BOT_TOKEN, so nobody can be asked.",
            "Create the app (README: five minutes with real Slack, or Discord) and set its token.",
        )
        return
    for chat in TOKENS:
        for finding in _unserved(chat, rulebook, is_served=bool(served[chat])):
            yield finding
    if served["Slack"]:
        from handlers.cli.doctor.slack import check_slack  # noqa: PLC0415  loaded where it is used

        async for finding in check_slack(settings, rulebook):
            yield finding
    if served["Discord"]:
        from handlers.cli.doctor.discord import check_discord  # noqa: PLC0415  as above

        async for finding in check_discord(settings, rulebook):
            yield finding


def _unserved(chat: str, rulebook: Rulebook | None, *, is_served: bool) -> list[Finding]:
    """Queues whose cards would not be posted in this chat, and a token that no queue uses."""
    if rulebook is None:
        return []
    key, other = chat.lower(), "discord" if chat == "Slack" else "slack"
    named = [queue for queue in rulebook.queues.values() if getattr(queue, key)]
    if is_served:
        if named:
            return []
        return [
            CHATS.warn(
                f"{TOKENS[chat]} is set, and no queue has a channel on {chat}.",
                f'Write {key} = "…" into a queue, or take the token out.',
            )
        ]
    todo = f"Set {TOKENS[chat]} (README: five minutes with real {chat}), or take {key} out."
    alone = [queue.name for queue in named if not getattr(queue, other)]
    both = [queue.name for queue in named if getattr(queue, other)]
    findings = []
    if alone:
        findings.append(
            CHATS.fail(f"Nobody sees {', '.join(alone)}: there is no {TOKENS[chat]}.", todo)
        )
    if both:
        findings.append(
            CHATS.warn(
                f"{', '.join(both)} would be asked on {chat} too, but there is no {TOKENS[chat]}.",
                todo,
            )
        )
    return findings
