"""This room puts hostile words wherever others may write and walks through every page (H01, H05-H11, P10)."""

import re
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from lxml import html
from starlette.applications import Starlette
from starlette.routing import Route

from tests.hostile.scene import BALCONY, Scene, chat, in_room, sits
from tests.lab.databases import KINDS
from tests.lab.people import JULIET, MERCUTIO
from webchat.db.base import now
from webchat.egress import Guard
from webchat.markup import webpage
from webchat.markup.webpage import WebPage
from webchat.media.fetch import Fetcher, FetchFailed
from webchat.messages import commands
from webchat.messages.jobs import cards as link_cards
from webchat.messages.store import cards
from webchat.rooms import store as rooms
from webchat.xmpp.content import Bookmark, Hat, Reply, SharedFile
from webchat.xmpp.events import (
    BookmarksReceived,
    MessageCorrected,
    MessageFailed,
    MessageModerated,
    MessageReceived,
    NicknameReceived,
    OccupantChanged,
    PresenceReceived,
    RoomInvited,
    RoomSubjectReceived,
    RosterItem,
    RosterReceived,
    SubscriptionRequested,
)
from webchat.xmpp.rooms.info import RoomInfo

EVIL = (
    "\"><w00t x00t=1>'-x00t='1' </title></textarea></script></select>"
    "<w00t onload=x00t>{{7777777*77777}}{%raw%}<!--${x00t}"
)
SHORT = "\"'><w00t x00t=1>"
PAGES = 150
on_every_database = pytest.mark.parametrize("scene", KINDS, indirect=True)
ELSEWHERE = ("/stream/{kind}/{key:path}", "/logout", "/readyz", "/livez", "/configuration/account")
"""Need a whole server and are tried in tests/web and tests/account."""

SCHEMES = {"http", "https", "mailto", "geo", ""}


def alive(page: html.HtmlElement) -> list[str]:
    """What of the hostile words became more than words."""
    found = [str(each.tag) for each in page.xpath("//w00t")]
    for each in page.xpath("//*"):
        found += [f"{each.tag} {name}" for name in each.attrib if "x00t" in name or name.startswith("on")]
    return found + [script.text for script in page.xpath("//script") if "w00t" in (script.text or "")]


def room_words(body: str, id: str, **more: Any) -> MessageReceived:
    """What Mercutio says on the balcony."""
    nick = more.pop("nick", "Mercutio")
    return MessageReceived(BALCONY, f"{BALCONY}/{nick}", False, body, id, "", f"b-{id}", kind="room", **more)


async def poison(scene: Scene) -> None:
    """Hostile words in every field that others fill in."""
    session = scene.romeo.session
    file = SharedFile("https://a.example/x", EVIL, "image/png", 5, description=EVIL)
    said = f"{JULIET}/b"
    for event in (
        RosterReceived((RosterItem(JULIET, EVIL, "both", groups=(EVIL, SHORT)),)),
        NicknameReceived(JULIET, EVIL),
        PresenceReceived(f"{JULIET}/b", True, "dnd", EVIL),
        SubscriptionRequested(MERCUTIO, EVIL),
        MessageReceived(JULIET, said, False, EVIL, EVIL, EVIL, EVIL),
        MessageReceived(JULIET, said, False, f"*{EVIL}*\n> {EVIL}\n```{EVIL}\n{EVIL}\n```", "h2"),
        MessageReceived(JULIET, said, False, f"/me {EVIL}", "h3", reply=Reply("m1", EVIL)),
        MessageReceived(JULIET, said, False, "covered", "h4", spoiler=EVIL),
        MessageReceived(JULIET, said, False, "", "h5", files=(file, SharedFile("", EVIL))),
        MessageReceived(JULIET, said, False, "", "h6", encryption=EVIL[:64]),
        MessageReceived(JULIET, said, False, "https://page.example/", "h7"),
        MessageCorrected(MessageReceived(JULIET, said, False, EVIL, "h8"), "m1"),
        MessageReceived(MERCUTIO, f"{MERCUTIO}/x", False, EVIL, "h9"),
        MessageFailed(JULIET, "11111111-romeos-own", EVIL, EVIL),
        OccupantChanged(
            BALCONY, EVIL, True, affiliation="owner", role="moderator", occupant_id="o-evil", status=EVIL,
            hats=(Hat(EVIL, EVIL),), reason=EVIL,
        ),
        room_words(EVIL, "h10", nick=EVIL, occupant_id="o-evil", mentions_me=True),
        room_words("taken away", "h11"),
        MessageModerated(BALCONY, "b-h11", EVIL, EVIL),
        MessageReceived(f"{BALCONY}/{SHORT}", f"{BALCONY}/{SHORT}", False, EVIL, "h12", kind="whisper"),
        RoomSubjectReceived(BALCONY, EVIL, EVIL),
        RoomInvited("trap@rooms.evil.example", f"{MERCUTIO}/{SHORT}", EVIL, EVIL),
        BookmarksReceived((Bookmark("kept@rooms.evil.example", EVIL, EVIL, EVIL, extensions=(SHORT,)),)),
    ):  # fmt: skip
        await session.handled(event)
    await commands.save_draft(session, JULIET, EVIL, 0)
    async with session.work() as work:
        info = RoomInfo(BALCONY, EVIL, EVIL, 3, EVIL, EVIL, contacts=(JULIET,))
        await rooms.describe(work.db, work.account_id, info)
        await cards.put_card(work.db, "https://page.example/", WebPage(EVIL, EVIL, EVIL), now())


def crashed(answer: httpx.Response) -> bool:
    """Whether a page failed; 503 says in words that there is no connection to the user's server."""
    return answer.status_code >= 500 and answer.status_code != 503


async def walk(scene: Scene) -> dict[str, html.HtmlElement]:
    """Every page that the others lead to."""
    site = urlsplit(str(scene.web.client.base_url)).netloc
    wanted = ["/chats", f"/chats/{JULIET}", f"/rooms/{BALCONY}", "/rooms/join", f"/people/{JULIET}"]
    found: dict[str, html.HtmlElement] = {}
    while wanted and len(found) < PAGES:
        path = wanted.pop(0)
        answer = await scene.web.client.get(path)
        assert not crashed(answer), path
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        page = found[path] = html.document_fromstring(answer.text)
        for link in page.cssselect("a[href]"):
            parts = urlsplit(link.get("href", ""))
            if parts.netloc not in ("", site) or not parts.path.startswith("/") or parts.scheme:
                continue
            where = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if (
                where not in found
                and where not in wanted
                and not parts.path.startswith("/static")
                and parts.path not in ELSEWHERE
            ):
                wanted.append(where)
    return found


@on_every_database
async def test_h01_h06_words_of_others_are_words_on_every_page(scene: Scene) -> None:
    await poison(scene)
    found = await walk(scene)
    assert len(found) > 40
    shown = 0
    for path, page in found.items():
        assert alive(page) == [], path
        text = page.text_content()
        assert "604932161729" not in text
        shown += text.count("<w00t") + "".join(page.xpath("//@value | //@alt | //@title")).count("<w00t")
        # The bookmark to keep is a script of ours, with nobody's words in it (tests/share).
        for link in page.cssselect("a[href]:not([data-bookmark])"):
            assert urlsplit(link.get("href", "")).scheme in SCHEMES, (path, link.get("href"))
    assert shown > 60


async def test_h06_what_scripts_are_given_is_text(scene: Scene) -> None:
    """Fragments, menus, completions, the switcher: asked for one by one, as the scripts do."""
    await poison(scene)
    talk = f"/conversations/{JULIET}"
    ids = [row[0] for row in (await scene.kept())["message"]]
    paths = [f"{talk}/composer", f"{talk}/composer?reply={ids[0]}", "/switcher", "/switcher?q=w00t", "/saved"]
    paths += [f"/messages/{id}{below}" for id in ids for below in ("", "/menu", "/source")]
    paths += [
        f"/conversations/{BALCONY}/people?q=w00t",
        f"/conversations/{BALCONY}/commands",
        "/search?q=w00t",
    ]
    for path in paths:
        answer = await scene.web.client.get(path, headers={"hx-request": "true"})
        assert not crashed(answer), path
        kind = answer.headers.get("content-type", "")
        assert answer.headers["x-content-type-options"] == "nosniff"
        if kind.startswith("text/html") and answer.text.strip():
            assert alive(html.document_fromstring(answer.text)) == [], path
        else:
            assert kind.startswith(("application/json", "text/plain")) or not answer.content, (path, kind)


# ---- H08: addresses of our own


QUERIES = (
    *("q", "in", "from", "who", "page", "at", "tag", "reply", "edit", "before", "after", "next", "list"),
    "sent",
)


def places(app: Starlette) -> list[str]:
    """The path of every page."""
    routes = [route for route in app.routes if isinstance(route, Route) and "GET" in (route.methods or ())]
    return [route.path for route in routes if route.path not in ELSEWHERE]


async def test_h08_every_address_answers(scene: Scene) -> None:
    await read_as_words(scene, EVIL, plain=True)


@pytest.mark.parametrize(
    "words", ["'-1-'{{7777777*77777}}{% raw %}\u202e", "../../etc/passwd%00", "x" * 3000]
)
async def test_h08_addresses_are_read_as_words(scene: Scene, words: str) -> None:
    await read_as_words(scene, words)


async def read_as_words(scene: Scene, words: str, *, plain: bool = False) -> None:
    """Ask for every page with these words in all places; `plain`: also for those that have no such place."""
    transport: Any = scene.web.client._transport
    spelled = quote(words, safe="")
    for place in places(transport.app):
        place = re.sub(r"\{\w+\}|\{\w+:path\}", lambda _: spelled, place).replace("{id:int}", "1")
        query = "&".join(f"{name}={spelled}" for name in QUERIES)
        for path in (*([place] if plain or spelled in place else []), f"{place}?{query}"):
            answer = await scene.web.client.get(path)
            assert not crashed(answer), path
            assert "\u202e" not in answer.headers.get("location", "")
            assert "\n" not in "".join(answer.headers.values())
            if answer.headers.get("content-type", "").startswith("text/html") and answer.text:
                page = html.document_fromstring(answer.text)
                assert alive(page) == [], path
                assert "604932161729" not in answer.text


async def test_p11_a_path_is_decoded_once(scene: Scene) -> None:
    for path in (
        "/static/%252e%252e/app.css",
        "/static/x/..%2f..%2fpyproject.toml",
        "/static/x/..;/pyproject.toml",
    ):
        assert (await scene.web.client.get(path)).status_code == 404
    for path in ("/media/..%2f..%2fx", "/avatars/..%2f..%2fx", "/avatars/%252e", "/media/%5c%5cx"):
        assert (await scene.web.client.get(path)).status_code in (403, 404)
    page = await scene.web.get("/chats/a%2540b.example", status=404)
    assert not page.cssselect(".composer")


# ---- H05, H07, H10, H11: links and what looks like markup


LINKS = [
    *(
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:x",
        "vbscript:x",
        "data:text/html,<b>",
        "blob:x",
    ),
    *(
        "file:///etc/passwd",
        "//evil.example/",
        'https://x"onmouseover=alert(1)',
        "<a href=javascript:x>y</a>",
    ),
    *(
        "[click](javascript:x)",
        "[a](https://b.example)",
        "&#106;avascript:x",
        "https://disroot.org@evil.example/",
    ),
    *(
        "https://bank.example\u202e/gpj",
        "https://e.example/" + "a" * 3500,
        "xmpp:juliet@capulet.example?remove;",
    ),
    *("mailto:a@b.example", "<https://e.example/\"'>", "https://\u0430pple.example/"),
]


async def test_h05_h07_h10_links_lead_where_they_say(scene: Scene) -> None:
    for number, body in enumerate(LINKS):
        said = MessageReceived(JULIET, f"{JULIET}/b", False, f"see {body} !", f"l{number}")
        await scene.romeo.session.handled(said)
    rows = (await scene.web.get(f"/chats/{JULIET}")).cssselect("article.message .body")[2:]
    for row, body in zip(rows, LINKS, strict=True):
        _leads_where_it_says(row, body)


def _leads_where_it_says(row: html.HtmlElement, body: str) -> None:
    allowed = {"div", "p", "span", "a", "bdi", "br", "del", "em", "strong"}
    assert {each.tag for each in row.iter()} <= allowed, body
    for link in row.cssselect("a"):
        href = link.get("href", "")
        assert urlsplit(href).scheme in SCHEMES, body
        assert not link.cssselect("a a"), body
        if urlsplit(href).scheme in ("http", "https"):
            assert link.get("rel") == "noopener noreferrer nofollow ugc", body
            host = urlsplit(href).hostname or ""
            around = row.text_content()
            assert host in around or host.encode("idna").decode() in around, (body, host)
        else:
            assert href.startswith(("/chats/", "mailto:", "geo:")), body
    assert "\u202e" not in row.text_content(), body


async def test_h11_pictures_inside_of_words_are_not_drawn(scene: Scene) -> None:
    """XHTML-IM, bits of binary and custom emoji are not read: what is shown is the plain text."""
    extra = (
        "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>"
        "<img src='cid:sha1+8f35@bob.xmpp.org' alt='w00t' onerror='x'/><b>w00t</b></body></html>"
        "<data xmlns='urn:xmpp:bob' cid='sha1+8f35@bob.xmpp.org' type='image/png'>AAAA</data>"
    )
    await scene.hear(chat("plain :w00t:", "x1", extra, sender=f"{JULIET}/b"))
    await scene.hear(in_room("Juliet", "plain :w00t:", "x2", extra))
    for path in (f"/chats/{JULIET}", f"/rooms/{BALCONY}"):
        page = await scene.web.get(path)
        body = page.cssselect(".message .body")[-1]
        assert body.text_content().strip() == "plain :w00t:"
        assert not body.cssselect("img, b")
        assert "cid:" not in html.tostring(page, encoding="unicode")


# ---- H09, P09, P10, P12: what a page says of itself


async def test_h09_a_page_says_words_and_nothing_else() -> None:
    evil = "&quot;&gt;&lt;w00t x00t=1&gt;"
    meta = "".join(
        f"<meta property='og:{name}' content='{evil}'>"
        for name in ("title", "description", "site_name", "video")
    )
    found = webpage.read(
        f"<head>{meta}<meta property='og:image' content='javascript:x00t'></head>".encode(), ""
    )
    assert found.title == '"><w00t x00t=1>'

    async def lookup(_: str) -> list[str]:
        return ["203.0.113.9"]

    pages = link_cards.Pages(Fetcher(Guard(), lookup), "https://chat.example/web")
    for address in (
        "javascript:x",
        "data:image/png,x",
        "file:///x",
        "//127.0.0.1/x",
        "http://10.0.0.1/x",
        "\\\\x",
    ):
        assert pages._picture("https://page.example/", address) == ""


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://chat.example/web", True),
        ("https://chat.example/web/chats/x", True),
        ("https://chat.example.evil.test/web", False),
        ("https://evilchat.example/web", False),
        ("https://example/web", False),
        ("https://chat.example/website", False),
        ("https://ple/web", False),
    ],
)
async def test_p10_our_own_site_is_known_by_its_whole_name(url: str, ours: bool) -> None:
    async def lookup(_: str) -> list[str]:
        return []

    link_cards.install(link_cards.Pages(Fetcher(Guard(), lookup), "https://chat.example/web"))
    try:
        assert (link_cards.addresses(f"see {url}") == []) is ours
    finally:
        link_cards.install(None)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://a.example/%0d%0aX: y",
            "https://a.example/?url=https://b.example%26proxy=1",
            "https://a.example/%2e%2e/",
        ),
        *("https://a.example/..;/x", "https://a.example/%252e%252e/x", "https://a.example/a%2fb"),
    ],
)
def test_p11_what_is_checked_is_what_is_asked(url: str) -> None:
    """Nothing is decoded a second time between the check and the request."""

    async def lookup(_: str) -> list[str]:
        return []

    try:
        checked = Fetcher(Guard(), lookup).check(url)
    except FetchFailed:
        return
    assert checked.host == "a.example"
    assert "\r" not in checked.raw_path_qs
    assert str(Fetcher(Guard(), lookup).check(str(checked))) == str(checked)


async def test_a24_h01_who_sits_in_a_room_speaks_only_as_themselves(scene: Scene) -> None:
    await scene.hear(sits(SHORT.replace("<", "&lt;").replace("'", "&apos;")))
    page = await scene.web.get(f"/rooms/{BALCONY}/about")
    assert alive(page) == []
