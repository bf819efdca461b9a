"""This room is what the tests of forms run, register with and block, and what a server answers to that."""

from xml.etree.ElementTree import Element, fromstring

HOME = "montague.example"
IRC = "irc.montague.example"

PAGES = (
    "/configuration/actions",
    "/configuration/actions/server",
    f"/configuration/actions/at/{HOME}",
    f"/configuration/actions/gateways/{IRC}",
    "/configuration/blocked",
)
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "/configuration/actions/at/{jid:path}": (
        f"/configuration/actions/at/{HOME}",
        {"node": "uptime", "name": "Uptime"},
    ),
    "/configuration/actions/runs/{id}": (
        "/configuration/actions/runs/forgotten",
        {"do": "next", "turn": "0"},
    ),
    "/configuration/actions/gateways/{jid}": (
        f"/configuration/actions/gateways/{IRC}",
        {"field.nick": "Romeo"},
    ),
    "/configuration/actions/gateways/{jid}/delete": (f"/configuration/actions/gateways/{IRC}/delete", {}),
    "/configuration/blocked": ("/configuration/blocked", {"jid": "tybalt@capulet.example"}),
    "/configuration/blocked/delete": ("/configuration/blocked/delete", {"jid": "tybalt@capulet.example"}),
}
"""Route → an address of it and what a form would send, in an order in which one person can do all of it."""

COMMAND = "{http://jabber.org/protocol/commands}command"
REGISTER = "{jabber:iq:register}query"


def answered(kind: str, payload: Element, to: str) -> Element | None:
    """A command that is over at once, and a gateway that asks for a nickname. None: not for these."""
    if payload.tag == COMMAND:
        inside = f"<command xmlns='{COMMAND[1:-8]}' status='completed'><note>Up</note></command>"
    elif payload.tag == REGISTER and to == IRC:
        inside = "<query xmlns='jabber:iq:register'><registered/><nick>Romeo</nick></query>"
    else:
        return None
    return fromstring(f"<iq xmlns='jabber:client' type='result'>{inside}</iq>")  # noqa: S314
