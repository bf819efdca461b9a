"""This room turns a login domain into addresses to connect to, each judged by the address guard."""

import asyncio
import random
import socket
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import Any, Protocol, TypeVar

import aiodns
import pycares
from aiodns.error import ARES_ENODATA, ARES_ENONAME, ARES_ENOTFOUND, DNSError

from webchat.egress import Guard, ascii_domain, host_literal_refused, port_allowed
from webchat.errors import LoginFailed

T = TypeVar("T")

DEADLINE = 5.0
"""Seconds for all lookups of one login together."""

MAX_TARGETS = 4
MAX_HOSTS = 8
"""A domain may publish any number of servers and addresses; more than these are never looked up or tried."""

DIRECT, STARTTLS = "_xmpps-client._tcp.", "_xmpp-client._tcp."

_NEGATIVE = frozenset({ARES_ENODATA, ARES_ENONAME, ARES_ENOTFOUND})


@dataclass(frozen=True, slots=True)
class Target:
    """Where to open a connection: an address, never a name, so that what was judged is what is used."""

    host_ip: str
    port: int
    direct_tls: bool


@dataclass(frozen=True, slots=True)
class Service:
    """One SRV record (RFC 2782)."""

    priority: int
    weight: int
    port: int
    host: str


class Lookup(Protocol):
    """What the resolver asks. [] is a negative answer, None is no answer (time-out, broken server)."""

    async def services(self, name: str) -> list[Service] | None:
        """SRV records of `name`."""

    async def addresses(self, name: str) -> list[str] | None:
        """IPv4 and IPv6 addresses of `name`, the most promising first."""

    async def local_addresses(self, name: str) -> list[str] | None:
        """The same for a name the operator gave, in every way this machine knows names."""

    async def close(self) -> None:
        """Let go of sockets and threads."""


class Dns:
    """Lookup by c-ares, and by the operating system for the operator's own names.

    nameservers: "address:port" to ask instead of the system's.
    """

    def __init__(self, nameservers: Sequence[str] | None = None) -> None:
        self._nameservers = nameservers
        self._resolver: aiodns.DNSResolver | None = None

    def _channel(self) -> aiodns.DNSResolver:
        if self._resolver is None:
            # Without NOSEARCH a name that is unknown outside would be tried again inside our own domain.
            self._resolver = aiodns.DNSResolver(
                nameservers=self._nameservers,
                loop=asyncio.get_running_loop(),
                tries=2,
                timeout=1.5,
                flags=pycares.ARES_FLAG_NOSEARCH,
            )
        return self._resolver

    async def services(self, name: str) -> list[Service] | None:
        """SRV records of `name`."""
        try:
            result = await self._channel().query_dns(name, "SRV")
        except DNSError as error:
            return _no_records(error)
        found = [record.data for record in result.answer if isinstance(record.data, pycares.SRVRecordData)]
        return [Service(srv.priority, srv.weight, srv.port, srv.target) for srv in found]

    async def addresses(self, name: str) -> list[str] | None:
        """Addresses of `name`, sorted by what this machine can reach (RFC 6724)."""
        try:
            result = await self._channel().getaddrinfo(name, type=socket.SOCK_STREAM)
        except DNSError as error:
            return _no_records(error)
        return [node.addr[0].decode("ascii") for node in result.nodes]

    async def local_addresses(self, name: str) -> list[str] | None:
        """Addresses by the system's resolver: hosts file, container names, search list."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except OSError:
            return []
        return [str(sockaddr[0]) for _, _, _, _, sockaddr in found]

    async def close(self) -> None:
        """End the resolver; a later lookup makes a new one."""
        if self._resolver is not None:
            await self._resolver.close()
            self._resolver = None


class Resolver:
    """Finds the servers of a login domain (RFC 6120 §3.2, XEP-0368).

    guard     judges every address that came from DNS
    hosts     domain → (host, port) by the operator's word: no SRV, any port, no guard
    lookup    who is asked; `Dns()` unless a test brings its own
    deadline  seconds for all lookups of one call together
    chance    the source of the weighted choice among records of one priority
    """

    def __init__(
        self,
        guard: Guard,
        hosts: Mapping[str, tuple[str, int]] | None = None,
        *,
        lookup: Lookup | None = None,
        deadline: float = DEADLINE,
        chance: random.Random | None = None,
    ) -> None:
        self._guard = guard
        self._hosts = dict(hosts or {})
        self._lookup = lookup or Dns()
        self._deadline = deadline
        self._chance = chance or random.SystemRandom()

    async def targets(self, domain: str) -> list[Target]:
        """Where to connect for this domain: 1 to 4 targets, the best first.

        Raises LoginFailed: unknown-host when DNS says that there is no such name; cannot-connect for the
        rest. A refused address is dropped without a word, so a visitor cannot tell it from a closed port.
        """
        until = asyncio.get_running_loop().time() + self._deadline
        if host_literal_refused(domain, self._hosts):
            raise LoginFailed("cannot-connect")
        name = ascii_domain(domain)
        if not domain.isascii() and name.encode().decode("idna") != domain:
            # The codec has made another name of it (ß becomes ss), which may be somebody else's.
            raise LoginFailed("unknown-host")
        mapped = self._hosts.get(domain) or self._hosts.get(name)
        if mapped is not None:
            return await self._mapped(*mapped, until)
        return await self._asked(name, until)

    async def addresses(self, name: str) -> list[str] | None:
        """Addresses of a name by DNS, not yet judged; None when nobody answers in time."""
        until = asyncio.get_running_loop().time() + self._deadline
        return (await _answers([self._lookup.addresses(name)], until))[0]

    async def close(self) -> None:
        """Let go of sockets and threads at the end of the program."""
        await self._lookup.close()

    async def _mapped(self, host: str, port: int, until: float) -> list[Target]:
        (found,) = await _answers([self._lookup.local_addresses(host)], until)
        addresses = list(dict.fromkeys(found or []))
        # Nobody said which of the two listens there; STARTTLS is what a port without SRV means.
        targets = [Target(address, port, direct) for direct in (False, True) for address in addresses]
        return _at_least_one(targets)

    async def _asked(self, name: str, until: float) -> list[Target]:
        halfway = until - self._deadline / 2
        asked = [self._lookup.services(prefix + name) for prefix in (DIRECT, STARTTLS)]
        direct, plain = await _answers(asked, halfway)
        records = self._ordered(direct or [], plain or [])
        if records or plain:
            return await self._published(records, until)
        (addresses,) = await _answers([self._lookup.addresses(name)], until)
        if direct == [] and plain == [] and addresses == []:
            raise LoginFailed("unknown-host")
        return _at_least_one(_spread([(self._allowed(addresses or []), 5222, False)]))

    async def _published(self, records: list[tuple[str, int, bool]], until: float) -> list[Target]:
        usable = [(host, port, tls) for host, port, tls in records if port_allowed(port)][:MAX_HOSTS]
        hosts = list(dict.fromkeys(host for host, _, _ in usable))
        found = await _answers([self._lookup.addresses(host) for host in hosts], until)
        known = {host: self._allowed(answer or []) for host, answer in zip(hosts, found, strict=True)}
        return _at_least_one(_spread([(known[host], port, tls) for host, port, tls in usable]))

    def _ordered(self, direct: list[Service], plain: list[Service]) -> list[tuple[str, int, bool]]:
        """Both sets of records as one by priority; direct TLS goes first where priorities tie (XEP-0368 §3).

        A record whose target is "." says that the service is not offered (RFC 2782) and is dropped, as is one
        whose target is no host name.
        """
        ordered: list[tuple[str, int, bool]] = []
        for priority in sorted({record.priority for record in (*direct, *plain)}):
            for records, tls in ((direct, True), (plain, False)):
                same = [record for record in records if record.priority == priority]
                ordered += [(_host(record), record.port, tls) for record in self._weighted(same)]
        return [entry for entry in ordered if entry[0]]

    def _weighted(self, records: list[Service]) -> list[Service]:
        """Records of one priority in the random order that their weights ask for (RFC 2782)."""
        waiting = sorted(records, key=lambda record: record.weight)
        ordered = []
        while waiting:
            chosen = self._chance.randint(0, sum(record.weight for record in waiting))
            for record in waiting:
                chosen -= record.weight
                if chosen <= 0:
                    break
            waiting.remove(record)
            ordered.append(record)
        return ordered

    def _allowed(self, addresses: Iterable[str]) -> list[str]:
        return [address for address in dict.fromkeys(addresses) if self._guard.allows(address)]


async def _answers(lookups: Sequence[Coroutine[Any, Any, T | None]], until: float) -> list[T | None]:
    """The answers that come in time, None in place of the others."""
    if not lookups:
        return []
    tasks = [asyncio.ensure_future(lookup) for lookup in lookups]
    try:
        await asyncio.wait(tasks, timeout=max(0.0, until - asyncio.get_running_loop().time()))
        return [task.result() if task.done() else None for task in tasks]
    finally:
        for task in tasks:
            task.cancel()


def _spread(found: Sequence[tuple[list[str], int, bool]]) -> list[Target]:
    """Targets in the order of their records: first one address of each family, the other addresses last.

    So neither a broken IPv6 route nor one server with many addresses uses up all the attempts.
    """
    first: list[Target] = []
    later: list[Target] = []
    for addresses, port, tls in found:
        families: set[bool] = set()
        for address in addresses:
            family = isinstance(ip_address(address), IPv4Address)
            (later if family in families else first).append(Target(address, port, tls))
            families.add(family)
    return list(dict.fromkeys(first + later))


def _at_least_one(targets: list[Target]) -> list[Target]:
    if not targets:
        raise LoginFailed("cannot-connect")
    return targets[:MAX_TARGETS]


def _host(record: Service) -> str:
    try:
        return ascii_domain(record.host)
    except ValueError:
        return ""


def _no_records(error: DNSError) -> list[Any] | None:
    return [] if error.args and error.args[0] in _NEGATIVE else None
