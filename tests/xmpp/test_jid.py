"""This room proves that one address has one spelling, and two addresses never share one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webchat.xmpp import jid

KNOWN = [
    ("romeo@montague.example", "romeo@montague.example"),
    ("Romeo@Montague.EXAMPLE", "romeo@montague.example"),
    ("romeo@montague.example.", "romeo@montague.example"),
    ("romeo@montague.example/Web Client", "romeo@montague.example/Web Client"),
    ("romeo@montague.example/a/b@c", "romeo@montague.example/a/b@c"),
    ("montague.example", "montague.example"),
    ("montague.example/res", "montague.example/res"),
    ("localhost", "localhost"),
    ("a@127.0.0.1", "a@127.0.0.1"),
    ("a@[::1]", "a@[::1]"),
    ("a@[0:0:0:0:0:0:0:1]", "a@[::1]"),
    ("a@_internal.example", "a@_internal.example"),
    ("rome\u0301o@example.org", "rom\u00e9o@example.org"),
    ("ROM\u00c9O@example.org", "rom\u00e9o@example.org"),
    ("\uff52\uff4f\uff4d\uff45\uff4f@example.org", "romeo@example.org"),
    ("I\u0130@example.org", "ii\u0307@example.org"),
    ("stra\u00dfe@example.org", "stra\u00dfe@example.org"),
    ("\u2603@example.org", "\u2603@example.org"),
    ("\u05d0\u05d1\u05d2@example.org", "\u05d0\u05d1\u05d2@example.org"),
    ("\u05d01@example.org", "\u05d01@example.org"),
    ("\u05d0\u05b0@example.org", "\u05d0\u05b0@example.org"),
    ("f@b\uff0etest", "f@b.test"),
    ("f@\uff22.test", "f@b.test"),
    ("f@b\u3002test", "f@b.test"),
    ("f@b\uff61test", "f@b.test"),
    ("f@B\u00dcCHER.example", "f@b\u00fccher.example"),
    ("f@bu\u0308cher.example", "f@b\u00fccher.example"),
    ("f@xn--bcher-kva.example", "f@b\u00fccher.example"),
    ("f@XN--BCHER-KVA.example", "f@b\u00fccher.example"),
    ("f@stra\u00dfe.example", "f@stra\u00dfe.example"),
    ("f@xn--i-7iq.example", "f@xn--i-7iq.example"),
    ("f@xn--a.example", "f@xn--a.example"),
    ("f@l\u00b7l.example", "f@l\u00b7l.example"),
    ("f@\u0915\u094d\u200d\u0937.example", "f@\u0915\u094d\u200d\u0937.example"),
    ("f@example.org/cafe\u0301", "f@example.org/caf\u00e9"),
    ("f@example.org/\u2163", "f@example.org/\u2163"),
]

IMPOSSIBLE = [
    "",
    "@",
    "/",
    "a@",
    "@b",
    "a@b/",
    "a@b@c",
    "a b@c",
    " a@c",
    "a@c ",
    "a@.c",
    "a@c..d",
    "a@-c",
    "a@c-",
    "a@c d",
    "a@c:5222",
    "a@[::1",
    "a@[fe80::1%eth0]",
    "a@[127.0.0.1]",
    'a"b@c',
    "a&b@c",
    "a'b@c",
    "a:b@c",
    "a<b@c",
    "a>b@c",
    "a\x00@c",
    "a\x7f@c",
    "a@c/\x00",
    "a@c/\n",
    "a@c/\u0085",
    "a\u00a0b@c",
    "a\u200b@c",
    "a\u200d@c",
    "a\u202eb@c",
    "a\u3164@c",
    "a\ufe0f@c",
    "a\U000e0061@c",
    "a\u2460@c",
    "a\u00aa@c",
    "a\ufb01@c",
    "\u0301a@c",
    "\u00e9\u202e@c",
    "a\ue000@c",
    "a\ud800@c",
    "a@c/\ud800",
    "\u05d0a@c",
    "a\u05d0@c",
    "\u05d01\u0661@c",
    "f@\u2603.example",
    "f@b\u200b.test",
    "f@b\u2024test.example",
    "f@a\u00b7b.example",
    "f@-\u00e9.example",
    "f@\u00e9-.example",
    "f@\u00e9_.example",
    "a" * 1024 + "@c",
    "\u00e9" * 512 + "@c",
    "a@" + "b" * 64,
    "a@" + ".".join(["b" * 60] * 20),
    "a@" + "\u00e9" * 62,
    "a@c/" + "\u00e9" * 512,
]


@pytest.mark.parametrize(("text", "expected"), KNOWN)
def test_A19_one_spelling(text: str, expected: str) -> None:
    assert jid.normalise(text) == expected
    assert jid.normalise(expected) == expected


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_A19_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        jid.normalise(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f@b.test", "f@\u044c.test"),
        ("f@b.test", "f@b.test.evil.test"),
        ("i@b.test", "\u0131@b.test"),
        ("i@b.test", "i\u0307@b.test"),
        ("f@strasse.example", "f@stra\u00dfe.example"),
        ("strasse@b.test", "stra\u00dfe@b.test"),
        ("juliet@b.test", "jul\u0456et@b.test"),
        ("f@b.test/A", "f@b.test/a"),
        ("f@b.test/\u2163", "f@b.test/IV"),
    ],
)
def test_A19_what_only_looks_alike_stays_apart(one: str, other: str) -> None:
    assert jid.normalise(one) != jid.normalise(other)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_A19_normalising_twice_changes_nothing(local: str, domain: str, resource: str) -> None:
    for text in (local, f"{local}@{domain}", f"{local}@example.org", f"f@{domain}/{resource}"):
        try:
            once = jid.normalise(text)
        except ValueError:
            continue
        assert jid.normalise(once) == once
        assert unicodedata.is_normalized("NFC", once)


def test_cutting() -> None:
    full = "romeo@montague.example/a/b@c"
    assert jid.bare(full) == "romeo@montague.example"
    assert jid.local(full) == "romeo"
    assert jid.domain(full) == "montague.example"
    assert jid.resource(full) == "a/b@c"
    assert jid.bare("montague.example") == jid.domain("montague.example") == "montague.example"
    assert jid.local("montague.example") == jid.resource("montague.example") == ""


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("juliet@example.org", "juliet@example.org"),
        ("juliet#1%2f?@example.org", "juliet%231%252f%3F@example.org"),
        ("rom\u00e9o@example.org", "rom%C3%A9o@example.org"),
        ("juliet@example.org/a b", "juliet@example.org%2Fa%20b"),
    ],
)
def test_paths(address: str, path: str) -> None:
    assert jid.escape_path(address) == path
    assert jid.unescape_path(path) == address


@pytest.mark.parametrize("path", ["%ff@example.org", "a%2540@", "%0a@example.org", ".."])
def test_paths_that_are_no_address(path: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        jid.unescape_path(path)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("f@b.test", "f@b.test"),
        ("f@b\u00fccher.example", "f@b\u00fccher.example"),
        (
            "f@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444/r",
            "f@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444/r",
        ),
        ("f@\u4f8b\u3048.jp", "f@\u4f8b\u3048.jp"),
        ("f@\u044c.test/r", "f@xn--11a.test/r"),
        ("f@p\u0430ypal.example", "f@xn--pypal-4ve.example"),
        ("\u0430\u0440\u0440.example", "xn--80a6aa.example"),
    ],
)
def test_A19_domains_that_could_pass_for_others_are_shown_in_ascii(address: str, expected: str) -> None:
    assert jid.normalise(address) == address
    assert jid.shown(address) == expected
    assert jid.normalise(expected) == address


@pytest.mark.parametrize(
    "text", ["a@b.c/" + "\u0315\u0300" * 15000, "\u0315\u0300" * 15000 + "@b.c", "x" * 1024 + ".c"]
)
def test_h2_what_is_too_long_is_refused_before_it_is_composed(text: str) -> None:
    """Composing takes time that grows with the square of the marks in a row."""
    with pytest.raises(ValueError, match="too long"):
        jid.normalise(text)
