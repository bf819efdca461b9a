"""This room gives a name its colour: the hue of XEP-0392, cut into as many classes as the style sheet has."""

import hashlib

CLASSES = 36


def hue(text: str) -> float:
    """Angle in degrees, 0 ≤ hue < 360 (XEP-0392 §5.1); for people `text` is the bare JID."""
    digest = hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).digest()
    return int.from_bytes(digest[:2], "little") / 65536 * 360


def colour(text: str) -> int:
    """Number of the colour class, 0 … 35, each ten degrees wide (no inline styles, so no exact angle)."""
    return int(hue(text) * CLASSES / 360)
