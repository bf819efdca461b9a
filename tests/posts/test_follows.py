"""Following: what is asked of services, what the lists say, how all of it comes together after a login."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.lab.people import JULIET, MERCUTIO, Person
from tests.posts.lists import Lists, settled
from webchat.db.base import now
from webchat.errors import NotFound, XmppError
from webchat.posts import follows, jobs, store
from webchat.posts.changes import FollowsChanged
from webchat.posts.commands import follows as commands
from webchat.posts.state import Asked
from webchat.posts.store import follows as kept
from webchat.posts.store.follows import FollowRow
from webchat.xmpp.entries import (
    COMMENTS,
    MICROBLOG,
    MICROBLOG_PRESENCE,
    Entry,
    Followed,
    FollowedReceived,
    PostItem,
    Ref,
)
from webchat.xmpp.pubsub import following
from webchat.xmpp.pubsub.following import item_id

VIA = "montague.example"
PUBSUB = "pubsub.verona.example"
CATS = (PUBSUB, "cats")
BLOG = (JULIET, MICROBLOG)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Lists:
    """Services with lists."""
    made = Lists()
    made.install(monkeypatch)
    made.put(*CATS, PostItem("1", "", Entry("A cat")))
    made.put(*BLOG, PostItem("1", "", Entry("It is the east")))
    return made


@pytest.fixture
async def romeo(romeo: Person) -> AsyncIterator[Person]:
    """Romeo; what he began in the background is over before he goes."""
    yield romeo
    await settled(romeo)


async def rows(person: Person) -> dict[tuple[str, str], FollowRow]:
    async with person.session.read() as db:
        found = await kept.follows(db, person.session.account_id, VIA)
    return {(row.service, row.node): row for row in found}


async def states(person: Person) -> dict[tuple[str, str], str]:
    return {key: row.state for key, row in (await rows(person)).items()}


async def test_following_subscribes_notes_and_reads(romeo: Person, services: Lists) -> None:
    """A community: its service is asked, the private list says so, its posts are here."""
    assert await commands.follow(romeo.session, *CATS, title="Cats!") == "subscribed"
    await settled(romeo)
    row = (await rows(romeo))[CATS]
    assert (row.state, row.title, row.shared, row.kind) == ("subscribed", "Cats!", False, "community")
    assert services.private[CATS].title == "Cats!"
    assert not services.public
    assert FollowsChanged() in romeo.changes()
    async with romeo.session.read() as db:
        assert [post.title for post in await store.newest(db, VIA)] == ["A cat"]


async def test_a_person_is_both_of_their_nodes(romeo: Person, services: Lists) -> None:
    """Posts for everybody, and those for followers alone; the lists name a person once."""
    await commands.follow(romeo.session, *BLOG)
    assert set(await states(romeo)) == {BLOG, (JULIET, MICROBLOG_PRESENCE)}
    assert set(services.private) == {BLOG}
    await commands.unfollow(romeo.session, *BLOG)
    assert await rows(romeo) == {}
    assert services.private == {}
    assert not services.told


async def test_without_a_second_node_the_first_is_followed(romeo: Person, services: Lists) -> None:
    """Most people have but one."""
    services.refuses[JULIET, MICROBLOG_PRESENCE] = "item-not-found"
    await commands.follow(romeo.session, *BLOG)
    assert set(await states(romeo)) == {BLOG}


async def test_sharing_is_the_public_list(romeo: Person, services: Lists) -> None:
    """What the page says of sharing is what others can see, in both directions."""
    await commands.follow(romeo.session, *CATS, shared=True)
    assert set(services.public) == {CATS}
    assert (await rows(romeo))[CATS].shared
    await commands.follow(romeo.session, *CATS, title="Only mine", shared=False)
    assert not services.public
    assert services.private[CATS].title == "Only mine"
    assert not (await rows(romeo))[CATS].shared


async def test_a_list_that_cannot_be_written_changes_nothing_on_screen(
    romeo: Person, services: Lists
) -> None:
    """Not "shared" while others do not see it."""
    await commands.follow(romeo.session, *CATS)
    services.broken_lists = "not-acceptable"
    with pytest.raises(XmppError):
        await commands.follow(romeo.session, *CATS, shared=True)
    assert not (await rows(romeo))[CATS].shared


async def test_pending_until_the_owner_agrees(romeo: Person, services: Lists) -> None:
    """And till then its posts are no news."""
    services.states[CATS] = "pending"
    assert await commands.follow(romeo.session, *CATS) == "pending"
    async with romeo.session.read() as db:
        assert list(await db.scalars(kept.followed_nodes(romeo.session.account_id))) == []


@pytest.mark.parametrize("condition", ["presence-subscription-required", "forbidden", "item-not-found"])
async def test_a_refusal_leaves_no_trace(romeo: Person, services: Lists, condition: str) -> None:
    """Neither row nor line."""
    services.refuses[BLOG] = condition
    with pytest.raises(XmppError):
        await commands.follow(romeo.session, *BLOG)
    assert await rows(romeo) == {}
    assert services.private == {}


@pytest.mark.parametrize(
    ("service", "node"),
    [
        ("romeo@montague.example", MICROBLOG),
        ("not an address", "cats"),
        (PUBSUB, ""),
        (PUBSUB, "n" * 501),
        (PUBSUB, COMMENTS + "1"),
    ],
)
async def test_what_cannot_be_followed(romeo: Person, services: Lists, service: str, node: str) -> None:
    """Ourselves, no address, nothing, too long, comments: no service is asked."""
    with pytest.raises(NotFound):
        await commands.follow(romeo.session, service, node)
    assert services.said == []


async def test_a_dead_service_holds_nobody_back(romeo: Person, services: Lists) -> None:
    """What is broken can be removed (M266)."""
    await commands.follow(romeo.session, *CATS)
    services.refuses[CATS] = "remote-server-not-found"
    await commands.unfollow(romeo.session, *CATS)
    assert await rows(romeo) == {}
    assert services.private == {}
    with pytest.raises(NotFound):
        await commands.unfollow(romeo.session, *CATS)


# ---- after a login


async def test_the_lists_of_another_program_are_taken_up(romeo: Person, services: Lists) -> None:
    """Both of them; what the service confirms is followed, what it does not know is asked for again."""
    services.private[CATS] = Followed(*CATS, "Cats!", "<subscription/>")
    services.public[BLOG] = Followed(*BLOG)
    services.told.add(CATS)
    await follows.catch_up(romeo.session)
    found = await rows(romeo)
    assert {key: (row.state, row.shared) for key, row in found.items()} == {
        CATS: ("subscribed", False),
        BLOG: ("subscribed", True),
    }
    assert found[CATS].source == "<subscription/>"
    assert ("subscribe", *BLOG) in services.said
    assert ("subscribe", *CATS) not in services.said


async def test_what_was_given_up_elsewhere_is_given_up_here(romeo: Person, services: Lists) -> None:
    """Neither in a list nor known to its service."""
    await commands.follow(romeo.session, *CATS)
    services.private.clear()
    services.told.clear()
    await follows.catch_up(romeo.session)
    assert await rows(romeo) == {}


async def test_what_only_the_service_knows_is_noted_again(romeo: Person, services: Lists) -> None:
    """A list that somebody emptied does not make us forget what still arrives."""
    await commands.follow(romeo.session, *CATS, title="Cats!")
    services.private.clear()
    await follows.catch_up(romeo.session)
    assert await states(romeo) == {CATS: "subscribed"}
    assert services.private[CATS].title == "Cats!"


async def test_a_silent_service_changes_nothing(romeo: Person, services: Lists) -> None:
    """No word is no refusal."""
    await commands.follow(romeo.session, *CATS)
    services.private.clear()
    services.silent.add(PUBSUB)
    services.refuses[CATS] = "remote-server-timeout"
    await follows.catch_up(romeo.session)
    assert await states(romeo) == {CATS: "subscribed"}


async def test_lists_that_cannot_be_read_change_nothing(romeo: Person, services: Lists) -> None:
    """A failed question deletes nothing."""
    await commands.follow(romeo.session, *CATS)
    services.broken_lists = "internal-server-error"
    with pytest.raises(XmppError):
        await follows.catch_up(romeo.session)
    assert await states(romeo) == {CATS: "subscribed"}


async def test_a_node_that_is_gone_is_broken(romeo: Person, services: Lists) -> None:
    """It stays in the list until the user removes it, and is no source of news."""
    services.private[CATS] = Followed(*CATS)
    services.refuses[CATS] = "item-not-found"
    await follows.catch_up(romeo.session)
    assert await states(romeo) == {CATS: "broken"}
    async with romeo.session.read() as db:
        assert list(await db.scalars(kept.followed_nodes(romeo.session.account_id))) == []


async def test_hostile_lines_are_left_out(romeo: Person, services: Lists) -> None:
    """Our own list may have been written by a broken program."""
    for line in [("@@", "cats"), (PUBSUB, "n" * 501), (PUBSUB, COMMENTS + "x"), ("", "cats")]:
        services.private[line] = Followed(*line)
    await follows.catch_up(romeo.session)
    assert await rows(romeo) == {}


# ---- news of the lists


async def test_another_program_follows(romeo: Person, services: Lists) -> None:
    """It is written down at once, and confirmed in the background."""
    await romeo.hears(FollowedReceived(False, (Followed(*CATS, "Cats!"),)))
    await settled(romeo)
    assert await states(romeo) == {CATS: "subscribed"}
    await romeo.hears(FollowedReceived(True, (Followed(*CATS, "Cats!"),)))
    assert (await rows(romeo))[CATS].shared


async def test_another_program_unfollows(romeo: Person, services: Lists) -> None:
    """Out of the public list it is private, out of the private one it is gone."""
    await commands.follow(romeo.session, *CATS, shared=True)
    id = item_id("romeo@montague.example", *CATS)
    await romeo.hears(FollowedReceived(True, (), (id,)))
    assert not (await rows(romeo))[CATS].shared
    await romeo.hears(FollowedReceived(False, (), (id, "of nobody")))
    assert await rows(romeo) == {}


async def test_another_program_unfollows_a_person(romeo: Person, services: Lists) -> None:
    """It knew of one of the two nodes: the other one is left as well, and does not come back."""
    await commands.follow(romeo.session, *BLOG)
    services.private.clear()
    services.told.discard(BLOG)
    await romeo.hears(FollowedReceived(False, (), (item_id("romeo@montague.example", *BLOG),)))
    await settled(romeo)
    assert await rows(romeo) == {}
    assert not services.told
    await follows.catch_up(romeo.session)
    assert services.private == {}


async def test_the_user_waits_for_no_service(
    romeo: Person, services: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one takes its time after a login, following works, and what was done meanwhile stays."""
    services.private[BLOG] = Followed(*BLOG)
    await commands.follow(romeo.session, *CATS)
    asked, go_on = asyncio.Event(), asyncio.Event()
    original = services.subscriptions

    async def slow(stream: object, service: str) -> tuple[Ref, ...]:
        answer = await original(stream, service)
        asked.set()
        await go_on.wait()
        return answer

    monkeypatch.setattr(following, "subscriptions", slow)
    catching = asyncio.create_task(follows.catch_up(romeo.session))
    await asyncio.wait_for(asked.wait(), 5)
    await asyncio.wait_for(commands.unfollow(romeo.session, *CATS), 5)
    await asyncio.wait_for(commands.follow(romeo.session, PUBSUB, "dogs"), 5)
    go_on.set()
    await catching
    assert set(await rows(romeo)) == {BLOG, (PUBSUB, "dogs")}
    assert set(services.private) == {BLOG, (PUBSUB, "dogs")}


# ---- catching up with posts


async def test_silence_is_no_look(romeo: Person, services: Lists) -> None:
    """A server that said nothing is asked again; one that refuses is not, and shows us nothing more."""
    await commands.follow(romeo.session, *CATS)
    await settled(romeo)
    async with romeo.session.work() as work:
        place = await store.node_row(work.db, VIA, *CATS)
        await store.set_node(work.db, place.id, fetched_at=None)
    assert place.id in romeo.session[Asked].nodes
    services.refuses[CATS] = "remote-server-timeout"
    await jobs.refresh(romeo.session)
    assert CATS in await jobs.due(romeo.session)
    assert place.id in romeo.session[Asked].nodes
    services.refuses[CATS] = "forbidden"
    await jobs.refresh(romeo.session)
    assert CATS not in await jobs.due(romeo.session)
    assert place.id not in romeo.session[Asked].nodes


async def test_what_was_never_fetched_is_fetched_first(romeo: Person, services: Lists) -> None:
    """Then what was looked at long ago; contacts' blogs once; what is fresh not at all."""
    await commands.follow(romeo.session, *CATS)
    await settled(romeo)
    found = await jobs.due(romeo.session)
    assert CATS not in found
    assert BLOG in found
    assert (romeo.session.jid, MICROBLOG) in found
    async with romeo.session.work() as work:
        node = await store.node_row(work.db, VIA, *CATS)
        await store.set_node(work.db, node.id, fetched_at=now() - timedelta(days=2))
    await jobs.refresh(romeo.session)
    assert await jobs.due(romeo.session) == []
    async with romeo.session.read() as db:
        assert {post.title for post in await store.newest(db, VIA)} == {"A cat", "It is the east"}


async def test_strangers_blogs_are_not_fetched(romeo: Person, services: Lists) -> None:
    """Only whom we may see."""
    assert (MERCUTIO, MICROBLOG) not in await jobs.due(romeo.session)
