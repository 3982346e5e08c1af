"""Remarks on letters that pass for others: mixed scripts, hosts in disguise, right-to-left text."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

from bot.safe_text import SafeText, join, say, shown

# Scripts whose letters are taken for one another. The first word of a character's Unicode name is
# its script for all of them, which the standard library knows; the Script property it does not.
_ALIKE = {
    "LATIN": "Latin",
    "CYRILLIC": "Cyrillic",
    "GREEK": "Greek",
    "ARMENIAN": "Armenian",
    "CHEROKEE": "Cherokee",
    "COPTIC": "Coptic",
    "GEORGIAN": "Georgian",
    "LISU": "Lisu",
    "FULLWIDTH": "full-width",
    "MATHEMATICAL": "mathematical",
}
WORD_MAX = 30  # letters of a word that a remark spells out
WORDS_MAX = 3  # words that it does
_WORD = re.compile(r"[\w.\-]+")


def mixed_scripts(text: str) -> tuple[str, ...]:
    """The scripts that one of the words mixes, Latin first; empty when no word does."""
    return _scripts_of(next(iter(_mixed_words(text)), ""))


def spelled_out(word: str) -> SafeText:
    """A word with the letters that are not ASCII as their numbers: p‹U+0430›ypal."""
    return join([shown(char) if char.isascii() else _code(char) for char in word])


def _code(char: str) -> SafeText:
    return say("‹U+{code}›", code=f"{ord(char):04X}")


def _mixed_words(text: str) -> list[str]:
    """The words that mix scripts, each once."""
    return list(dict.fromkeys(w for w in _WORD.findall(text) if len(_scripts_of(w)) > 1))


def _scripts_of(word: str) -> tuple[str, ...]:
    scripts = {script for char in word if (script := _script(char))}
    return tuple(sorted(scripts, key=lambda script: (script != "Latin", script)))


def remark_on(text: str) -> SafeText | None:
    """What a reader should know about the letters of a text, or None when there is nothing."""
    if text.isascii():
        return None
    remarks = []
    if words := _mixed_words(text):
        names = join([shown(script) for script in _scripts_of(words[0])], " and ")
        letters = join([spelled_out(word[:WORD_MAX]) for word in words[:WORDS_MAX]], ", ")
        more = say(" and {n} more", n=len(words) - WORDS_MAX) if words[WORDS_MAX:] else say("")
        told = say("mixed scripts: {names}, in {words}", names=names, words=letters)
        remarks.append(join([told, more]))
    if any(unicodedata.bidirectional(char) in ("R", "AL") for char in text):
        remarks.append(say("right-to-left letters: they may stand in another order than they run"))
    return join(remarks, "; ") if remarks else None


def host_of(address: str) -> SafeText:
    """The host of an address; one beyond ASCII also as the network knows it, with a remark."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    if not host:
        return say("no host")
    if host.isascii():
        return shown(host)
    remark = remark_on(host)
    real = say("{host} (really {real})", host=host, real=punycode(host))
    return say("{real}, {remark}", real=real, remark=remark) if remark else real


def punycode(host: str) -> str:
    """A host name in the ASCII form that the network uses."""
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
        for label in unicodedata.normalize("NFKC", host.lower()).split(".")
    )


@lru_cache(maxsize=4096)
def _script(char: str) -> str | None:
    if not char.isalpha():
        return None
    return _ALIKE.get(unicodedata.name(char, "").split(" ", 1)[0])
