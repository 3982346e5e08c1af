"""An agent that is killed at a chosen point: `python dying_agent.py POINT FILE`."""

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import signoff
from signoff.steps import Reply, Send
from signoff.wire import Wire

KEY = "run-9:call-1"
send_really = Wire.send


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def main() -> None:
    point, file = sys.argv[1], Path(sys.argv[2])

    def send(self: Wire, send: Send) -> Reply:
        what = "wait" if "?wait=" in send.path else send.path.rpartition("/")[2]
        if point == f"before {what}":
            die()
        reply = send_really(self, send)
        if point == f"after {what}":
            die()
        return reply

    Wire.send = send  # type: ignore[method-assign]  # the one place where every request passes

    @signoff.requires_approval(queue="agent-actions", name="write")
    def write(line: str) -> None:
        if point == "before the effect":
            die()
        with file.open("a") as out:
            out.write(line)
        if point == "after the effect":
            die()

    with signoff.keyed(f"{KEY}:{point}"):
        write("x")


if __name__ == "__main__":
    main()
