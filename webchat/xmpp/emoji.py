"""This room reads and writes pictures that stand for words of a message, as Movim does (XEP-0071, 0231)."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import bits
from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Emoji
from webchat.xmpp.stanza import Children
from webchat.xmpp.xml_text import xml_text

HTML = f"{{{ns.XHTML_IM}}}html"
_BODY = f"{{{ns.XHTML}}}body"
_P = f"{{{ns.XHTML}}}p"
_IMG = f"{{{ns.XHTML}}}img"
_BR = f"{{{ns.XHTML}}}br"

MOST = 32
"""Different pictures in one message."""

LONGEST = 64
_SHORT = re.compile(r":[\w.+-]{1,60}:")


def read(found: Children, words: str) -> tuple[Emoji, ...]:
    """Pictures of the formatted text that the plain text has words for: a short name, or (a sticker) all.

    Of all else in it only the plain text counts.
    """
    body = found[HTML].find(_BODY)
    known: dict[str, str] = {}
    for number, image in enumerate(body.iter(_IMG) if body is not None else ()):
        if number >= 4 * MOST or len(known) >= MOST:
            break
        alt, (scheme, _, cid) = image.get("alt", "").strip(), image.get("src", "").partition(":")
        if scheme == "cid" and bits.is_cid(cid.lower()) and _stands(alt, words):
            known.setdefault(alt, cid.lower())
    return tuple(Emoji(alt, cid) for alt, cid in known.items())


def _stands(alt: str, words: str) -> bool:
    if not 0 < len(alt) <= LONGEST or "\n" in alt:
        return False
    return alt == words.strip() or (alt in words and _SHORT.fullmatch(alt) is not None)


def write(xml: Element, words: str, emoji: Sequence[Emoji]) -> None:
    """Say the same words once more with pictures in them (XEP-0071 §5, XEP-0231 §2.1)."""
    cids = {each.alt: each.cid for each in emoji}
    place = SubElement(SubElement(SubElement(xml, HTML), _BODY), _P)
    last: Element | None = None
    for n, line in enumerate(words.split("\n")):
        if n:
            last = SubElement(place, _BR)
        for piece in split(line, cids):
            if piece in cids:
                last = SubElement(place, _IMG, {"alt": piece, "src": f"cid:{cids[piece]}"})
            elif last is None:
                place.text = (place.text or "") + xml_text(piece)
            else:
                last.tail = (last.tail or "") + xml_text(piece)


def split(words: str, known: Sequence[str] | dict[str, str]) -> list[str]:
    """The words in pieces: what is known, and what stands between."""
    if not known:
        return [words]
    longest_first = sorted(known, key=len, reverse=True)
    return [piece for piece in re.split(f"({'|'.join(map(re.escape, longest_first))})", words) if piece]
