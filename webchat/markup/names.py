"""This room makes foreign names and addresses safe to show, without unseen signs and look-alikes."""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from webchat.markup.characters import (
    CONTROLS,
    DIRECTION_MARKS,
    INVISIBLE,
    JOINERS,
    OVERRIDES,
    pile_limit,
    script,
)

LONGEST = 80
_READ = 1000

_STRIPPED = (CONTROLS | OVERRIDES | DIRECTION_MARKS | INVISIBLE) - {0x09, 0x0A, 0x0D}
_SELECTORS = frozenset(range(0xFE00, 0xFE10))
_EMOJI_LOOK = "\ufe0f"
_PILES = pile_limit(3)
_SPACES = re.compile(r"\s+")

_LOOK_LIKE_LATIN = frozenset({"ARMENIAN", "CANADIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "GREEK", "LISU"})
_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)
"""Scripts that one word may mix: the "highly restrictive" level of UTS #39 §5.2."""

_TWINS = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d\u04cf\u0475"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405"
    "\u03bf\u03bd\u03b1\u03c1\u03b9\u03ba\u03c5"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "aeopcyxijsdhqwlvABEKMHOPCTYXIJSovapikuABEZHIKMNOPTYX",
)


def shown(name: str, limit: int = LONGEST) -> str:
    """A name as one line of at most `limit` characters without anything unseen; "" when nothing is left.

    The caller puts the address in its place then. Showing twice is showing once.
    """
    return _shown(name[:_READ], limit)


@lru_cache(maxsize=8192)
def _shown(text: str, limit: int) -> str:
    if text.isascii() and text.isprintable():
        # Most names: there is nothing in them that could be unseen.
        text = " ".join(text.split())
    else:
        text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
        text = "".join(now for before, now in pairwise("\0" + text) if not _dropped(before, now))
        text = _SPACES.sub(" ", _PILES.sub(r"\1", text)).strip()
        if not any(unicodedata.category(char)[0] in "LNPS" for char in text):
            return ""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _dropped(before: str, char: str) -> bool:
    if char.isascii() and char.isprintable():
        return False
    point = ord(char)
    if point in JOINERS or char == _EMOJI_LOOK:
        # They belong inside emoji and between letters of scripts that join; after Latin they only hide.
        kind = unicodedata.category(before)
        allowed = {"So", "Sk", "Lo", "Mn", "Mc"} if point in JOINERS else {"So", "Sm", "Po", "Nd"}
        return kind not in allowed and before != _EMOJI_LOOK
    return point in _STRIPPED or point in _SELECTORS


def is_odd(name: str) -> bool:
    """True when a name is not what it looks like: something unseen, or scripts mixed in a word."""
    plain = unicodedata.normalize("NFC", name)
    if plain.isascii() and plain.isprintable():
        return shown(name, _READ) != plain
    return shown(name, _READ) != plain or any(not _plain_word(word) for word in plain.split())


def twin(name: str) -> str:
    """What a name can be taken for: unseen signs gone, letters that look Latin made Latin (UTS #39 §4)."""
    return unicodedata.normalize("NFKC", shown(name, _READ)).translate(_TWINS)


def _plain_word(word: str) -> bool:
    scripts = frozenset(script(char) for char in word) - {""}
    return len(scripts) <= 1 or any(scripts <= group for group in _TOGETHER)


def suspicious_host(host: str) -> bool:
    """True when a domain could be read as another one: one label, or Latin and a look-alike, mix scripts."""
    if host.isascii():
        return False
    labels = host.split(".")
    scripts = frozenset(script(char) for char in host)
    if any(not _plain_word(label) for label in labels):
        return True
    if shown(host, _READ) != host:
        return True
    return "LATIN" in scripts and not scripts.isdisjoint(_LOOK_LIKE_LATIN)


def ascii_host(host: str) -> str:
    """The domain with its foreign labels in Punycode (RFC 3492), as browsers show doubtful ones."""
    return ".".join(_ascii_label(label) for label in host.split("."))


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    lowered = unicodedata.normalize("NFKC", label).lower()
    if lowered.isascii():
        return lowered
    return "xn--" + lowered.encode("punycode", "replace").decode("ascii")


def shown_host(host: str) -> str:
    """A domain as it may be shown: itself, or in Punycode where it imitates."""
    return ascii_host(host) if suspicious_host(host) else host


def initial(name: str) -> str:
    """The letter that stands for a name where no picture is; "?" for a name without letters."""
    return next((char.upper()[:1] for char in shown(name) if unicodedata.category(char)[0] in "LN"), "?")
