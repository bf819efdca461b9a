"""Who began to follow, who agreed to be a contact, who invites into a room: told once, to one account."""

import pytest

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, Person
from webchat.attention import store
from webchat.errors import Offline, XmppError
from webchat.news import jobs
from webchat.notifications import store as notifications
from webchat.posts.store import MICROBLOGS
from webchat.rooms import commands as rooms
from webchat.xmpp.events import (
    BlocklistReceived,
    RoomInvited,
    RosterItem,
    RosterPushed,
    RosterReceived,
    SubscriptionRequested,
)
from webchat.xmpp.pubsub import nodes

BENVOLIO = "benvolio@montague.example"
ROOM = "balcony@conference.capulet.example"


class Following:
    """What Romeo's server says: by node who follows it, or the error."""

    def __init__(self) -> None:
        self.told: dict[str, tuple[str, ...] | XmppError] = {}

    async def ask(self, stream: object, node: str) -> tuple[str, ...]:
        found = self.told.get(node, XmppError("item-not-found"))
        if isinstance(found, XmppError):
            raise found
        return found


@pytest.fixture
def following(monkeypatch: pytest.MonkeyPatch) -> Following:
    """A server that can be asked."""
    made = Following()
    monkeypatch.setattr(nodes, "followers", made.ask)
    return made


async def told(romeo: Person) -> list[tuple[str, tuple[str, ...]]]:
    async with romeo.session.read() as db:
        rows = await notifications.newest(db, romeo.session.account_id)
    return [(row.kind, row.actors) for row in rows]


async def waiting(romeo: Person) -> int:
    async with romeo.session.read() as db:
        return await store.waiting_total(db, romeo.session.account_id)


def lines(page: object) -> list[str]:
    rows = page.cssselect(".notifications > li .lines > p:first-child")  # type: ignore[attr-defined]
    return [" ".join(row.text_content().replace("New", "", 1).split()) for row in rows]


async def test_new_followers_are_told_once(romeo: Person, web: Browser, following: Following) -> None:
    following.told[MICROBLOGS[0]] = (JULIET,)
    await jobs.ask_followers(romeo.session)
    assert await told(romeo) == []
    following.told = {MICROBLOGS[0]: (JULIET, MERCUTIO), MICROBLOGS[1]: (MERCUTIO, BENVOLIO)}
    await jobs.ask_followers(romeo.session)
    await jobs.ask_followers(romeo.session)
    ((kind, actors),) = await told(romeo)
    assert (kind, set(actors)) == ("follower", {MERCUTIO, BENVOLIO})
    page = await web.get("/notifications")
    assert "follow your posts." in lines(page)[0]
    assert page.cssselect(".notifications a[href^='/people/']")
    assert await waiting(romeo) == 0


async def test_who_comes_back_is_told_again_and_the_first_answer_is_no_news(
    romeo: Person, following: Following
) -> None:
    for now in ((), (JULIET,), (), (JULIET,)):
        following.told[MICROBLOGS[0]] = now
        await jobs.ask_followers(romeo.session)
    assert await told(romeo) == [("follower", (JULIET,))]


async def test_a_server_that_does_not_say_changes_nothing(romeo: Person, following: Following) -> None:
    following.told[MICROBLOGS[0]] = (JULIET,)
    await jobs.ask_followers(romeo.session)
    for error in (XmppError("forbidden"), Offline()):
        following.told[MICROBLOGS[0]] = error
        await jobs.ask_followers(romeo.session)
    following.told[MICROBLOGS[0]] = (JULIET,)
    await jobs.ask_followers(romeo.session)
    assert await told(romeo) == []


async def test_nothing_is_heard_of_whom_one_blocks(romeo: Person, following: Following) -> None:
    following.told[MICROBLOGS[0]] = ()
    await jobs.ask_followers(romeo.session)
    await romeo.session.handled(BlocklistReceived((JULIET,)))
    following.told[MICROBLOGS[0]] = (JULIET,)
    await jobs.ask_followers(romeo.session)
    assert await told(romeo) == []


async def test_a_contact_who_agrees_is_told(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "Juliet", "none", ask="subscribe"),)))
    await romeo.session.handled(RosterPushed(RosterItem(JULIET, "Juliet", "to")))
    await romeo.session.handled(RosterPushed(RosterItem(JULIET, "Juliet", "both")))
    await romeo.session.handled(RosterPushed(RosterItem(MERCUTIO, "", "both")))
    assert await told(romeo) == [("accepted", (JULIET,))]
    assert lines(await web.get("/notifications")) == ["Juliet agreed to be your contact. Page of Juliet"]
    waits = RosterItem(MERCUTIO, "", "from", ask="subscribe")
    await romeo.session.handled(RosterReceived((RosterItem(JULIET, "", "both"), waits)))
    await romeo.session.handled(
        RosterReceived((RosterItem(JULIET, "", "both"), RosterItem(MERCUTIO, "", "both")))
    )
    assert (await told(romeo))[0] == ("accepted", (MERCUTIO,))


async def test_an_invitation_stands_there_until_it_is_answered(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(RoomInvited(ROOM, MERCUTIO, "Come <b>now"))
    assert await waiting(romeo) == 1
    page = await web.get("/notifications")
    assert lines(page) == [f"{MERCUTIO} invites you into the room {ROOM}"]
    assert page.cssselect(f".notifications a[href='/rooms/{ROOM}']")
    assert "Come <b>now" in page.text_content()
    await rooms.decline_invitation(romeo.session, ROOM)
    assert lines(await web.get("/notifications")) == []


async def test_people_who_ask_are_counted_until_they_have_an_answer(romeo: Person) -> None:
    await romeo.session.handled(SubscriptionRequested(JULIET))
    assert await waiting(romeo) == 1
    await romeo.session.handled(RosterPushed(RosterItem(JULIET, "", "from")))
    assert await waiting(romeo) == 0
