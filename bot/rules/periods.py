"""The periods that digests tell of: from one local time to the next, whatever the clocks do."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.rules.oncall.walls import instant_of, wall_of
from config.policies import DigestRule

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEPS = {"day": timedelta(days=1), "week": timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` on, and before `until`; aware UTC."""

    since: datetime
    until: datetime

    @property
    def before(self) -> "Period":
        """A stretch of the same length that ends where this one begins."""
        return Period(self.since - (self.until - self.since), self.since)


def newest_period(rule: DigestRule, now: datetime) -> Period:
    """The last one that is over by now.

    A digest at 09:00 comes at 09:00 on the zone's clocks the whole year round, so a day has 23 or
    25 hours twice a year. A time that the clocks skip is the first minute after it.
    """
    if isinstance(rule.every, timedelta):
        until = EPOCH + (now - EPOCH) // rule.every * rule.every
        return Period(until - rule.every, until)
    zone, step = ZoneInfo(rule.zone), STEPS[rule.every]
    wall = wall_of(now, zone)
    due = datetime.combine(wall.date(), rule.at)
    if rule.every == "week":
        due -= timedelta(days=(due.weekday() - rule.on) % 7)
    while instant_of(due, zone) > now:
        due -= step
    return Period(instant_of(due - step, zone), instant_of(due, zone))
