"""Who is there: the best of several resources, and bounds on what is remembered."""

from tests.lab.people import JULIET, MERCUTIO
from webchat.contacts.state import MOST_RESOURCES, OFFLINE, Presence, Presences
from webchat.xmpp.events import PresenceReceived


def says(resource: str, show: str = "", status: str = "", priority: int = 0) -> PresenceReceived:
    return PresenceReceived(f"{JULIET}/{resource}", True, show, status, priority)


def leaves(resource: str) -> PresenceReceived:
    return PresenceReceived(f"{JULIET}/{resource}" if resource else JULIET, False)


def presences() -> Presences:
    presences = Presences()
    presences.known = {JULIET}
    return presences


def test_coming_and_going() -> None:
    known = presences()
    assert known.best(JULIET) == OFFLINE
    assert known.apply(says("balcony", status="Looking out"))
    assert known.best(JULIET) == Presence("online", "Looking out")
    assert not known.apply(says("balcony", status="Looking out"))
    assert known.apply(leaves("balcony"))
    assert known.best(JULIET) == OFFLINE
    assert not known.apply(leaves("balcony"))


def test_the_higher_priority_speaks_then_the_more_available() -> None:
    known = presences()
    known.apply(says("phone", "away"))
    assert known.apply(says("balcony"))
    assert known.best(JULIET).kind == "online"
    assert not known.apply(says("crypt", "xa"))
    assert known.apply(says("crypt", "dnd", priority=5))
    assert known.best(JULIET).kind == "dnd"
    assert known.apply(leaves("crypt"))
    assert not known.apply(leaves("phone"))


def test_strangers_cost_nothing() -> None:
    known = presences()
    assert not known.apply(PresenceReceived(f"{MERCUTIO}/street", True))
    assert known.best(MERCUTIO) == OFFLINE


def test_unavailable_from_the_bare_address_speaks_for_all() -> None:
    known = presences()
    known.apply(says("phone"))
    known.apply(says("balcony"))
    assert known.apply(leaves(""))
    assert known.best(JULIET) == OFFLINE


def test_bounds() -> None:
    known = presences()
    for number in range(MOST_RESOURCES):
        known.apply(says(f"r{number}", "xa", "s" * 5000))
    assert len(known.best(JULIET).status) == 200
    assert not known.apply(says("one-more", "chat", priority=127))
    assert known.apply(says("r0", "chat"))


def test_clear() -> None:
    known = presences()
    assert not known.clear()
    known.apply(says("phone"))
    assert known.clear()
    assert known.best(JULIET) == OFFLINE


def test_forget() -> None:
    known = presences()
    known.apply(says("phone"))
    assert known.forget(JULIET)
    assert not known.forget(JULIET)
