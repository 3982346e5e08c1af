from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Options:
    """How strict and how patient Discord is. The defaults are its own numbers, or say whose."""

    rate_limits: Literal["discord", "off"] = "off"
    callback_within: float = 3.0  # seconds an app has to answer an interaction
    token_lives_for: float = 900.0  # seconds that an interaction's token works
    nonce_lives_for: float = 300.0  # seconds; "the past few minutes"
    requests_per_second: int = 50  # of a bot, interactions excepted
    invalid_requests_max: int = 10_000  # 401, 403 and 429 in ten minutes, then nothing is served
    identifies_per_day: int = 1_000  # then the token is reset
    identify_every: float = 5.0  # seconds between two, while rate limits are on
    heartbeat_interval: float = 41.25  # seconds
    heartbeats_missed_max: float = 1.5  # intervals without a heartbeat until the connection ends
    session_lives_for: float = 180.0  # seconds without a connection: ours, Discord's is unpublished
    gateway_sends_max: int = 120  # per minute and connection
    old_after: float = 3_600.0  # seconds after which a message is old: the docs' "1 hour"
    old_edits_max: int | None = None  # edits of one channel's old messages an hour; unpublished
    writes_per_channel: int | None = None  # messages in ten seconds, then 20028; unpublished
    file_max: int = 10 * 1024**2  # bytes
    request_max: int = 25 * 1024**2  # bytes
    commands_per_day: int = 200  # new ones in one guild
    logged_requests: int = 50_000  # the newest are kept
