"""This room reads numbers that others write: digits and nothing else, and only so many of them."""


def whole(text: str | None, digits: int) -> int | None:
    """The number without sign that a text is; None for no number, and for one of more digits than these."""
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > digits:
        return None
    return int(text)
