"""Keeps secrets off cards: what looks like one is shown as its length and fingerprint.

The fingerprint lets people who hold the secret tell which one it is, and whether two are the same.
Only one word in the alphabet of tokens is ever masked: no sentence, path or command can hide
behind a mask. Where the two aims meet, showing wins: a password with `$` or `&` in it is shown.
"""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256

from bot.safe_text import SafeText, join, say, shown, shown_block

FINGERPRINT_LENGTH = 12  # hex digits
_DIGIT = re.compile("[0-9]")

# Formats as their issuers publish them, each with a prefix that nothing else has. A digit must be
# among them: a token without one is rare, a phrase with one is not.
_TOKENS = (
    r"xox[abceoprs]-[A-Za-z0-9-]{10,}",  # Slack
    r"xapp-\d-[A-Za-z0-9-]{10,}",  # Slack, app level
    r"(?<=hooks\.slack\.com/services/)[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]{10,}",
    r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}",  # Discord
    r"(?<=discord\.com/api/webhooks/)\d+/[A-Za-z0-9_-]{20,}",
    r"sgn_[A-Za-z0-9_-]{20,}",  # our own
    r"whsec_[A-Za-z0-9+/_-]{24,}={0,2}",  # Standard Webhooks, ours too; Stripe
    r"gh[pousr]_[A-Za-z0-9]{36,}",  # GitHub
    r"github_pat_[A-Za-z0-9_]{22,}",
    r"glpat-[A-Za-z0-9_-]{20,}",  # GitLab
    r"(?:AKIA|ASIA)[A-Z0-9]{16}",  # AWS
    r"AIza[A-Za-z0-9_-]{35}",  # Google
    r"ya29\.[A-Za-z0-9_-]{20,}",  # Google, access
    r"GOCSPX-[A-Za-z0-9_-]{20,}",  # Google, client
    r"(?<=AccountKey=)[A-Za-z0-9+/]{86}==",  # Azure, storage
    r"(?<=[?&]sig=)[A-Za-z0-9%]{40,100}",  # Azure, signed addresses
    r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}",  # Azure, client
    r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}",  # Stripe
    r"sk-[A-Za-z0-9_-]{20,}",  # model providers
    r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",  # SendGrid
    r"npm_[A-Za-z0-9]{36}",
    r"pypi-[A-Za-z0-9_-]{50,}",
    r"eyJ[A-Za-z0-9_-]{10,400}\.[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{10,}",  # JSON web token
    r"(?<=Bearer )[A-Za-z0-9._~+-]{20,}=*",
    r"(?<=Basic )[A-Za-z0-9+]{16,}={0,2}",
)
_SECRET = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_TOKENS)})")
# Where only the name beside it tells. Nothing that a shell acts on may be in it: a word between
# such characters would run, unseen.
_WORD = r"[A-Za-z0-9._~%+=!*,^#?-]"
_NAMED = re.compile(
    rf"""
      (?<=://)[^\s:/@]{{1,100}} : ({_WORD}{{1,200}}) (?=@)
    | (?<![A-Za-z])(?i:passw(?:or)?d|pwd) ["']? [=:] [ ]? ["']? ({_WORD}{{4,200}}) (?=[\s;"',]|$)
    | (?i:secret_?access_?key) ["']? [ ]? [=:] [ ]? ["']? ([A-Za-z0-9+]{{40}}) (?=[\s;"',]|$)
    """,
    re.VERBOSE,
)
_PEM_START = r"(?<=PRIVATE KEY-----)"
_END_OF_LINE = r"(?:\\r)?(?:\\n)|\r?\n"
_KEY = re.compile(  # whole lines, as PEM has them; the last one no command
    rf"{_PEM_START}(?:{_END_OF_LINE})(?:[A-Za-z0-9+/]{{60,76}}(?:{_END_OF_LINE}))+"
    rf"(?:(?![a-z/]+[\\\r\n])[A-Za-z0-9+/]{{1,76}}={{0,2}}(?:{_END_OF_LINE}))?(?=-----END )"
)


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


def is_hidden_by_mask(text: str) -> bool:
    """Whether nothing of a text is left to read."""
    spans = list(_secrets(text))
    return any(end - start == len(text.strip()) for start, end in spans)


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
    for found in _SECRET.finditer(text):
        if _DIGIT.search(found[0]):
            yield found.span()
    yield from (found.span() for found in _KEY.finditer(text))
    yield from (found.span(found.lastindex or 0) for found in _NAMED.finditer(text))


def _mask(secret: str) -> SafeText:
    fingerprint = sha256(secret.encode()).hexdigest()[:FINGERPRINT_LENGTH]
    return say("\u2039secret {n} chars sha256:{mark}…\u203a", n=len(secret), mark=fingerprint)
