"""This room is what the tests of forms tell about themselves, at a server that has nothing yet."""

from xml.etree.ElementTree import Element, fromstring

from tests.web.site import ROMEO
from webchat.errors import XmppError
from webchat.xmpp import namespaces as ns

PAGE = "/configuration/profile"
PAGES = (PAGE, "/location", f"/people/{ROMEO}")
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    PAGE: (PAGE, {"name": "Romeo", "was_name": "", "access": "open"}),
    f"{PAGE}/picture/files": (f"{PAGE}/picture/files", {"remove": "1"}),
    f"{PAGE}/banner/files": (f"{PAGE}/banner/files", {"remove": "1"}),
    "/location": ("/location", {"words": "The Arena", "latitude": "45.43", "longitude": "10.99"}),
    "/location/delete": ("/location/delete", {}),
}
"""Route → an address of it and what a form would send, in an order in which one person can do all of it."""

NODES = (
    ns.VCARD4_NODE,
    ns.NICK,
    ns.AVATAR_DATA,
    ns.AVATAR_METADATA,
    ns.BANNER,
    ns.GEOLOC,
)


def answered(kind: str, payload: Element, to: str) -> Element | None:
    """What our own account answers; None: this was about something else."""
    node = payload[0].get("node", "") if len(payload) else ""
    ours = node in NODES or payload.tag == f"{{{ns.VCARD_TEMP}}}vCard"
    if payload.tag == f"{{{ns.DISCO_INFO}}}query" and to == ROMEO:
        inside = f"<query xmlns='{ns.DISCO_INFO}'/>"
        return fromstring(f"<iq type='result'>{inside}</iq>")  # noqa: S314
    if to not in ("", ROMEO) or not ours:
        return None
    if kind == "get":
        raise XmppError("item-not-found")
    return fromstring("<iq type='result'/>")  # noqa: S314
