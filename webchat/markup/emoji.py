"""This room recognises a body that is nothing but a few emoji, which is shown larger."""

import re

MOST = 3

_PICTURE = (
    "[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
_DRESS = "(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4[\U000e0061-\U000e007a]{1,6}\U000e007f"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_ONE = f"(?:{_FLAG}|{_KEYCAP}|{_PICTURE}{_DRESS}(?:\u200d{_PICTURE}{_DRESS}){{0,6}})"
_ONLY = re.compile(rf"(?:{_ONE} ?){{1,{MOST}}}")

_SINGLE = re.compile(_ONE)
_LONGEST = MOST * 32


def only_emoji(text: str) -> bool:
    """True for one to three emoji with nothing else but spaces."""
    text = text.strip()
    return 0 < len(text) <= _LONGEST and _ONLY.fullmatch(text) is not None


def one_emoji(text: str) -> bool:
    """True for a single emoji and nothing else: what one can react with."""
    return 0 < len(text) <= 32 and _SINGLE.fullmatch(text) is not None
