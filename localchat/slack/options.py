from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Options:
    """How strict and how patient the workspace is. The defaults are Slack's own numbers."""

    rate_limits: Literal["slack", "off"] = "off"
    ack_within: float = 3.0  # seconds an app has to answer an envelope or request
    trigger_lives_for: float = 3.0  # seconds
    response_url_lives_for: float = 1800.0  # seconds
    response_url_uses: int = 5
    event_retries_after: tuple[float, ...] = (0.0, 60.0, 300.0)  # seconds, after each failure
    retry_time_scale: float = 1.0  # 0.01 makes the retries above a hundred times faster
    file_processing_for: float = 0.0  # seconds before an uploaded image can be used in blocks
    edit_window: float | None = None  # seconds after which chat.update says edit_window_closed
    max_sockets: int = 10  # per app; maintainer of node-slack-sdk, issue 1654
    posts_per_second: float = 1.0  # chat.postMessage in one channel
    post_burst: int = 3  # "small burst": the number is ours, Slack's is not published
    posts_per_minute: int = 600  # chat.postMessage in all: "several hundred"
    logged_requests: int = 50_000  # the newest are kept
