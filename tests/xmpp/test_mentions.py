"""Who is named and called by XEP-0513, and who may call everybody in a room."""

import pytest

from tests.xmpp.balcony import ROOM, presence, said, seated
from tests.xmpp.cast import read
from webchat.xmpp.context import Context
from webchat.xmpp.events import MessageReceived

EVERYBODY = "<mention xmlns='urn:xmpp:mentions:0' mentions='urn:xmpp:mentions:0#channel'{}"


def sits(judge: Context, nick: str, affiliation: str, role: str, id: str) -> None:
    """Somebody sits in the room with such rights."""
    item = f"<item affiliation='{affiliation}' role='{role}'/>"
    read(presence(nick, item=item).replace("</presence>", f"{OCCUPANT.format(id)}</presence>"), judge)


OCCUPANT = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{}'/>"


@pytest.mark.parametrize(
    ("mention", "mentioned"),
    [
        ("occupantid='romeo-id'/>", True),
        ("begin='0' end='6' occupantid='romeo-id'/>", True),
        ("begin='90' end='600' occupantid='romeo-id'/>", True),
        ("occupantid='romeo-id'><noping/></mention>", False),
        ("occupantid='tybalt-id'/>", False),
        ("occupantid=''/>", False),
        ("jid='romeo@montague.example'/>", True),
        ("jid='not an address@@'/>", False),
        ("mentions='urn:xmpp:mentions:0#space'/>", False),
        ("mentions='urn:xmpp:mentions:0#channel' uri='xmpp:other@rooms.montague.example'/>", False),
    ],
)
def test_0513_one_person_is_named(mention: str, mentioned: bool) -> None:
    judge = seated()
    sits(judge, "Juliet", "owner", "moderator", "juliet-id")
    named = f"<mention xmlns='urn:xmpp:mentions:0' {mention}"
    inside = f"<body>Hello you</body>{OCCUPANT.format('juliet-id')}{named}"
    event = read(said("Juliet", inside), judge)
    assert isinstance(event, MessageReceived)
    assert event.mentions_me is mentioned


def test_0513_who_is_named_quietly_is_not_called_by_the_nick() -> None:
    quiet = "<mention xmlns='urn:xmpp:mentions:0' begin='0' end='5' occupantid='romeo-id'><noping/></mention>"
    event = read(said("Juliet", f"<body>Romeo told me</body>{quiet}"), seated())
    assert isinstance(event, MessageReceived)
    assert not event.mentions_me


@pytest.mark.parametrize(
    ("affiliation", "role", "id", "more", "mentioned"),
    [
        ("none", "moderator", "juliet-id", "/>", True),
        ("member", "participant", "juliet-id", "/>", True),
        ("member", "participant", "juliet-id", "><active/></mention>", True),
        ("owner", "moderator", "juliet-id", "><noping/></mention>", False),
        ("none", "participant", "juliet-id", "/>", False),
        ("member", "visitor", "juliet-id", "/>", False),
        ("owner", "moderator", "tybalt-id", "/>", False),
        ("owner", "moderator", "", "/>", False),
    ],
)
def test_0513_only_who_may_calls_everybody(
    affiliation: str, role: str, id: str, more: str, mentioned: bool
) -> None:
    judge = seated()
    sits(judge, "Juliet", affiliation, role, "juliet-id")
    inside = f"<body>All of you!</body>{OCCUPANT.format(id) if id else ''}{EVERYBODY.format(more)}"
    event = read(said("Juliet", inside), judge)
    assert isinstance(event, MessageReceived)
    assert event.mentions_me is mentioned
    read(presence("Juliet", kind="unavailable"), judge)
    gone = read(said("Juliet", inside), judge)
    assert isinstance(gone, MessageReceived)
    assert not gone.mentions_me


def test_0513_whoever_is_here_is_not_called_later() -> None:
    judge = seated()
    sits(judge, "Juliet", "owner", "moderator", "juliet-id")
    late = f"<delay xmlns='urn:xmpp:delay' from='{ROOM}' stamp='2026-01-01T00:00:00Z'/>"
    for more, mentioned in (("><active/></mention>", False), ("/>", True)):
        inside = f"<body>All!</body>{OCCUPANT.format('juliet-id')}{EVERYBODY.format(more)}{late}"
        event = read(said("Juliet", inside), judge)
        assert isinstance(event, MessageReceived)
        assert event.mentions_me is mentioned
