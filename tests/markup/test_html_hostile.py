"""This room proves that nothing hostile comes the cleaning of HTML and Markdown (H02-H04, H12-H15)."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Any

import bleach  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from tests.hostile.payloads import CORES, WRAPPERS, payloads
from webchat.markup import html, markdown

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
    """All payloads."""
    return payloads()


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
    assert len(hostile()) >= 2000


@pytest.mark.parametrize("way", [html.clean, markdown.render], ids=["html", "markdown"])
def test_nothing_comes_through(way: Any) -> None:
    """No element, no attribute, no address outside the list; and cleaning again finds nothing more."""
    found = []
    for one in hostile():
        made = way(one)
        if wrong := problem(made):
            found.append(f"{one!r}: {wrong}")
        if html.clean(made) != made:
            found.append(f"{one!r}: cleaned twice it is different")
    assert not found, "\n".join(found[:10])


def test_another_cleaner_agrees() -> None:
    """What is clean for nh3 has nothing left that bleach would take away (H02)."""
    found = [one for one in hostile() if shape(by_bleach(html.clean(one))) != shape(html.clean(one))]
    assert not found, "\n".join(map(repr, found[:10]))


def test_as_xhtml() -> None:
    """The same where it comes as well-formed XML: every payload as elements, and as escaped text."""
    found = []
    for one in hostile():
        tree = lxml_html.fragment_fromstring(one.replace("\0", "").replace("\x01", ""), create_parent="div")
        made = html.clean(etree.tostring(tree, encoding="unicode", method="xml"))
        if wrong := problem(made):
            found.append(f"{one!r}: {wrong}")
    assert not found, "\n".join(found[:10])


def test_escaped_twice_stays_text() -> None:
    """What was text never becomes an element."""
    found = []
    for one in hostile():
        once = one.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        if any(True for _ in elements(html.clean(once))):
            found.append(one)
    assert not found, "\n".join(map(repr, found[:10]))


def test_shown_on_a_page() -> None:
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
def test_depth_and_number_are_bounded(count: int) -> None:
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
def test_any_mixture(pieces: list[str]) -> None:
    """Nothing raises, nothing comes through, nothing changes the second time (H12, H15)."""
    text = "".join(pieces)
    for made in (html.clean(text), markdown.render(text)):
        assert not problem(made)
        assert html.clean(made) == made
        assert "\u202e" not in unescape(made)
