"""This room tells what is done from what is said: "/name …", "s/old/new/" and "+🎉" are done.

"//name …" says "/name …"; a space in front says the others as they are.
"""

import re
from dataclasses import dataclass

from webchat.markup.emoji import one_emoji

_CALL = re.compile(r"/([^\s/]\S*)(?:\s+(.*))?", re.DOTALL)
_SAID = "/me "
_PART = r"(?:[^/\\\n]|\\.)"
_SWAP = re.compile(rf"s/({_PART}+)/({_PART}*)/(g?)\s*")
_PLUS = re.compile(r"\+(:[\w+-]{1,40}:|\S{1,32})\s*")
_BARE = re.compile(r"\\([/\\])")


@dataclass(frozen=True, slots=True)
class Call:
    """A command as it was typed: what stands behind "/name"."""

    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class Swap:
    """Letters of what one said last that become other letters; `every` of them, or the first."""

    old: str
    new: str
    every: bool = False


@dataclass(frozen=True, slots=True)
class Plus:
    """An emoji, or the :name: of one, for what somebody else said last."""

    emoji: str


def habit(text: str) -> Swap | Plus | None:
    """What is typed from habit and does something to an earlier message; None for anything else."""
    if found := _SWAP.fullmatch(text):
        old, new = (_BARE.sub(r"\1", part) for part in found.groups()[:2])
        return Swap(old, new, bool(found[3]))
    found = _PLUS.fullmatch(text)
    if found and (one_emoji(found[1]) or (len(found[1]) > 2 and found[1][0] == found[1][-1] == ":")):
        return Plus(found[1])
    return None


def _spared(text: str) -> bool:
    """Whether a habit is said as it is: one of the spaces before it goes."""
    return text[:1] == " " and habit(text.lstrip(" ")) is not None


def read(text: str) -> Call | Swap | Plus | str:
    """What to do with a text: a call, a habit, or what is to be said ("/me …" is said, XEP-0245)."""
    if (done := habit(text)) is not None:
        return done
    if _spared(text):
        return text[1:]
    if text.startswith("//"):
        return text[1:]
    found = _CALL.match(text)
    if found is None or text.startswith(_SAID):
        return text
    return Call(found[1].lower(), (found[2] or "").strip())


def escaped(text: str) -> str:
    """A message as it must be typed to be said again: the other way round of `read`."""
    if habit(text) is not None or _spared(text):
        return f" {text}"
    return text if isinstance(read(text), str) and not text.startswith("//") else f"/{text}"
