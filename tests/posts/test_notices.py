"""Who hears of a comment, a like, an answer; what one account was told first reaches the next one, too."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from webchat.attention import fragments as attention
from webchat.contacts.state import Blocklist
from webchat.db.base import now
from webchat.notifications import store as notifications
from webchat.notifications.changes import Happened
from webchat.posts import commands, show, store
from webchat.posts.changes import PostChanged
from webchat.posts.commands.gone import forget
from webchat.posts.commands.notices import mentions
from webchat.posts.store import follows as kept
from webchat.web.page import Page
from webchat.web.partial import Ping
from webchat.web.scope import Scope
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


async def follows(romeo: Person, *, tells: bool) -> None:
    """Juliet's blog."""
    async with romeo.session.work() as work:
        node = await store.node_row(work.db, "montague.example", JULIET, MICROBLOG)
        await kept.put_follow(work.db, work.account_id, node.id, state="subscribed", tells=tells)


async def writes_now(romeo: Person, title: str, *, ago: int = 0, later: int = 0, live: bool = True) -> None:
    """Juliet publishes something, that many hours ago, and edits it so many minutes later."""
    moment = now() - timedelta(hours=ago)
    entry = Entry(title=title, text="*But*", published=moment, updated=moment + timedelta(minutes=later))
    post = PostItem(title.split()[0], JULIET, entry, f"<entry>{title}</entry>")
    event = PostReceived(JULIET, MICROBLOG, post, live)
    await romeo.session.handled(event)


async def test_m53_new_posts_are_told_where_one_asked_for_it(romeo: Person) -> None:
    """Once: no edit, nothing old, nothing that a server sends again; and gone with the post."""
    await follows(romeo, tells=False)
    await writes_now(romeo, "Soft")
    assert await told(romeo) == []
    await follows(romeo, tells=True)
    await writes_now(romeo, "Softer", live=False)
    await writes_now(romeo, "Softest", ago=30)
    await writes_now(romeo, "Light", ago=3, later=60)
    assert await told(romeo) == []
    romeo.changes()
    await writes_now(romeo, "What light")
    assert await told(romeo) == [("post", (JULIET,), "But")]
    path = show.path_of(Ref(JULIET, MICROBLOG, "What"))
    changes = [change for change in romeo.changes() if isinstance(change, Happened)]
    assert changes == [Happened("post", path)]
    await writes_now(romeo, "What light through yonder window")
    assert not [change for change in romeo.changes() if isinstance(change, Happened)]
    async with romeo.session.read() as db:
        page = Page(romeo.session, db, Scope("chats"), "en")
        (ping,) = await attention.happened(page, changes)
        assert isinstance(ping, Ping)
        notice = json.loads(ping.data)
        assert [notice[each] for each in ("title", "text", "path")] == [
            "Juliet published What light",
            "But",
            path,
        ]
        for name in ("notices", "notice_posts"):
            romeo.session.preferences = {name: "off"}
            assert await attention.happened(page, changes) == []
        romeo.session.preferences = {"notice_text": "off"}
        (ping,) = await attention.happened(page, changes)
        assert isinstance(ping, Ping)
        assert "light" not in ping.data
    await romeo.session.handled(PostsRetracted(JULIET, MICROBLOG, ("What",)))
    assert await told(romeo) == []


async def test_who_answers_our_comment_is_told(romeo: Person) -> None:
    """Below a post of somebody else; the same said to others is not, and likes make no notice."""
    await writes(romeo, JULIET)
    await says(romeo, "mine", ROMEO, "A nice place")
    await says(romeo, "c0", JULIET, "Indeed")
    romeo.changes()
    answer = post("c1", MERCUTIO, "Is it?", reply_to=Ref(SERVICE, NODE, "mine"))
    await romeo.session.handled(PostReceived(SERVICE, NODE, answer))
    assert await told(romeo) == [("reply", (MERCUTIO,), "Is it?")]
    assert [type(each) for each in romeo.changes()].count(Happened) == 1
    await says(romeo, "c2", MERCUTIO, LIKE)
    assert not [each for each in romeo.changes() if isinstance(each, Happened)]
    await romeo.session.handled(PostsRetracted(SERVICE, NODE, ("c1",)))
    assert await told(romeo) == []


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
