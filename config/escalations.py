"""`escalation` in `queues.toml`: who is asked when the reviewers could not settle an item."""

from collections.abc import Mapping
from datetime import timedelta

from config.durations import read_duration
from config.policies import Step
from config.problems import WrongValueError, listed, nearest, shown

STEPS_MAX = 10
TARGETS_MAX = 10  # of one step
CHANNEL = "channel"
EXAMPLE = '[{ to = ["schedule:primary"] }, { after = "10m", to = ["@leads"] }]'
ROLES = ("senior", "admin")
KEYS = ("after", "to")


def read_steps(value: object) -> tuple[Step, ...]:
    """The steps of an escalation, in order.

    Raises:
        WrongValueError: it is no list of steps, or one of them is wrong.
    """
    if value == []:
        raise WrongValueError("there is no step", f"Leave the line out, or write {EXAMPLE}")
    if not isinstance(value, list | tuple):
        raise WrongValueError(f"{shown(value)} is not a list of steps", f"Write it as {EXAMPLE}")
    if len(value) > STEPS_MAX:
        raise WrongValueError(
            f"there are {len(value)} steps", f"At most {STEPS_MAX}; escalation_rounds repeats them"
        )
    return tuple(_step(number, step) for number, step in enumerate(value, 1))


def read_rounds(value: object) -> int:
    """How often the steps are gone through: 1 to 4.

    Raises:
        WrongValueError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 4:
        raise WrongValueError(
            f"{shown(value)} is not how often the steps may be gone through",
            "Write a whole number from 1 to 4, without quotes",
        )
    return value


def read_target(value: object) -> str:
    """Whom a step asks: `ann`, `@leads`, `role:senior`, `schedule:primary` or `channel`.

    Raises:
        WrongValueError: it is none of these.
    """
    right = 'Name a person ("ann"), "@group", "role:senior", "schedule:NAME" or "channel"'
    if not isinstance(value, str) or not value.strip():
        raise WrongValueError(f"{shown(value)} is not somebody to ask", right)
    kind, colon, name = value.partition(":")
    if not colon:
        return value
    if kind == "role" and name not in ROLES:
        raise WrongValueError(
            f"{shown(name)} is not a role that can be asked", nearest(name, ROLES, kind="roles")
        )
    if kind not in ("role", "schedule") or not name:
        raise WrongValueError(f"{shown(value)} is not somebody to ask", right)
    return value


def _step(number: int, value: object) -> Step:
    if not isinstance(value, Mapping):
        raise WrongValueError(f"step {number} is not a table", f"Write the steps as {EXAMPLE}")
    unknown = [str(key) for key in value if key not in KEYS]
    if unknown:
        raise WrongValueError(
            f"step {number} has no key {listed(unknown)}", 'A step has "to", and perhaps "after"'
        )
    try:
        after = read_duration(value["after"]) if "after" in value else timedelta(0)
        return Step(after=after, to=_targets(value.get("to")))
    except WrongValueError as problem:
        raise WrongValueError(f"step {number}: {problem.wrong}", problem.right) from None


def _targets(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= TARGETS_MAX:
        raise WrongValueError(
            '"to" names nobody', 'Say whom the step asks, such as to = ["@leads"]'
        )
    return tuple(read_target(each) for each in value)
