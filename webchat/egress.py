"""This room decides where the program may connect: one rule for logins, uploads, previews and pushes.

Whoever logs in names the host that we connect to, so every address is judged here, after the name was looked
up and before a packet leaves; the connection then goes to the judged address, never to the name again.
"""

from collections.abc import Collection, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network

# The port of SRV records, the old port of direct TLS, and 443, which firewalls let through (XEP-0368 §1).
XMPP_PORTS = frozenset({5222, 5223, 443})

_IPV6_GLOBAL = IPv6Network("2000::/3")

# Everything of RFC 6890 and the IANA registry of special addresses. `ipaddress.is_global` is not asked: it
# calls 6to4 relays, multicast and more "global", and its opinion changes with the version of Python.
_IPV4_REFUSED = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers, and some clouds' metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's metadata behind a public number
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT relays
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)

# Within 2000::/3. Mapped, compatible, NAT64, unique-local and link-local addresses all lie outside it.
_IPV6_REFUSED = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone, given back
        "3fff::/20",  # documentation
    )
)

# RFC 5214 §6.1: the lower half of an address that is an IPv4 address in a tunnel.
_ISATAP = (0x00005EFE, 0x02005EFE)

# Names that by their registration (RFC 6761, 6762, 7686, 8375, 9476, ICANN's .internal) never lead to a
# server on the public Internet.
_LOCAL_SUFFIXES = ("alt", "arpa", "internal", "invalid", "local", "localdomain", "localhost", "onion")

_LABEL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


class Refused(Exception):
    """The address is not one that we connect to. It says nothing more, since it may reach a visitor."""


class Guard:
    """Judges addresses; `allow` are networks that the operator opened in spite of the rule."""

    def __init__(self, allow: Iterable[Network] = ()) -> None:
        self._allow = tuple(allow)

    def check(self, address: str) -> None:
        """Return if a connection to this address is allowed, else raise Refused.

        Only the plain spelling of an address is read: "0x7f.1", "127.1", "[::1]" or a zone are refused as
        they stand, because what other libraries make of them is their secret.
        """
        if not self.allows(address):
            raise Refused

    def opened(self, address: str) -> bool:
        """True if this is an address (no name) in a network that the operator opened."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._allow)

    def allows(self, address: str) -> bool:
        """True if a connection to this address is allowed."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        if isinstance(parsed, IPv6Address) and parsed.scope_id is not None:
            return False
        if any(parsed in network for network in self._allow):
            return True
        if isinstance(parsed, IPv4Address):
            return not any(parsed in network for network in _IPV4_REFUSED)
        if parsed not in _IPV6_GLOBAL or any(parsed in network for network in _IPV6_REFUSED):
            return False
        return (int(parsed) >> 32) & 0xFFFFFFFF not in _ISATAP


def port_allowed(port: int) -> bool:
    """True for the ports on which strangers' XMPP servers are looked for."""
    return port in XMPP_PORTS


def ascii_domain(domain: str) -> str:
    """The name as DNS and certificates have it: A-labels, lower case, no final dot; ValueError if it is none.

    The codec is the one that `ssl` uses for the name it verifies, so that the name we look up and the name
    that the certificate must carry cannot drift apart.
    """
    if len(domain) > 253:
        raise ValueError("too long for a domain name")
    try:
        name = domain.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as error:
        raise ValueError("not a domain name") from error
    if len(name) > 253 or not all(_is_label(label) for label in name.split(".")):
        raise ValueError("not a domain name")
    return name


def host_literal_refused(domain: str, hosts: Collection[str] = ()) -> bool:
    """True if this domain must not even be looked up: an address in any spelling, or a name of a local net.

    hosts: the domains for which the operator said where to connect (WEBCHAT_XMPP_HOSTS); these are never
    refused. The last label decides whether a name is an address (as in the URL standard): a number or 0x…
    there is read as an IPv4 address by somebody, whatever stands before it.
    """
    if domain in hosts:
        return False
    try:
        name = ascii_domain(domain)
    except ValueError:
        return True
    if name in hosts:
        return False
    labels = name.split(".")
    if len(labels) == 1 or labels[-1] in _LOCAL_SUFFIXES:
        return True
    return labels[-1].isdecimal() or _is_hexadecimal(labels[-1])


def _is_label(label: str) -> bool:
    return 0 < len(label) <= 63 and _LABEL.issuperset(label)


def _is_hexadecimal(label: str) -> bool:
    return label.startswith("0x") and all(character in "0123456789abcdef" for character in label[2:])
