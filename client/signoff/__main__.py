"""`signoff` and `python -m signoff`."""

import importlib
import sys
from importlib.metadata import PackageNotFoundError, distribution

OWN = {  # the client's own commands, and where they are
    "ask": "signoff.ask_command",
    "hook": "signoff.hook",
    "mcp": "signoff.mcp",
    "testing": "signoff.testing.command",
}


def main() -> None:
    """Runs the command line: the client's own commands, and the server's where it is installed."""
    if sys.argv[1:] and sys.argv[1] in OWN:
        importlib.import_module(OWN[sys.argv[1]]).main(sys.argv[2:])
        return
    if _has_server():
        importlib.import_module("handlers.cli").main()
        return
    sys.exit(f"signoff: without the server there is: {', '.join(OWN)}. Try: signoff hook --help")


def _has_server() -> bool:
    """Whether the server is installed here; a package of its name could be anybody's."""
    try:
        distribution("signoff-server")
    except PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    main()
