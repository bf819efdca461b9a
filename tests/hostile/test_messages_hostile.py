"""This room lets strangers claim things in messages; database, pages and wire tell what is believed."""

from xml.sax.saxutils import quoteattr

import pytest

from tests.hostile.scene import BALCONY, GARDEN, OWN, START, USER, Scene, chat, in_room, leaves, sits
from tests.lab.people import JULIET, MERCUTIO, ROMEO
from webchat.messages.state.occupants import Rooms
from webchat.xmpp.events import MessageReceived

FORWARD = "<forwarded xmlns='urn:xmpp:forward:0'>{}</forwarded>"
RECEIVED = "<received xmlns='urn:xmpp:carbons:2'>{}</received>"
INNER = (
    f"<message xmlns='jabber:client' from='{JULIET}/b' to='{ROMEO}' type='chat'><body>FORGED</body></message>"
)
REPLACE = "<replace xmlns='urn:xmpp:message-correct:0' id={}/>"
RETRACT = "<retract xmlns='urn:xmpp:message-retract:1' id={}>{}</retract>"
MODERATED = "<moderated xmlns='urn:xmpp:message-moderate:1'/>"
MARKER = "urn:xmpp:chat-markers:0"
RECEIPTS = "urn:xmpp:receipts"


# ---- A02, A03, A04: wrapped


async def test_a02_no_carbon_of_or_in_a_room(scene: Scene) -> None:
    said = in_room("Juliet", "FORGED", "x").replace("<message", "<message xmlns='jabber:client'")
    sent = f"<sent xmlns='urn:xmpp:carbons:2'>{FORWARD.format(said)}</sent>"
    await scene.silent(
        in_room("Mercutio", "", "x", RECEIVED.format(FORWARD.format(INNER))),
        chat("", "x", RECEIVED.format(FORWARD.format(INNER.replace("chat", "groupchat"))), sender=ROMEO),
        chat("", "x", sent, sender=ROMEO),
    )


async def test_a03_nothing_nested_is_read(scene: Scene) -> None:
    for wrapped in (INNER, FORWARD.format(INNER), f"<result xmlns='urn:xmpp:mam:2'>{INNER}</result>"):
        carbon = f"<received xmlns='urn:xmpp:carbons:2'>{FORWARD.format(wrapped)}</received>"
        inner = f"<message xmlns='jabber:client' from='{JULIET}' to='{ROMEO}'>{carbon}</message>"
        twice = f"<received xmlns='urn:xmpp:carbons:2'>{FORWARD.format(inner)}</received>"
        await scene.silent(chat("", "x", twice, sender=ROMEO), chat("", "x", carbon + carbon, sender=ROMEO))


async def test_a04_a_forwarded_message_speaks_for_nobody(scene: Scene) -> None:
    await scene.silent(chat("", "x", FORWARD.format(INNER)))
    await scene.hear(chat("look what she said", "x2", FORWARD.format(INNER)))
    assert await scene.bodies(MERCUTIO) == ["look what she said"]
    assert "FORGED" not in (await scene.web.get(f"/chats/{MERCUTIO}")).text_content()


# ---- A12, A13, A14: what is said about earlier messages


def corrections(target: str) -> list[tuple[str, str]]:
    """A correction by everybody who is not the author: (what it is, stanza)."""
    replace = REPLACE.format(quoteattr(target))
    inner = INNER.replace("</body>", f"</body>{replace}")
    two = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='o-juliet'/>" * 2
    other = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='o-tybalt'/>"
    return [
        ("stranger", chat("pwned", "n", replace)),
        ("our server", chat("pwned", "n", replace, sender="montague.example")),
        ("contact, of another", chat("pwned", "n", replace, sender=f"{JULIET}.evil.example/b")),
        ("carbon", chat("", "n", f"<received xmlns='urn:xmpp:carbons:2'>{FORWARD.format(inner)}</received>")),
        ("occupant", in_room("Mercutio", "pwned", "n", replace)),
        ("nick that changed hands", in_room("Juliet", "pwned", "n", replace, who=other)),
        ("nick without an id", in_room("Juliet", "pwned", "n", replace, who=" ")),
        ("two ids", in_room("Juliet", "pwned", "n", replace, who=two)),
        ("another room", in_room("Juliet", "pwned", "n", replace, room=GARDEN)),
        ("the room itself", in_room("", "pwned", "n", replace)),
        ("whisper", chat("pwned", "n", replace, sender=f"{BALCONY}/Juliet")),
        ("room we never entered", in_room("Juliet", "pwned", "n", replace, room="x@y.example")),
    ]


@pytest.mark.parametrize(
    ("target", "where"), [("r1", BALCONY), ("b-r1", BALCONY), (OWN, JULIET), ("m1", JULIET)]
)
async def test_a12_only_the_author_corrects(scene: Scene, target: str, where: str) -> None:
    before = await scene.bodies(where)
    for what, stanza in corrections(target):
        await scene.hear(stanza)
        assert (await scene.bodies(where))[: len(before)] == before, what
    page = await scene.web.get(f"/rooms/{BALCONY}" if where == BALCONY else f"/chats/{JULIET}")
    assert not page.cssselect(".edited")


async def test_a13_what_it_brought_goes_with_the_version(scene: Scene) -> None:
    """A correction takes the place of the whole message; a retraction leaves nothing, not even a file."""

    def shares(url: str) -> str:
        return f"<x xmlns='jabber:x:oob'><url>{url}</url></x>"

    async def drawn() -> str:
        return str((await scene.web.client.get(f"/chats/{JULIET}")).text)

    first, second = "https://capulet.example/first.zip", "https://capulet.example/second.zip"
    await scene.hear(chat(first, "f1", shares(first), sender=f"{JULIET}/b"))
    assert "first.zip" in await drawn()
    await scene.hear(chat(second, "f2", shares(second) + REPLACE.format("'f1'"), sender=f"{JULIET}/b"))
    assert "second.zip" in await drawn()
    assert "first.zip" not in await drawn()
    await scene.hear(chat("never mind", "f3", REPLACE.format("'f1'"), sender=f"{JULIET}/b"))
    assert "second.zip" not in await drawn()
    await scene.hear(chat(second, "f4", shares(second) + REPLACE.format("'f1'"), sender=f"{JULIET}/b"))
    await scene.hear(chat("", "f5", RETRACT.format("'f1'", ""), sender=f"{JULIET}/b"))
    assert (await scene.bodies())[-1] == "retracted"
    assert (await scene.kept())["attachment"] == []
    await scene.hear(chat("back again", "f6", REPLACE.format("'f1'"), sender=f"{JULIET}/b"))
    assert "back again" not in (await scene.bodies())[: len(await scene.bodies()) - 1]


@pytest.mark.parametrize("target", ["b-r1", "r1"])
async def test_a14_nobody_takes_back_or_moderates_for_another(scene: Scene, target: str) -> None:
    plain, moderated = RETRACT.format(quoteattr(target), ""), RETRACT.format(quoteattr(target), MODERATED)
    for stanza in (
        in_room("Mercutio", "", "n", plain),
        in_room("Mercutio", "", "n", moderated),
        in_room("Juliet", "", "n", moderated),
        in_room("", "", "n", moderated, room=GARDEN),
        chat("", "n", moderated),
        chat("", "n", plain),
        chat("", "n", moderated, sender=BALCONY),
        chat("", "n", moderated, sender=f"{BALCONY}/Mercutio"),
        in_room(
            "Mercutio",
            "",
            "n",
            f"<delay xmlns='urn:xmpp:delay' from='{BALCONY}' stamp='2020-01-01T00:00:00Z'/>{moderated}",
        ),
    ):
        await scene.hear(stanza)
        assert await scene.bodies(BALCONY) == ["Ay me!"], stanza
    await scene.hear(in_room("", "", "n", RETRACT.format("'b-r1'", MODERATED)))
    assert await scene.bodies(BALCONY) == ["moderated"]


# ---- A15, A16, A25: reactions, ticks, failures


async def test_a15_reactions_are_small_and_of_their_sender(scene: Scene) -> None:
    def reactions(target: str, *emojis: str) -> str:
        each = "".join(f"<reaction>{emoji}</reaction>" for emoji in emojis)
        return f"<reactions xmlns='urn:xmpp:reactions:0' id='{target}'>{each}</reactions>"

    await scene.silent(chat("", "x", reactions("m1", "👍")))
    many = [chr(0x1F600 + n) for n in range(60)]
    bad = ("&lt;img src=x onerror=alert(1)&gt;", "x" * 10_000, "👍👍", "\u202e", "abc", "")
    await scene.hear(in_room("Mercutio", "", "x", reactions("b-r1", *bad, *many * 200)))
    stolen = "".join(f"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='o-{who}'/>" for who in ("juliet", "x"))
    await scene.hear(in_room("Tybalt", "", "y", reactions("b-r1", "🗡️"), who=stolen))
    await scene.hear(in_room("Mercutio", "", "z", reactions("unknown", "👍")))
    page = await scene.web.get(f"/rooms/{BALCONY}")
    chips = page.cssselect(".reactions button, .reactions a, .reactions li")
    text = " ".join(chip.text_content() + " ".join(chip.values()) for chip in chips)
    assert "🗡" in text
    assert "Tybalt" in text
    assert "Juliet" not in text
    assert not page.xpath("//img[@src='x']")
    rows = (await scene.kept())["reaction"]
    assert all(len(str(row)) < 1000 for row in rows)
    assert len(rows) == 2


async def test_a16_ticks_of_others_move_nothing(scene: Scene) -> None:
    marks = (
        f"<received xmlns='{RECEIPTS}' id='{OWN}'/>",
        f"<received xmlns='{MARKER}' id='{OWN}'/>",
        f"<displayed xmlns='{MARKER}' id='{OWN}'/>",
        f"<acknowledged xmlns='{MARKER}' id='{OWN}'/>",
    )
    senders = (f"{MERCUTIO}/x", "montague.example", "capulet.example", f"{JULIET}.evil.example/b")
    await scene.silent(*(chat("", "x", mark, sender=sender) for sender in senders for mark in marks))


async def test_a16_our_own_marker_counts_where_it_was_sent(scene: Scene) -> None:
    inner = (
        f"<message xmlns='jabber:client' from='{ROMEO}/phone' to='{MERCUTIO}' type='chat'>"
        f"<displayed xmlns='{MARKER}' id='m1'/></message>"
    )
    await scene.silent(
        chat("", "x", f"<sent xmlns='urn:xmpp:carbons:2'>{FORWARD.format(inner)}</sent>", sender=ROMEO)
    )
    mds = (
        "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:mds:displayed:0'>"
        "<item id='{}'><displayed xmlns='urn:xmpp:mds:displayed:0'>"
        "<stanza-id xmlns='urn:xmpp:sid:0' by='{}' id='s1'/></displayed></item></items></event>"
    )
    senders = (MERCUTIO, JULIET, "montague.example", f"{ROMEO}/web", BALCONY)
    await scene.silent(
        *(chat("", "x", mds.format(JULIET, ROMEO), sender=sender, kind="headline") for sender in senders)
    )


async def test_a25_only_whom_it_was_sent_to_fails_it(scene: Scene) -> None:
    error = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    senders = (f"{MERCUTIO}/x", MERCUTIO, "verona.example", f"{BALCONY}/Mercutio", BALCONY)
    await scene.silent(*(chat("", OWN, error, sender=sender, kind="error") for sender in senders))


# ---- A11, A17, A18, A26: who sits in a room


async def test_a17_a_whisper_stands_apart_and_says_so(scene: Scene) -> None:
    for number, mark in enumerate(("", f"<x {USER}/>")):
        await scene.hear(chat(f"hush {number}", f"w{number}", mark, sender=f"{BALCONY}/Juliet"))
    assert await scene.bodies(f"{BALCONY}/Juliet") == ["hush 0", "hush 1"]
    assert await scene.bodies(JULIET) == ["But soft!", "I take thee at thy word"]
    assert await scene.bodies(BALCONY) == ["Ay me!"]
    page = await scene.web.get(f"/chats/{BALCONY}/Juliet")
    assert BALCONY in page.cssselect("header.head")[0].text_content()


LOOK_ALIKES = [
    *(
        "Juliet\u200b",
        "Jul\u200diet",
        "\u202eteiluJ",
        "\u2066Juliet\u2069",
        "Juliet\u3164",
        "Juliet\ufe01",
        "Juliet\u00ad",
    ),
    *(
        "Juliet\U000e0066",
        "Juliet" + "\u0300" * 600,
        "Juliet\u2060",
        "\u200eJuliet",
        "Juliet\ufeff",
        "Jul\u0456et",
    ),
    *(
        "Juli\u0435t",
        "\u0408uliet",
        "Juliet\u034f",
        "Juliet\u180e",
        "\uff2auliet",
        "Juliet\u2063",
        "J\u1d2cliet\u200c",
    ),
]


async def test_a18_a_nick_that_looks_like_another_is_marked(scene: Scene) -> None:
    marked = 0
    for number, nick in enumerate(LOOK_ALIKES):
        before = await scene.bodies(BALCONY)
        await scene.hear(sits(nick))
        await scene.hear(in_room(nick, "I am Juliet", f"look-{number}"))
        if await scene.bodies(BALCONY) == before:
            continue  # An address with such a nick is none (RFC 8265): the stanza says nothing.
        page = await scene.web.get(f"/rooms/{BALCONY}")
        first, *_, last = page.cssselect(".message .by")
        assert not first.cssselect(".tag.odd"), ascii(nick)
        assert last.cssselect(".tag.odd"), ascii(nick)
        assert last.cssselect(".author")[0].get("data-nick") != "Juliet", ascii(nick)
        about = await scene.web.get(f"/rooms/{BALCONY}/about")
        assert len(about.cssselect("#members .tag.odd, .people .tag.odd")) == 1, ascii(nick)
        await scene.hear(leaves(nick))
        marked += 1
    assert marked >= 3


async def test_a18_whole_words_of_other_letters(scene: Scene) -> None:
    """Every letter Cyrillic: a name of its own, unless somebody here has the one it imitates."""
    sara = "\u0421\u0430\u0440\u0430"
    await scene.hear(sits(sara))
    await scene.hear(in_room(sara, "hello", "r2"))
    page = await scene.web.get(f"/rooms/{BALCONY}")
    assert not page.cssselect(".by .tag.odd")
    await scene.hear(sits("Capa"))
    page = await scene.web.get(f"/rooms/{BALCONY}")
    assert len(page.cssselect(".by .tag.odd")) == 1


async def test_a26_rooms_say_who_sits_there_and_nobody_else(scene: Scene) -> None:
    rooms = scene.romeo.session[Rooms]
    owner = "<item affiliation='owner' role='moderator'/>"
    twin = f"<x {USER}>{owner}<status code='110'/></x>"
    for stanza in (
        sits("Mercutio", twin),
        sits("Romeo", room="cellar@rooms.montague.example", item=owner),
        f"<presence from='{MERCUTIO}/x'><x {USER}>{owner}<status code='110'/></x></presence>",
        f"<presence from='{BALCONY}'><x {USER}>{owner}<status code='110'/></x></presence>",
        f"<presence from='{BALCONY}/Mercutio'><x xmlns='urn:other'>{owner}</x></presence>",
        sits("Mercutio", "<status code='110'/>"),
    ):
        await scene.hear(stanza)
    state = rooms.get(BALCONY)
    assert state is not None
    assert (state.nick, state.role, state.may_moderate) == ("Romeo", "participant", False)
    assert {seat.affiliation for seat in state.occupants.values()} == {"member"}
    assert rooms.get("cellar@rooms.montague.example") is None


# ---- A10, A22, A27, A30, A32


async def test_a22_invitations_ring_nowhere(scene: Scene) -> None:
    direct = "<x xmlns='jabber:x:conference' jid='trap@muc.evil.example' password='x'/>"
    propose = (
        "<propose xmlns='urn:xmpp:jingle-message:0' id='c'>"
        "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/></propose>"
    )
    for _ in range(3):
        await scene.hear(chat("", "i", direct))
    await scene.silent(chat("", "c", propose))
    assert scene.romeo.client.said == []
    assert "trap@muc.evil.example" not in [state.jid for state in scene.romeo.session[Rooms]]
    assert len((await scene.kept())["room_invitation"]) == 1


@pytest.mark.parametrize("stamp", ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "0000-99-99", "x" * 5000])
async def test_a27_claimed_times_order_nothing(scene: Scene, stamp: str) -> None:
    await scene.hear(chat("first", "t1", sender=f"{JULIET}/b"))
    delay = f"<delay xmlns='urn:xmpp:delay' from='{JULIET}' stamp='{stamp}'/>"
    await scene.hear(chat("second", "t2", delay, sender=f"{JULIET}/b"))
    await scene.hear(chat("third", "t3", sender=f"{JULIET}/b"))
    assert (await scene.bodies())[-3:] == ["first", "second", "third"]
    assert (
        START.year
        < max(
            int(str(time.get("datetime"))[:4])
            for time in (await scene.web.get(f"/chats/{JULIET}")).cssselect("time")
        )
        < 2099
    )


async def test_a30_what_a_message_says_of_pages_is_not_heard(scene: Scene) -> None:
    about = (
        "<Description xmlns='http://www.w3.org/1999/02/22-rdf-syntax-ns#' about='https://bank.example/'>"
        "<title xmlns='https://ogp.me/ns#'>FORGED</title><image xmlns='https://ogp.me/ns#'>https://evil.example/i.png</image></Description>"
    )
    await scene.hear(chat("see https://bank.example/", "p1", about, sender=f"{JULIET}/b"))
    await scene.hear(chat("nothing to see", "p2", about, sender=f"{JULIET}/b"))
    text = (await scene.web.client.get(f"/chats/{JULIET}")).text
    assert "FORGED" not in text
    assert "evil.example" not in text


async def test_a32_no_server_changes_what_the_user_chose(scene: Scene) -> None:
    before = dict(scene.romeo.session.preferences)
    flips = "".join(
        f"<{name} xmlns='urn:x'>on</{name}>" for name in ("link_cards", "receipts", "markers", "typing")
    )
    for node in ("urn:xmpp:bookmarks:1", "storage:bookmarks", "xmpp:movim.eu/config:0", "urn:x:settings"):
        event = (
            f"<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='{node}'>"
            f"<item id='current'>{flips}</item></items></event>"
        )
        await scene.silent(chat("", "x", event, sender=ROMEO, kind="headline"))
        assert dict(scene.romeo.session.preferences) == before, node


async def test_a23_a_copied_id_swallows_nothing(scene: Scene) -> None:
    sid = f"<stanza-id xmlns='urn:xmpp:sid:0' by='{BALCONY}' id='next'/>"
    await scene.hear(
        chat(
            "trap",
            "m9",
            sid.replace(BALCONY, "montague.example") + "<origin-id xmlns='urn:xmpp:sid:0' id='m9'/>",
        )
    )
    genuine = MessageReceived(JULIET, f"{JULIET}/b", False, "genuine", "m9", "m9", "next")
    await scene.romeo.session.handled(genuine)
    assert (await scene.bodies())[-1] == "genuine"
    assert await scene.bodies(MERCUTIO) == ["trap"]
