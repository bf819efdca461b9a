"""Long posts: cleaned apart before any transaction, kept in order, with a sentence where that failed."""

import asyncio
from dataclasses import replace

import pytest

from tests.apart.test_apart import innocent
from tests.lab.inside import Browser
from tests.lab.people import JULIET, Person
from tests.posts.service import Services, item
from tests.posts.test_pages import PATH, ROSE, rose, row, text
from webchat.apart import Pool
from webchat.markup import elsewhere
from webchat.posts import commands, store
from webchat.posts.state import MOST_WAITING, Waiting
from webchat.xmpp.entries import MICROBLOG, NodeChanged, PostReceived, PostsRetracted

LONG = "<p>By any <b>other</b> name #rose</p>" * 300
SENTENCE = "too large or too tangled"


async def kept(romeo: Person) -> store.Post | None:
    """What is kept of the rose when all that waits is done."""
    task = romeo.session[Waiting].task
    if task is not None:
        await task
    return await row(romeo, ROSE)


@pytest.fixture(autouse=True)
def forgetful() -> None:
    """Nothing is known from the test before."""
    elsewhere._known.clear()


async def test_a_long_post_is_kept_when_it_is_clean(romeo: Person, tab: Browser) -> None:
    await romeo.hears(rose(html=LONG))
    post = await kept(romeo)
    assert post is not None
    assert post.whole
    assert post.body.count("<b>other</b>") == 300
    assert not romeo.session[Waiting].posts
    assert SENTENCE not in (await tab.get(PATH)).text_content()


async def test_d07_one_that_takes_too_long_holds_nobody_up(
    romeo: Person, tab: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words are there, and a sentence; meanwhile others are served, and the account hears others."""
    stuck = Pool("tests.apart.stuck", 1, answers=1000)
    monkeypatch.setattr(elsewhere, "_pool", stuck)
    await romeo.hears(rose(html=LONG))
    async with innocent() as moments:
        await romeo.hears(PostReceived(JULIET, MICROBLOG, item("short", "Hark", publisher=JULIET)))
        assert await row(romeo, ROSE) is None
        post = await kept(romeo)
        assert len(moments) > 10
    assert post is not None
    assert (post.whole, "<b>" in post.body) == (False, False)
    assert post.excerpt.startswith("By any other name")
    page = await tab.get(PATH)
    assert any(SENTENCE in line for line in text(page, ".said p.meta"))
    assert stuck.ids == []


async def test_the_last_word_on_a_post_counts(romeo: Person) -> None:
    """Written anew, taken back or its node deleted while it is being cleaned."""
    await romeo.hears(rose(html=LONG))
    await romeo.hears(rose(html="<p>short</p>"))
    post = await kept(romeo)
    assert post is not None
    assert post.body == "<p>short</p>"
    await romeo.hears(PostReceived(JULIET, MICROBLOG, item("b", "B", publisher=JULIET, html=LONG + "1")))
    await romeo.hears(rose(html=LONG + "2"))
    await romeo.hears(PostsRetracted(JULIET, MICROBLOG, ("rose",)))
    assert await kept(romeo) is None
    await romeo.hears(rose(html=LONG + "3"))
    await romeo.hears(NodeChanged(JULIET, MICROBLOG, "deleted"))
    assert await kept(romeo) is None


async def test_too_many_at_once_are_asked_for_later(romeo: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded; the node counts as one that nobody looked at."""
    never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    monkeypatch.setattr(elsewhere, "is_simple", lambda _: False)

    async def wait(*_: object, **__: object) -> None:
        await never

    monkeypatch.setattr(elsewhere._pool, "ask", wait)
    for number in range(MOST_WAITING + 20):
        one = item(f"p{number}", "x", publisher=JULIET, html="<p>")
        await romeo.hears(PostReceived(JULIET, MICROBLOG, one))
    waiting = romeo.session[Waiting]
    assert len(waiting.posts) == MOST_WAITING
    assert waiting.task is not None
    waiting.task.cancel()
    never.cancel()


async def test_a_page_of_posts_is_cleaned_before_the_transaction(
    romeo: Person, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept to the letter is not cleaned again; nothing is while others wait for the account."""
    made: list[str] = []
    clean = elsewhere.clean

    async def watched(given: str) -> elsewhere.Clean:
        assert not romeo.session._working.locked()
        made.append(given)
        return await clean(given)

    monkeypatch.setattr(elsewhere, "clean", watched)
    made_of = [item(f"p{n}", "x", publisher=JULIET, html=f"<p>{n}</p>") for n in range(3)]
    services.put(JULIET, MICROBLOG, *(replace(one, xml=f"<entry>{one.item}</entry>") for one in made_of))
    await commands.fetch_node(romeo.session, JULIET, MICROBLOG)
    assert len(made) == 3
    await commands.fetch_node(romeo.session, JULIET, MICROBLOG)
    assert len(made) == 3
