"""What people say about posts over time: drafts, what was taken back unheard, hearts of other programs."""

import asyncio

import pytest

from tests.lab.inside import Browser
from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.posts.service import Services, item
from tests.posts.test_pages import PATH, ROSE, TALK, VIA, rose, text
from webchat.errors import Offline, XmppError
from webchat.posts import commands, show, store
from webchat.posts.changes import TalkChanged
from webchat.posts.show.players import site_of
from webchat.posts.state import Asked
from webchat.xmpp import atom
from webchat.xmpp import namespaces as ns
from webchat.xmpp.entries import LIKE, EntryLink, PostItem, PostPage, PostReceived

BENVOLIO = "benvolio@montague.example"
TYBALT = "tybalt@capulet.example"
ATTACHED = (JULIET, atom.attached(ROSE))


def typed(page: object) -> str:
    """What stands in the box."""
    return page.cssselect("#comment-text")[0].text or ""  # type: ignore[attr-defined]


def attached(jid: str, *reactions: str, publisher: str = "") -> PostItem:
    """What somebody attached to a post."""
    inside = "".join(f"<reaction>{each}</reaction>" for each in reactions)
    xml = f"<attachments xmlns='{ns.ATTACHMENTS}'><noticed/><reactions>{inside}</reactions></attachments>"
    return PostItem(jid, publisher or jid, None, xml)


async def talk(romeo: Person) -> store.Talk:
    """What is said about the rose."""
    async with romeo.session.read() as db:
        post = await store.one(db, VIA, ROSE)
        assert post is not None
        return await store.talk(db, post)


async def ask_again(romeo: Person) -> None:
    """Its page is opened, and some time has gone by since it was last."""
    romeo.session[Asked].at.clear()
    async with romeo.session.read() as db:
        post = await store.one(db, VIA, ROSE)
    assert post is not None
    await commands.fetch_talk(romeo.session, post)


async def test_what_is_typed_is_kept_until_it_is_said(
    romeo: Person, tab: Browser, services: Services
) -> None:
    """Left, come back, refused, said: without scripts as well as with them."""
    services.refuses[TALK.service, TALK.node] = "forbidden"
    await romeo.hears(rose())
    answer = await tab.post(f"{PATH}/draft", {"text": "By any other"})
    assert answer.headers["location"] == f"{PATH}#comments"
    page = await tab.get(PATH)
    assert typed(page) == "By any other"
    assert page.cssselect("#comment-text")[0].get("data-keep") == f"{PATH}/draft"
    await tab.post_page(f"{PATH}/comments", {"text": "By any other name"}, 422)
    assert typed(await tab.get(PATH)) == "By any other name"
    del services.refuses[TALK.service, TALK.node]
    services.items[TALK.service, TALK.node] = {}
    await tab.post(f"{PATH}/comments", {"text": "By any other name"})
    assert typed(await tab.get(PATH)) == ""
    # What a tab still sends after that is no draft.
    await tab.post(f"{PATH}/draft", {"text": "By any other name"})
    assert typed(await tab.get(PATH)) == ""
    await tab.post(f"{PATH}/draft", {"text": "x" * 30_000})
    assert len(typed(await tab.get(PATH))) == 20_000
    await tab.post(f"{PATH}/draft", {"text": " "})
    assert typed(await tab.get(PATH)) == ""


async def test_what_was_taken_back_unheard_goes(romeo: Person, services: Services) -> None:
    """Once the service says all there is; what is said meanwhile stays."""
    services.put(
        TALK.service, TALK.node, item("a", "Fie", publisher=MERCUTIO), item("b", LIKE, publisher=TYBALT)
    )
    await romeo.hears(rose())
    await ask_again(romeo)
    assert [said.item for said in (await talk(romeo)).comments] == ["a"]
    romeo.changes()
    del services.items[TALK.service, TALK.node]["a"]
    asked = services.page

    async def slow(*args: object, **more: object) -> PostPage:
        found = await asked(*args, **more)  # type: ignore[arg-type]
        await romeo.hears(PostReceived(TALK.service, TALK.node, item("c", "Now", publisher=JULIET)))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("webchat.xmpp.pubsub.posts.page", slow)
        await ask_again(romeo)
    assert [said.item for said in (await talk(romeo)).comments] == ["c"]
    assert (await talk(romeo)).likes == (TYBALT,)
    assert TalkChanged in {type(change) for change in romeo.changes()}


@pytest.mark.parametrize("failure", ["item-not-found", "part", "silence"])
async def test_a_failed_or_partial_answer_takes_nothing_away(
    romeo: Person, services: Services, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    """Silence is no reason to forget what people said."""
    services.put(TALK.service, TALK.node, item("a", "Fie", publisher=MERCUTIO))
    await romeo.hears(rose())
    await ask_again(romeo)

    async def page(*_: object, **more: object) -> PostPage:
        if failure == "silence":
            raise Offline
        if failure == "part":
            return PostPage((), "more", 700)
        raise XmppError(failure)

    monkeypatch.setattr("webchat.xmpp.pubsub.posts.page", page)
    try:
        await ask_again(romeo)
    except XmppError:
        assert failure != "part"
    assert [said.item for said in (await talk(romeo)).comments] == ["a"]


async def test_hearts_of_both_kinds_count_persons_once(
    romeo: Person, tab: Browser, services: Services
) -> None:
    """In comments and attached (XEP-0470, W§4), on the page and on cards; those taken back go."""
    hearts = [item("h1", LIKE, publisher=MERCUTIO), item("h2", LIKE, publisher=TYBALT)]
    services.put(TALK.service, TALK.node, *hearts)
    services.put(*ATTACHED, attached(MERCUTIO, "♥"), attached(BENVOLIO, "❤️"), attached(ROMEO, "👍"))
    services.put(*ATTACHED, attached(JULIET, "♥", publisher=TYBALT))
    await romeo.hears(rose())
    page = await tab.get(PATH)
    assert text(page, "button.like .count") == ["3"]
    assert sorted((await talk(romeo)).likes) == sorted([MERCUTIO, TYBALT, BENVOLIO])
    async with romeo.session.read() as db:
        post = await store.one(db, VIA, ROSE)
        assert post is not None
        (card,) = await show.cards(db, romeo.session, [post])
    assert (card.likes, card.liked) == (3, False)
    services.put(*ATTACHED, attached(BENVOLIO))
    await ask_again(romeo)
    assert sorted((await talk(romeo)).likes) == sorted([MERCUTIO, TYBALT])


async def test_our_heart_is_attached_where_that_is_known(
    romeo: Person, tab: Browser, services: Services
) -> None:
    """Beside the one in comments, and taken back with it; elsewhere there is none and nothing fails."""
    services.items[TALK.service, TALK.node] = {}
    services.items[ATTACHED] = {}
    await romeo.hears(rose())
    await tab.post(f"{PATH}/like")
    async with asyncio.timeout(5):
        while not services.items[ATTACHED]:
            await asyncio.sleep(0.01)
    assert "noticed" in services.items[ATTACHED][ROMEO].xml
    assert LIKE in services.items[ATTACHED][ROMEO].xml
    await ask_again(romeo)
    assert (await talk(romeo)).likes == (ROMEO,)
    await tab.post(f"{PATH}/like/delete")
    assert LIKE not in services.items[ATTACHED][ROMEO].xml
    assert (await talk(romeo)).likes == ()


FILM = "https://video.example/w/kkGMgK9ZtnKfYAgnEtQxbv"


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=4", "YouTube"),
        ("https://youtu.be/dQw4w9WgXcQ", "YouTube"),
        ("https://vimeo.com/76979871", "Vimeo"),
        (FILM, "PeerTube"),
        ("https://tube.example/videos/watch/9db9f3f1-9b54-44ed-9e91-461d262d2205", "PeerTube"),
        ("https://www.youtube.com/about", ""),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", ""),
        ("javascript://youtu.be/dQw4w9WgXcQ", ""),
        ("https://[", ""),
    ],
)
def test_what_others_play(address: str, site: str) -> None:
    """Known by its address alone."""
    assert site_of(address) == site


async def test_films_of_others_are_cards_that_load_nothing(romeo: Person, tab: Browser) -> None:
    """A link that says whose site it opens; named once, be it in the text or beside it."""
    links = (EntryLink("related", "https://vimeo.com/76979871", "text/html", "A balcony"),)
    body = f"<p><a href='{FILM}'>Film</a> <a href='https://vimeo.com/76979871'>x</a> <a href='https://a.example'>y</a></p>"
    await romeo.hears(rose(html=body, links=links))
    page = await tab.get(PATH)
    cards = page.cssselect(".link-card")
    assert [card.get("href") for card in cards] == ["https://vimeo.com/76979871", FILM]
    assert [card.get("rel") for card in cards] == ["nofollow noopener noreferrer"] * 2
    assert [words.split()[1].rstrip(",") for words in text(page, ".link-card .player")] == ["Vimeo"]
    assert text(page, ".play .meta") == ["video.example then learns your network address."]
    assert not page.cssselect("iframe, video, .link-card img")
