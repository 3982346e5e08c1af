"""`signoff probes`."""

from handlers.cli.known import commands_for

command = commands_for(
    "probe",
    "probes",
    "Actions to refuse, mixed in among approvals; whatever is voted, nothing ever runs.",
    "probe_share",
)
