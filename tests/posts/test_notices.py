"""Who hears of a comment, a like, an answer; what one account was told first reaches the next one, too."""

from datetime import UTC, datetime

import pytest

from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from webchat.contacts.state import Blocklist
from webchat.notifications import store as notifications
from webchat.posts import commands, show, store
from webchat.posts.changes import PostChanged
from webchat.posts.commands.gone import forget
from webchat.posts.commands.notices import mentions
from webchat.xmpp.entries import COMMENTS, LIKE, MICROBLOG, Entry, PostItem, PostReceived, PostsRetracted, Ref

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SERVICE = "comments.montague.example"
NODE = f"{COMMENTS}a"


def post(item: str, author: str, title: str, **more: object) -> PostItem:
    entry = Entry(title=title, author=author, published=NOW, updated=NOW, **more)  # type: ignore[arg-type]
    return PostItem(item, author, entry, f"<entry id='{item}'>{title}</entry>")


async def writes(romeo: Person, author: str = ROMEO) -> None:
    """A post that may be talked about."""
    said = post("a", author, "A walk", comments=(Ref(SERVICE, NODE),))
    await romeo.session.handled(PostReceived(author, MICROBLOG, said))


async def says(romeo: Person, item: str, author: str, text: str, *, live: bool = True) -> None:
    await romeo.session.handled(PostReceived(SERVICE, NODE, post(item, author, text), live))


async def told(romeo: Person) -> list[tuple[str, tuple[str, ...], str]]:
    async with romeo.session.read() as db:
        rows = await notifications.newest(db, romeo.session.account_id)
    return sorted((row.kind, row.actors, row.text) for row in rows)


async def test_comments_and_likes_of_own_posts_are_told(romeo: Person) -> None:
    await writes(romeo)
    await says(romeo, "c1", JULIET, "Nice place")
    await says(romeo, "c2", MERCUTIO, LIKE)
    await says(romeo, "c3", ROMEO, "Thank you")
    assert await told(romeo) == [("comment", (JULIET,), "Nice place"), ("like", (MERCUTIO,), "")]
    await says(romeo, "c1", JULIET, "Nice place")
    await says(romeo, "c4", JULIET, "from before", live=False)
    assert [kind for kind, *_ in await told(romeo)] == ["comment", "like"]
    await romeo.session.handled(PostsRetracted(SERVICE, NODE, ("c2",)))
    assert [kind for kind, *_ in await told(romeo)] == ["comment"]


async def test_of_posts_of_others_only_what_means_us(romeo: Person) -> None:
    await writes(romeo, JULIET)
    await says(romeo, "c1", MERCUTIO, "Nice place")
    assert await told(romeo) == []
    await says(romeo, "c2", MERCUTIO, "@Romeo, come and see")
    assert await told(romeo) == [("mention", (MERCUTIO,), "@Romeo, come and see")]


async def test_an_answer_with_a_post_of_their_own(romeo: Person) -> None:
    await writes(romeo)
    answer = post("b", JULIET, "My own walk", reply_to=Ref(ROMEO, MICROBLOG, "a"))
    await romeo.session.handled(PostReceived(JULIET, MICROBLOG, answer))
    assert [(kind, actors) for kind, actors, _ in await told(romeo)] == [("answer", (JULIET,))]


async def test_what_nobody_vouches_for_is_not_told(romeo: Person) -> None:
    await writes(romeo)
    claimed = PostItem("c1", "", post("c1", JULIET, "No").entry, "<entry/>")
    await romeo.session.handled(PostReceived(SERVICE, NODE, claimed))
    assert await told(romeo) == []


async def test_what_another_account_was_told_first_is_still_news(romeo: Person) -> None:
    """Rows are shared by the accounts of a server, what happens is not."""
    await writes(romeo, JULIET)
    via = commands.via(romeo.session)
    async with romeo.session.work() as work:
        await store.record(work.db, via, JULIET, MICROBLOG, post("b", JULIET, "Second"))
    romeo.changes()
    await romeo.session.handled(PostReceived(JULIET, MICROBLOG, post("b", JULIET, "Second")))
    assert [type(change) for change in romeo.changes()] == [PostChanged]
    async with romeo.session.work() as work:
        (gone,) = await forget(work, JULIET, MICROBLOG, ["b"])
    romeo.changes()
    await romeo.session.handled(PostsRetracted(JULIET, MICROBLOG, ("b",)))
    assert PostChanged(JULIET, MICROBLOG, gone.id) in romeo.changes()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@romeo look", True),
        ("look, @Romeo!", True),
        (f"ask {ROMEO} about it", True),
        ("romeo was here", False),
        ("@romeo-2", False),
        ("x@romeo", False),
        ("@romeos", False),
        (f"not{ROMEO}", False),
    ],
)
def test_who_is_meant(text: str, meant: bool) -> None:
    assert mentions(text, ROMEO) is meant


async def test_nobody_hears_of_those_whom_they_blocked(romeo: Person) -> None:
    """Not of themselves, nor of anybody of a blocked server."""
    await writes(romeo)
    romeo.session[Blocklist].jids = {JULIET, "rome.example"}
    await says(romeo, "c1", JULIET, f"Nice place, {ROMEO}")
    await says(romeo, "c2", "tybalt@rome.example", LIKE)
    assert await told(romeo) == []
    await says(romeo, "c3", MERCUTIO, "Nice place")
    assert await told(romeo) == [("comment", (MERCUTIO,), "Nice place")]
    async with romeo.session.read() as db:
        found = await store.one(db, commands.via(romeo.session), Ref(ROMEO, MICROBLOG, "a"))
        assert found is not None
        (card,) = await show.cards(db, romeo.session, [found])
    assert card.comments == 1


async def test_what_was_taken_back_is_not_told_any_more(romeo: Person) -> None:
    """Neither the words of a comment nor those that meant us; who said something else still did."""
    await writes(romeo)
    await says(romeo, "c1", JULIET, "Nice place")
    await says(romeo, "c2", MERCUTIO, "You wretch")
    await romeo.session.handled(PostsRetracted(SERVICE, NODE, ("c2",)))
    assert await told(romeo) == [("comment", (JULIET,), "")]
    await romeo.session.handled(PostsRetracted(SERVICE, NODE, ("c1",)))
    assert await told(romeo) == []


async def test_a_mention_goes_with_its_comment(romeo: Person) -> None:
    await writes(romeo, JULIET)
    await says(romeo, "c1", MERCUTIO, "@Romeo, you wretch")
    await romeo.session.handled(PostsRetracted(SERVICE, NODE, ("c1",)))
    assert await told(romeo) == []


async def test_with_an_own_post_goes_what_was_told_of_it(romeo: Person) -> None:
    """Notifications lead to it, and hold its title."""
    await writes(romeo)
    await says(romeo, "c1", JULIET, "Nice place")
    await romeo.session.handled(PostsRetracted(ROMEO, MICROBLOG, ("a",)))
    assert await told(romeo) == []
