"""Keeps secrets off cards: what looks like one is shown as its length and fingerprint.

The fingerprint lets people who hold the secret tell which one it is, and whether two are the same.
Only the alphabet of tokens is ever masked, so a sentence or a path cannot hide behind a mask.
"""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256

from bot.safe_text import SafeText, join, say, shown, shown_block

FINGERPRINT_LENGTH = 12  # hex digits

# Formats as their issuers publish them, each with a prefix that nothing else has.
_TOKENS = (
    r"xox[abceoprs]-[A-Za-z0-9-]{10,}",  # Slack
    r"xapp-\d-[A-Za-z0-9-]{10,}",  # Slack, app level
    r"(?<=hooks\.slack\.com/services/)[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]{10,}",
    r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}",  # Discord
    r"(?<=discord\.com/api/webhooks/)\d+/[A-Za-z0-9_-]{20,}",
    r"gh[pousr]_[A-Za-z0-9]{36,}",  # GitHub
    r"github_pat_[A-Za-z0-9_]{22,}",
    r"glpat-[A-Za-z0-9_-]{20,}",  # GitLab
    r"(?:AKIA|ASIA)[A-Z0-9]{16}",  # AWS
    r"AIza[A-Za-z0-9_-]{35}",  # Google
    r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}",  # Stripe
    r"sk-(?=[A-Za-z_-]{0,60}\d)[A-Za-z0-9_-]{20,}",  # model providers
    r"npm_[A-Za-z0-9]{36}",
    r"pypi-[A-Za-z0-9_-]{50,}",
    r"eyJ[A-Za-z0-9_-]{10,400}\.[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{10,}",  # JSON web token
    r"(?<=Bearer )[A-Za-z0-9._~+/-]{20,}=*",
)
_SECRET = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_TOKENS)})")
_KEY = re.compile(r"(?<=PRIVATE KEY-----)[A-Za-z0-9+/=\\\r\n]{40,}(?=-----END )")
_PASSWORD = re.compile(r"(?<=://)([^\s:/@]{1,100}):([^\s/@]{1,200})@")


def masked(text: str) -> SafeText:
    """The text on one line, as `shown`, without its secrets."""
    return _without_secrets(text, shown)


def masked_block(text: str) -> SafeText:
    """The text on its own lines, as `shown_block`, without its secrets."""
    return _without_secrets(text, shown_block)


def without_secrets(text: str) -> str:
    """The text as it is, but for its secrets: for files, where nothing has to be made visible."""
    pieces: list[str] = []
    place = 0
    for start, end in sorted(_secrets(text)):
        if start >= place:
            pieces += [text[place:start], str(_mask(text[start:end]))]
            place = end
    return "".join([*pieces, text[place:]])


def _without_secrets(text: str, show: Callable[[str], SafeText]) -> SafeText:
    if isinstance(text, SafeText):
        return text
    pieces: list[SafeText] = []
    place = 0
    for start, end in sorted(_secrets(text)):
        if start >= place:
            pieces += [show(text[place:start]), _mask(text[start:end])]
            place = end
    return join([*pieces, show(text[place:])])


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    """From where to where each secret stands."""
    for pattern in (_SECRET, _KEY):
        yield from (found.span() for found in pattern.finditer(text))
    yield from (found.span(2) for found in _PASSWORD.finditer(text))


def _mask(secret: str) -> SafeText:
    fingerprint = sha256(secret.encode()).hexdigest()[:FINGERPRINT_LENGTH]
    return say("\u2039secret {n} chars sha256:{mark}…\u203a", n=len(secret), mark=fingerprint)
