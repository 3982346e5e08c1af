"""Whether this machine's clock agrees with a platform's."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from handlers.cli.doctor.findings import Area, Finding

SKEW_MAX = timedelta(seconds=60)


def check_clock(area: Area, date: str, now: datetime) -> Finding:
    """What an answer's Date header says of our clock."""
    try:
        skew = now - parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return area.warn(f"{area.name} does not say what time it is.", "Compare by hand.")
    if abs(skew) <= SKEW_MAX:
        return area.ok(f"This machine's clock agrees with {area.name}'s.")
    side = "ahead of" if skew > timedelta(0) else "behind"
    return area.fail(
        f"This machine's clock is {abs(skew.total_seconds()):.0f} s {side} {area.name}'s.",
        "Turn time synchronisation (NTP) on: deadlines depend on it.",
    )
