"""This room reads and writes the configuration of a room, makes and destroys it (XEP-0045 §10)."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement

from webchat.errors import XmppError
from webchat.xmpp import forms
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.forms import Form
from webchat.xmpp.xml_text import xml_text

QUERY = f"{{{ns.MUC_OWNER}}}query"
_DESTROY = f"{{{ns.MUC_OWNER}}}destroy"

GROUP = {
    "muc#roomconfig_persistentroom": "1",
    "muc#roomconfig_changesubject": "0",
    "muc#roomconfig_membersonly": "1",
    "muc#roomconfig_whois": "anyone",
    "muc#roomconfig_publicroom": "0",
    "muc#roomconfig_allowinvites": "1",
}
"""A private group: its members see each other, and nobody else finds it."""

CHANNEL = {
    "muc#roomconfig_persistentroom": "1",
    "muc#roomconfig_changesubject": "0",
    "muc#roomconfig_membersonly": "0",
    "muc#roomconfig_whois": "moderators",
    "muc#roomconfig_publicroom": "1",
}
"""A public channel: everybody may come in, only moderators see addresses."""


async def fetch(stream: Stream, room: str) -> Form:
    """The configuration form, for owners (§10.2). Raises XmppError ("forbidden"), TimedOut, Offline."""
    answer = await stream.request("get", Element(QUERY), to=room)
    form = forms.read(answer.find(QUERY))
    if form is None:
        raise XmppError("feature-not-implemented")
    return form


async def submit(stream: Stream, room: str, form: Form, answers: Mapping[str, Sequence[str]]) -> None:
    """Send the form back with these answers (§10.2).

    Raises XmppError ("not-acceptable"), TimedOut, Offline.
    """
    query = Element(QUERY)
    query.append(forms.fill(form, answers))
    await stream.request("set", query, to=room)


async def configure_new(stream: Stream, room: str, *, private: bool, name: str) -> None:
    """Open a room that was just made, and is locked until then (§10.1.3).

    Raises XmppError, TimedOut, Offline.
    """
    form = await fetch(stream, room)
    wanted = {"muc#roomconfig_roomname": name, **(GROUP if private else CHANNEL)}
    await submit(stream, room, form, {var: (value,) for var, value in wanted.items()})


async def cancel_new(stream: Stream, room: str) -> None:
    """Give up a room that was just made (§10.1.3). Raises XmppError, TimedOut, Offline."""
    query = Element(QUERY)
    SubElement(query, forms.FORM, {"type": "cancel"})
    await stream.request("set", query, to=room)


async def destroy(stream: Stream, room: str, reason: str = "", alternate: str = "") -> None:
    """End a room for everybody (§10.9). Raises XmppError ("forbidden"), TimedOut, Offline."""
    query = Element(QUERY)
    element = SubElement(query, _DESTROY, {"jid": alternate} if alternate else {})
    if text := xml_text(reason).strip():
        SubElement(element, f"{{{ns.MUC_OWNER}}}reason").text = text
    await stream.request("set", query, to=room)


async def unregister(stream: Stream, room: str) -> None:
    """Give the nick back that we have registered there, when leaving for good (XEP-0077 §3.2)."""
    query = Element(f"{{{ns.REGISTER}}}query")
    SubElement(query, f"{{{ns.REGISTER}}}remove")
    await stream.request("set", query, to=room)
