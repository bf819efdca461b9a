"""This room handles text that is only there for clients that do not understand the rest (XEP-0428)."""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Reply
from webchat.xmpp.numbers import whole

_FALLBACK = f"{{{ns.FALLBACK}}}fallback"
_BODY = f"{{{ns.FALLBACK}}}body"
MOST = 8
"""Fallbacks of one message that are looked at."""

QUOTED_LINES = 6
QUOTED = 400
"""Lines and characters of the answered message that old clients are shown."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A body without its fallbacks; `ranges` are the characters that were taken out, in order."""

    body: str
    ranges: tuple[tuple[int, int], ...] = ()

    def moved(self, place: int) -> int | None:
        """Where character `place` of the whole body stands now; None when it was taken out."""
        before = 0
        for start, end in self.ranges:
            if start <= place < end:
                return None
            if end <= place:
                before += end - start
        return place - before


def cut(xml: Element, body: str, understood: Iterable[str]) -> Cut:
    """The body without what stands in for one of these namespaces; as it is when nothing would be left.

    Places are counted in characters of the text, not of its escaped form (XEP-0428 §3).
    """
    wanted = frozenset(understood)
    found = [each for each in xml.iterfind(_FALLBACK) if each.get("for") in wanted][:MOST]
    ranges: list[tuple[int, int]] = []
    for start, end in sorted(_range(part, len(body)) for each in found for part in _parts(each)):
        start = max(start, ranges[-1][1] if ranges else 0)
        if start < end:
            ranges.append((start, end))
    if not ranges:
        return Cut(body)
    kept, last = [], 0
    for start, end in ranges:
        kept.append(body[last:start])
        last = end
    rest = "".join((*kept, body[last:]))
    return Cut(rest, tuple(ranges)) if rest.strip() else Cut(body)


def _parts(fallback: Element) -> list[Element | None]:
    parts: list[Element | None] = list(fallback.findall(_BODY)[:MOST])
    # Without any part named the whole of the message is a fallback.
    return parts or ([None] if not len(fallback) else [])


def _range(part: Element | None, length: int) -> tuple[int, int]:
    start = _number(part, "start", 0)
    return start, min(_number(part, "end", length), length)


def _number(part: Element | None, name: str, default: int) -> int:
    found = None if part is None else whole(part.get(name), 9)
    return default if found is None else found


def quotation(quoted: str) -> str:
    """What old clients are shown above an answer (XEP-0461 §3.1)."""
    lines = quoted[:QUOTED].split("\n")[:QUOTED_LINES]
    return "".join(f"> {line}\n" for line in lines) if quoted.strip() else ""


def mark(xml: Element, namespace: str, end: int | None = None) -> None:
    """Say that the first `end` characters of the body (None: all of it) stand in for `namespace`."""
    fallback = SubElement(xml, _FALLBACK, {"for": namespace})
    SubElement(fallback, _BODY, {} if end is None else {"start": "0", "end": str(end)})


def answer(xml: Element, reply: Reply, prefix: str) -> None:
    """XEP-0461 §3: the reference to what is answered, and which part of the body repeats it."""
    attributes = {"id": reply.id} | ({"to": reply.to} if reply.to else {})
    SubElement(xml, f"{{{ns.REPLY}}}reply", attributes)
    if prefix:
        mark(xml, ns.REPLY, len(prefix))
