"""This room proves what is read from messages: the shapes of other clients, and who may say what.

RFC 6121 §5, XEP-0085, XEP-0184, XEP-0203, XEP-0333, XEP-0359.
"""

from datetime import UTC, datetime

import pytest

from tests.xmpp.cast import FULL, JULIET, ROMEO, context, load, read, xml
from webchat.xmpp.events import (
    ChatStateReceived,
    DisplayedReceived,
    Event,
    MessageCorrected,
    MessageFailed,
    MessageReceived,
    ReceiptReceived,
    RoomInvited,
)
from webchat.xmpp.parse import event
from webchat.xmpp.stanza import LONGEST_ID

FROM_JULIET = f"<message from='{JULIET}/balcony' to='{ROMEO}' type='chat' id='1'>"


def said(sender: str, body: str, id: str, **more: object) -> MessageReceived:
    return MessageReceived(conversation=JULIET, sender=sender, mine=False, body=body, id=id, **more)  # type: ignore[arg-type]


SHAPES: list[tuple[str, Event | None]] = [
    (
        "movim-message",
        said(
            f"{JULIET}/movimXy1",
            "Wherefore art thou <Romeo>?",
            "6f1d1b4e-3d3e-4a67-8f2f-9b7f6c1f0a11",
            origin_id="6f1d1b4e-3d3e-4a67-8f2f-9b7f6c1f0a11",
            stanza_id="archive-1",
            receipt_requested=True,
            markable=True,
        ),
    ),
    (
        "movim-post-card",
        said(
            f"{JULIET}/movimXy1",
            "https://web.example.org/blog/juliet%40capulet.example/balcony\n"
            f"xmpp:{JULIET}?;node=urn:xmpp:microblog:0;item=balcony",
            "U2",
        ),
    ),
    ("movim-receipt", ReceiptReceived(JULIET, f"{JULIET}/movimXy1", mine=False, id="m1")),
    (
        "dino-message",
        said(
            f"{JULIET}/dino.1d2c3b4a",
            "Good night, good night!",
            "0b2e2b94-6f8a-4f5e-9d7a-0e6a4b9b6c21",
            stanza_id="archive-2",
            receipt_requested=True,
            markable=True,
        ),
    ),
    ("dino-displayed", DisplayedReceived(JULIET, f"{JULIET}/dino.1d2c3b4a", mine=False, id="m1")),
    (
        "gajim-message",
        said(
            f"{JULIET}/gajim.E8JK2PQL",
            "Parting is such\nsweet sorrow",
            "5d0f1a8c-1fb1-41a3-bb41-5b6ce45a1d9f",
            origin_id="5d0f1a8c-1fb1-41a3-bb41-5b6ce45a1d9f",
            stanza_id="archive-4",
            receipt_requested=True,
            markable=True,
        ),
    ),
    (
        "conversations-message",
        said(
            f"{JULIET}/Conversations.BgQ2",
            "It is the lark 🐦",
            "QyDXz7vLTS2nqE9qGxPfPQ",
            origin_id="QyDXz7vLTS2nqE9qGxPfPQ",
            stanza_id="archive-5",
            receipt_requested=True,
            markable=True,
        ),
    ),
    (
        "conversations-displayed",
        DisplayedReceived(JULIET, f"{JULIET}/Conversations.BgQ2", mine=False, id="m1"),
    ),
    ("conversations-typing", ChatStateReceived(JULIET, f"{JULIET}/Conversations.BgQ2", "composing")),
    (
        "converse-message",
        said(
            f"{JULIET}/converse.js-48213399",
            "> quoted\nYes",
            "b7d9f0ae-7f1d-4f50-8d54-6f5b0ff31a2e",
            origin_id="b7d9f0ae-7f1d-4f50-8d54-6f5b0ff31a2e",
            stanza_id="archive-6",
            receipt_requested=True,
        ),
    ),
    (
        "converse-marker-received",
        ReceiptReceived(JULIET, f"{JULIET}/converse.js-48213399", mine=False, id="m1"),
    ),
    (
        "prosody-offline",
        said(
            f"{JULIET}/balcony",
            "Stay but a little, I will come again.",
            "o1",
            stanza_id="archive-10",
            stamp=datetime(2024, 5, 1, 10, tzinfo=UTC),
        ),
    ),
    (
        "prosody-bounce",
        MessageFailed(
            JULIET, "m1", "remote-server-not-found", "Server-to-server connection failed: No route to host"
        ),
    ),
    ("gajim-groupchat", None),
    (
        "gajim-direct-invite",
        RoomInvited("trap@rooms.verona.example", "mercutio@verona.example", "Come", "sesame", direct=True),
    ),
    (
        "prosody-mediated-invite",
        RoomInvited("trap@rooms.verona.example", "mercutio@verona.example", "Come", "sesame"),
    ),
    ("movim-private-in-room", None),
]


@pytest.mark.parametrize(("name", "expected"), SHAPES, ids=[name for name, _ in SHAPES])
def test_shapes_of_other_clients(name: str, expected: Event | None) -> None:
    assert event(load(name), context()) == expected


def test_encrypted_message_shows_the_text_its_sender_gave() -> None:
    received = event(load("conversations-omemo"), context())
    assert isinstance(received, MessageReceived)
    assert received.body.startswith("I sent you an OMEMO encrypted message")
    assert received.origin_id == "omemo1"


def test_encrypted_message_without_text_says_nothing() -> None:
    assert (
        read(f"{FROM_JULIET}<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'/></encrypted></message>")
        is None
    )


def test_A12_correction_is_a_message_of_its_own_sender() -> None:
    corrected = event(load("gajim-correction"), context())
    assert isinstance(corrected, MessageCorrected)
    received = corrected.message
    assert (received.id, received.body) == ("9aa3", "Parting is such sweet sorrow")
    assert received.sender.startswith(JULIET)


def test_A22_invitations_and_calls_of_strangers_are_silent() -> None:
    for inside in (
        "<propose xmlns='urn:xmpp:jingle-message:0' id='c'/>",
        "<attention xmlns='urn:xmpp:attention:0'/>",
    ):
        assert read(f"<message from='mercutio@verona.example/x' to='{ROMEO}'>{inside}</message>") is None


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ("<body xml:lang='fr'>Bonsoir</body><body>Good evening</body>", "Good evening"),
        ("<body>Good evening</body><body xml:lang='fr'>Bonsoir</body>", "Good evening"),
        ("<body xml:lang='fr'>Bonsoir</body><body xml:lang='de'>Abend</body>", "Bonsoir"),
        ("<body>one</body><body>two</body>", "one"),
        ("<body>text<b>bold</b>tail</body>", "text"),
        ("<body>  kept \n</body>", "  kept \n"),
    ],
)
def test_which_body_is_read(bodies: str, expected: str) -> None:
    received = read(f"{FROM_JULIET}{bodies}</message>")
    assert isinstance(received, MessageReceived)
    assert received.body == expected


@pytest.mark.parametrize("inside", ["", "<body/>", "<body> \n </body>", "<subject>topic</subject>"])
def test_no_text_is_no_message(inside: str) -> None:
    assert read(f"{FROM_JULIET}{inside}</message>") is None


def test_A21_request_without_text_asks_for_nothing() -> None:
    assert read(f"{FROM_JULIET}<body/><request xmlns='urn:xmpp:receipts'/></message>") is None


@pytest.mark.parametrize("type", ["", "type='normal'", "type='chat'", "type='dance'"])
def test_types_that_carry_text(type: str) -> None:
    assert isinstance(read(f"<message {type} from='{JULIET}'><body>hi</body></message>"), MessageReceived)


@pytest.mark.parametrize("type", ["groupchat", "headline"])
def test_types_that_do_not(type: str) -> None:
    judge = context()
    assert read(f"<message type='{type}' from='{JULIET}'><body>hi</body></message>", judge) is None
    assert judge.dropped == {type: 1}


@pytest.mark.parametrize("sender", [FULL, f"{ROMEO}/gajim", ROMEO])
def test_note_to_oneself_is_ones_own(sender: str) -> None:
    received = read(f"<message from='{sender}' to='{ROMEO}' type='chat' id='n'><body>milk</body></message>")
    assert isinstance(received, MessageReceived)
    assert (received.conversation, received.mine) == (ROMEO, True)


def test_message_without_addresses_is_of_our_own_account() -> None:
    received = read("<message><body>from the server on our behalf</body></message>")
    assert isinstance(received, MessageReceived)
    assert (received.conversation, received.sender, received.mine) == (ROMEO, ROMEO, True)


@pytest.mark.parametrize(
    "attributes", ["from=''", "from='@'", f"from='{JULIET}' to='a b@c'", "from='a@b/&#10;'"]
)
def test_A19_messages_of_impossible_addresses_are_dropped(attributes: str) -> None:
    judge = context()
    assert read(f"<message {attributes} type='chat'><body>hi</body></message>", judge) is None
    assert judge.dropped == {"address": 1}


def test_A19_addresses_are_normalised_before_they_mean_a_conversation() -> None:
    received = read("<message from='JULIET@Capulet.Example./Balcony' type='chat'><body>hi</body></message>")
    assert isinstance(received, MessageReceived)
    assert (received.conversation, received.sender) == (JULIET, f"{JULIET}/Balcony")


# ---- ids


def stanza_id(inside: str, *, trusted: bool = True) -> str:
    received = read(f"{FROM_JULIET}<body>hi</body>{inside}</message>", context(sid_trusted=trusted))
    assert isinstance(received, MessageReceived)
    return received.stanza_id


def test_A23_archive_ids_count_only_from_an_archive_that_removes_forged_ones() -> None:
    ours = f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROMEO}' id='predicted'/>"
    assert stanza_id(ours) == "predicted"
    assert stanza_id(ours, trusted=False) == ""


@pytest.mark.parametrize("by", [JULIET, "montague.example", FULL, "Romeo@Montague.Example", ""])
def test_A23_archive_ids_of_others_do_not_count(by: str) -> None:
    assert stanza_id(f"<stanza-id xmlns='urn:xmpp:sid:0' by='{by}' id='x'/>") == ""


def test_A23_two_archive_ids_are_none() -> None:
    ours = f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROMEO}' id='%s'/>"
    assert stanza_id(ours % "a" + ours % "b") == ""


def test_ids_too_long_for_an_index_are_no_ids() -> None:
    for length, kept in ((LONGEST_ID, True), (LONGEST_ID + 1, False)):
        id = "x" * length
        received = read(
            f"<message from='{JULIET}' type='chat' id='{id}'><body>hi</body>"
            f"<origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>"
            f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROMEO}' id='{id}'/></message>"
        )
        assert isinstance(received, MessageReceived)
        assert (received.id, received.origin_id, received.stanza_id) == ((id if kept else "",) * 3)


# ---- times


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        ("<delay xmlns='urn:xmpp:delay' stamp='2024-05-01T10:00:00Z' from='mercutio@verona.example'/>", None),
        ("<delay xmlns='urn:xmpp:delay' stamp='2024-05-01T10:00:00Z' from='verona.example'/>", None),
        ("<delay xmlns='urn:xmpp:delay' stamp='2099-01-01T00:00:00Z'/>", None),
        ("<delay xmlns='urn:xmpp:delay' stamp='tomorrow'/>", None),
        ("<delay xmlns='urn:xmpp:delay'/>", None),
        (
            "<delay xmlns='urn:xmpp:delay' stamp='2024-05-01T10:00:00Z'/>",
            datetime(2024, 5, 1, 10, tzinfo=UTC),
        ),
        (
            f"<delay xmlns='urn:xmpp:delay' stamp='2024-05-01T10:00:00Z' from='{ROMEO}'/>",
            datetime(2024, 5, 1, 10, tzinfo=UTC),
        ),
        (
            "<delay xmlns='urn:xmpp:delay' stamp='1970-01-01T00:00:00Z' from='montague.example'/>"
            "<delay xmlns='urn:xmpp:delay' stamp='2024-05-01T10:00:00Z' from='montague.example'/>",
            datetime(2024, 5, 1, 10, tzinfo=UTC),
        ),
    ],
)
def test_A27_only_our_own_server_says_when(delays: str, expected: datetime | None) -> None:
    received = read(f"{FROM_JULIET}<body>hi</body>{delays}</message>")
    assert isinstance(received, MessageReceived)
    assert received.stamp == expected


# ---- receipts, markers, failures


def test_A16_receipts_and_markers_stay_in_the_conversation_of_their_sender() -> None:
    stranger = "<message from='mercutio@verona.example/x' type='chat'>%s</message>"
    receipt = read(stranger % "<received xmlns='urn:xmpp:receipts' id='m1'/>")
    assert isinstance(receipt, ReceiptReceived)
    assert (receipt.conversation, receipt.mine) == ("mercutio@verona.example", False)
    marker = read(stranger % "<displayed xmlns='urn:xmpp:chat-markers:0' id='m1'/>")
    assert isinstance(marker, DisplayedReceived)
    assert (marker.conversation, marker.mine) == ("mercutio@verona.example", False)


@pytest.mark.parametrize(
    "inside",
    [
        "<received xmlns='urn:xmpp:receipts'/>",
        "<received xmlns='urn:xmpp:receipts' id=''/>",
        "<displayed xmlns='urn:xmpp:chat-markers:0'/>",
        f"<displayed xmlns='urn:xmpp:chat-markers:0' id='{'x' * 300}'/>",
        "<displayed xmlns='urn:xmpp:chat-markers:1' id='m1'/>",
    ],
)
def test_markers_of_nothing_mean_nothing(inside: str) -> None:
    assert read(f"{FROM_JULIET}{inside}</message>") is None


def test_the_oldest_kind_of_marker_still_counts() -> None:
    marker = read(f"{FROM_JULIET}<acknowledged xmlns='urn:xmpp:chat-markers:0' id='m1'/></message>")
    assert marker == DisplayedReceived(JULIET, f"{JULIET}/balcony", mine=False, id="m1")


def test_text_counts_before_a_marker() -> None:
    received = read(
        f"{FROM_JULIET}<body>hi</body><displayed xmlns='urn:xmpp:chat-markers:0' id='m'/></message>"
    )
    assert isinstance(received, MessageReceived)


def test_A25_failure_names_who_said_so() -> None:
    failed = read(
        "<message type='error' from='mercutio@verona.example' id='to-juliet'><error type='cancel'/></message>"
    )
    assert failed == MessageFailed("mercutio@verona.example", "to-juliet", "undefined-condition")


def test_failure_from_our_own_server_is_about_anybody() -> None:
    failed = read("<message type='error' from='montague.example' id='m1'><error type='cancel'/></message>")
    assert failed == MessageFailed("", "m1", "undefined-condition")


def test_failure_of_nothing_is_none() -> None:
    assert read(f"<message type='error' from='{JULIET}'><body>hi</body></message>") is None


@pytest.mark.parametrize("state", ["active", "composing", "paused", "inactive", "gone"])
def test_chat_states(state: str) -> None:
    inside = f"<{state} xmlns='http://jabber.org/protocol/chatstates'/>"
    received = read(f"{FROM_JULIET}{inside}</message>")
    assert isinstance(received, ChatStateReceived)
    assert (received.conversation, received.state) == (JULIET, state)


def test_chat_states_that_are_no_news() -> None:
    composing = "<composing xmlns='http://jabber.org/protocol/chatstates'/>"
    delay = "<delay xmlns='urn:xmpp:delay' stamp='2024-05-01T10:00:00Z'/>"
    assert read(f"{FROM_JULIET}{composing}{delay}</message>") is None
    assert read(f"<message from='{ROMEO}/gajim' to='{JULIET}' type='chat'>{composing}</message>") is None


def test_A04_forwarded_text_is_never_its_author() -> None:
    quoted = (
        "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='juliet@capulet.example'>"
        "<body>X</body></message></forwarded>"
    )
    assert read(f"<message from='mercutio@verona.example/x'>{quoted}</message>") is None
    with_text = read(f"<message from='mercutio@verona.example/x'><body>see</body>{quoted}</message>")
    assert isinstance(with_text, MessageReceived)
    assert (with_text.conversation, with_text.body) == ("mercutio@verona.example", "see")


def test_stanzas_of_other_kinds_are_no_events() -> None:
    assert event(xml("<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>"), context()) is None
    assert event(xml("<r xmlns='urn:xmpp:sm:3'/>"), context()) is None


def test_every_event_is_frozen_and_hashable() -> None:
    for name, _ in SHAPES:
        hash(event(load(name), context()))
