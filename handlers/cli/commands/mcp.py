"""`signoff mcp`: the client's; see signoff.mcp."""

from handlers.cli.clients import passing_on

command = passing_on("mcp", "signoff.mcp", "Let a model ask people, by MCP.")
