"""This room reads what a room asks to tell people from programs, and brings the answer (XEP-0158)."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from webchat.xmpp import bits, forms
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Challenge, ChallengeMedia
from webchat.xmpp.context import Context, Stream
from webchat.xmpp.events import RoomRefused

CONDITION = "captcha"
"""Stands where a stanza error would have its condition."""

MOST_MEDIA = 8
MOST_BYTES = 512 * 1024
"""Bytes of one picture that a stanza brings; a larger one is fetched over the web, or not at all."""

LONGEST = 2000

CAPTCHA = f"{{{ns.CAPTCHA}}}captcha"
_FIELD = f"{{{ns.DATA_FORM}}}field"
_URI = f"{{{ns.MEDIA}}}media/{{{ns.MEDIA}}}uri"
_URL = f"{{{ns.OOB}}}x/{{{ns.OOB}}}url"


def read(xml: Element, found: Mapping[str, Element], sender: str, context: Context) -> RoomRefused | None:
    """The question of a room that we ask to enter (§3); None for anything else.

    Only a room at whose door we stand has something to ask: a seat that we have is proof enough.
    """
    seat = context.rooms.get(sender)
    if CAPTCHA not in found or seat is None or seat.inside:
        return None
    form = forms.read(found[CAPTCHA], ns.CAPTCHA)
    if form is None:
        return None
    url = (xml.findtext(_URL) or "").strip()[:LONGEST]
    challenge = Challenge(form, _media(xml, found[CAPTCHA]), url if _is_web(url) else "")
    return RoomRefused(sender, seat.nick, CONDITION, form.instructions, challenge)


def _media(xml: Element, captcha: Element) -> tuple[ChallengeMedia, ...]:
    """What belongs to the fields (XEP-0221): one of each kind that somebody could look at or listen to."""
    brought = _brought(xml)
    kept: list[ChallengeMedia] = []
    for field in captcha.iterfind(f"{forms.FORM}/{_FIELD}"):
        for uri in field.findall(_URI)[:MOST_MEDIA]:
            address, kind = (uri.text or "").strip()[:LONGEST], uri.get("type", "")[:100].lower()
            var = field.get("var", "")
            if address.startswith("cid:"):
                kept.append(ChallengeMedia(var, kind, address[4:], brought.get(address[4:], b"")))
            elif _is_web(address):
                kept.append(ChallengeMedia(var, kind, url=address))
    return tuple(kept[:MOST_MEDIA])


def _brought(xml: Element) -> dict[str, bytes]:
    """Bits of binary that came along (XEP-0231 §2), by their content id."""
    brought = xml.findall(bits.DATA)[:MOST_MEDIA]
    return {data.get("cid", ""): bits.content(data, MOST_BYTES) for data in brought}


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))


async def fetch(stream: Stream, room: str, cid: str) -> bytes:
    """Bits of binary that did not come along (XEP-0231 §3); empty for what is too large or no base64.

    Raises XmppError, TimedOut, Offline.
    """
    return await bits.asked(stream, "get", jids.bare(room), cid, MOST_BYTES)


async def submit(
    stream: Stream, room: str, challenge: Challenge, answers: Mapping[str, Sequence[str]]
) -> None:
    """Send the answers (§3.3); whether the room lets us in now comes as presence.

    Raises XmppError for a wrong answer and for a question that the room has forgotten; TimedOut, Offline.
    """
    captcha = Element(CAPTCHA)
    captcha.append(forms.fill(challenge.form, answers))
    await stream.request("set", captcha, to=room)
