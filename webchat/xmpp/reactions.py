"""This room asks which reactions a room allows (XEP-0444 §4)."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from webchat.errors import XmppError
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.numbers import whole

_FIELD = f"{{{ns.DATA_FORM}}}field"
_VALUE = f"{{{ns.DATA_FORM}}}value"
PATIENCE = 5
MOST_ALLOWED = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """How many reactions one person may have on one message, and which; None for any."""

    most: int | None = None
    allowed: tuple[str, ...] | None = None


async def limits(stream: Stream, jid: str) -> Limits:
    """What the room announces; no limits when it says nothing, or does not answer."""
    try:
        result = await stream.request("get", Element(f"{{{ns.DISCO_INFO}}}query"), to=jid, timeout=PATIENCE)
    except XmppError:
        return Limits()
    for form in result.iter(f"{{{ns.DATA_FORM}}}x"):
        fields = {
            field.get("var", ""): [value.text or "" for value in field.findall(_VALUE)[:MOST_ALLOWED]]
            for field in form.findall(_FIELD)
        }
        if fields.get("FORM_TYPE") == [ns.REACTION_LIMITS]:
            return _limits(fields)
    return Limits()


def _limits(fields: dict[str, list[str]]) -> Limits:
    most = next(iter(fields.get("max_reactions_per_user", [])), "")
    allowed = fields.get("allowlist")
    return Limits(whole(most, 5), tuple(allowed) if allowed is not None else None)
