"""This room says what can be done with a message, and by whom."""

from webchat.messages.state.occupants import Rooms
from webchat.messages.store.sources import Whole
from webchat.session.session import Session
from webchat.xmpp.rooms import moderation


def possible(message: Whole, session: Session, *, held: bool = False, kept: bool = False) -> frozenset[str]:
    """What can be done with a message now: names as in templates/messages/_menu.html."""
    found = {"save" if not kept else "unsave", "unhide" if message.hidden else "hide"}
    if message.gone:
        return frozenset(found - {"save"})
    found.add("remind")
    sent = message.state not in ("pending", "failed")
    if message.body or message.files:
        found.add("forward")
    if message.body and not message.encryption:
        found.add("copy")
    if message.as_source is not None and message.state != "failed":
        found.add("reply")
    if message.name and sent:
        found.add("react")
    if message.mine and message.said_id and message.state != "failed":
        if message.body and not message.files and not message.encryption:
            found.add("edit")
        if held:
            found.add("undo")
        elif message.name:
            found.add("retract")
    room = session[Rooms].get(message.jid) if message.kind == "room" else None
    if room is not None and room.may_moderate and message.stanza_id and moderation.known(room.features):
        found.add("moderate")
    return frozenset(found)
