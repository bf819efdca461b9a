"""This room proves how communities and chat rooms name each other, and that nothing else is taken for it."""

import pytest

from webchat.xmpp.entries import Ref
from webchat.xmpp.pubsub.linked import community_of, room_in, with_room, without_room

ROOM = "cats@rooms.verona.example"
NAMED = f"xmpp:{ROOM}?join"


@pytest.mark.parametrize(
    ("text", "room"),
    [
        (f"Purr. Talk at {NAMED}", ROOM),
        (f"({NAMED}; welcome)", ROOM),
        ("xmpp:black%20cat@rooms.verona.example?join", ""),
        ("XMPP:Cats@Rooms.Verona.example?JOIN", ROOM),
        (f"xmpp:{ROOM}", ""),
        (f"xmpp:{ROOM}?joined", ""),
        ("xmpp:rooms.verona.example?join", ""),
        ("xmpp:@?join xmpp:" + "x" * 3000 + "@a?join", ""),
        ("xmpp:" * 5000, ""),
        ("", ""),
    ],
)
def test_what_a_description_names(text: str, room: str) -> None:
    """An address that invites into a room, wherever it stands."""
    assert room_in(text) == room


def test_the_room_is_the_last_word_of_a_description() -> None:
    """It can be put there, changed and taken away, and what people wrote stays."""
    told = with_room("Purr.\nOften.", ROOM)
    assert told == f"Purr.\nOften. {NAMED}"
    assert with_room(told, "dogs@rooms.verona.example") == "Purr.\nOften. xmpp:dogs@rooms.verona.example?join"
    assert (without_room(told), with_room(told, "")) == ("Purr.\nOften.", "Purr.\nOften.")
    assert (with_room("", ROOM), without_room(NAMED), without_room("")) == (NAMED, "", "")
    assert (
        room_in(with_room("", "ünter/@rooms.verona.example".replace("/", ""))) == "ünter@rooms.verona.example"
    )


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        ("xmpp:pubsub.verona.example?;node=cats", Ref("pubsub.verona.example", "cats")),
        ("xmpp:pubsub.verona.example?;node=cats;item=one", Ref("pubsub.verona.example", "cats")),
        ("xmpp:juliet@capulet.example?;node=cats", None),
        ("https://verona.example/", None),
        ("", None),
    ],
)
def test_what_a_room_names(uri: str, found: Ref | None) -> None:
    """A node of a service, never of a person."""
    assert community_of(uri) == found
