"""Writing: what is on the sheet is kept, shown, published, and never lost."""

import httpx
import pytest
from lxml import html

from tests.lab.inside import Browser
from tests.lab.people import JULIET, ROMEO, Person
from tests.posts.service import item
from tests.publish.service import Places
from webchat.errors import Offline, XmppError
from webchat.posts import show
from webchat.posts import store as posts
from webchat.posts.state import Asked
from webchat.publish import store
from webchat.xmpp.entries import MICROBLOG, Ref
from webchat.xmpp.entries import MICROBLOG_PRESENCE as RESTRICTED

CATS = ("pubsub.verona.example", "cats")
NIGHT = "11111111-2222-4333-8444-555555555555"
WORDS = {"id": NIGHT, "title": "Night", "text": "It is the **east**. #sun", "comments": "on"}


def field(page: html.HtmlElement, name: str) -> str:
    """What stands in a field."""
    found = page.cssselect(f"[name={name}]")[0]
    return str(found.text if found.tag == "textarea" else found.get("value"))


def said(page: html.HtmlElement) -> str:
    """The sentence that says why it did not go."""
    return str(page.cssselect("#publish-error")[0].text_content())


async def test_publishes_what_is_in_the_form(web: Browser, places: Places) -> None:
    """Title, Markdown as text and XHTML, tags of field and text, and then its page."""
    places.make(ROMEO, MICROBLOG, "open")
    fields = WORDS | {"do": "publish", "audience": "everyone", "tags": "Verona, night", "language": "en"}
    answer = await web.post("/publish/files", fields)
    (place, entry, former, access), *more = places.published
    assert (place, former, access, more) == ((ROMEO, MICROBLOG, NIGHT), "", "", [])
    assert (entry.title, entry.text, entry.id) == ("Night", "It is the **east**. #sun", f"urn:uuid:{NIGHT}")
    assert "<strong>east</strong>" in entry.html
    assert entry.tags == ("verona", "night", "sun")
    assert (entry.author, entry.language, bool(entry.comments)) == (ROMEO, "en", True)
    assert entry.web == f"http://localhost:8080/@{ROMEO}/{NIGHT}"
    assert answer.headers["location"].startswith(f"/posts/{ROMEO}/")


async def test_brief(web: Browser, places: Places) -> None:
    """A short plain text without a title is the title itself; with Markdown its first line lends it."""
    places.make(ROMEO, MICROBLOG, "open")
    await web.post("/publish/files", {"text": "But, soft!", "do": "publish"})
    await web.post("/publish/files", {"text": "**But**, soft!\n\nWhat light?", "do": "publish"})
    assert [(entry.title, entry.text) for _, entry, *_ in places.published] == [
        ("But, soft!", ""),
        ("But, soft!", "**But**, soft!\n\nWhat light?"),
    ]


async def test_view_is_the_article(web: Browser, romeo: Person, places: Places) -> None:
    """The preview is the very article, beside a form that still holds everything; nothing went out."""
    page = await web.post_page("/publish/files", WORDS | {"do": "view", "nsfw": "on"}, 200)
    article = page.cssselect(".publish-preview article.post")[0]
    assert "east" in article.cssselect("strong")[0].text_content()
    assert not article.cssselect("form")
    assert (field(page, "title"), field(page, "text").strip()) == ("Night", WORDS["text"])
    assert page.cssselect("[name=nsfw]")[0].get("checked") is not None
    assert not places.published


async def test_draft_comes_back(web: Browser, romeo: Person, places: Places) -> None:
    """What was typed is there again, under the same form only; an empty sheet leaves none."""
    key = field(await web.get("/publish"), "key")
    assert (await web.client.post("/publish/draft", data=WORDS | {"key": key})).status_code == 303
    page = await web.get("/publish")
    assert (field(page, "title"), field(page, "id")) == ("Night", NIGHT)
    assert field(await web.get("/publish?service=pubsub.verona.example&node=duels"), "title") == ""
    assert "Night" in (await web.get("/publish/drafts")).text_content()
    await web.post("/publish/draft", {"key": key})
    assert field(await web.get("/publish"), "title") == ""


async def test_draft_goes_when_it_is_published(web: Browser, romeo: Person, places: Places) -> None:
    """And only then."""
    key = field(await web.get("/publish"), "key")
    places.silent = Offline()
    page = await web.post_page("/publish/files", WORDS | {"key": key, "do": "publish"}, 422)
    assert "no connection" in said(page)
    assert field(page, "text").strip() == WORDS["text"]
    assert field(await web.get("/publish"), "title") == "Night"
    places.silent = None
    await web.post("/publish/files", WORDS | {"key": key, "do": "publish"})
    async with romeo.session.read() as db:
        assert await store.drafts(db, romeo.session.account_id) == []


@pytest.mark.parametrize(
    ("condition", "word"),
    [
        ("forbidden", "may not publish"),
        ("policy-violation", "too large"),
        ("item-not-found", "does not exist"),
    ],
)
async def test_refusals_keep_the_text(web: Browser, places: Places, condition: str, word: str) -> None:
    """Each no of the network is a sentence above the same sheet."""
    places.make("pubsub.verona.example", "duels", "open")
    original = places.publish

    async def refuse(*args: object, **more: object) -> None:
        raise XmppError(condition)

    places.publish = refuse  # type: ignore[method-assign]
    with pytest.MonkeyPatch.context() as patch:
        places.install(patch)
        fields = WORDS | {"where": "pubsub.verona.example/duels", "do": "publish"}
        page = await web.post_page("/publish/files", fields, 422)
    places.publish = original  # type: ignore[method-assign]
    assert word in said(page)
    assert field(page, "text").strip() == WORDS["text"]


async def test_too_long_and_empty(web: Browser, places: Places) -> None:
    """Nothing is cut off silently, nothing empty goes out."""
    long = "x" * 16_400
    page = await web.post_page("/publish/files", {"text": long, "do": "publish"}, 422)
    assert "too long" in said(page)
    assert field(page, "text").strip() == long
    assert "Write a title" in said(await web.post_page("/publish/files", {"do": "publish"}, 422))
    assert not places.published


async def test_attachments_and_cards_come_along(web: Browser, places: Places) -> None:
    """Files with their description are enclosures, pages that stay ticked are related, others are not."""
    places.make(ROMEO, MICROBLOG, "open")
    fields: dict[str, object] = WORDS | {
        "text": "See https://verona.example/a and https://verona.example/b",
        "attached": '{"url":"https://up.montague.example/rose.jpg","name":"rose.jpg","type":"image/jpeg","size":5}',
        "alt": "A rose",
        "linked": [
            '{"url":"https://verona.example/a","title":"A"}',
            '{"url":"https://verona.example/b","title":"B"}',
        ],
        "keep": "https://verona.example/a",
        "do": "publish",
    }
    answer = await web.client.post("/publish/files", data=fields)
    assert answer.status_code == 303, answer.text
    links = places.published[0][1].links
    assert [(one.rel, one.href, one.title) for one in links] == [
        ("related", "https://verona.example/a", "A"),
        ("enclosure", "https://up.montague.example/rose.jpg", "rose.jpg"),
    ]
    assert (links[1].description, links[1].size) == ("A rose", 5)


async def test_edit_keeps_what_we_do_not_know(web: Browser, places: Places, romeo: Person) -> None:
    """The sheet has the Markdown; the former payload goes along, id and first date stay."""
    places.make(ROMEO, MICROBLOG, "open")
    places.put(
        ROMEO, MICROBLOG, item("old", "Old", text="*Old* words", html="<p>Old</p>", web="https://a.example/")
    )
    page = await web.get("/publish?item=old")
    assert (field(page, "title"), field(page, "text").strip()) == ("Old", "*Old* words")
    fields = {name: field(page, name) for name in ("key", "id", "item", "where")}
    await web.post("/publish/files", fields | {"title": "New", "text": "*New* words", "do": "publish"})
    place, entry, former, _ = places.published[0]
    assert (place, entry.title, entry.id, entry.web) == (
        (ROMEO, MICROBLOG, "old"),
        "New",
        "urn:uuid:old",
        "https://a.example/",
    )
    assert "old Old" in former


async def test_posts_of_others_cannot_be_edited(web: Browser, places: Places) -> None:
    """Neither theirs, nor one whose Markdown we do not have."""
    places.make(JULIET, MICROBLOG, "open")
    places.put(JULIET, MICROBLOG, item("hers", "Hers", text="Hers"))
    await web.get(f"/publish?service={JULIET}&node={MICROBLOG}&item=hers", 403)
    places.put(ROMEO, MICROBLOG, item("foreign", "Foreign", html="<p>Only HTML</p>"))
    await web.get("/publish?item=foreign", 422)
    await web.get("/publish?item=missing", 404)


async def test_m77_an_owner_changes_what_others_wrote(web: Browser, places: Places, romeo: Person) -> None:
    """In a community that one looks after: its author stays, and everybody reads who changed it."""
    places.make(*CATS, "open")
    talk = Ref("comments.capulet.example", "urn:xmpp:microblog:0:comments/hers")
    signed = {"publisher": JULIET, "author": JULIET, "web": "https://web.example/hers"}
    hers = item("hers", "Hers", text="Hers", comments=talk, **signed)
    places.put(*CATS, hers)
    path = show.path_of(Ref(*CATS, "hers"))
    assert not (await web.get(path)).cssselect(".post-tools a[href^='/publish']")
    await web.get(f"/publish?service={CATS[0]}&node={CATS[1]}&item=hers", 403)
    async with romeo.session.read() as db:
        place = await posts.node(db, "montague.example", *CATS)
    assert place is not None
    romeo.session[Asked].care(place.id, owner=True)
    edit = (await web.get(path)).cssselect(".post-tools a[href^='/publish']")[0]
    page = await web.get(edit.get("href", ""))
    assert f"{JULIET} wrote this" in page.text_content()
    fields = {name: field(page, name) for name in ("key", "id", "item", "where")}
    fields |= {"comments": "on", "title": "Hers", "text": "Milder words", "do": "publish"}
    places.refuses[CATS] = "forbidden"
    assert "does not let its owners" in said(await web.post_page("/publish/files", fields, 422))
    places.refuses.clear()
    await web.post("/publish/files", fields)
    place_, entry, _, access = places.published[-1]
    assert (place_, entry.author, entry.comments, access) == ((*CATS, "hers"), JULIET, (talk,), "")
    head = " ".join((await web.get(path)).cssselect("article.post header")[0].text_content().split())
    assert "juliet@capulet.example" in head
    assert "changed by You" in head


async def test_answer_shows_what_it_answers(web: Browser, places: Places) -> None:
    """By path, URI or service/node/item; the entry points to it."""
    places.make(ROMEO, MICROBLOG, "open")
    places.make(JULIET, MICROBLOG, "open")
    places.put(JULIET, MICROBLOG, item("hers", "O Romeo", text="Wherefore"))
    page = await web.get(f"/publish?reply={JULIET}/{MICROBLOG}/hers")
    assert "O Romeo" in page.cssselect(".publish-original")[0].text_content()
    await web.post("/publish/files", WORDS | {"reply": field(page, "reply"), "do": "publish"})
    entry = places.published[0][1]
    assert entry.reply_to == Ref(JULIET, MICROBLOG, "hers")
    assert entry.reply_id == "urn:uuid:hers"


async def test_answers_show_nothing_that_is_not_for_us(web: Browser, romeo: Person, places: Places) -> None:
    """Another account of this server follows her; her service does not give it to this one."""
    closed = item("hers", "For my friends", publisher=JULIET)
    async with romeo.session.work() as work:
        await posts.record(work.db, "montague.example", JULIET, RESTRICTED, closed)
    places.refuses[JULIET, RESTRICTED] = "forbidden"
    page = await web.get(f"/publish?reply={JULIET}/{RESTRICTED}/hers")
    assert "For my friends" not in page.text_content()
    page = await web.get(f"/publish/send?ref={JULIET}/{RESTRICTED}/hers")
    assert "For my friends" not in page.text_content()


async def test_from_outside(web: Browser) -> None:
    """A page that somebody shares stands in the text; nothing else than a web address does."""
    page = await web.get("/publish?title=Verona&text=Look&url=https://verona.example/")
    assert field(page, "title") == "Verona"
    assert field(page, "text").split() == ["Look", "https://verona.example/"]
    assert field(await web.get("/publish?url=file:///etc/passwd"), "text").strip() == ""


async def test_french(web: Browser) -> None:
    """The names that stay, in French."""
    answer: httpx.Response = await web.client.get("/publish", headers={"accept-language": "fr"})
    for word in ("Titre", "Texte", "Visualiser", "Publier"):
        assert word in answer.text


async def test_restricted_node_is_edited_where_it_stands(web: Browser, places: Places) -> None:
    """An edit never changes who can read."""
    places.make(ROMEO, MICROBLOG, "open")
    places.make(ROMEO, RESTRICTED, "presence")
    places.put(ROMEO, RESTRICTED, item("close", "Close", text="Closed"))
    page = await web.get("/publish?item=close")
    assert not page.cssselect("[name=audience]")
    fields = {name: field(page, name) for name in ("key", "id", "item", "where")}
    await web.post("/publish/files", fields | {"text": "Closed", "audience": "everyone", "do": "publish"})
    place, entry, _, access = places.published[0]
    assert (place, entry.web, access) == ((ROMEO, RESTRICTED, "close"), "", "presence")
