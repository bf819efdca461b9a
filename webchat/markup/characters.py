"""This room knows which characters draw nothing, turn a line around or pile up."""

import re
import unicodedata
from functools import lru_cache


def _span(first: int, last: int) -> range:
    return range(first, last + 1)


OVERRIDES = frozenset({*_span(0x202A, 0x202E), *_span(0x2066, 0x2069)})
"""Embeddings, overrides and isolates: they reorder what stands around them (UAX #9 §2)."""

DIRECTION_MARKS = frozenset({0x061C, 0x200E, 0x200F})

JOINERS = frozenset({0x200C, 0x200D})
"""Needed by Persian, by Indic scripts and inside emoji; nowhere else."""

INVISIBLE = (
    frozenset(
        {0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x2800, 0x3164, 0xFEFF, 0xFFA0}
        | {*_span(0x180B, 0x180F), *_span(0x2060, 0x206F), *_span(0xFFF0, 0xFFFB), *_span(0x1D173, 0x1D17A)}
        | {*_span(0xE0000, 0xE0FFF)}
    )
    - OVERRIDES
)
"""Characters that take part in a text without being seen: fillers, joiners, tags, blank patterns."""

CONTROLS = frozenset({*_span(0x00, 0x1F), *_span(0x7F, 0x9F)})

_DELETED_IN_BODIES = re.compile(
    f"[{re.escape(''.join(map(chr, sorted((CONTROLS | OVERRIDES) - {0x09, 0x0A, 0x0D}))))}]+"
)
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_PILING = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"


def pile_limit(most: int) -> re.Pattern[str]:
    """Pattern whose group 1 is as many marks stacked on one letter as may stay."""
    return re.compile(f"([{_PILING}]{{{most}}})[{_PILING}]+")


_PILES = pile_limit(8)


def clean(text: str) -> str:
    """A body as it may be shown: one kind of line end, no control and no direction override, small piles.

    Cleaning twice is cleaning once.
    """
    text = _DELETED_IN_BODIES.sub("", _LONE_SURROGATES.sub("\ufffd", text))
    return _PILES.sub(r"\1", text.replace("\r\n", "\n").replace("\r", "\n"))


@lru_cache(maxsize=4096)
def script(char: str) -> str:
    """Script of a letter by its Unicode name ("LATIN", "CYRILLIC", "CJK"); "" for digits, marks and signs."""
    if unicodedata.category(char)[0] != "L":
        return ""
    return unicodedata.name(char, "UNKNOWN").split(" ")[0].split("-")[0]
