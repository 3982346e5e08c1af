"""`python -m localchat`: a Slack and a Discord on this machine, until interrupted."""

import argparse
import asyncio
import contextlib
import sys

from localchat.discord.options import Options as DiscordOptions
from localchat.server import Server
from localchat.slack.options import Options


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="localchat", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    parser.add_argument("--port", type=int, default=8900, help="0 for any free one (%(default)s)")
    parser.add_argument("--rate-limits", choices=("on", "off"), default="on")
    arguments = parser.parse_args()
    is_limited = arguments.rate_limits == "on"
    server = Server(
        options=Options(rate_limits="slack" if is_limited else "off"),
        discord_options=DiscordOptions(rate_limits="discord" if is_limited else "off"),
        host=arguments.host,
        port=arguments.port,
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(server))


async def _serve(server: Server) -> None:
    await server.start()
    app = next(iter(server.slack.workspace.apps.values()))
    sys.stdout.write(
        f"The workspaces are open at {server.url}\n\n"
        f"  Slack API      {server.url}/api/\n"
        f"  bot token      {app.bot_token}\n"
        f"  app token      {app.app_token}\n"
        f"  signing secret {app.signing_secret}\n\n"
        f"  Discord API    {server.discord.api_url}\n"
        f"  gateway        {server.discord.gateway_url}\n"
        f"  bot token      {server.discord.bot_token}\n"
        f"  application    {server.discord.application_id}\n\n"
        "Ctrl-C closes it; nothing is kept.\n"
    )
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


if __name__ == "__main__":
    main()
