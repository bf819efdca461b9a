"""This room proves what is kept of an item: who wrote it, when, what it is, and how much of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event as sql

from tests.lab.people import JULIET, MERCUTIO, ROMEO
from tests.posts.service import item
from webchat.db.base import now
from webchat.db.engine import Database
from webchat.posts import store
from webchat.posts.store import Post
from webchat.xmpp.entries import COMMENTS, LIKE, MICROBLOG, Entry, EntryLink, PostItem, Ref

VIA = "montague.example"
CATS = ("pubsub.verona.example", "cats")
TALK = Ref("comments.capulet.example", f"{COMMENTS}rose")


async def kept(database: Database, service: str, node: str, post: PostItem, author: str = "") -> Post:
    """The row of an item that is kept."""
    async with database.write() as db:
        found, _ = await store.record(db, VIA, service, node, post, known_author=author)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("service", "node", "publisher", "claimed", "author", "verified"),
    [
        (*CATS, MERCUTIO, MERCUTIO, MERCUTIO, True),
        (*CATS, f"{MERCUTIO}/phone", JULIET, MERCUTIO, True),
        (*CATS, "", JULIET, JULIET, False),
        (*CATS, "", "not an @ address", "", False),
        (*CATS, "", "", "", False),
        (JULIET, MICROBLOG, "", MERCUTIO, JULIET, True),
        (JULIET, MICROBLOG, JULIET, JULIET, JULIET, True),
        (JULIET, f"{COMMENTS}rose", "", MERCUTIO, MERCUTIO, False),
        (JULIET, f"{COMMENTS}rose", MERCUTIO, JULIET, MERCUTIO, True),
    ],
)
async def test_a10_who_wrote_it(
    database: Database, service: str, node: str, publisher: str, claimed: str, author: str, *, verified: bool
) -> None:
    """The service's word counts, then whose node it is; a mere claim is never vouched for (W§3)."""
    found = await kept(database, service, node, item("a", "Hark", publisher=publisher, author=claimed))
    assert (found.author, found.verified) == (author, verified)


async def test_m77_who_looks_after_a_node_changes_a_post_of_others(database: Database) -> None:
    """Its author stays, beside who changed it; where nobody saw it before, it is a mere claim."""
    await kept(database, *CATS, item("a", "Hark", publisher=MERCUTIO, author=MERCUTIO))
    changed = item("a", "Hush", publisher=JULIET, author=MERCUTIO)
    stolen = await kept(database, *CATS, changed)
    assert (stolen.author, stolen.named, stolen.editor) == (JULIET, MERCUTIO, JULIET), "anybody may claim it"
    async with database.write() as db:
        told, _ = await store.record(db, VIA, *CATS, changed, known_author=JULIET, cares=True)
    assert told is not None
    assert (told.author, told.named, told.editor) == (MERCUTIO, "", JULIET), "she does look after it"
    again = await kept(database, *CATS, changed)
    assert (again.author, again.editor) == (MERCUTIO, JULIET)
    await kept(database, *CATS, item("a", "Hark", publisher=MERCUTIO, author=MERCUTIO))
    async with database.write() as db:
        place = await store.node_row(db, VIA, *CATS)
        await store.set_node(db, place.id, creator=JULIET)
    cared = await kept(database, *CATS, changed)
    assert (cared.title, cared.author, cared.verified) == ("Hush", MERCUTIO, True)
    assert (cared.editor, cared.named) == (JULIET, "")
    back = await kept(database, *CATS, item("a", "Hark", publisher=MERCUTIO, author=MERCUTIO))
    assert (back.author, back.editor) == (MERCUTIO, "")
    fresh = await kept(database, *CATS, item("b", "Ho", publisher=JULIET, author=MERCUTIO))
    assert (fresh.author, fresh.named, fresh.editor) == (JULIET, MERCUTIO, "")


async def test_own_word_on_own_posts(database: Database) -> None:
    """What we put there ourselves is ours, whatever the service hides."""
    found = await kept(database, *CATS, item("a", "Hark"), author=ROMEO)
    assert (found.author, found.verified) == (ROMEO, True)


async def test_nothing_is_from_the_future(database: Database) -> None:
    """Or it would stand above everything for ever."""
    late = now() + timedelta(days=400)
    found = await kept(database, JULIET, MICROBLOG, item("a", "Hark", published=late, updated=late))
    assert found.published <= now()
    assert found.updated <= now()


async def test_an_edit_keeps_its_place(database: Database) -> None:
    """What is said of the first publication later is not believed."""
    first = datetime(2026, 1, 1, tzinfo=UTC)
    await kept(database, JULIET, MICROBLOG, item("a", "Hark", published=first, updated=first))
    later = first + timedelta(days=2)
    found = await kept(database, JULIET, MICROBLOG, item("a", "Hark!", published=later, updated=later))
    assert (found.title, found.published, found.updated, found.edited) == ("Hark!", first, later, True)


async def test_new_is_said_once(database: Database) -> None:
    """The unique key judges."""
    async with database.write() as db:
        first = await store.record(db, VIA, JULIET, MICROBLOG, item("a", "Hark"))
        second = await store.record(db, VIA, JULIET, MICROBLOG, item("a", "Hark"))
    assert (first[1], second[1]) == (True, False)
    assert first[0] is not None
    assert second[0] is not None
    assert first[0].id == second[0].id


@pytest.mark.parametrize(
    ("node", "title", "kind"),
    [
        (MICROBLOG, LIKE, "post"),
        (f"{COMMENTS}rose", LIKE, "like"),
        (f"{COMMENTS}rose", f"{LIKE}\ufe0f", "comment"),
        (f"{COMMENTS}rose", f"{LIKE} this", "comment"),
    ],
)
async def test_what_it_is(database: Database, node: str, title: str, kind: str) -> None:
    """A heart is a comment with exactly that title (W§4)."""
    assert (await kept(database, JULIET, node, item("a", title))).kind == kind


@pytest.mark.parametrize(
    ("service", "node", "id"),
    [(JULIET, MICROBLOG, "x" * 501), (JULIET, "n" * 501, "a"), (JULIET, "\U0001f339" * 490, "a" * 200)],
)
async def test_too_long_to_keep(database: Database, service: str, node: str, id: str) -> None:
    """What an index cannot hold is ignored; so is what is no post."""
    async with database.write() as db:
        assert await store.record(db, VIA, service, node, item(id, "Hark")) == (None, False)
        assert await store.record(db, VIA, JULIET, MICROBLOG, PostItem("a", "", None)) == (None, False)


async def test_everything_is_bounded(database: Database) -> None:
    """A post as large as its author likes is as large as we like."""
    huge = item(
        "a",
        "t" * 100_000,
        text="b" * 300_000,
        author_name="n" * 9000,
        tags=(*(f"tag{number}" for number in range(500)), "x" * 300),
        links=tuple(EntryLink("related", f"https://e.example/{number}") for number in range(300)),
        web="https://e.example/" + "w" * 9000,
    )
    found = await kept(database, JULIET, MICROBLOG, huge)
    assert len(found.title) == 2000
    assert len(found.body) < 70_000
    assert len(found.author_name) == 500
    assert len(found.links) == 50
    assert found.web == ""
    async with database.read() as db:
        assert len((await store.tags_of(db, [found.id]))[found.id]) == 30


async def test_links_of_other_kinds_are_left_out(database: Database) -> None:
    """Only what a browser may open."""
    links = (EntryLink("related", "javascript:alert(1)"), EntryLink("enclosure", "https://e.example/a.png"))
    found = await kept(database, JULIET, MICROBLOG, item("a", "Hark", links=links, web="javascript:alert(1)"))
    assert [link["href"] for link in found.links] == ["https://e.example/a.png"]
    assert not found.open


async def test_body_and_excerpt(database: Database) -> None:
    """HTML is cleaned when it is stored, Markdown rendered, a summary stands above both."""
    html = item(
        "a", "Hark", html="<p onclick='x'>What <b>light</b></p><script>1</script>", text="What **light**"
    )
    found = await kept(database, JULIET, MICROBLOG, html)
    assert (found.body, found.excerpt) == ("<p>What <b>light</b></p>", "What light")
    assert found.markdown == "What **light**"
    only_text = await kept(database, JULIET, MICROBLOG, item("b", "Hark", text="~~soft~~", summary="But <1>"))
    assert only_text.body == "<p>But &lt;1&gt;</p><p><s>soft</s></p>\n"


async def test_tags_and_adult_content(database: Database) -> None:
    """Categories and hashtags, in one spelling (W§3)."""
    post = item("a", "A #Rose", text="by any #other name #1", tags=("Names", "#ROSE", "NSFW"))
    found = await kept(database, JULIET, MICROBLOG, post)
    async with database.read() as db:
        assert (await store.tags_of(db, [found.id]))[found.id] == ["names", "rose", "nsfw", "other"]
    assert found.nsfw
    assert (await kept(database, "nsfw.verona.example", "cats", item("a", "Hark"))).nsfw


async def test_comments_find_their_post(database: Database) -> None:
    """By the place that the post names; two posts may share it (a repost), a person likes once."""
    post = await kept(database, JULIET, MICROBLOG, item("rose", "Rose", comments=TALK))
    again = await kept(database, *CATS, item("copy", "Rose", publisher=MERCUTIO, comments=TALK))
    for id, title, who in (
        ("1", "Sweet", ROMEO),
        ("2", LIKE, ROMEO),
        ("3", LIKE, ROMEO),
        ("4", LIKE, MERCUTIO),
    ):
        await kept(database, TALK.service, TALK.node, item(id, title, publisher=who))
    async with database.read() as db:
        for each in (post, again):
            talk = await store.talk(db, each)
            assert [one.title for one in talk.comments] == ["Sweet"]
            assert sorted(talk.likes) == sorted((ROMEO, MERCUTIO))
            assert (await store.talks(db, [each]))[each.id][0] == 1
        about = await store.talked_about(db, VIA, TALK.service, TALK.node)
        assert [one.id for one in about] == [post.id, again.id]


async def test_hearts_hide_no_comments(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many like it: what people say is there, and everybody counts once."""
    monkeypatch.setattr("webchat.posts.store.read.MOST_COMMENTS", 3)
    post = await kept(database, JULIET, MICROBLOG, item("rose", "Rose", comments=TALK))
    await kept(database, TALK.service, TALK.node, item("0", "Sweet", publisher=ROMEO))
    for number in range(12):
        heart = item(f"h{number}", LIKE, publisher=f"guest{number // 2}@verona.example")
        await kept(database, TALK.service, TALK.node, heart)
    async with database.read() as db:
        talk = await store.talk(db, post)
        told = await store.talks(db, [post])
    assert [one.title for one in talk.comments] == ["Sweet"]
    assert talk.likes == tuple(f"guest{number}@verona.example" for number in range(6))
    assert talk.sure == set(talk.likes)
    assert told[post.id] == (1, talk.likes)


async def test_a_node_goes_with_few_questions(database: Database) -> None:
    """However much stands in it: writing waits for it."""
    for number in range(12):
        await kept(database, *CATS, item(str(number), f"Cat {number} #cat"))
    statements: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sql.listen(database.engine.sync_engine, "before_cursor_execute", count)
    async with database.write() as db:
        gone = await store.forget_node(db, VIA, *CATS)
    sql.remove(database.engine.sync_engine, "before_cursor_execute", count)
    assert sorted(int(post.item) for post in gone) == list(range(12))
    assert len([one for one in statements if one.startswith(("SELECT", "DELETE"))]) < 12
    async with database.read() as db:
        assert await store.newest(db, VIA) == []


async def test_several_at_once(database: Database) -> None:
    """Each by its whole address, and only what this reader may see."""
    await kept(database, JULIET, MICROBLOG, item("a", "For few"))
    await kept(database, JULIET, MICROBLOG, item("b", "For all", web="https://e.example/"))
    await kept(database, *CATS, item("a", "A cat", web="https://e.example/"))
    refs = [Ref(JULIET, MICROBLOG, "a"), Ref(JULIET, MICROBLOG, "b"), Ref(*CATS, "b"), Ref(*CATS, "c")]
    async with database.read() as db:
        found = await store.some(db, VIA, refs)
        open_ = await store.some(db, VIA, refs, sight=store.EVERYBODY)
        assert await store.some(db, VIA, []) == {}
    assert {ref: post.title for ref, post in found.items()} == {refs[0]: "For few", refs[1]: "For all"}
    assert list(open_) == [refs[1]]


async def test_law_four(database: Database) -> None:
    """What came through one server is not there for accounts of another, under no question."""
    post = await kept(
        database, JULIET, MICROBLOG, item("rose", "A #rose", comments=TALK, web="https://e.example/")
    )
    other = "evil.example"
    async with database.write() as db:
        assert await store.one(db, other, post.ref) is None
        assert await store.by_id(db, other, post.id) is None
        assert await store.newest(db, other) == []
        assert await store.newest(db, other, tag="rose", only_open=True) == []
        assert await store.tags(db, other, since=datetime(2020, 1, 1, tzinfo=UTC)) == []
        assert await store.talked_about(db, other, TALK.service, TALK.node) == []
        assert await store.forget(db, other, JULIET, MICROBLOG, ["rose"]) == []
        await store.forget_node(db, other, JULIET, MICROBLOG)
        await store.record(db, other, JULIET, MICROBLOG, item("rose", "Weed"))
        assert [one.title for one in await store.newest(db, VIA, tag="rose")] == ["A #rose"]


async def test_pages_by_place(database: Database) -> None:
    """Each post once, the newest first, however many share a moment."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(25):
        await kept(database, *CATS, item(f"{number:02}", f"{number}", published=moment, updated=moment))
    seen: list[str] = []
    before = None
    async with database.read() as db:
        while page := await store.newest(db, VIA, before=before, most=10, kinds="community"):
            seen += [post.item for post in page]
            before = page[-1].place
        middle = await store.one(db, VIA, Ref(*CATS, "12"))
        assert middle is not None
        newer, older = await store.neighbours(db, middle)
    assert seen == [f"{number:02}" for number in reversed(range(25))]
    assert newer is not None
    assert older is not None
    assert (newer.item, older.item) == ("13", "11")


async def test_who_sees_what(database: Database) -> None:
    """A server has cached more than each of its accounts may read."""
    await kept(database, JULIET, MICROBLOG, item("shut", "For few"))
    await kept(database, JULIET, MICROBLOG, item("open", "For all", web="https://e.example/"))
    async with database.read() as db:
        for sight in (store.Sight(1, "tybalt@montague.example"), store.EVERYBODY):
            assert [one.item for one in await store.newest(db, VIA, sight=sight)] == ["open"]
            assert await store.one(db, VIA, Ref(JULIET, MICROBLOG, "shut"), sight=sight) is None
        own = store.Sight(1, JULIET)
        assert len(await store.newest(db, VIA, sight=own)) == 2


async def test_entry_without_dates(database: Database) -> None:
    """Comes now."""
    found = await kept(database, JULIET, MICROBLOG, PostItem("a", "", Entry(title="Hark")))
    assert now() - found.published < timedelta(minutes=1)


async def test_a_service_that_hides_publishers_takes_nothing_back(database: Database) -> None:
    """What we wrote ourselves stays ours when it comes again unsigned; other words do not."""
    node = f"{COMMENTS}rose"
    await kept(database, *CATS[:1], node, item("a", "Sweet"), author=ROMEO)
    assert (await kept(database, *CATS[:1], node, item("a", "Sweet", author=ROMEO))).verified
    assert not (await kept(database, *CATS[:1], node, item("a", "Sour", author=ROMEO))).verified
