"""This room tries login domains that are no domains (L12)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.egress.spellings import INNER_NAMES, words
from webchat.egress import ascii_domain, host_literal_refused

# The 60 forms of L12: addresses in every spelling, and names that only a local network knows.
LITERALS = [
    *words(
        """
    127.0.0.1 .1 1 0 0.0.0.0 2130706433 0x7f000001 017700000001 0x7f.1 0177.1 127.1 127.0.1 0x7f.0.0.1
    0177.0.0.01 127.0.0.0x1 127.0.0.01 127.0.0.1. 8.8.8.8 134744072 0x8.0x8.0x8.0x8 a.1 example.0x7f
    example.org.127 0x 1.0x [::1] ::1 [::] [::ffff:127.0.0.1] [fe80::1%25eth0] fe80::1%eth0
    [2001:db8::1]:5222 [v1.x] 127.0.0.1:5222 \uff11\uff12\uff17.0.0.1 \u2460\u2461\u2466.0.0.1
    127\u30020\u30020\u30021 . .. example..org .example.org a/b.org a@b.org a%b.org
    """
    ),
    "",
    "a b.org",
    "a.b\x00.org",
    "-" * 64 + ".org",
]


def test_l12_sixty_forms() -> None:
    assert len({*LITERALS, *INNER_NAMES}) >= 60


@pytest.mark.parametrize("domain", [*LITERALS, *INNER_NAMES])
def test_l12_refused_before_any_lookup(domain: str) -> None:
    assert host_literal_refused(domain)


@pytest.mark.parametrize(
    "domain",
    words(
        """
    example.org EXAMPLE.org b.test. xn--bcher-kva.example b\u00fccher.example 1.example.org 1und1.de
    127.0.0.1.example.org 0x7f.example.org local.example.org local-host.net x1.0x7g.org
    """
    ),
)
def test_ordinary_names_pass(domain: str) -> None:
    assert not host_literal_refused(domain)


def test_what_the_operator_mapped_is_never_refused() -> None:
    hosts = {"localhost": ("127.0.0.1", 5222), "chat.internal": ("10.0.0.5", 15222)}
    assert not host_literal_refused("localhost", hosts)
    assert not host_literal_refused("chat.internal", hosts)
    assert host_literal_refused("other.localhost", hosts)


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("Example.ORG.", "example.org"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("\u0431.test", "xn--90a.test"),
        ("fa\u00df.example", "fass.example"),
        ("example\u3002org", "example.org"),
        ("_xmpp.example.org", "_xmpp.example.org"),
    ],
)
def test_names_are_written_as_certificates_have_them(domain: str, name: str) -> None:
    assert ascii_domain(domain) == name


@pytest.mark.parametrize(
    "domain", ["", "a..b", "a b", "x" * 64 + ".org", "a." * 127 + "org", "\udc80.org", "a%.org"]
)
def test_what_is_no_name_is_said_to_be_none(domain: str) -> None:
    with pytest.raises(ValueError, match="domain name"):
        ascii_domain(domain)


@given(st.text(max_size=300))
def test_any_text_is_either_refused_or_a_plain_name(text: str) -> None:
    if host_literal_refused(text):
        return
    name = ascii_domain(text)
    assert name == ascii_domain(name)
    assert "." in name
    assert not name.split(".")[-1].isdecimal()
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")


@given(st.lists(st.one_of(st.integers(0, 2**32), st.just(0x7F)), min_size=1, max_size=4), st.randoms())
def test_numbers_joined_by_dots_are_refused(numbers: list[int], chance: object) -> None:
    for form in ("{}", "{:#x}", "0{:o}"):
        assert host_literal_refused(".".join(form.format(number) for number in numbers))
