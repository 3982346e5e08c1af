"""On-call schedules, as `oncall.toml` states them. Times are wall clock in the schedule's zone."""

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel

Unit = Literal["hours", "days", "weeks"]
EVERY_DAY = frozenset(range(7))
STEPS = {unit: timedelta(**{unit: 1}) for unit in ("hours", "days", "weeks")}


class Window(BaseModel, frozen=True, extra="forbid"):
    """A part of the day; one that ends no later than it starts ends on the next day."""

    start: int  # minutes after midnight, 0 to 1439
    end: int  # the same, up to 1440; the end itself is outside


class Layer(BaseModel, frozen=True, extra="forbid"):
    """People who take turns."""

    name: str
    people: tuple[str, ...]  # ids, in the order of their turns
    unit: Unit
    every: int  # a turn lasts so many units
    handoff: time  # when turns change
    starts_on: date  # the first turn begins then, at the time of the handoff; nobody before
    priority: int = 0  # a higher one is asked first; of two alike, the one that stands first
    weekdays: frozenset[int] = EVERY_DAY  # 0 is Monday; the days on which a window begins
    windows: tuple[Window, ...] = ()  # none: the whole day

    @property
    def is_restricted(self) -> bool:
        """Whether there are times at which this layer does not count."""
        return bool(self.windows) or self.weekdays != EVERY_DAY

    @property
    def first(self) -> datetime:
        """When the first turn begins: wall clock, naive."""
        return datetime.combine(self.starts_on, self.handoff)

    @property
    def turn_for(self) -> timedelta:
        """How long a turn lasts, by the wall clock."""
        return STEPS[self.unit] * self.every


class Schedule(BaseModel, frozen=True, extra="forbid"):
    """Who is on call when: overrides first, then calendars, then layers."""

    name: str
    title: str
    zone: str
    layers: tuple[Layer, ...] = ()  # those of the highest priority first
    otherwise: tuple[str, ...] = ()  # person ids and "@group"s that stand in for a gap
    announce_gaps: bool = True  # seven days before nobody is on call, the admins are told
    calendar: str | None = None  # an address or a file with an iCalendar, which goes before layers
    pagerduty_schedules: tuple[str, ...] = ()  # ids; who they name goes before layers
    pagerduty_policies: tuple[str, ...] = ()  # ids of escalation policies: their first level
    pagers: tuple[str, ...] = ()  # "pagerduty", or names of SIGNOFF_PAGING_URLS

    @property
    def place(self) -> ZoneInfo:
        """The zone."""
        return ZoneInfo(self.zone)
