"""What messages say about messages, as other clients and servers write it.

XEP-0308, XEP-0372, XEP-0380, XEP-0382, XEP-0393, XEP-0424, XEP-0425, XEP-0428, XEP-0444, XEP-0461.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xmpp.cast import FULL, JULIET, ROMEO, context, load, read, xml
from webchat.xmpp import facts, fallback, stanza
from webchat.xmpp.content import Mention, Reply
from webchat.xmpp.events import (
    MessageCorrected,
    MessageModerated,
    MessageReceived,
    MessageRetracted,
    ReactionReceived,
)
from webchat.xmpp.parse import event
from webchat.xmpp.stanza import Envelope

BALCONY = "balcony@conference.verona.example"
FROM_JULIET = f"<message from='{JULIET}/balcony' to='{ROMEO}' type='chat' id='m1'>"


def in_room(text: str, sender: str = BALCONY, *, archived: bool = False, id: str = "") -> object:
    """What a room's message says, judged as coming from this sender."""
    message = xml(text)
    envelope = Envelope(BALCONY, sender, False, "room", stanza_id=id, archived=archived)
    return facts.read(message, stanza.children(message), envelope, context())


# ---- as others write it


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("conversations-reply", "It is I"),
        ("dino-reply", "It is I 🌹"),
        ("gajim-reply", "It is I"),
        ("movim-reply", "It is I"),
    ],
)
def test_replies_of_other_clients(name: str, body: str) -> None:
    received = event(load(name), context())
    assert isinstance(received, MessageReceived)
    assert received.body == body
    assert received.reply in (Reply("u1", ROMEO), Reply("u1", FULL))


@pytest.mark.parametrize(
    ("name", "emojis"),
    [
        ("conversations-reaction", ("👍", "❤️")),
        ("dino-reaction", ("🌹",)),
        ("movim-reaction", ("🌹",)),
    ],
)
def test_reactions_of_other_clients(name: str, emojis: tuple[str, ...]) -> None:
    received = event(load(name), context())
    assert isinstance(received, ReactionReceived)
    assert (received.conversation, received.target, received.emojis) == (JULIET, "u1", emojis)


@pytest.mark.parametrize(
    ("name", "target", "body"),
    [
        ("conversations-correction", "c9f0", "Parting is such sweet sorrow"),
        ("gajim-correction", "", "Parting is such sweet sorrow"),
        ("movim-correction", "6b1f0c1e-4e53-4d2e-93f1-0d7f5bb7c6a1", "It is me"),
    ],
)
def test_corrections_of_other_clients(name: str, target: str, body: str) -> None:
    received = event(load(name), context())
    assert isinstance(received, MessageCorrected)
    assert received.message.body == body
    assert received.target == (target or received.target)
    assert received.conversation == JULIET


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("dino-retraction", "d1"),
        ("gajim-retraction", "g1"),
        ("movim-retraction", "6b1f0c1e-4e53-4d2e-93f1-0d7f5bb7c6a1"),
        ("converse-retraction-0", "v1"),
    ],
)
def test_retractions_of_other_clients(name: str, target: str) -> None:
    received = event(load(name), context())
    assert isinstance(received, MessageRetracted)
    assert (received.target, received.sender.partition("/")[0]) == (target, JULIET)


def test_spoiler() -> None:
    received = event(load("converse-spoiler"), context())
    assert isinstance(received, MessageReceived)
    assert (received.spoiler, received.body) == ("Love story end", "And the Butler was the killer!")
    bare = read(f"{FROM_JULIET}<body>x</body><spoiler xmlns='urn:xmpp:spoiler:0'/></message>")
    assert isinstance(bare, MessageReceived)
    assert bare.spoiler == ""


@pytest.mark.parametrize("name", ["prosody-moderation", "ejabberd-moderation-0"])
def test_moderation_of_servers(name: str) -> None:
    message = load(name)
    envelope = Envelope(BALCONY, BALCONY, False, "room")
    told = facts.read(message, stanza.children(message), envelope, context())
    assert told == MessageModerated(BALCONY, "stanza-1", "friar", "No brawls")


@pytest.mark.parametrize("name", ["prosody-moderation", "ejabberd-moderation-0"])
@pytest.mark.parametrize(
    ("sender", "kind"),
    [(f"{BALCONY}/mal", "room"), (f"{BALCONY}/mal", "whisper"), ("m@evil.test/x", "chat"), (BALCONY, "chat")],
)
@pytest.mark.parametrize("archived", [False, True])
def test_a14_nobody_but_the_room_moderates(name: str, sender: str, kind: str, archived: bool) -> None:
    message = load(name)
    judge = context()
    envelope = Envelope(BALCONY, sender, False, kind, archived=archived, stanza_id="own")  # type: ignore[arg-type]
    assert facts.read(message, stanza.children(message), envelope, judge) is None
    assert judge.dropped["moderation"] == 1


def test_what_archives_keep_in_the_place_of_a_message() -> None:
    """XEP-0424 §5, XEP-0425 §5: tombstones are about themselves."""
    retracted = (
        "<message type='groupchat' id='x'><retracted xmlns='urn:xmpp:message-retract:1' id='r'/></message>"
    )
    told = in_room(retracted, f"{BALCONY}/juliet", archived=True, id="archive-1")
    assert isinstance(told, MessageRetracted)
    assert told.target == "archive-1"
    assert in_room(retracted, f"{BALCONY}/juliet") is None
    for stone in (
        "<retracted xmlns='urn:xmpp:message-retract:1'>"
        "<moderated xmlns='urn:xmpp:message-moderate:1'/></retracted>",
        "<moderated xmlns='urn:xmpp:message-moderate:0' by='balcony@conference.verona.example/friar'>"
        "<retracted xmlns='urn:xmpp:message-retract:0'/></moderated>",
    ):
        message = f"<message type='groupchat' id='x'>{stone}</message>"
        moderated = in_room(message, f"{BALCONY}/juliet", archived=True, id="archive-1")
        assert isinstance(moderated, MessageModerated)
        assert moderated.target == "archive-1"
        assert in_room(message, f"{BALCONY}/juliet") is None


# ---- what it carries


def test_mentions_are_places_of_what_is_left() -> None:
    received = read(
        f"{FROM_JULIET}<body>&gt; x\n@romeo 🌹 romeo</body>"
        "<reply xmlns='urn:xmpp:reply:0' id='u1'/>"
        "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='4'/></fallback>"
        f"<reference xmlns='urn:xmpp:reference:0' type='mention' begin='5' end='10' uri='xmpp:{ROMEO}'/>"
        f"<reference xmlns='urn:xmpp:reference:0' type='mention' begin='13' end='18' uri='xmpp:{ROMEO}'/>"
        f"<reference xmlns='urn:xmpp:reference:0' type='mention' begin='1' end='3' uri='xmpp:{ROMEO}'/>"
        f"<reference xmlns='urn:xmpp:reference:0' type='mention' begin='9' end='99' uri='xmpp:{ROMEO}'/>"
        f"<reference xmlns='urn:xmpp:reference:0' type='mention' begin='x' end='2' uri='xmpp:{ROMEO}'/>"
        "<reference xmlns='urn:xmpp:reference:0' type='mention' begin='5' end='6' uri='https://x.example'/>"
        "</message>"
    )
    assert isinstance(received, MessageReceived)
    assert received.body == "@romeo 🌹 romeo"
    assert received.mentions == (Mention(1, 6, ROMEO), Mention(9, 14, ROMEO))


def test_unstyled_and_encrypted() -> None:
    received = read(f"{FROM_JULIET}<body>*x*</body><unstyled xmlns='urn:xmpp:styling:0'/></message>")
    assert isinstance(received, MessageReceived)
    assert received.unstyled
    omemo = event(load("conversations-omemo"), context())
    assert isinstance(omemo, MessageReceived)
    assert omemo.encryption == "eu.siacs.conversations.axolotl"
    named = read(
        f"{FROM_JULIET}<body>[OTR]</body><encryption xmlns='urn:xmpp:eme:0' namespace='urn:x'/></message>"
    )
    assert isinstance(named, MessageReceived)
    assert named.encryption == "urn:x"
    # Only keys, nothing said.
    assert (
        read(f"{FROM_JULIET}<encrypted xmlns='urn:xmpp:omemo:2'><header sid='1'/></encrypted></message>")
        is None
    )
    with_payload = read(
        f"{FROM_JULIET}<encrypted xmlns='urn:xmpp:omemo:2'><payload>x</payload></encrypted></message>"
    )
    assert isinstance(with_payload, MessageReceived)
    assert (with_payload.body, with_payload.encryption) == ("", "urn:xmpp:omemo:2")


# ---- senseless ones


def test_a13_a_correction_of_itself_is_a_message() -> None:
    received = read(
        f"{FROM_JULIET}<body>x</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/></message>"
    )
    assert isinstance(received, MessageReceived)


def test_a15_reactions_are_bounded() -> None:
    many = "".join(f"<reaction>{n}</reaction>" for n in range(10_000))
    received = read(
        f"{FROM_JULIET}<reactions xmlns='urn:xmpp:reactions:0' id='u1'>{many}"
        f"<reaction>{'x' * 10_000}</reaction></reactions></message>"
    )
    assert isinstance(received, ReactionReceived)
    assert len(received.emojis) == facts.MOST_REACTIONS
    empty = read(f"{FROM_JULIET}<reactions xmlns='urn:xmpp:reactions:0' id='u1'/></message>")
    assert isinstance(empty, ReactionReceived)
    assert empty.emojis == ()
    assert read(f"{FROM_JULIET}<reactions xmlns='urn:xmpp:reactions:0'/></message>") is None


@pytest.mark.parametrize(
    "places",
    [
        "<body start='0' end='999999'/>",
        "<body start='9' end='2'/>",
        "<body start='-1' end='2'/>",
        "<body start='1e3'/>",
        "<body start='99999999999999999999'/>",
        "<body/>",
        "",
    ],
)
def test_a_fallback_never_leaves_nothing(places: str) -> None:
    received = read(
        f"{FROM_JULIET}<body>Ay me!</body><reply xmlns='urn:xmpp:reply:0' id='u1'/>"
        f"<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'>{places}</fallback></message>"
    )
    assert isinstance(received, MessageReceived)
    assert received.body.strip()


def test_a_fallback_for_something_else_stays() -> None:
    received = read(
        f"{FROM_JULIET}<body>&gt; x\nAy me!</body>"
        "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='4'/></fallback>"
        "</message>"
    )
    assert isinstance(received, MessageReceived)
    assert received.body == "> x\nAy me!"


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6))
def test_cutting_never_fails_and_keeps_order(body: str, places: list[tuple[int, int]]) -> None:
    parts = "".join(f"<body start='{start}' end='{end}'/>" for start, end in places)
    message = xml(f"<message><fallback xmlns='urn:xmpp:fallback:0' for='x'>{parts}</fallback></message>")
    cut = fallback.cut(message, body, ("x",))
    rest = iter(body)
    assert all(char in rest for char in cut.body)
    assert cut.body.strip() or cut.body == body


def test_long_ids_and_hints_are_bounded() -> None:
    long = "x" * 5000
    received = read(
        f"{FROM_JULIET}<body>x</body><reply xmlns='urn:xmpp:reply:0' id='{long}'/>"
        f"<replace xmlns='urn:xmpp:message-correct:0' id='{long}'/>"
        f"<spoiler xmlns='urn:xmpp:spoiler:0'>{long}</spoiler></message>"
    )
    assert isinstance(received, MessageReceived)
    assert received.reply is None
    assert received.spoiler is not None
    assert len(received.spoiler) == facts.LONGEST_HINT
