"""Answers below what they answer, and cards that say when there is more to read."""

from datetime import timedelta

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.posts.service import Services, item
from tests.posts.test_pages import PATH, ROSE, TALK, VIA, rose, text
from webchat.db.base import now
from webchat.posts import show, store
from webchat.posts.show.thread import DEEPEST, LONG, earlier, threaded
from webchat.posts.store import Post
from webchat.xmpp.entries import MICROBLOG, PostReceived, Ref


def said(id: int, over: int = 0, service: str = "comments.example") -> Post:
    """A comment that answers another one."""
    empty = dict.fromkeys(Post.__dataclass_fields__, "")
    values = {"id": id, "service": "comments.example", "node": "talk", "item": f"c{id}"}
    to = {"reply_service": service, "reply_node": "talk", "reply_item": f"c{over}"} if over else {}
    return Post(**(empty | values | to))  # type: ignore[arg-type]


def test_answers_stand_below_what_they_answer() -> None:
    """In the order of time; what is not here, or came later, cannot be answered."""
    found = threaded(
        [said(1), said(2), said(3, 1), said(4, 3), said(5, 2), said(6, 1), said(7, 9), said(8, 8)]
    )
    assert [(one.post.id, one.depth, one.to.id if one.to else 0) for one in found] == [
        (1, 0, 0),
        (3, 1, 1),
        (4, 2, 3),
        (6, 1, 1),
        (2, 0, 0),
        (5, 1, 2),
        (7, 0, 0),
        (8, 0, 0),
    ]
    assert [one.depth for one in threaded([said(1), said(2, 1, "elsewhere.example")])] == [0, 0]


def test_a_ladder_of_answers_gets_no_narrower_than_a_phone() -> None:
    """However many strangers answer each other."""
    ladder = threaded([said(id, id - 1) for id in range(1, 2000)])
    assert [one.post.id for one in ladder] == list(range(1, 2000))
    assert max(one.depth for one in ladder) == DEEPEST


def test_long_talks_fold_in_steps() -> None:
    """What is shown does not move with every new comment."""
    assert [earlier(number) for number in (0, 3, LONG, LONG + 1, 19, 20, 500)] == [0, 0, 0, 5, 5, 10, 490]


async def test_answer_somebody(romeo: Person, tab: Browser, services: Services) -> None:
    """The box says whom; the answer names the comment for other programs and stands below it."""
    services.put(TALK.service, TALK.node, item("a", "Fie", publisher=MERCUTIO))
    await romeo.hears(rose())
    page = await tab.get(PATH)
    (link,) = page.cssselect(".comments a.answer")
    address = link.get("href").partition("#")[0]
    box = (await tab.get(address)).cssselect("#comment-box")[0]
    assert MERCUTIO in " ".join(box.cssselect(".answers")[0].text_content().split())
    id = box.cssselect("[name=answer]")[0].get("value")
    await tab.post(f"{PATH}/comments", {"text": "Peace", "answer": id})
    published = [one.entry for one in services.items[TALK.service, TALK.node].values() if one.entry]
    assert [one.reply_to for one in published] == [None, Ref(TALK.service, TALK.node, "a")]
    page = await tab.get(PATH)
    assert [(li.get("class") or "") for li in page.cssselect(".comments > li")] == ["", "deep-1"]
    assert text(page, ".comments .body") == ["Fie", "Peace"]
    # What is no comment of this post is answered by a plain comment; what is wrong keeps whom one answers.
    await tab.post(f"{PATH}/comments", {"text": "Again", "answer": "999"})
    assert text(await tab.get(PATH), ".comments .deep-1 .body") == ["Peace"]
    again = await tab.post_page(f"{PATH}/comments", {"text": " ", "answer": id}, 422)
    assert again.cssselect("#comment-box [name=answer]")[0].get("value") == id
    assert not (await tab.get(f"{PATH}?answer=x")).cssselect("#comment-box [name=answer]")


async def test_only_the_first_of_many_are_folded(romeo: Person, tab: Browser) -> None:
    """And each of them has an address of its own."""
    await romeo.hears(rose())
    for number in range(LONG + 2):
        moment = now() - timedelta(hours=LONG + 2 - number)
        one = item(f"n{number}", f"Number {number}", publisher=JULIET, published=moment, updated=moment)
        await romeo.hears(PostReceived(TALK.service, TALK.node, one))
    page = await tab.get(PATH)
    assert text(page, ".earlier > summary") == ["5 earlier comments"]
    assert len(page.cssselect(".earlier li")) == 5
    assert len(page.cssselect(".comments > li")) == LONG + 2
    for row, link in zip(page.cssselect(".comments > li"), page.cssselect(".comments a.at"), strict=True):
        assert link.get("href") == f"{PATH}#{row.get('id')}"


async def test_what_is_cut_says_so(romeo: Person) -> None:
    """With the title for those who hear the link alone; a short text has no such link."""
    cut = []
    for words in ("word " * 200, "Short, and then…"):
        await romeo.hears(rose(html=f"<p>{words}</p>"))
        async with romeo.session.read() as db:
            post = await store.one(db, VIA, ROSE)
            assert post is not None
            (card,) = await show.cards(db, romeo.session, [post])
        cut.append(card.cut)
    assert cut == [True, False]


async def test_a_lent_title_is_not_said_twice(romeo: Person, tab: Browser) -> None:
    """Whole, or cut where the line was long; a title of its own stays beside a text that begins alike."""
    shown = []
    long = "Shall I compare thee to a summer's day and to a night"
    for title, words in (
        ("Good night.", "<p>Good night.</p><p>Parting is such sweet sorrow.</p>"),
        (f"{long[:30]}…", f"<p>{long}</p>"),
        ("Good", "<p>Good night.</p>"),
    ):
        await romeo.hears(PostReceived(JULIET, MICROBLOG, item("rose", title, publisher=JULIET, html=words)))
        async with romeo.session.read() as db:
            post = await store.one(db, VIA, ROSE)
            assert post is not None
            (card,) = await show.cards(db, romeo.session, [post])
        page = await tab.get(PATH)
        shown.append((card.excerpt, bool(page.cssselect("h1.title.visually-hidden"))))
    assert shown == [
        ("Parting is such sweet sorrow.", True),
        (f"…{long[30:].strip()}", True),
        ("Good night.", False),
    ]
