"""This room signs Romeo in with a database in which posts can stand, and gives him a browser."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from tests.lab.databases import KINDS, empty_database
from tests.lab.inside import Browser, browser
from tests.lab.people import MERCUTIO, ROMEO, Person, signed_in
from tests.posts.lists import Lists, settled
from webchat.contacts import slice as contacts
from webchat.db.base import Base, now
from webchat.db.engine import Database
from webchat.messages import slice as messages
from webchat.news import slice as news
from webchat.posts import slice as posts
from webchat.posts.store import record, set_node
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import MICROBLOG, Entry, PostItem, PostReceived
from webchat.xmpp.events import RosterItem, RosterReceived

SLICES = [contacts, messages, posts, news]
COMMUNITIES = "pubsub.montague.example"
CATS = "cats"


@pytest.fixture(params=KINDS[:1])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database with all tables of the program."""
    async with empty_database(request.param, tmp_path, Base.metadata) as database:
        yield database


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Lists:
    """Everybody's services."""
    made = Lists()
    made.install(monkeypatch)
    return made


@pytest.fixture
async def romeo(database: Database, services: Lists) -> AsyncIterator[Person]:
    """Romeo, online."""
    async with signed_in(database, ROMEO, SLICES) as romeo:
        yield romeo
        await settled(romeo)


@pytest.fixture
async def mercutio(database: Database) -> AsyncIterator[Person]:
    """An account of another server on the same database."""
    async with signed_in(database, MERCUTIO, SLICES) as mercutio:
        yield mercutio


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


def entry(title: str, age: timedelta = timedelta(), *, open: bool = True, tags: Sequence[str] = ()) -> Entry:
    """A post so old, for everybody or not."""
    moment = now() - age
    web = "https://montague.example/@somebody/1" if open else ""
    return Entry(title, id=title, published=moment, updated=moment, tags=tuple(tags), web=web)


def arrives(
    title: str, service: str, node: str = MICROBLOG, item: str = "", *, open: bool = True
) -> PostReceived:
    """The notice of a post that was just published."""
    return PostReceived(service, node, PostItem(item or title, "", entry(title, open=open), f"<{title}/>"))


async def known_to(
    person: Person,
    service: str,
    node: str,
    entries: Sequence[Entry],
    **described: str,
) -> int:
    """Posts that came through this person's server before the test; the id of their node."""
    async with person.session.work() as work:
        via, kept = jids.domain(person.session.jid), None
        for one in entries:
            kept, _ = await record(work.db, via, service, node, PostItem(one.title, "", one))
        assert kept is not None
        if described:
            await set_node(work.db, kept.node_id, **described)
    return kept.node_id


async def befriends(person: Person, *contacts_: str, subscription: str = "both") -> None:
    """These are contacts from now on."""
    items = tuple(RosterItem(jid, "", subscription) for jid in contacts_)
    await person.hears(RosterReceived(items))
