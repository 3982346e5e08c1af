"""`signoff ask`: the client's; see signoff.ask_command."""

from handlers.cli.clients import passing_on

command = passing_on("ask", "signoff.ask_command", "Ask people something, and print what they say.")
