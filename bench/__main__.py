"""`make bench`: every measurement in turn, each beside its floor; or those that are named."""

import subprocess
import sys

MEASUREMENTS = ("clicks", "client", "discord", "http", "measures", "pulling", "report")


def main() -> int:
    """Runs each in a process of its own, so that none inherits another's memory."""
    wanted = sys.argv[1:] or MEASUREMENTS
    unknown = set(wanted) - set(MEASUREMENTS)
    if unknown:
        sys.stderr.write(f"There is no {', '.join(sorted(unknown))}; there is: {MEASUREMENTS}\n")
        return 2
    failed = 0
    for name in wanted:
        sys.stdout.write(f"\n== {name}\n")
        sys.stdout.flush()
        done = subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False)  # noqa: S603
        failed |= done.returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
