"""This room asks archives of rooms, and says what we have to say in rooms (XEP-0045, XEP-0313)."""

import pytest

from tests.xmpp.balcony import OTHER, ROOM, USER, seated
from tests.xmpp.cast import FULL, JULIET, MERCUTIO, ROMEO, xml
from webchat.xmpp import forward, say
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Context, Query
from webchat.xmpp.events import (
    MessageReceived,
)
from webchat.xmpp.verbs import EnterRoom, LeaveRoom, SendChatState, SendMessage

# ---- archives of rooms


def result(inner: str, *, sender: str = ROOM, query: str = "Q") -> str:
    """One result of an archive."""
    return (
        f"<message from='{sender}' to='{FULL}'><result xmlns='urn:xmpp:mam:2' queryid='{query}' id='z'>"
        "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2025-01-01T00:00:00Z'/>"
        f"{inner}</forwarded></result></message>"
    )


INNER = (
    f"<message xmlns='jabber:client' from='{ROOM}/Juliet' type='groupchat' id='a'><body>X</body></message>"
)


def asking(room: str = ROOM) -> Context:
    """A question to the archive of a room stands open."""
    judge = seated()
    judge.queries["Q"] = Query("Q", room=room)
    return judge


def test_a_room_answers_from_its_archive() -> None:
    judge = asking()
    forward.result(xml(result(INNER)), judge)
    [(id, _, event)] = judge.queries["Q"].results
    assert isinstance(event, MessageReceived)
    assert (id, event.stanza_id, event.kind, event.archived) == ("z", "z", "room", True)


@pytest.mark.parametrize("sender", [MERCUTIO, OTHER, ROMEO, f"{ROOM}/Mercutio", "rooms.montague.example"])
def test_a05_only_the_room_that_was_asked_answers(sender: str) -> None:
    judge = asking()
    forward.result(xml(result(INNER, sender=sender)), judge)
    assert judge.queries["Q"].results == []
    assert judge.dropped == {"archive": 1}


def test_a05_a_room_does_not_answer_for_our_own_archive() -> None:
    judge = asking(room="")
    forward.result(xml(result(INNER)), judge)
    assert judge.queries["Q"].results == []


@pytest.mark.parametrize(
    "inner",
    [
        INNER.replace(ROOM, OTHER),
        INNER.replace(f"{ROOM}/Juliet", f"{MERCUTIO}/x"),
        INNER.replace("groupchat", "chat"),
        INNER.replace(f"from='{ROOM}/Juliet'", f"from='{JULIET}/p' to='{ROMEO}'").replace(
            "groupchat", "chat"
        ),
        f"<message xmlns='jabber:client' from='{JULIET}/p'>"
        f"<x xmlns='jabber:x:conference' jid='{OTHER}'/></message>",
        f"<message xmlns='jabber:client' from='{OTHER}'><x {USER}><invite from='{JULIET}'/></x></message>",
        f"<message xmlns='jabber:client' from='{JULIET}/p' type='error' id='a'>"
        "<error type='cancel'/></message>",
    ],
)
def test_a06_a_room_speaks_for_its_own_occupants_only(inner: str) -> None:
    judge = asking()
    forward.result(xml(result(inner)), judge)
    assert [event for _, _, event in judge.queries["Q"].results] == [None]


def test_a06_addresses_in_the_archive_are_not_believed() -> None:
    judge = asking()
    forged = INNER.replace("</message>", f"<x {USER}><item jid='{ROMEO}'/></x></message>")
    forward.result(xml(result(forged)), judge)
    [(_, _, event)] = judge.queries["Q"].results
    assert isinstance(event, MessageReceived)
    assert not event.mine


# ---- what we say


def test_entering_and_leaving() -> None:
    entering = say.element(EnterRoom(ROOM, "Romeo", "ro<se>", 0, "away", "<b>"))
    assert entering.get("to") == f"{ROOM}/Romeo"
    history = entering.find(f"{{{ns.MUC}}}x/{{{ns.MUC}}}history")
    assert history is not None
    assert history.attrib == {"maxchars": "0"}
    assert entering.findtext(f"{{{ns.MUC}}}x/{{{ns.MUC}}}password") == "ro<se>"
    past = say.element(EnterRoom(ROOM, "Romeo", history=60)).find(f"{{{ns.MUC}}}x/{{{ns.MUC}}}history")
    assert past is not None
    assert past.get("seconds") == "60"
    leaving = say.element(LeaveRoom(ROOM, "Romeo", "bye"))
    assert (leaving.get("type"), leaving.findtext("{jabber:client}status")) == ("unavailable", "bye")


def test_talking_to_all_and_to_one() -> None:
    assert say.element(SendMessage(ROOM, "hi", "1", "room")).get("type") == "groupchat"
    private = say.element(SendMessage(f"{ROOM}/Juliet", "hi", "1", "whisper"))
    assert private.get("type") == "chat"
    assert private.find(f"{{{ns.MUC_USER}}}x") is not None
    assert say.element(SendChatState(ROOM, "composing", "room")).get("type") == "groupchat"
