"""This room reads and writes posts in every shape that programs give them (RFC 4287, XEP-0277, XEP-0472)."""

import dataclasses
import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from webchat.xmpp import atom
from webchat.xmpp.atom import xhtml
from webchat.xmpp.entries import LIKE, MICROBLOG, Entry, EntryLink, Ref

FIXTURES = Path(__file__).parent / "fixtures"
ALL = sorted(path.stem for path in FIXTURES.glob("*.xml"))
ATOM = "{http://www.w3.org/2005/Atom}"
TEN = datetime(2026, 2, 1, 10, tzinfo=UTC)
JULIET = "juliet@capulet.example"
COMMENTS = "urn:xmpp:microblog:0:comments/"


def text(name: str) -> str:
    """A fixture."""
    return (FIXTURES / f"{name}.xml").read_text(encoding="utf-8")


def parse(xml: str) -> ET.Element:
    """XML written in a test."""
    return ET.fromstring(xml)  # noqa: S314


def load(name: str) -> Entry:
    """What a fixture says."""
    entry = atom.read(parse(text(name)))
    assert entry is not None
    return entry


def read(inside: str) -> Entry | None:
    """What an entry with this inside says."""
    return atom.read(parse(f"<entry xmlns='http://www.w3.org/2005/Atom'>{inside}</entry>"))


# ---- reading


def test_an_article_of_movim() -> None:
    assert load("movim-article") == Entry(
        title="A walk in the hills",
        text="We *walked* #hills",
        html="<p>We <em>walked</em> #hills</p>",
        id="a-walk-in-the-hills-x7Kp2q",
        author=JULIET,
        published=TEN,
        updated=TEN,
        tags=("hills",),
        links=(
            EntryLink(
                "related",
                "https://maps.example/1",
                "text/html",
                "Map",
                description="where we went",
                logo="https://maps.example/1.png",
            ),
            EntryLink("enclosure", "https://up.example.org/f/view.jpg", "image/jpeg", "view.jpg"),
        ),
        comments=(Ref("comments.capulet.example", f"{COMMENTS}a-walk-in-the-hills-x7Kp2q"),),
        web="https://web.capulet.example/blog/juliet%40capulet.example/a-walk-in-the-hills-x7Kp2q",
    )


def test_the_other_order_and_encoded_addresses_say_the_same() -> None:
    newer, older = load("movim-article"), load("movim22-article")
    assert (older.title, older.text, older.html) == (newer.title, newer.text, newer.html)
    assert (older.tags, older.author, older.web) == (("hills",), JULIET, "")
    assert older.comments == (Ref("comments.capulet.example", f"{COMMENTS}ab12"),)


def test_a_comment_and_a_like() -> None:
    assert (load("movim-comment").title, load("movim-like").title) == ("Nice place!", LIKE)
    assert load("movim-comment").author == "romeo@montague.example"


def test_what_is_shared_and_what_is_repeated() -> None:
    shared, repeated = load("movim-share"), load("movim-repost")
    assert shared.reply_to == Ref(JULIET, MICROBLOG, "a-walk in-the-hills")
    assert repeated.via == Ref(JULIET, MICROBLOG, "ab12")
    assert repeated.comments == (Ref("comments.capulet.example", f"{COMMENTS}ab12"),)


def test_libervia() -> None:
    article, brief = load("libervia-article"), load("libervia-brief")
    assert (article.title, article.text) == ("Une promenade", "Nous avons marché.")
    assert article.html == "<p>Nous avons <strong>marché</strong>.<br>Loin &amp; longtemps.</p>"
    assert (article.author, article.author_name, article.language) == (JULIET, "Juliet Capulet", "fr")
    assert [ref.node for ref in article.comments] == [
        f"{COMMENTS}une-promenade-Xy9k",
        "urn:xmpp:comments:_old",
    ]
    assert (brief.title, brief.text, brief.html) == ("Only a short thought,\nover two lines", "", "")
    assert (brief.author, brief.published) == (JULIET, TEN)


def test_a_bridge_and_a_robot() -> None:
    note, news = load("bridge-note"), load("robot-feed")
    assert (note.title, note.summary) == ("Hello world & all", "A greeting")
    assert note.html.startswith('<p>Hello <a href="https://social.example/tags/verona"')
    assert (note.author, note.author_name) == ("", "Juliet :verified:")
    assert note.links == (EntryLink("enclosure", "https://files.example/1.png", "image/png", size=1234),)
    assert note.web == "https://social.example/@juliet/1"
    assert (news.text, news.html, news.author_name) == ("Words <with> signs", "", "The editors")
    assert news.web == "https://news.example/1"


def test_what_is_missing_is_repaired() -> None:
    entry = load("no-title")
    assert (entry.title, entry.html) == ("", "<p>Without a title, without a div</p>")
    assert entry.published == entry.updated == TEN


@pytest.mark.parametrize(
    "inside", ["", "<id>test_post</id>", "<title/>", "<updated>2026-02-01T10:00:00Z</updated>"]
)
def test_a_probe_is_no_post(inside: str) -> None:
    assert read(inside) is None


def test_a_feed_is_no_post() -> None:
    assert atom.read(parse("<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title></feed>")) is None
    assert atom.read(parse("<metadata xmlns='urn:xmpp:avatar:metadata'><info/></metadata>")) is None


def test_h12_everything_is_bounded() -> None:
    many = "".join(
        f"<category term='t{n}{'x' * 200}'/><link rel='related' href='https://a.example/{n}'/>"
        for n in range(300)
    )
    entry = read(f"<title>{'t' * 5000}</title><content>{'c' * 300_000}</content>{many}")
    assert entry is not None
    assert (len(entry.title), len(entry.text), len(entry.tags), len(entry.links)) == (1000, 200_000, 50, 50)
    assert max(map(len, entry.tags)) == 100
    brief = read(f"<title>{'t' * 5000}</title>")
    assert brief is not None
    assert len(brief.title) == 5000


def test_h12_what_is_nested_beyond_reason_is_not_read() -> None:
    deep = "<a>" * 5000 + "</a>" * 5000
    assert read(f"<title>A</title><content type='xhtml'>{deep}</content>") is None


def test_what_is_no_xhtml_inside_of_xhtml_is_text() -> None:
    inside = (
        "<div xmlns='http://www.w3.org/1999/xhtml'><p xml:lang='en' a:b='c' xmlns:a='urn:a'>A</p>"
        "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script>B</svg><script>alert(2)</script>C</div>"
    )
    entry = read(f"<title>A</title><content type='xhtml'>{inside}</content>")
    assert entry is not None
    assert entry.html == '<p lang="en">A</p>alert(1)BC'


@pytest.mark.parametrize(
    "href",
    [
        f"xmpp:{JULIET}?;node=urn:xmpp:microblog:0;item=a%20b",
        f"xmpp:{JULIET}?;node=urn%3Axmpp%3Amicroblog%3A0;item=a%20b",
        "XMPP:juliet%40Capulet.example?;item=a%20b;node=urn:xmpp:microblog:0",
        f"xmpp:{JULIET}?pubsub;action=retrieve;node=urn%3Axmpp%3Amicroblog%3A0;item=a%20b",
        f"xmpp:{JULIET}?%3Bnode%3Durn%3Axmpp%3Amicroblog%3A0%3Bitem%3Da%20b",
        f"xmpp:{JULIET}%3F%3Bnode%3Durn:xmpp:microblog:0;item=a b",
    ],
)
def test_all_spellings_of_an_address(href: str) -> None:
    assert atom.ref(href) == Ref(JULIET, MICROBLOG, "a b")


@pytest.mark.parametrize(
    "href",
    [
        "",
        "xmpp:",
        f"xmpp:{JULIET}",
        "https://a.example/?;node=a",
        "xmpp:@?;node=a",
        f"xmpp:a.example?;node={'n' * 501}",
    ],
)
def test_what_leads_nowhere(href: str) -> None:
    assert atom.ref(href) is None


@pytest.mark.parametrize(
    "ref",
    [
        Ref(JULIET, MICROBLOG, "one"),
        Ref("pubsub.example", "cats"),
        Ref("pubsub.example", "a;b&c#d?e=f g%20h/é\u2028'\"", "100% item=1;x"),
    ],
)
def test_an_address_leads_back(ref: Ref) -> None:
    assert atom.ref(atom.uri(ref)) == ref


def test_movim_finds_in_an_address_what_it_cuts_out() -> None:
    assert atom.uri(Ref(JULIET, MICROBLOG, "a/b")) == f"xmpp:{JULIET}?;node=urn:xmpp:microblog:0;item=a/b"


# ---- writing


@pytest.mark.parametrize("name", ALL)
def test_a_round_trip_loses_nothing(name: str) -> None:
    entry = load(name)
    xml = atom.write(entry, text(name))
    again = atom.read(parse(ET.tostring(xml, encoding="unicode")))
    assert again is not None
    # A title and both kinds of content are always written, because programs drop posts without them.
    repaired = dataclasses.replace(
        again,
        title=entry.title,
        html=entry.html or "",
        author_name=entry.author_name,
        published=entry.published and entry.published.replace(microsecond=0),
        updated=entry.updated and entry.updated.replace(microsecond=0),
    )
    expected = dataclasses.replace(
        entry,
        published=entry.published and entry.published.replace(microsecond=0),
        updated=entry.updated and entry.updated.replace(microsecond=0),
        id=entry.id or again.id,
        reply_id=again.reply_id,
    )
    assert repaired == expected
    assert again.title
    assert bool(again.html) == bool(entry.html or entry.text)


def test_what_we_do_not_know_survives_an_edit() -> None:
    former = text("libervia-article").replace("<author>", "<author x='y'><email>a@b.example</email>")
    entry = dataclasses.replace(
        load("libervia-article"), title="Autrement", tags=("verona",), author_name="J."
    )
    xml = atom.write(entry, former)
    assert xml.findtext(f"{ATOM}rights") == "CC BY-SA"
    generator = xml.find(f"{ATOM}generator")
    assert generator is not None
    assert generator.attrib == {"uri": "https://libervia.example/", "version": "0.9"}
    author = xml.find(f"{ATOM}author")
    assert author is not None
    assert author.attrib == {"x": "y"}
    assert [child.text for child in author] == ["a@b.example", "J.", f"xmpp:{JULIET}"]
    assert [link.get("rel") for link in xml.findall(f"{ATOM}link")] == ["replies", "replies", "self"]
    assert [each.get("term") for each in xml.findall(f"{ATOM}category")] == ["verona"]
    assert [title.text for title in xml.findall(f"{ATOM}title")] == ["Autrement"]
    assert xml.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"


def test_attributes_of_links_survive_an_edit() -> None:
    former = text("movim-article").replace("logo=", "mood='windy' logo=")
    xml = atom.write(load("movim-article"), former)
    related = next(link for link in xml.findall(f"{ATOM}link") if link.get("rel") == "related")
    assert related.get("mood") == "windy"


def test_what_a_post_of_ours_looks_like() -> None:
    place = Ref(JULIET, MICROBLOG, "one two")
    entry = Entry(
        title="A walk",
        text="We *walked*",
        html="<p>We <em>walked</em><br>far</p>",
        author=JULIET,
        author_name="Juliet",
        published=TEN,
        updated=TEN,
        tags=("hills",),
        links=(EntryLink("enclosure", "https://up.example/1.png", "image/png", "1.png", 5),),
        comments=(Ref("comments.capulet.example", f"{COMMENTS}one"),),
        reply_to=Ref("romeo@montague.example", MICROBLOG, "x y"),
        reply_id="urn:uuid:1",
        web="https://web.example/1",
        language="en",
    )
    xml = atom.write(entry, "", place)
    assert [child.tag.removeprefix(ATOM) for child in xml] == [
        *("id", "title", "author", "link", "link", "link", "link"),
        *("{http://purl.org/syndication/thread/1.0}in-reply-to", "content", "content"),
        *("published", "category", "updated"),
    ]
    assert (xml.findtext(f"{ATOM}id") or "").startswith("urn:uuid:")
    assert [content.get("type") for content in xml.findall(f"{ATOM}content")] == ["xhtml", "text"]
    assert [link.get("href") for link in xml.findall(f"{ATOM}link")][:3] == [
        f"xmpp:{JULIET}?;node=urn:xmpp:microblog:0;item=one%20two",
        f"xmpp:comments.capulet.example?;node={COMMENTS}one",
        "https://web.example/1",
    ]
    reply = xml.find("{http://purl.org/syndication/thread/1.0}in-reply-to")
    assert reply is not None
    assert reply.attrib == {
        "ref": "urn:uuid:1",
        "href": "xmpp:romeo@montague.example?;node=urn:xmpp:microblog:0;item=x%20y",
    }
    again = atom.read(parse(ET.tostring(xml, encoding="unicode")))
    assert again == dataclasses.replace(entry, id=xml.findtext(f"{ATOM}id") or "")


def test_text_alone_is_written_as_xhtml_too() -> None:
    again = atom.read(atom.write(Entry(title="A", text="One & two.\nThree.\n\nFour."), ""))
    assert again is not None
    assert again.html == "<p>One &amp; two.<br>Three.</p><p>Four.</p>"


def test_a_post_without_a_title_gets_its_first_line() -> None:
    assert atom.write(Entry(text="\nFirst line\nsecond")).findtext(f"{ATOM}title") == "First line"
    assert len(atom.write(Entry(html=f"<p>{'w' * 500}</p>")).findtext(f"{ATOM}title") or "") == 100


def test_what_xml_cannot_say_is_left_out() -> None:
    xml = atom.write(
        Entry(title="A\x00\x0bB\ud800", text="\x1f", html="<p title='\x01'>\ufffe</p>", tags=("\x02",))
    )
    parse(ET.tostring(xml, encoding="unicode"))
    assert xml.findtext(f"{ATOM}title") == "AB"


@pytest.mark.parametrize(
    ("html", "xml"),
    [
        ("a &amp; b &lt; &nbsp; &copy; &#x41;", "a &amp; b &lt; \xa0 \xa9 A"),
        ('<img src="https://a.example/?a=1&amp;b=2" alt="x"><hr>c', None),
        ("<p>one<br>two", "<p>one<br />two</p>"),
        ("<b><i>one</b>two</i>", "<b><i>one</i></b>two"),
        ("one</div></p>two", "onetwo"),
        ('<a href="https://a.example" onclick="x" xmlns:a="b" "c>d</a>', '<a href="https://a.example">d</a>'),
        ("<script>alert(1)</script><style>p{}</style>x", "x"),
        ('<input checked><p lang="fr">x</p>', None),
        ("<!-- a --><?b?><![CDATA[c]]><!DOCTYPE d>x", "x"),
        ("<o:p>x</o:p>", "x"),
    ],
)
def test_html_becomes_elements(html: str, xml: str | None) -> None:
    made = ET.tostring(xhtml.elements(html), encoding="unicode")
    parse(made)
    if xml is not None:
        plain = re.sub(r"<(/?)\w+:", r"<\1", made)
        assert plain.partition(">")[2].removesuffix("</div>") == xml


def test_html_nested_beyond_reason_ends_somewhere() -> None:
    assert xhtml.shallow(xhtml.elements("<div>" * 10_000))
