"""This room tells commands from what is to be said: "/name …" is done, "//name …" says "/name …"."""

import re
from dataclasses import dataclass

_CALL = re.compile(r"/([^\s/]\S*)(?:\s+(.*))?", re.DOTALL)
_SAID = "/me "


@dataclass(frozen=True, slots=True)
class Call:
    """A command as it was typed: what stands behind "/name"."""

    name: str
    argument: str


def read(text: str) -> Call | str:
    """What to do with a text: a call, or what is to be said ("/me …" is said, XEP-0245)."""
    if text.startswith("//"):
        return text[1:]
    found = _CALL.match(text)
    if found is None or text.startswith(_SAID):
        return text
    return Call(found[1].lower(), (found[2] or "").strip())


def escaped(text: str) -> str:
    """A message as it must be typed to be said again: the other way round of `read`."""
    return text if isinstance(read(text), str) and not text.startswith("//") else f"/{text}"
