"""This room tries every spelling of an inner address on the guard (P03)."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.egress.spellings import INNER, INNER_IPV6, OUTER, of_ipv4, of_ipv6
from webchat.egress import Guard, Refused, host_literal_refused, port_allowed

GUARD = Guard()


@pytest.mark.parametrize("address", INNER)
def test_p03_no_spelling_of_an_inner_ipv4_address_passes(address: str) -> None:
    assert [form for form in of_ipv4(address) if GUARD.allows(form)] == []
    assert [form for form in of_ipv4(address) if not host_literal_refused(form)] == []


@pytest.mark.parametrize("address", INNER_IPV6)
def test_p03_no_spelling_of_an_inner_ipv6_address_passes(address: str) -> None:
    assert [form for form in of_ipv6(address) if GUARD.allows(form)] == []
    assert [form for form in of_ipv6(address) if not host_literal_refused(form)] == []


@pytest.mark.parametrize("address", OUTER)
def test_p03_public_addresses_pass_in_their_plain_spelling_only(address: str) -> None:
    assert GUARD.allows(address)
    GUARD.check(address)
    spellings = of_ipv6(address) if ":" in address else of_ipv4(address)
    passed = {form for form in spellings if GUARD.allows(form)}
    assert {ip_address(form) for form in passed} == {ip_address(address)}
    assert all(host_literal_refused(form) for form in passed)


@pytest.mark.parametrize(
    "text", ["", " ", "x", "1.1.1.1\n", " 1.1.1.1", "1.1.1.1/32", "1.1.1", "::1::", "1.1.1.1\x00"]
)
def test_p03_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        GUARD.check(text)


def test_a_refusal_says_nothing() -> None:
    with pytest.raises(Refused) as refusal:
        GUARD.check("10.0.0.5")
    assert str(refusal.value) == ""


def test_networks_of_the_operator_override_the_rule() -> None:
    guard = Guard(map(ip_network, ("10.1.0.0/16", "fd00::/8", "127.0.0.1")))
    assert guard.allows("10.1.2.3")
    assert guard.allows("fd00::5")
    assert guard.allows("127.0.0.1")
    assert not guard.allows("10.2.0.1")
    assert not guard.allows("127.0.0.2")
    assert not guard.allows("::ffff:10.1.2.3")
    assert not guard.allows("fd00::5%eth0")
    assert not guard.allows("10.1.515")


def test_l13_only_three_ports_are_tried() -> None:
    assert [port for port in range(65536) if port_allowed(port)] == [443, 5222, 5223]


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_that_python_calls_private_never_passes(address: IPv4Address) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_loopback:
        assert not GUARD.allows(str(address))


@given(st.ip_addresses(v=4))
def test_no_ipv6_form_of_any_ipv4_address_passes(address: IPv4Address) -> None:
    for form in of_ipv4(str(address)):
        if form != str(address):
            assert not GUARD.allows(form) or ip_address(form) == address


@given(st.ip_addresses(v=6))
def test_an_ipv6_address_outside_the_global_block_never_passes(address: IPv6Address) -> None:
    if address not in IPv6Network("2000::/3") or not address.is_global:
        assert not GUARD.allows(str(address))


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[0-9a-fx.:%\[\]]{0,40}", fullmatch=True)))
def test_what_passes_is_an_address_that_ipaddress_reads(text: str) -> None:
    if GUARD.allows(text):
        assert not ip_address(text).is_private


@given(st.ip_addresses(), st.integers(min_value=0, max_value=32))
def test_whatever_the_operator_opens_is_open(address: IPv4Address | IPv6Address, prefix: int) -> None:
    assert Guard([ip_network(f"{address}/{prefix}", strict=False)]).allows(str(address))
