"""`signoff gold`."""

from handlers.cli.known import commands_for

command = commands_for(
    "gold",
    "gold",
    "Questions whose answer is known, mixed in among labels and pairs: how right are reviewers?",
    "gold_share",
)
