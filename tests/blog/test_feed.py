"""Feeds that feed readers take (M128): RFC 4287 by its own rules, and what stands in them."""

import re
from datetime import datetime
from urllib.parse import urlsplit

import feedparser  # type: ignore[import-untyped]
from lxml import etree

from tests.blog.conftest import HOME, Stranger, write
from tests.lab.people import JULIET, MERCUTIO, Person
from webchat.db.engine import Database
from webchat.xmpp.entries import EntryLink

ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
FEED = f"/@{JULIET}/feed.atom"
ONCE = ("id", "title", "updated")
AT_MOST_ONCE = (*ONCE, "content", "published", "rights", "summary", "generator", "subtitle", "logo", "icon")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def check(feed: etree._Element) -> list[etree._Element]:
    """The rules of RFC 4287 §4 for what we write; the entries."""
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    ids = [each.findtext(f"{ATOM}id") for each in entries]
    assert len(set(ids)) == len(ids)
    # After the first entry only entries come (§4.1.1 asks for no order; readers that stream do).
    assert all(each.tag == f"{ATOM}entry" for each in list(feed)[len(feed) - len(entries) :])
    for each in (feed, *entries):
        for name in ONCE:
            assert len(each.findall(f"{ATOM}{name}")) == 1, name
        for name in AT_MOST_ONCE:
            assert len(each.findall(f"{ATOM}{name}")) <= 1, name
        for name in ("updated", "published"):
            for found in each.findall(f"{ATOM}{name}"):
                assert DATE.fullmatch(found.text or "")
                assert datetime.fromisoformat(found.text or "").tzinfo
        assert urlsplit(each.findtext(f"{ATOM}id") or "").scheme
        assert each.findall(f"{ATOM}author") or feed.findall(f"{ATOM}author")
        for person in each.findall(f"{ATOM}author"):
            assert person.findtext(f"{ATOM}name")
            assert all(urlsplit(uri.text or "").scheme for uri in person.findall(f"{ATOM}uri"))
        _check_links(each)
    for entry in entries:
        _check_content(entry)
    return entries


def _check_links(each: etree._Element) -> None:
    links = each.findall(f"{ATOM}link")
    for link in links:
        href = link.get("href", "")
        assert urlsplit(href).scheme in ("http", "https", "xmpp"), href
        assert href.isascii() or "xmpp:" in href
        assert " " not in href
        assert link.get("length", "1").isdecimal()
        assert re.fullmatch(r"[\w.+-]+/[\w.+-]+|", link.get("type", ""))
    alternates = [link.get("type", "") for link in links if link.get("rel") == "alternate"]
    assert len(set(alternates)) == len(alternates)
    assert "text/html" in alternates


def _check_content(entry: etree._Element) -> None:
    (content,) = entry.findall(f"{ATOM}content")
    if content.get("type") != "xhtml":
        assert content.get("type", "text") == "text"
        assert not len(content)
        return
    (div,) = content
    assert div.tag == f"{XHTML}div"
    for each in div.iter():
        assert each.tag.startswith(XHTML)
        for name in ("src", "href"):
            if name in each.attrib:
                assert urlsplit(each.get(name)).scheme in ("http", "https", "mailto", "xmpp")


async def feed_of(stranger: Stranger, path: str) -> etree._Element:
    answer = await stranger.ask(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml"
    # What readers of feeds make of it, by a parser that many of them use.
    read = feedparser.parse(answer.content)
    assert (read.bozo, read.version) == (False, "atom10")
    assert all(one.id and one.title and one.updated_parsed and one.link for one in read.entries)
    return etree.fromstring(answer.content, etree.XMLParser(resolve_entities=False, no_network=True))


async def test_m128_a_blog(public: Person, database: Database, stranger: Stranger) -> None:
    body = '<h1>Top</h1><p>A<br>&nbsp;b &amp; c <img src="https://up.example/a.png" alt="x"></p><hr>'
    links = (
        EntryLink("enclosure", "https://up.example/f/a b.ogg", "audio/ogg", "a b.ogg", 1234),
        EntryLink("related", "https://maps.example/1", "text/html; charset=utf-8", "Map"),
        EntryLink("related", "/relative", "text/html", "No"),
    )
    await write(database, "brief")
    await write(
        database,
        "walk",
        title="A <walk>",
        html=body,
        hours=1,
        tags=("Hills", "ü b"),
        links=links,
        language="en",
    )
    feed = await feed_of(stranger, FEED)
    walk, brief = check(feed)
    assert walk.findtext(f"{ATOM}title") == "A <walk>"
    assert [each.get("term") for each in walk.findall(f"{ATOM}category")] == ["hills", "ü b"]
    told = {(each.get("rel"), each.get("type")): each.get("href") for each in walk.findall(f"{ATOM}link")}
    assert told["alternate", "text/html"] == f"http://localhost:8080/@{JULIET}/walk"
    assert told["alternate", None] == f"xmpp:{JULIET}?;node=urn:xmpp:microblog:0;item=walk"
    assert told["enclosure", "audio/ogg"] == "https://up.example/f/a%20b.ogg"
    assert told["related", "text/html"] == "https://maps.example/1"
    assert walk.find(f"{ATOM}link[@rel='enclosure']").get("length") == "1234"  # type: ignore[union-attr]
    picture = walk.find(f".//{XHTML}img")
    assert picture is not None
    assert picture.get("src", "").startswith("http://localhost:8080/media/open/")
    assert brief.findtext(f"{ATOM}content") == "brief"
    assert feed.findtext(f"{ATOM}updated") == "2026-03-01T11:00:00Z"
    self = feed.find(f"{ATOM}link[@rel='self']")
    assert self is not None
    assert self.get("href") == f"http://localhost:8080{FEED}"


async def test_m128_ids_stay_when_a_post_is_edited(
    public: Person, database: Database, stranger: Stranger
) -> None:
    await write(database, "walk", title="A walk")
    (before,) = check(await feed_of(stranger, FEED))
    await write(database, "walk", title="A long walk", hours=5)
    (after,) = check(await feed_of(stranger, "/@jule/feed.atom"))
    assert after.findtext(f"{ATOM}id") == before.findtext(f"{ATOM}id")
    assert after.findtext(f"{ATOM}title") == "A long walk"
    assert after.findtext(f"{ATOM}published") == before.findtext(f"{ATOM}published")
    assert after.findtext(f"{ATOM}updated") == "2026-03-01T15:00:00Z"


async def test_m128_twenty_entries_and_none(public: Person, database: Database, stranger: Stranger) -> None:
    assert check(await feed_of(stranger, FEED)) == []
    for number in range(25):
        await write(database, f"n{number}", hours=number)
    entries = check(await feed_of(stranger, FEED))
    assert [each.findtext(f"{ATOM}title") for each in entries] == [
        f"n{number}" for number in range(24, 4, -1)
    ]


async def test_m128_pages_lead_to_each_other(public: Person, database: Database, stranger: Stranger) -> None:
    """RFC 5005 §3: from the newest to the oldest and back, every entry once."""
    for number in range(45):
        await write(database, f"n{number}", hours=number)
    read, path, ways = list[str | None](), FEED, list[dict[str, str]]()
    while path:
        feed = await feed_of(stranger, path)
        read += [each.findtext(f"{ATOM}title") for each in check(feed)]
        links = {link.get("rel", ""): urlsplit(link.get("href", "")) for link in feed.findall(f"{ATOM}link")}
        ways.append({rel: f"{to.path}?{to.query}".rstrip("?") for rel, to in links.items()})
        path = ways[-1].get("next", "")
    assert read == [f"n{number}" for number in range(44, -1, -1)]
    assert [way.get("previous") for way in ways] == [None, FEED, ways[0]["next"]]
    assert [way.get("first") for way in ways] == [None, FEED, FEED]


async def test_m128_a_community_names_its_authors(
    juliet: Person, database: Database, stranger: Stranger
) -> None:
    service = f"pubsub.{HOME}"
    await write(database, "tom", service=service, node="cats", publisher=MERCUTIO, access="open")
    await write(database, "nobody", service=service, node="cats", hours=1)
    entries = check(await feed_of(stranger, f"/c/{service}/cats/feed.atom"))
    assert [each.findtext(f"{ATOM}author/{ATOM}uri") for each in entries] == [None, f"xmpp:{MERCUTIO}"]


async def test_whoever_has_it_gets_nothing_again(
    public: Person, database: Database, stranger: Stranger
) -> None:
    await write(database, "walk")
    first = await stranger.ask(FEED)
    assert first.headers["last-modified"] == "Sun, 01 Mar 2026 10:00:00 GMT"
    for known, status in (
        ({"if_none_match": first.headers["etag"]}, 304),
        ({"if_none_match": '"other"', "if_modified_since": first.headers["last-modified"]}, 200),
        ({"if_modified_since": "Sun, 01 Mar 2026 10:00:00 GMT"}, 304),
        ({"if_modified_since": "Sun, 01 Mar 2026 09:59:59 GMT"}, 200),
        ({"if_modified_since": "rubbish"}, 200),
    ):
        assert (await stranger.ask(FEED, **known)).status_code == status, known


async def test_h06_hostile_words_are_words_in_the_feed(
    public: Person, database: Database, stranger: Stranger
) -> None:
    bad = "]]><script>\x01\x0b\ufffe&<!--\ud83d\ude00"
    await write(
        database,
        "x",
        title=bad.encode("utf-16", "surrogatepass").decode("utf-16"),
        html=f"<p>{bad.encode('utf-16', 'surrogatepass').decode('utf-16')}</p><svg><a xlink:href='x'/></svg>",
        tags=("a\x01b",),
        links=(EntryLink("enclosure", "https://a.example/\x01", 'x"y', "\x02", 5),),
    )
    (entry,) = check(await feed_of(stranger, FEED))
    assert "<script>" in (entry.findtext(f"{ATOM}title") or "")
