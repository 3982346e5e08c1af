"""Where Signoff is, and with which key: from arguments, or from the environment."""

import os
from dataclasses import dataclass, field
from typing import Any

from signoff.errors import Misconfigured

URL = "SIGNOFF_URL"
API_KEY = "SIGNOFF_API_KEY"
VERSION = "0.1.0"


@dataclass(frozen=True, slots=True)
class Access:
    """An address and a key. Its text form holds no key."""

    url: str
    api_key: str = field(repr=False)
    transport: Any = field(default=None, repr=False)  # httpx's own, for tests and special networks

    @classmethod
    def read(cls, url: str | None, api_key: str | None, transport: Any) -> "Access":
        """What is stated, and what the environment adds to it.

        Raises:
            Misconfigured: something is missing, or is no address.
        """
        url = url or os.environ.get(URL, "")
        api_key = api_key or os.environ.get(API_KEY, "")
        if not url.startswith(("http://", "https://")):
            stated = f"not {url!r}" if url else "and it is not set"
            raise Misconfigured(
                f"Signoff's address must start with https:// or http://, {stated}: pass url=, or "
                f"set {URL}."
            )
        if not api_key or not api_key.isascii() or not api_key.isprintable():
            raise Misconfigured(
                f"Signoff needs an API key: pass api_key=, or set {API_KEY}. Whoever runs Signoff "
                "makes one: signoff keys add NAME --can submit,read,redeem"
            )
        return cls(url.rstrip("/"), api_key.strip(), transport)

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {
            "Authorization": f"Bearer {self.api_key}",
            "Accept": "application/json",
            "User-Agent": f"signoff-python/{VERSION}",
        }

    @property
    def is_encrypted(self) -> bool:
        """Whether the connection will be TLS."""
        return self.url.startswith("https://")
