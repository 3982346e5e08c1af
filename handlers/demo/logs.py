"""What the demo's programs tell while they work."""

import logging
import sys


def set_up_log() -> None:
    """What the program tells goes to standard output, a line each."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
