"""Who is on call: pure rules. Instants are aware UTC; schedules are wall clock in a named zone."""

from bot.rules.oncall.facts import Absence, Booking, Gap, Known, OnCall, Override
from bot.rules.oncall.resolution import in_line
from bot.rules.oncall.shifts import gaps, oncall, shifts

__all__ = [
    "Absence", "Booking", "Gap", "Known", "OnCall", "Override", "gaps", "in_line", "oncall",
    "shifts",
]  # fmt: skip
