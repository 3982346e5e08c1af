"""Figures in a few words, each with its n and its interval, or with why there is none."""

from datetime import timedelta
from decimal import Decimal

from bot.measures.agreement import reading
from bot.measures.intervals import Estimate
from bot.safe_text import SafeText, say, shown


def share(estimate: Estimate) -> SafeText:
    """A share: "94 % (91 to 97 %, n 120)", or "too few: 3 items, 10 needed"."""
    if estimate.value is None:
        return shown(estimate.note)
    value = percent(estimate.value)
    if estimate.low is None or estimate.high is None:
        return say("{value} (n {n})", value=value, n=f"{estimate.n:,}")
    low = f"{100 * estimate.low:.0f}"
    return say("{value} ({low} to {high}, n {n})", value=value, low=low,
               high=percent(estimate.high), n=f"{estimate.n:,}")  # fmt: skip


def coefficient(estimate: Estimate) -> SafeText:
    """A coefficient and how it is usually read: "0.71 (0.62 to 0.79, n 88), good"."""
    if estimate.value is None:
        return shown(estimate.note)
    value, read = f"{estimate.value:.2f}", reading(estimate.value)
    if estimate.low is None or estimate.high is None:
        return say("{value} (n {n}), {read}", value=value, n=f"{estimate.n:,}", read=read)
    return say("{value} ({low} to {high}, n {n}), {read}", value=value, low=f"{estimate.low:.2f}",
               high=f"{estimate.high:.2f}", n=f"{estimate.n:,}", read=read)  # fmt: skip


def dollars(amount: Decimal | None) -> SafeText:
    """Money: cents, or finer where a cent would hide it."""
    if amount is None:
        return say("not known")
    if amount and abs(amount) < Decimal("0.1"):
        return shown(f"${amount:,.4f}")
    return shown(f"${amount:,.2f}")


def lasting(length: timedelta | None) -> SafeText:
    """A length of time in its largest two units: "3 h 20 min"."""
    if length is None:
        return say("nothing yet")
    seconds = int(length.total_seconds())
    if seconds < 60:
        return say("{n} s", n=seconds)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 60:
        return say("{n} min", n=minutes)
    if hours < 24:
        return _two(hours, "h", minutes % 60, "min")
    return _two(days, "d", hours % 24, "h")


def percent(part: float) -> SafeText:
    """A share in percent; one that is not all never reads as 100 %."""
    if 0.995 <= part < 1:
        return say("{part:.1%}", part=min(part, 0.999))
    return say("{part:.0%}", part=part)


def _two(many: int, large: str, few: int, small: str) -> SafeText:
    if not few:
        return say("{n} {unit}", n=many, unit=large)
    return say("{n} {unit} {m} {part}", n=many, unit=large, m=few, part=small)
