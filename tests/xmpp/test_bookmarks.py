"""This room keeps rooms: bookmarks of both kinds, with everything in them that we do not know.

XEP-0402 with XEP-0492; XEP-0048 in XEP-0049.
"""

from xml.etree import ElementTree as ET

import pytest

from tests.xmpp.cast import ROMEO, FakeStream, context, failing, read
from webchat.errors import XmppError
from webchat.xmpp import bookmarks
from webchat.xmpp import namespaces as ns
from webchat.xmpp.content import Bookmark
from webchat.xmpp.events import BookmarksReceived

ROOM = "balcony@rooms.montague.example"
NODE = "urn:xmpp:bookmarks:1"
INFO = "<query xmlns='http://jabber.org/protocol/disco#info'>{}</query>"
OPTIONS = f"<feature var='{ns.PUBSUB_PUBLISH_OPTIONS}'/>"


def conference(extensions: str = "", more: str = "") -> str:
    """A bookmark as a client writes it."""
    inside = f"<extensions>{extensions}</extensions>" if extensions else ""
    return (
        f"<conference xmlns='{NODE}' name='The balcony' autojoin='true'>"
        f"<nick>Romeo</nick>{more}{inside}</conference>"
    )


def notice(inside: str, sender: str = f"from='{ROMEO}'") -> str:
    """News of the node."""
    return (
        f"<message {sender} type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'>"
        f"{inside}</event></message>"
    )


def items(inside: str) -> str:
    """Items of the node."""
    return f"<items node='{NODE}'>{inside}</items>"


def one(extensions: str, more: str = "") -> Bookmark:
    """What a bookmark with these extensions is."""
    event = read(notice(items(f"<item id='{ROOM}'>{conference(extensions, more)}</item>")))
    assert isinstance(event, BookmarksReceived)
    return event.bookmarks[0]


def test_news_of_our_own_account() -> None:
    found = one("", "<password>rose</password>")
    assert found == Bookmark(ROOM, "The balcony", "Romeo", "rose", True)
    gone = read(notice(items(f"<retract id='{ROOM}'/>")))
    assert gone == BookmarksReceived((), removed=(ROOM,))
    assert read(notice(f"<purge node='{NODE}'/>")) == BookmarksReceived((), whole=True)


@pytest.mark.parametrize(
    "sender", ["from='mercutio@verona.example'", "from='montague.example'", f"from='{ROOM}'", ""]
)
@pytest.mark.parametrize(
    "inside",
    [
        items(f"<item id='trap@muc.evil.example'>{conference()}</item>"),
        items(f"<retract id='{ROOM}'/>"),
        f"<purge node='{NODE}'/>",
        f"<delete node='{NODE}'/>",
    ],
)
def test_a08_bookmarks_of_others_change_nothing(sender: str, inside: str) -> None:
    judge = context()
    assert read(notice(inside, sender), judge) is None
    assert not judge.rooms


@pytest.mark.parametrize("id", ["", "rooms.montague.example", f"{ROOM}/nick", "@", "a@b@c"])
def test_what_is_no_room_is_left_out(id: str) -> None:
    assert read(notice(items(f"<item id='{id}'>{conference()}</item>"))) is None


@pytest.mark.parametrize(
    ("extensions", "notify", "pinned"),
    [
        ("<notify xmlns='urn:xmpp:notification-settings:1'><always/></notify>", "always", False),
        ("<notify xmlns='urn:xmpp:notification-settings:0'><never/></notify>", "never", False),
        (
            "<notify xmlns='urn:xmpp:notification-settings:0'><never/></notify>"
            "<notify xmlns='urn:xmpp:notification-settings:1'><on-mention/></notify>",
            "on-mention",
            False,
        ),
        (
            "<notify xmlns='urn:xmpp:notification-settings:1'><never identity-type='phone'/></notify>",
            "",
            False,
        ),
        ("<pinned xmlns='urn:xmpp:bookmarks-pinning:0'/>", "", True),
        ("<pinned xmlns='xmpp:movim.eu/pinned:0'/>", "", True),
        ("<notifications xmlns='xmpp:movim.eu/notifications:0' notify='quoted'/>", "on-mention", False),
    ],
)
def test_pins_and_modes_of_every_age(extensions: str, notify: str, pinned: bool) -> None:
    found = one(extensions)
    assert (found.notify, found.pinned) == (notify, pinned)


UNKNOWN = "<call xmlns='{urn:x}call' a='1'>text<b/></call>".replace("{urn:x}", "urn:x:")
ADVANCED = (
    "<notify xmlns='urn:xmpp:notification-settings:1'><never identity-type='phone'/>"
    "<always/><advanced><custom xmlns='urn:y'/></advanced></notify>"
)


async def test_what_we_do_not_know_is_written_back() -> None:
    found = one(UNKNOWN + ADVANCED)
    stream = FakeStream(lambda kind, payload, to: INFO.format(OPTIONS) if kind == "get" else "")
    await bookmarks.publish(stream, found)
    _, payload, _ = stream.asked[-1]
    extensions = payload.find(f".//{{{NODE}}}extensions")
    assert extensions is not None
    kept = {child.tag: ET.tostring(child, encoding="unicode") for child in extensions}
    assert "text" in kept["{urn:x:call}call"]
    newer = kept["{urn:xmpp:notification-settings:1}notify"]
    assert "custom" in newer
    assert "identity-type" in newer
    assert newer.count("always") == 1
    # Movim reads the older namespace.
    assert "always" in kept["{urn:xmpp:notification-settings:0}notify"]
    # Written and read again it is the same.
    again = payload.find(f".//{{{NODE}}}conference")
    assert again is not None
    text = ET.tostring(again, encoding="unicode")
    event = read(notice(items(f"<item id='{ROOM}'>{text}</item>")))
    assert isinstance(event, BookmarksReceived)
    assert event.bookmarks[0].notify == found.notify
    assert len(event.bookmarks[0].extensions) == 2


async def test_a28_names_are_only_text() -> None:
    stream = FakeStream(lambda kind, payload, to: INFO.format(OPTIONS) if kind == "get" else "")
    evil = "</nick></conference><iq type='set'/>&x;]]>\x00"
    await bookmarks.publish(stream, Bookmark(ROOM, evil, evil, evil, True, True, "never"))
    conference = stream.asked[-1][1].find(f".//{{{NODE}}}conference")
    assert conference is not None
    assert conference.get("name") == evil.replace("\x00", "")
    assert [child.tag.rpartition("}")[2] for child in conference] == ["nick", "password", "extensions"]


def answering(node: str, storage: str, features: str = OPTIONS) -> FakeStream:
    """A server with these bookmarks of the newer and of the older kind."""

    def answer(kind: str, payload: ET.Element, to: str) -> str:
        if payload.tag.endswith("disco#info}query"):
            return INFO.format(features)
        if payload.tag == "{jabber:iq:private}query":
            return f"<query xmlns='jabber:iq:private'>{storage}</query>" if kind == "get" else ""
        return node

    return FakeStream(answer)


STORAGE = (
    "<storage xmlns='storage:bookmarks'><url name='kept' url='https://a.example'/>"
    "<conference name='Old' autojoin='1' jid='old@rooms.montague.example'><nick>R</nick></conference>"
    f"<conference name='Twice' jid='{ROOM}'/></storage>"
)


async def test_both_kinds_are_read_and_the_newer_one_counts() -> None:
    node = (
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'>"
        f"<items node='{NODE}'><item id='{ROOM}'>{conference()}</item></items></pubsub>"
    )
    found = await bookmarks.fetch(answering(node, STORAGE))
    assert [(room.jid, room.name) for room in found.bookmarks] == [
        (ROOM, "The balcony"),
        ("old@rooms.montague.example", "Old"),
    ]
    assert found.whole
    compat = await bookmarks.fetch(answering(node, STORAGE, f"<feature var='{bookmarks.COMPAT}'/>"))
    assert [room.jid for room in compat.bookmarks] == [ROOM]


async def test_only_the_older_kind_is_there() -> None:
    stream = answering(failing("service-unavailable"), STORAGE)
    assert len((await bookmarks.fetch(stream)).bookmarks) == 2
    await bookmarks.publish(stream, Bookmark(ROOM, "New", autojoin=True))
    storage = stream.asked[-1][1][0]
    assert [child.get("name") for child in storage] == ["kept", "Old", "New"]
    await bookmarks.remove(stream, "old@rooms.montague.example")
    assert [child.get("name") for child in stream.asked[-1][1][0]] == ["kept", "Twice"]


async def test_neither_kind_can_be_read() -> None:
    stream = FakeStream(
        lambda kind, payload, to: (
            INFO.format("") if payload.tag.endswith("info}query") else failing("service-unavailable")
        )
    )
    with pytest.raises(XmppError):
        await bookmarks.fetch(stream)


@pytest.mark.parametrize("features", [OPTIONS, f"<feature var='{bookmarks.COMPAT}'/>"])
@pytest.mark.parametrize("condition", ["internal-server-error", "resource-constraint", "forbidden"])
async def test_a_node_that_cannot_be_read_just_now_is_not_an_empty_one(features: str, condition: str) -> None:
    """Else every room but those of the older kind would be taken for one that the user gave up."""
    with pytest.raises(XmppError) as refused:
        await bookmarks.fetch(answering(failing(condition), STORAGE, features))
    assert refused.value.condition == condition


async def test_who_never_kept_a_room_has_none() -> None:
    compat = answering(failing("item-not-found"), STORAGE, f"<feature var='{bookmarks.COMPAT}'/>")
    assert await bookmarks.fetch(compat) == BookmarksReceived((), whole=True)
