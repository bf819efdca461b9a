"""This room proves what is read from presences (RFC 6121 §3, §4)."""

from datetime import UTC, datetime

import pytest

from tests.xmpp.cast import JULIET, ROMEO, context, load, read
from webchat.xmpp.events import PresenceReceived, SubscriptionRequested
from webchat.xmpp.parse import event
from webchat.xmpp.presence import LONGEST_STATUS


def test_presences_of_other_clients() -> None:
    assert event(load("conversations-presence"), context()) == PresenceReceived(
        f"{JULIET}/Conversations.BgQ2",
        available=True,
        show="away",
        status="On the balcony",
        priority=-5,
        idle=datetime(2024, 5, 1, 9, tzinfo=UTC),
    )
    assert event(load("movim-presence"), context()) == PresenceReceived(
        f"{JULIET}/movimXy1", available=True, priority=127, photo=""
    )


def test_unavailable() -> None:
    gone = read(
        f"<presence type='unavailable' from='{JULIET}/b'><show>dnd</show><status>Bye</status></presence>"
    )
    assert gone == PresenceReceived(f"{JULIET}/b", available=False, status="Bye")


@pytest.mark.parametrize("attributes", ["", f"from='{ROMEO}/gajim'", f"from='{ROMEO}'"])
def test_our_own(attributes: str) -> None:
    own = read(f"<presence {attributes}/>")
    assert isinstance(own, PresenceReceived)
    assert own.mine


@pytest.mark.parametrize("show", ["", "busy", "AWAY", "<b/>"])
def test_unknown_show_is_online(show: str) -> None:
    seen = read(f"<presence from='{JULIET}/b'><show>{show}</show></presence>")
    assert isinstance(seen, PresenceReceived)
    assert seen.show == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", 5),
        (" -3 ", -3),
        ("999", 127),
        ("-999", -128),
        ("12345", 0),
        ("x", 0),
        ("", 0),
        ("-", 0),
        ("1.5", 0),
    ],
)
def test_priority(text: str, expected: int) -> None:
    seen = read(f"<presence from='{JULIET}/b'><priority>{text}</priority></presence>")
    assert isinstance(seen, PresenceReceived)
    assert seen.priority == expected


def test_status_is_cut_and_prefers_no_language() -> None:
    seen = read(
        f"<presence from='{JULIET}/b'><status xml:lang='fr'/><status>{'x' * 5000}</status></presence>"
    )
    assert isinstance(seen, PresenceReceived)
    assert seen.status == "x" * LONGEST_STATUS


def test_A20_request_is_an_event_and_nothing_else() -> None:
    asked = read(
        "<presence type='subscribe' from='Mercutio@verona.example/x'><status>It's me</status></presence>"
    )
    assert asked == SubscriptionRequested("mercutio@verona.example", "It's me")


@pytest.mark.parametrize("type", ["subscribed", "unsubscribe", "unsubscribed", "probe", "error", "dance"])
def test_A20_unasked_answers_change_nothing(type: str) -> None:
    assert read(f"<presence type='{type}' from='mercutio@verona.example'/>") is None


def test_A20_nobody_asks_us_in_our_own_name() -> None:
    assert read(f"<presence type='subscribe' from='{ROMEO}'/>") is None


def test_A26_rooms_are_not_people() -> None:
    judge = context()
    occupant = (
        "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator'/></x>"
    )
    assert read(f"<presence from='feast@rooms.capulet.example/t'>{occupant}</presence>", judge) is None
    assert judge.dropped == {"muc": 1}


def test_A19_impossible_addresses_are_dropped() -> None:
    judge = context()
    assert read("<presence from='a b@c'/>", judge) is None
    assert judge.dropped == {"address": 1}
