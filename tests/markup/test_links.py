"""What becomes a link, where it leads and what it shows (security cases H05, H07, H10)."""

import time

import pytest

from webchat.markup.links import LONGEST, Link, split


def only_link(text: str) -> Link:
    (link,) = (piece for piece in split(text) if isinstance(piece, Link))
    return link


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("see https://example.org", "https://example.org"),
        ("HTTPS://EXAMPLE.ORG/A", "HTTPS://EXAMPLE.ORG/A"),
        ("(https://example.org/wiki/Foo_(bar))", "https://example.org/wiki/Foo_(bar)"),
        ("https://example.org/a, and", "https://example.org/a"),
        ("is it https://example.org/a?", "https://example.org/a"),
        ("https://example.org/?q=a.b!", "https://example.org/?q=a.b"),
        ("<https://example.org/a>", "https://example.org/a"),
        ('"https://example.org/a"', "https://example.org/a"),
        ("“https://example.org/a”", "https://example.org/a"),
        ("[text](https://example.org/a)", "https://example.org/a"),
        ("看https://example.org/a。然后", "https://example.org/a"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("https://example.org/~romeo/*a", "https://example.org/~romeo/*a"),
        ("https://उदाहरण.परीक्षा/a", "https://उदाहरण.परीक्षा/a"),
        ("mailto:juliet@example.org", "mailto:juliet@example.org"),
        ("mailto:juliet@example.org?subject=Hi", "mailto:juliet@example.org?subject=Hi"),
        ("geo:48.2010,16.3695,183", "geo:48.2010,16.3695,183"),
        ("geo:48.2,16.3;u=40", "geo:48.2,16.3;u=40"),
        ("xmpp:juliet@example.org", "/chats/juliet@example.org"),
        ("xmpp:juliet@example.org?message;body=hi", "/chats/juliet@example.org"),
        ("xmpp:juliet@example.org?remove", "/chats/juliet@example.org"),
        ("xmpp:juliet@example.org/balcony", "/chats/juliet@example.org"),
        ("xmpp:a%26b@example.org", "/chats/a%26b@example.org"),
    ],
)
def test_links(text: str, href: str) -> None:
    if text.startswith("看"):
        assert split(text) == [text]  # glued to a letter it is part of a word
        text = text.replace("看", "看 ")
    assert only_link(text).href == href


@pytest.mark.parametrize(
    "text",
    [
        *(
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "\x01javascript:alert(1)",
            "vbscript:x",
            "//evil.example",
        ),
        *("data:text/html,x", "file:///etc/passwd", "blob:x", "ftp://example.org", "https:x"),
        *("https://", "https:///evil.example", "http://?", "http://.", "https://-x.example", "https://a..b/"),
        *("https://mple@", "https://%65vil.example/", "https://a@b@evil.example/", "https://evil.example:x/"),
        *(
            "http://a℀b.example/",
            "https://" + "a" * 64 + ".example",
            "mailto:nobody",
            "mailto:a@b@c",
            "geo:1",
        ),
        *(
            "geo:here,there",
            "xmpp:",
            "xmpp://romeo@example.org/juliet@example.org",
            "xmpp:room@example.org?join",
        ),
        *(
            "xmpp:%0a@example.org",
            "xmpp:@example.org",
            "www.example.org",
            "juliet@example.org",
            "xhttps://example.org",
        ),
        "https://example.org/" + "a" * LONGEST,
    ],
)
def test_no_links(text: str) -> None:
    assert [piece for piece in split(text) if isinstance(piece, Link)] == []


def test_the_text_around_is_kept() -> None:
    link = Link("https://example.org", "https://example.org", external=True)
    assert split("(https://example.org), you") == ["(", link, "), you"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://disroot.org@evil.example/", "evil.example"),
        ("https://disroot.org:443@evil.example:8443/login", "evil.example"),
        ("https://" + "a" * 3000 + "@evil.example/", "evil.example"),
    ],
)
def test_an_address_with_userinfo_names_its_real_host(url: str, host: str) -> None:
    assert only_link(url).host == host


def test_a_backslash_ends_an_address() -> None:
    assert only_link("https://disroot.org\\@evil.example").href == "https://disroot.org"


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://disr\u043eot.org/x", "https://xn--disrot-zqf.org/x"),
        ("https://\u0430\u0440\u0440\u04cf\u0435.com", "https://xn--80ak6aa92e.com"),
        ("https://bücher.example", "https://bücher.example"),
        ("https://例え.jp", "https://例え.jp"),
        ("https://пример.рф", "https://пример.рф"),
    ],
)
def test_look_alike_hosts_are_shown_in_punycode(url: str, text: str) -> None:
    assert only_link(url).text == text


@pytest.mark.parametrize(
    "sign", ["\u202e", "\u2066", "\u200b", "\u200e", "\u00ad", "\U000e0041", "\x00", "\x85"]
)
def test_unseen_signs_end_an_address(sign: str) -> None:
    assert only_link(f"https://example.org/a{sign}b").href == "https://example.org/a"


def test_a_long_address_is_shown_shortened_and_opened_whole() -> None:
    url = "https://example.org/" + "a" * 3000
    link = only_link(url)
    assert link.href == url
    assert len(link.text) == 200
    assert link.text.startswith("https://example.org/aaa")


@pytest.mark.parametrize(
    "text",
    [
        "http://" * 9_000,
        "http://_" * 8_000,
        "https://a" + ")" * 60_000,
        "xmpp:" * 12_000,
        "http://a.b/ " * 5_000,
        "https://" + "a." * 30_000,
        "mailto:" + "a@" * 30_000,
    ],
)
def test_time_grows_with_the_text_only(text: str) -> None:
    started = time.process_time()
    split(text)
    assert time.process_time() - started < 1
