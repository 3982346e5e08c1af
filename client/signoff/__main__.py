"""`signoff` and `python -m signoff`."""

import importlib
import sys
from importlib.metadata import PackageNotFoundError, distribution


def main() -> None:
    """Runs the command line: the server's where it is installed, else the client's own commands."""
    if _has_server():
        importlib.import_module("handlers.cli").main()
        return
    sys.exit("signoff: the server is not installed here")


def _has_server() -> bool:
    """Whether the server is installed here; a package of its name could be anybody's."""
    try:
        distribution("signoff-server")
    except PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    main()
