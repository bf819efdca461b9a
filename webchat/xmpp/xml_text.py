"""This room makes text fit for XML 1.0: one character outside it would end the stream."""

import re

_OUTSIDE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """`text` without what XML 1.0 §2.2 forbids, line ends as \\n, as its reader would see them (§2.11)."""
    return _OUTSIDE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
