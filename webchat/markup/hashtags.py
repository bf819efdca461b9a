"""This room finds the tags that people write into their posts: #hashtag."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

LONGEST = 100
MOST = 30
MOST_SEEN = 1000
"""Tags of a text that are looked at, though they all be the same."""

_TAG = re.compile(r"(?<![\w&/#.-])#([^\W_][\w-]{0,99})")
_DIGITS = re.compile(r"[\d_-]+")


def find(text: str) -> list[str]:
    """The hashtags of a plain text, as `tags` spells them; a number alone (#1) is none."""
    found = islice(_TAG.finditer(text[:50_000]), MOST_SEEN)
    return tags(one[1] for one in found if not _DIGITS.fullmatch(one[1]))


def tags(words: Iterable[str]) -> list[str]:
    """Tags in the one spelling they are kept in: lower case, no sign before, nothing empty, none twice."""
    made = (spelled(word) for word in words)
    return list(dict.fromkeys(word for word in made if word))[:MOST]


def spelled(word: str) -> str:
    """One tag as it is kept, "" for what is none."""
    text = unicodedata.normalize("NFC", word[: 2 * LONGEST]).strip().lstrip("#").casefold()
    text = " ".join("".join(char for char in text if char.isprintable()).split())
    return text if 0 < len(text) <= LONGEST else ""
