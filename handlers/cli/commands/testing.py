"""`signoff testing`: the client's; see signoff.testing.command."""

from handlers.cli.clients import passing_on

command = passing_on(
    "testing", "signoff.testing.command", "Run a program beside a throwaway Signoff."
)
