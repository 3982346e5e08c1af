"""The command line: `signoff COMMAND`. A command's module loads when the command is called."""

import importlib
import keyword
import sys

import click

SECTIONS = {  # title -> command -> its short help
    "Try it": {
        "demo": "A whole Signoff on this machine, without any account.",
    },
    "Set up": {
        "manifest": "Print what Slack or Discord needs to know of the app.",
        "check-config": "Check the rules: queues, people, who is on call.",
        "people": "List people, and link their accounts.",
        "migrate": "Create or upgrade the database.",
        "keys": "Add, list, rotate and revoke the programs' API keys.",
        "doctor": "Check everything from outside, and say what to do.",
    },
    "Serve": {
        "run": "All doors in one process: HTTP, Slack, Discord and the clock.",
        "web": "The HTTP door, for programs (and Slack, when it calls by HTTP).",
        "slack": "The Slack door, for people.",
        "discord": "The Discord door, for people.",
        "clock": "Deadlines and escalations.",
    },
    "For agents": {
        "aap": "Agents that ask by the Agent Approval Protocol.",
        "hook": "Have Claude Code's tool calls wait for people.",
        "mcp": "Let a model ask people, by the Model Context Protocol.",
        "ask": "Ask people something, and print what they say.",
        "testing": "Run a program beside a throwaway Signoff.",
    },
    "Measure": {
        "report": "How right, how far agreed, at what cost.",
        "cost": "What answers cost, and would cost at another threshold.",
        "audit": "How many second looks a figure needs.",
        "sides": "Does a side of a pair win by being that side?",
        "gold": "Questions whose answer is known, among the real ones.",
        "probes": "Actions to refuse, among the real ones; they never run.",
        "import": "Take recorded votes, through the same rules as clicks.",
        "export": "Votes, items, outcomes and history as files.",
    },
    "Look after": {
        "oncall": "Who is on call, and when nobody will be.",
        "pause": "Withhold every grant: nothing that is approved may run.",
        "resume": "End the pause.",
        "why": "Tell an item's whole story, and what comes next.",
        "ledger": "Verify the history.",
    },
}
HELPS = {name: text for commands in SECTIONS.values() for name, text in commands.items()}


class LazyGroup(click.Group):
    """Commands by name; their modules, and what these need, are imported only to run them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Every command, in the order of the sections."""
        return list(HELPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  as above
        """The command, loaded now."""
        if cmd_name not in HELPS:
            return None
        name = cmd_name.replace("-", "_") + ("_" if keyword.iskeyword(cmd_name) else "")
        module = importlib.import_module(f"handlers.cli.commands.{name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  as above
        """The sections, without loading anything."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(list(commands.items()), col_max=16)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="signoff-server", prog_name="signoff")
def cli() -> None:
    """People decide in chat what a machine should not settle alone.

    Settings come from the environment or a file named .env; README.md lists them.
    """


def main() -> None:
    """Runs the command line; what goes wrong is told on one line, and the exit status is 2."""
    try:
        cli.main(prog_name="signoff")
    except Exception as problem:  # noqa: BLE001  the last one who can say it in words
        failures = importlib.import_module("handlers.cli.failures")
        sys.exit(failures.tell(problem))
