"""This room proves that nothing hostile comes the cleaning of HTML and Markdown (H02-H04, H12-H15)."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Any
from xml.etree import ElementTree

import bleach  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from tests.hostile.payloads import CORES, CORPORA, WRAPPERS, payloads, public
from webchat.markup import html, markdown
from webchat.xmpp import atom
from webchat.xmpp import namespaces as ns
from webchat.xmpp.xml_text import xml_text

ALLOWED = {name: set(values) for name, values in html.ATTRIBUTES.items()}
LARGE = frozenset().union(*ALLOWED.values()) | {
    "class",
    "data-download",
    "data-lightbox",
    "data-said",
    "decoding",
    "loading",
    "rel",
}
"""What elements of a page may carry where its pictures can be opened."""

OPENED = re.compile(r"(?:https?://|mailto:|xmpp:)\S+", re.IGNORECASE)


@cache
def hostile() -> list[str]:
    """All payloads, our own and those of others."""
    return [*dict.fromkeys([*payloads(), *public()])]


def elements(made: str) -> Iterator[Any]:
    """The elements of HTML as a parser that is not ours sees them."""
    for root in lxml_html.fragments_fromstring(f"<div>{made}</div>"):
        yield from (one for one in root.iter() if one is not root)


def problem(made: str) -> str:
    """What is wrong with HTML that should be clean, "" for nothing."""
    for one in elements(made):
        if not isinstance(one.tag, str):
            return "a comment or an instruction"
        if one.tag not in html.TAGS:
            return f"<{one.tag}>"
        for name, value in one.attrib.items():
            if name == "rel" and one.tag == "a" and value == html.REL:
                continue
            if name not in ALLOWED["*"] | ALLOWED.get(one.tag, set()):
                return f"{one.tag} {name}={value}"
            if name == "href" and not OPENED.fullmatch(value):
                return f"href={value}"
            if name == "src" and not re.fullmatch(r"picture:https?://\S+", value, re.IGNORECASE):
                return f"src={value}"
    return ""


def shape(made: str) -> list[tuple[str, dict[str, str], str]]:
    """What a tree is made of."""
    return [(str(one.tag), dict(one.attrib), (one.text or "").strip()) for one in elements(made)]


def by_bleach(made: str) -> str:
    """The same through another cleaner with the same list."""
    attributes = {name: [*values] for name, values in html.ATTRIBUTES.items()}
    attributes["a"].append("rel")
    return str(
        bleach.clean(
            made,
            tags=html.TAGS,
            attributes=attributes,
            protocols={*html.SCHEMES},
            strip=True,
        )
    )


def test_there_are_enough() -> None:
    """At least two thousand distinct ones."""
    assert len(payloads()) >= 2000
    assert len(public()) >= 2000


@pytest.mark.parametrize("corpus", ["bleach", "html5lib-tests", "naughty-strings"])
def test_what_others_collected_is_named(corpus: str) -> None:
    """Where it is from, under which licence, and which release it was taken from."""
    source = (CORPORA / corpus / "SOURCE").read_text(encoding="utf-8")
    for line in ("Project   https://", "Licence   ", "SHA-256   ", "Taken     "):
        assert line in source
    assert len((CORPORA / corpus / "LICENSE").read_text(encoding="utf-8")) > 500


@pytest.mark.parametrize("way", [html.clean, markdown.render], ids=["html", "markdown"])
def test_h02_h03_h15_nothing_comes_through(way: Any) -> None:
    """No element, no attribute, no address outside the list; and cleaning again finds nothing more."""
    found = []
    for one in payloads() if way is markdown.render else hostile():
        made = way(one)
        if wrong := problem(made):
            found.append(f"{one!r}: {wrong}")
        if html.clean(made) != made:
            found.append(f"{one!r}: cleaned twice it is different")
    assert not found, "\n".join(found[:10])


def test_h02_another_cleaner_agrees() -> None:
    """What is clean for nh3 has nothing left that bleach would take away (H02)."""
    found = [one for one in hostile() if shape(by_bleach(html.clean(one))) != shape(html.clean(one))]
    assert not found, "\n".join(map(repr, found[:10]))


def as_xhtml(one: str) -> str:
    """What a parser makes of it, as well-formed XML."""
    body = lxml_html.document_fromstring(f"<html><body><div>{xml_text(one)}</div></body></html>")
    return etree.tostring(body.cssselect("div")[0], encoding="unicode", method="xml", with_tail=False)


def test_h02_as_xhtml() -> None:
    """The same where it comes as well-formed XML: every payload as elements, and as escaped text."""
    found = []
    for one in hostile():
        made = html.clean(as_xhtml(one))
        if wrong := problem(made):
            found.append(f"{one!r}: {wrong}")
    assert not found, "\n".join(found[:10])


SHAPES = ("html", "xhtml", "text", "", "text/html", "both")


def entry(shape: str, one: str) -> ElementTree.Element:
    """A post with this in it: as content of one type or another, of none, of two; as summary and title."""
    made = ElementTree.Element(f"{{{ns.ATOM}}}entry")
    kinds = ("text", "html") if shape == "both" else (shape,)
    for name, kind in (("title", "html"), ("summary", "html"), *(("content", kind) for kind in kinds)):
        text = ElementTree.SubElement(made, f"{{{ns.ATOM}}}{name}", {"type": kind} if kind else {})
        if kind == "xhtml":
            text.append(ElementTree.XML(as_xhtml(one)))
        else:
            text.text = xml_text(one)
    return made


def test_h02_as_atom() -> None:
    """The same the whole way: from the element of a post to what is drawn of it, in all shapes by turns."""
    found, read = [], 0
    for number, one in enumerate(hostile()):
        try:
            post = atom.read(entry(SHAPES[number % len(SHAPES)], one))
        except ElementTree.ParseError:
            continue  # what is no XML ends the stream before it is anybody's post
        if post is None:
            continue
        read += 1
        made = html.clean(post.html) if post.html else markdown.render(post.text)
        if wrong := problem(made):
            found.append(f"{one!r}: {wrong}")
    assert not found, "\n".join(found[:10])
    assert read > 4000


def test_h02_escaped_twice_stays_text() -> None:
    """What was text never becomes an element."""
    found = []
    for one in hostile():
        once = one.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        if any(True for _ in elements(html.clean(once))):
            found.append(one)
    assert not found, "\n".join(map(repr, found[:10]))


def test_h14_shown_on_a_page() -> None:
    """Pictures come from us, headings stand below ours, XMPP addresses lead where we say."""
    for one in hostile():
        made = html.shown(html.clean(one), lambda address: "/media/signed", lambda address: "/people/x")
        for each in elements(made):
            assert each.get("src", "/media/signed") == "/media/signed"
            assert each.tag != "h1"
    for one in (one for one in hostile() if "<img" in one):
        large = html.shown(html.clean(f"<a href='https://a.example'>{one}</a>{one}"), str, download=str)
        for each in elements(large):
            assert each.tag != "a" or not each.findall(".//a")
            assert all(name in LARGE for name in each.keys())  # noqa: SIM118 (an element is no mapping)
    text = html.shown(
        html.clean('<a href="xmpp:a@b">x</a><img src="https://e.example/1" alt="A">'), lambda _: ""
    )
    assert text == f'<a href="xmpp:a@b" rel="{html.REL}">x</a>A'


def test_the_words_stay() -> None:
    """A cleaner that throws everything away would be no use."""
    made = html.clean(
        "<h1 class=x>T</h1><p>a <b>b</b> <em>c</em></p><ul><li>d</ul><pre>e</pre>"
        "<table><tr><td colspan=2>f</table>"
        '<a href="https://ok.example/?a=1&b=2" onclick=x>g</a>'
        '<img src="https://ok.example/p" alt="h"><blockquote>i'
    )
    assert html.text_of(made).split() == ["T", "a", "b", "c", "d", "e", "f", "g", "i"]
    assert html.pictures(made) == ["https://ok.example/p"]
    assert 'href="https://ok.example/?a=1&amp;b=2"' in made
    assert 'colspan="2"' in made


@pytest.mark.parametrize("count", [61, 3000, 20_000])
def test_r07_d07_depth_and_number_are_bounded(count: int) -> None:
    """What would choke a browser is shown as words (R07)."""
    made = html.clean("<div>" * count + "deep" + "<b>x</b>" * count)
    assert made.startswith("<p>deep")
    assert len(html.clean("<p>x" * 500_000)) <= 4 * html.LONGEST


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*CORES, *WRAPPERS, "<", ">", '"', "'", "&", "&#", "]]>", "--", "\0", "\u202e", "x", " "]
        )
        | st.text(max_size=8),
        max_size=12,
    )
)
def test_h12_h15_any_mixture(pieces: list[str]) -> None:
    """Nothing raises, nothing comes through, nothing changes the second time (H12, H15)."""
    text = "".join(pieces)
    for made in (html.clean(text), markdown.render(text)):
        assert not problem(made)
        assert html.clean(made) == made
        assert "\u202e" not in unescape(made)
