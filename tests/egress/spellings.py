"""This room writes addresses of inner networks in every way that some library takes for an address."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address


def words(text: str) -> list[str]:
    """A list that reads as a text."""
    return text.split()


# One or more of each block that is not for the public; the last ones are metadata services of clouds.
INNER = words(
    """
    0.0.0.0 0.0.0.1 10.0.0.5 10.255.255.254 100.64.0.1 100.127.255.254 127.0.0.1 127.255.255.254
    169.254.0.1 172.16.0.1 172.31.255.254 192.0.0.8 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1
    192.168.0.1 192.168.255.254 192.175.48.1 198.18.0.1 198.19.255.254 198.51.100.1 203.0.113.9
    224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 169.254.169.254 169.254.170.2 100.100.100.200
    192.0.0.192 168.63.129.16 127.0.0.53
    """
)

INNER_IPV6 = words(
    """
    :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 ::8.8.8.8 64:ff9b::7f00:1 64:ff9b::808:808
    64:ff9b:1::a00:5 100::1 100:0:0:1::1 2001::1 2001:0:7f00:1:: 2001:2::1 2001:1::1 2001:10::1
    2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a00:5::1 2002:808:808::1 2620:4f:8000::1 3ffe::1 3fff::1
    4000::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 fec0::1 ff02::1 ffff::1 2a01:4f8::5efe:7f00:1
    2a01:4f8::200:5efe:a00:5
    """
)

OUTER = words(
    """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
    169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.255 192.0.3.0 192.167.255.255
    192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0
    223.255.255.255 168.63.129.15 2000::1 2001:200::1 2001:4860:4860::8888 2003::1 2606:4700::1111
    2a01:4f8::1 2620:4f:7fff::1 2620:4f:8001::1 3ffd::1 3fff:1000::1
    """
)

# 25 names that lead inwards wherever they lead at all.
INNER_NAMES = words(
    """
    localhost LOCALHOST localhost. a.localhost localhost.localdomain ip6-localhost db redis postgres
    prosody webchat kubernetes gateway metadata metadata.google.internal host.docker.internal
    gateway.docker.internal kubernetes.default.svc.cluster.local printer.local router.home.arpa
    1.0.0.127.in-addr.arpa instance-data.ec2.internal expyuzz4wqqyqhjn.onion example.invalid name.alt
    """
)


def of_ipv4(text: str) -> Iterator[str]:
    """The address dotted, decimal, octal, hexadecimal and short, in IPv6 clothes and in fancy digits."""
    address = IPv4Address(text)
    number, (a, b, c, d) = int(address), address.packed
    yield text
    yield text + "."
    yield str(number)
    yield hex(number)
    yield "0" + oct(number)[2:]
    yield ".".join(hex(part) for part in (a, b, c, d))
    yield ".".join("0" + oct(part)[2:] for part in (a, b, c, d))
    yield f"{a:#x}.{b}.{c:04o}.{d}"
    yield f"{a}.{number & 0xFFFFFF}"
    yield f"{a}.{b}.{number & 0xFFFF}"
    yield f"{a:03}.{b:03}.{c:03}.{d:03}"
    yield text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    yield text.replace(".", "\u3002")
    yield f"user@{text}"
    yield f"{text}:5222"
    yield f"{text}%eth0"
    for inside in (f"::ffff:{text}", f"::{text}", f"64:ff9b::{text}"):
        yield inside
        yield f"[{inside}]"
    yield str(IPv6Address((0x2002 << 112) | (number << 80)))
    yield str(IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF)))


def of_ipv6(text: str) -> Iterator[str]:
    """The address long and short, upper case, in brackets, with zone, port and final dot."""
    address = ip_address(text)
    yield text
    yield address.exploded
    yield text.upper()
    yield f"[{text}]"
    yield f"[{address.exploded}]:5222"
    yield f"{text}%eth0"
    yield f"[{text}%25eth0]"
    yield f"{text}."
