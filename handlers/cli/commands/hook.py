"""`signoff hook`: the client's; see signoff.hook."""

from handlers.cli.clients import passing_on

command = passing_on("hook", "signoff.hook", "Have Claude Code's tool calls wait for people.")
