"""`signoff mcp`: a server of the Model Context Protocol, on standard input and output."""

import argparse
import importlib
import sys
from dataclasses import dataclass

from signoff.errors import Misconfigured
from signoff.matching import QUEUE


@dataclass(frozen=True, slots=True)
class Setup:
    """What the operator has decided; the model decides none of it."""

    queue: str = QUEUE  # of approvals
    questions: str | None = None  # of questions; None: none can be asked
    environment: str | None = None  # such as "production"; part of what is approved
    requester: str = "mcp"  # as cards name it


def main(argv: list[str] | None = None) -> None:
    """Serves until standard input ends."""
    asked = _parser().parse_args(argv)
    try:
        tools = importlib.import_module("signoff.mcp_tools")
    except ModuleNotFoundError as problem:
        sys.exit(f"signoff mcp needs {problem.name}: pip install 'signoff[mcp]'")
    setup = Setup(asked.queue, asked.questions, asked.environment, asked.requester)
    try:
        tools.server(setup).run("stdio")
    except Misconfigured as problem:
        sys.exit(f"signoff mcp: {problem}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="signoff mcp",
        description="Lets a model ask people: for approval, and questions. SIGNOFF_URL and "
        "SIGNOFF_API_KEY say where; docs/agents.md has the settings of clients.",
    )
    parser.add_argument("--queue", default=QUEUE, help=f"which queue approves ({QUEUE})")
    parser.add_argument("--questions", metavar="QUEUE", help="which queue answers questions")
    parser.add_argument("--environment", help="where actions run, such as production")
    parser.add_argument("--requester", default="mcp", help="how cards name who asks (mcp)")
    return parser
