"""The roster in the database, and what people are called."""

import pytest

from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from webchat.contacts import store
from webchat.xmpp.events import RosterItem

TYBALT = "tybalt@capulet.example"


async def fill(romeo: Person, *items: RosterItem) -> set[str]:
    async with romeo.session.work() as work:
        return await store.replace_roster(work.db, work.account_id, items)


async def test_replace_says_what_is_different(romeo: Person) -> None:
    juliet = RosterItem(JULIET, "Juliet", "both", groups=("Love", "Verona"))
    mercutio = RosterItem(MERCUTIO, "", "to")
    assert await fill(romeo, juliet, mercutio) == {JULIET, MERCUTIO}
    assert await fill(romeo, juliet, mercutio) == set()
    assert await fill(romeo, RosterItem(JULIET, "J", "both", groups=("Love",))) == {JULIET, MERCUTIO}
    async with romeo.session.read() as db:
        assert await store.contacts(db, romeo.session.account_id) == {
            JULIET: store.ContactRow(JULIET, "J", "both", "", ("Love",))
        }


async def test_large_rosters(romeo: Person) -> None:
    items = [RosterItem(f"guest{number}@capulet.example") for number in range(1200)]
    assert len(await fill(romeo, *items)) == 1200
    async with romeo.session.read() as db:
        found = await store.names(db, romeo.session.account_id, [item.jid for item in items])
    assert len(found) == 1200
    assert len(await fill(romeo)) == 1200


@pytest.mark.parametrize(
    ("item", "name"),
    [
        (RosterItem(JULIET, "Juliet"), "Juliet"),
        (RosterItem(JULIET, "\u202eteiluJ"), "teiluJ"),
        (RosterItem(JULIET, "\u3164"), "juliet"),
        (RosterItem(JULIET), "juliet"),
        (RosterItem("capulet.example"), "capulet.example"),
    ],
)
async def test_display_name_of_a_contact(romeo: Person, item: RosterItem, name: str) -> None:
    await fill(romeo, item)
    async with romeo.session.read() as db:
        assert await store.display_name(db, romeo.session.account_id, item.jid) == name


async def test_a_stranger_is_called_by_the_address(romeo: Person) -> None:
    await fill(romeo, RosterItem(JULIET, "Juliet"))
    imitator = "juliet@\u0441apulet.example"
    async with romeo.session.read() as db:
        names = await store.names(db, romeo.session.account_id, [JULIET, TYBALT, imitator, TYBALT])
    assert names == {JULIET: "Juliet", TYBALT: TYBALT, imitator: "juliet@xn--apulet-hrf.example"}


@pytest.mark.parametrize(
    ("subscription", "shares"), [("none", False), ("to", False), ("from", True), ("both", True)]
)
async def test_who_may_know_that_we_are_here(romeo: Person, subscription: str, shares: bool) -> None:
    await fill(romeo, RosterItem(JULIET, "", subscription))
    async with romeo.session.read() as db:
        assert await store.shares_presence(db, romeo.session.account_id, JULIET) is shares
        assert await store.is_contact(db, romeo.session.account_id, JULIET)
        assert not await store.shares_presence(db, romeo.session.account_id, MERCUTIO)
        assert not await store.is_contact(db, romeo.session.account_id, MERCUTIO)


async def test_requests_are_kept_once_and_not_without_end(romeo: Person) -> None:
    async with romeo.session.work() as work:
        assert await store.add_request(work.db, work.account_id, MERCUTIO)
        assert not await store.add_request(work.db, work.account_id, MERCUTIO)
        kept = [
            await store.add_request(work.db, work.account_id, f"m{number}@evil.example")
            for number in range(200)
        ]
    assert all(kept)
    async with romeo.session.work() as work:
        left = await store.requests(work.db, work.account_id)
        assert left == [f"m{number}@evil.example" for number in range(100, 200)]
        assert len(left) == store.MOST_REQUESTS
        assert await store.drop_request(work.db, work.account_id, left[0])
        assert not await store.drop_request(work.db, work.account_id, left[0])


async def test_accounts_do_not_see_each_other(romeo: Person) -> None:
    await fill(romeo, RosterItem(JULIET, "Juliet", "both"))
    async with romeo.session.read() as db:
        stranger = romeo.session.account_id + 1
        assert await store.contacts(db, stranger) == {}
        assert not await store.shares_presence(db, stranger, JULIET)
    assert romeo.session.jid == ROMEO
