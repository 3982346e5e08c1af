"""`python -m handlers.demo.leash MODULE ARGS`: MODULE, which ends when whoever started it does."""

import os
import runpy
import signal
import sys
import threading


def main() -> None:
    """Runs the module named by the first argument as a program, until standard input closes."""
    threading.Thread(target=_end_with_the_owner, daemon=True).start()
    module = sys.argv[1]
    sys.argv = sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with_the_owner() -> None:
    """The owner holds the other end of standard input; it closes however the owner ends."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
