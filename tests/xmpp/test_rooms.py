"""This room judges what rooms say: who sits there, whose words are whose, who may tell.

XEP-0045 with XEP-0249, XEP-0317, XEP-0372 and XEP-0421.
"""

from dataclasses import replace

import pytest

from tests.xmpp.balcony import OTHER, ROOM, USER, presence, said, seated
from tests.xmpp.cast import FULL, JULIET, MERCUTIO, ROMEO, context, read
from webchat.xmpp.content import Hat
from webchat.xmpp.events import (
    ChatStateReceived,
    DisplayedReceived,
    MessageFailed,
    MessageReceived,
    OccupantChanged,
    RoomConfigChanged,
    RoomInvited,
    RoomRefused,
    RoomSubjectReceived,
)

# ---- who sits where


def test_everything_about_one_occupant() -> None:
    event = read(
        f"<presence from='{ROOM}/Juliet' to='{FULL}'><show>away</show><status>on the balcony</status>"
        "<hats xmlns='urn:xmpp:hats:0'><hat uri='urn:h' title='Host'/></hats>"
        "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='juliet-id'/>"
        f"<x xmlns='vcard-temp:x:update'><photo>{'a' * 40}</photo></x>"
        f"<x {USER}><item affiliation='owner' role='moderator' jid='{JULIET}/phone'/></x></presence>",
        seated(),
    )
    assert event == OccupantChanged(
        room=ROOM,
        nick="Juliet",
        available=True,
        affiliation="owner",
        role="moderator",
        jid=JULIET,
        occupant_id="juliet-id",
        show="away",
        status="on the balcony",
        hats=(Hat("urn:h", "Host"),),
        photo="a" * 40,
    )


def test_several_status_codes_at_once_let_us_in() -> None:
    judge = seated(inside=False)
    codes = "".join(f"<status code='{code}'/>" for code in (100, 110, 170, 210))
    event = read(presence("Romeo2", codes), judge)
    assert isinstance(event, OccupantChanged)
    assert (event.mine, event.nick, event.statuses) == (True, "Romeo2", frozenset((100, 110, 170, 210)))
    assert (judge.rooms[ROOM].inside, judge.rooms[ROOM].nick) == (True, "Romeo2")


def test_a26_nobody_else_becomes_us_by_a_status() -> None:
    judge = seated()
    event = read(presence("Mercutio", "<status code='110'/>"), judge)
    assert isinstance(event, OccupantChanged)
    assert not event.mine
    assert judge.rooms[ROOM].nick == "Romeo"


def test_a26_a_twin_that_an_occupant_put_in_makes_the_whole_unbelievable() -> None:
    judge = seated()
    forged = presence("Mercutio").replace(
        f"<x {USER}>", f"<x {USER}><item affiliation='owner' role='moderator'/></x><x {USER}>"
    )
    assert read(forged, judge) is None
    other = presence("Mercutio").replace(USER, "xmlns='http://jabber.org/protocol/muc#admin'")
    assert read(other, judge) is None
    assert judge.dropped == {"muc": 2}


def test_a26_a_room_that_we_never_joined_has_nothing_to_say() -> None:
    judge = seated()
    assert read(presence("Romeo", "<status code='110'/>", room=OTHER), judge) is None
    assert OTHER not in judge.rooms


@pytest.mark.parametrize(
    ("codes", "item", "told"),
    [
        ("<status code='307'/>", "<actor nick='Juliet'/><reason>loud</reason>", ("Juliet", "loud")),
        ("<status code='301'/>", "<actor jid='juliet@capulet.example'/>", ("juliet@capulet.example", "")),
    ],
)
def test_put_out(codes: str, item: str, told: tuple[str, str]) -> None:
    judge = seated()
    inner = f"<item affiliation='none' role='none'>{item}</item>"
    event = read(presence("Romeo", codes + "<status code='110'/>", kind="unavailable", item=inner), judge)
    assert isinstance(event, OccupantChanged)
    assert (event.mine, event.available, event.by, event.reason) == (True, False, *told)
    assert ROOM not in judge.rooms


def test_renamed() -> None:
    judge = seated()
    inner = "<item affiliation='member' role='participant' nick='Montague'/>"
    codes = "<status code='303'/><status code='110'/>"
    event = read(presence("Romeo", codes, kind="unavailable", item=inner), judge)
    assert isinstance(event, OccupantChanged)
    assert (event.mine, event.new_nick) == (True, "Montague")
    assert judge.rooms[ROOM].nick == "Montague"
    after = read(presence("Montague", "<status code='110'/>"), judge)
    assert isinstance(after, OccupantChanged)
    assert after.mine


def test_destroyed() -> None:
    judge = seated()
    gone = f"<destroy jid='{OTHER}'><reason>too loud</reason></destroy>"
    event = read(presence("Romeo", gone, kind="unavailable"), judge)
    assert isinstance(event, OccupantChanged)
    assert (event.destroyed, event.alternate, event.reason) == (True, OTHER, "too loud")


@pytest.mark.parametrize("inside", [True, False])
def test_refused(inside: bool) -> None:
    judge = seated(inside=inside)
    event = read(
        f"<presence from='{ROOM}/Romeo' to='{FULL}' type='error'><error type='cancel'>"
        "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
        judge,
    )
    assert event == RoomRefused(ROOM, "Romeo", "conflict")
    # A nick that is refused does not cost the seat.
    assert (ROOM in judge.rooms) is inside


@pytest.mark.parametrize("ids", [("m", "room"), ("room", "m"), ("m", "m", "room")])
def test_a11_of_several_occupant_ids_none_is_believed(ids: tuple[str, ...]) -> None:
    twins = "".join(f"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{id}'/>" for id in ids)
    event = read(said("Mercutio", f"<body>I am Juliet</body>{twins}"), seated())
    assert isinstance(event, MessageReceived)
    assert (event.occupant_id, event.sender) == ("", f"{ROOM}/Mercutio")


def test_a11_a_room_that_gives_no_occupant_ids_passes_forged_ones_on() -> None:
    event = read(
        said("Mercutio", "<body>hi</body><occupant-id xmlns='urn:xmpp:occupant-id:0' id='romeo-id'/>"),
        seated(features=frozenset()),
    )
    assert isinstance(event, MessageReceived)
    assert (event.occupant_id, event.mine) == ("", False)


def test_a18_nicks_stay_as_they_are() -> None:
    event = read(presence("Juliet\u200b"), seated())
    assert event is None or isinstance(event, OccupantChanged)
    assert getattr(event, "nick", "") != "Juliet"


# ---- talk


def test_talk_of_a_room() -> None:
    stamp = f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='r1'/>"
    event = read(said("Juliet", f"<body>Ay me!</body>{stamp}"), seated())
    assert event == MessageReceived(
        ROOM, f"{ROOM}/Juliet", False, "Ay me!", id="m1", stanza_id="r1", kind="room"
    )


def test_our_own_words_come_back() -> None:
    event = read(said("Romeo", "<body>But soft!</body>"), seated(features=frozenset()))
    assert isinstance(event, MessageReceived)
    assert event.mine


def test_an_occupant_id_outlives_the_nick() -> None:
    ours = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='romeo-id'/>"
    renamed = read(said("Montague", f"<body>one</body>{ours}"), seated())
    theirs = ours.replace("romeo-id", "somebody")
    taken = read(said("Romeo", f"<body>two</body>{theirs}"), seated())
    assert isinstance(renamed, MessageReceived)
    assert isinstance(taken, MessageReceived)
    assert (renamed.mine, taken.mine) == (True, False)


def test_a_room_that_is_none_of_ours_is_silent() -> None:
    judge = seated()
    for sender in (f"{OTHER}/Juliet", OTHER, f"{MERCUTIO}/x", ROMEO):
        assert (
            read(f"<message from='{sender}' to='{FULL}' type='groupchat'><body>x</body></message>", judge)
            is None
        )
    assert judge.dropped == {"groupchat": 4}


def test_a02_nobody_copies_what_a_room_says() -> None:
    inner = said("Juliet", "<body>FORGED</body>").replace("<message", "<message xmlns='jabber:client'")
    wrapped = (
        f"<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>{inner}"
        "</forwarded></received>"
    )
    judge = seated()
    assert read(f"<message from='{ROMEO}' to='{FULL}'>{wrapped}</message>", judge) is None
    assert read(said("Mercutio", wrapped), judge) is None


@pytest.mark.parametrize("by", [ROMEO, "mercutio@verona.example", OTHER, f"{ROOM}/Mercutio", ROOM.upper()])
def test_a23_stanza_ids_of_others_are_not_believed(by: str) -> None:
    event = read(
        said("Mercutio", f"<body>x</body><stanza-id xmlns='urn:xmpp:sid:0' by='{by}' id='P'/>"), seated()
    )
    assert isinstance(event, MessageReceived)
    assert event.stanza_id == ""


def test_a23_two_ids_or_a_room_that_does_not_clean_give_none() -> None:
    one = f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ROOM}' id='P'/>"
    twice = read(said("Mercutio", f"<body>x</body>{one}{one.replace('P', 'Q')}"), seated())
    unclean = read(said("Mercutio", f"<body>x</body>{one}"), seated(features=frozenset()))
    assert isinstance(twice, MessageReceived)
    assert isinstance(unclean, MessageReceived)
    assert (twice.stanza_id, unclean.stanza_id) == ("", "")


def test_a27_only_the_room_says_when() -> None:
    delay = "<delay xmlns='urn:xmpp:delay' stamp='1970-01-01T00:00:00Z' from='{}'/>"
    claimed = read(said("Mercutio", "<body>x</body>" + delay.format(MERCUTIO)), seated())
    history = read(said("Mercutio", "<body>x</body>" + delay.format(ROOM)), seated())
    assert isinstance(claimed, MessageReceived)
    assert isinstance(history, MessageReceived)
    assert (claimed.stamp, claimed.archived) == (None, False)
    assert history.stamp is not None
    assert history.archived


@pytest.mark.parametrize(
    ("body", "mentioned"),
    [
        ("Romeo, wherefore art thou", True),
        ("wherefore art thou romeo?", True),
        ("(ROMEO)", True),
        ("@Romeo look", True),
        ("Romeos are many", False),
        ("aRomeo", False),
        ("somebody else", False),
    ],
)
def test_mentions_by_nick(body: str, mentioned: bool) -> None:
    event = read(said("Juliet", f"<body>{body}</body>"), seated())
    assert isinstance(event, MessageReceived)
    assert event.mentions_me is mentioned


def test_a_nick_of_signs_is_found_too() -> None:
    judge = seated()
    judge.rooms[ROOM] = replace(judge.rooms[ROOM], nick="(-: r.o+ :-)")
    event = read(said("Juliet", "<body>hey (-: R.O+ :-)!</body>"), judge)
    assert isinstance(event, MessageReceived)
    assert event.mentions_me


def test_subject_configuration_and_typing() -> None:
    judge = seated()
    assert read(said("Juliet", "<subject>Love</subject>"), judge) == RoomSubjectReceived(
        ROOM, "Juliet", "Love"
    )
    assert read(said("", "<subject/>"), judge) == RoomSubjectReceived(ROOM, "", "")
    configured = f"<x {USER}><status code='104'/><status code='999'/></x>"
    assert read(said("", configured), judge) == RoomConfigChanged(ROOM, frozenset((104,)))
    # An occupant is not the room.
    assert read(said("Mercutio", configured), judge) is None
    typing = "<composing xmlns='http://jabber.org/protocol/chatstates'/>"
    assert read(said("Juliet", typing), judge) == ChatStateReceived(ROOM, f"{ROOM}/Juliet", "composing")
    assert read(said("Romeo", typing), judge) is None
    marker = "<displayed xmlns='urn:xmpp:chat-markers:0' id='r1'/>"
    assert read(said("Romeo", marker), judge) == DisplayedReceived(ROOM, f"{ROOM}/Romeo", True, "r1")
    text_with_subject = read(said("Juliet", "<subject>s</subject><body>b</body>"), judge)
    assert isinstance(text_with_subject, MessageReceived)


# ---- private talk through a room


@pytest.mark.parametrize("mark", [f"<x {USER}/>", ""])
def test_a17_private_talk_through_a_room(mark: str) -> None:
    event = read(said("Juliet", f"<body>hi</body>{mark}", kind="chat"), seated())
    assert isinstance(event, MessageReceived)
    assert (event.kind, event.conversation, event.sender) == ("whisper", f"{ROOM}/Juliet", f"{ROOM}/Juliet")


def test_a17_carbons_of_private_talk() -> None:
    inner = (
        f"<message xmlns='jabber:client' from='{ROMEO}/phone' to='{ROOM}/Juliet' type='chat' id='c'>"
        f"<body>hi</body><x {USER}/></message>"
    )
    event = read(
        f"<message from='{ROMEO}' to='{FULL}'><sent xmlns='urn:xmpp:carbons:2'>"
        f"<forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></sent></message>",
        seated(),
    )
    assert isinstance(event, MessageReceived)
    assert (event.kind, event.conversation, event.mine) == ("whisper", f"{ROOM}/Juliet", True)


def test_private_talk_through_a_room_that_is_not_ours_is_silent() -> None:
    assert read(said("Juliet", f"<body>hi</body><x {USER}/>", kind="chat", room=OTHER), seated()) is None


def test_a_known_room_is_enough_for_what_waited() -> None:
    judge = context()
    judge.known_rooms.add(ROOM)
    event = read(said("Juliet", f"<body>hi</body><x {USER}/>", kind="chat"), judge)
    assert isinstance(event, MessageReceived)
    assert event.kind == "whisper"


def test_errors_of_rooms_and_occupants() -> None:
    error = "<error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    assert read(said("", error, kind="error"), seated()) == MessageFailed(ROOM, "m1", "not-acceptable")
    event = read(said("Juliet", error, kind="error"), seated())
    assert event == MessageFailed(f"{ROOM}/Juliet", "m1", "not-acceptable")


# ---- invitations


def test_a22_an_invitation_is_an_entry_and_nothing_else() -> None:
    judge = context()
    direct = (
        f"<message from='{MERCUTIO}/x'><x xmlns='jabber:x:conference' jid='{ROOM}' reason='Come'/></message>"
    )
    assert read(direct, judge) == RoomInvited(ROOM, MERCUTIO, "Come", direct=True)
    mediated = said(
        "", f"<x {USER}><invite from='{JULIET}/p'><reason>Up</reason></invite></x>", kind="normal"
    )
    assert read(mediated, judge) == RoomInvited(ROOM, JULIET, "Up")
    assert not judge.rooms
    assert not judge.known_rooms


@pytest.mark.parametrize("address", ["", "rooms.montague.example", "@", "a@b@c"])
def test_a22_an_invitation_to_no_room(address: str) -> None:
    assert (
        read(f"<message from='{MERCUTIO}/x'><x xmlns='jabber:x:conference' jid='{address}'/></message>")
        is None
    )
