"""This room asks a room to take us in as a member, by the form that it gives for that (XEP-0045 §7.10)."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from webchat.errors import XmppError
from webchat.xmpp import forms
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.forms import Form

QUERY = f"{{{ns.REGISTER}}}query"
_REGISTERED = f"{{{ns.REGISTER}}}registered"


async def fetch(stream: Stream, room: str) -> Form | None:
    """The room's form for those who want to be members; None for who is one already.

    Raises XmppError ("feature-not-implemented" where there is no form), TimedOut, Offline.
    """
    answer = await stream.request("get", Element(QUERY), to=room)
    query = answer.find(QUERY)
    if query is not None and query.find(_REGISTERED) is not None:
        return None
    form = forms.read(query)
    if form is None:
        raise XmppError("feature-not-implemented")
    return form


async def submit(stream: Stream, room: str, form: Form, answers: Mapping[str, Sequence[str]]) -> None:
    """Send the form back with these answers; an admin of the room may have to say yes first.

    Raises XmppError ("conflict": the nickname is taken), TimedOut, Offline.
    """
    query = Element(QUERY)
    query.append(forms.fill(form, answers))
    await stream.request("set", query, to=room)
