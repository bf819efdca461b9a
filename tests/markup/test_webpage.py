"""What a web page says of itself, however broken or hostile it is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webchat.markup.webpage import DESCRIPTION, SITE, TITLE, WebPage, read, read_text

PAGE = """<!doctype html><html prefix="og: x"><HEAD><meta charset=utf-8><title>Plain &amp; simple</title>
<!-- <meta property="og:title" content="commented out"> -->
<script>var a = '<meta property="og:title" content="in a script">';</script>
<meta property='og:title' content='Romeo &#38; Juliet'>
<meta content="A &quot;play&quot;" property="og:description"/>
<META NAME=description CONTENT=later><meta property=og:site_name content="The Globe">
<meta property="og:image" content="/p.jpg"></head>
<body><meta property="og:title" content="in the body"></body>"""


def test_open_graph_comes_before_the_rest() -> None:
    assert read_text(PAGE) == WebPage("Romeo & Juliet", 'A "play"', "The Globe", "/p.jpg")


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>One</title><title>Two</title>", "One"),
        ("<TITLE lang=x>\n  One\t two </TITLE >", "One two"),
        ("<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>", "<script>alert(1)</script>"),
        ("<title>never closed", ""),
        ("<meta property=og:title content='never closed><title>Here</title>", "Here"),
        ("<!-- never closed <title>x</title>", ""),
        ("<title>evil \u202egnp\u2066.exe\u200b\x07</title>", "evil gnp.exe"),
        ("no page at all", ""),
        ("", ""),
        ("<svg><title>icon</title></svg><title>page</title>", "page"),
    ],
)
def test_titles(html: str, title: str) -> None:
    assert read_text(html).title == title


def test_everything_is_bounded() -> None:
    long = "word " * 100_000
    page = read_text(
        f"<meta property=og:title content='{long[:4000]}'><meta name=description content='{long[:4000]}'>"
        f"<meta property=og:site_name content='{long[:4000]}'>"
    )
    assert 0 < len(page.title) <= TITLE
    assert 0 < len(page.description) <= DESCRIPTION
    assert 0 < len(page.site) <= SITE


@pytest.mark.parametrize(
    ("data", "claimed"),
    [
        ("<title>été</title>".encode(), ""),
        ("<title>été</title>".encode("cp1252"), "iso-8859-1"),
        (b"<meta charset=windows-1252>" + "<title>été</title>".encode("cp1252"), ""),
        ("\ufeff<title>été</title>".encode(), "latin1"),
        ("<title>été</title>".encode(), "no-such-charset"),
        ("<title>été</title>".encode(), "zlib_codec"),
        ("<title>été</title>".encode(), "idna"),
    ],
)
def test_charsets(data: bytes, claimed: str) -> None:
    assert read(data, claimed).title == "été"


HALF = 512 * 1024


@pytest.mark.parametrize(
    "unit",
    [
        *("<", "<!", "<!--", "<![CDATA[", "</", "<a ", "<meta ", '<meta a="', "<meta a='b\" ", "&#"),
        *("<meta " + "a " * 2000, "<meta a" + " " * 3000, "<meta a=" + "=" * 3000, "\u0130<"),
        *("<title>", "<script ", "<title></titl ", "<div><p>", "<meta property=og:image content=x>"),
        "<" * 50 + "meta",
    ],
)
def test_p06_no_page_takes_long(unit: str) -> None:
    data = (unit * (HALF // len(unit) + 1))[:HALF].encode()
    begun = time.process_time()
    read(data)
    assert time.process_time() - begun < 1.0


@given(st.binary(max_size=500), st.text(max_size=20))
def test_any_bytes_are_read(data: bytes, charset: str) -> None:
    page = read(b"<head><title>" + data, charset)
    assert len(page.title) <= TITLE


SOUP = [
    "<meta ",
    "property=",
    "og:title",
    "content=",
    '"',
    "'",
    ">",
    "<title>",
    "</title>",
    " ",
    "<!--",
    "-->",
]


@given(st.lists(st.sampled_from(SOUP)))
def test_any_soup_is_read(parts: list[str]) -> None:
    assert len(read_text("".join(parts)).title) <= TITLE
