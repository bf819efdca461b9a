"""This room asks for the servers of a domain and looks where a connection would go (L12, L13, L15, P04)."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.egress.spellings import INNER, INNER_IPV6, INNER_NAMES
from webchat.egress import Guard
from webchat.errors import LoginFailed
from webchat.xmpp.resolve import DIRECT, STARTTLS, Resolver, Service, Target

ONE, TWO, THREE, FOUR = "198.41.0.4", "192.33.4.12", "2a01:4f8::1", "2001:500:2::c"

Addresses = Mapping[str, list[str] | None]


class Book:
    """A lookup in two dictionaries; `never` are names whose answer never comes. Notes what was asked."""

    def __init__(
        self,
        services: Mapping[str, list[Service] | None] | None = None,
        addresses: Addresses | None = None,
        never: frozenset[str] = frozenset(),
    ) -> None:
        self._services = services or {}
        self._addresses = addresses or {}
        self._never = never
        self.asked: list[str] = []
        self.closed = False

    async def _ask(self, name: str) -> None:
        self.asked.append(name)
        if name in self._never:
            await asyncio.get_running_loop().create_future()

    async def services(self, name: str) -> list[Service] | None:
        await self._ask(name)
        return self._services.get(name, [])

    async def addresses(self, name: str) -> list[str] | None:
        await self._ask(name)
        return self._addresses.get(name, [])

    async def local_addresses(self, name: str) -> list[str] | None:
        await self._ask("local " + name)
        return self._addresses.get(name, [])

    async def close(self) -> None:
        self.closed = True


def dice(seed: int) -> random.Random:
    """Chance that repeats itself."""
    return random.Random(seed)  # noqa: S311


async def targets(book: Book, domain: str = "montague.test", guard: Guard | None = None) -> list[Target]:
    return await Resolver(guard or Guard(), lookup=book, deadline=0.2, chance=dice(1)).targets(domain)


async def refusal(book: Book, domain: str = "montague.test") -> str:
    with pytest.raises(LoginFailed) as failed:
        await targets(book, domain)
    return failed.value.condition


async def test_without_records_the_domain_itself_is_the_server() -> None:
    book = Book({}, {"montague.test": [THREE, ONE]})
    assert await targets(book) == [Target(THREE, 5222, False), Target(ONE, 5222, False)]
    assert book.asked == [DIRECT + "montague.test", STARTTLS + "montague.test", "montague.test"]


async def test_direct_tls_comes_first_where_priorities_tie() -> None:
    book = Book(
        {
            STARTTLS + "montague.test": [Service(5, 0, 5222, "a.montague.test")],
            DIRECT + "montague.test": [Service(5, 0, 5223, "a.montague.test")],
        },
        {"a.montague.test": [ONE]},
    )
    assert await targets(book) == [Target(ONE, 5223, True), Target(ONE, 5222, False)]


async def test_priorities_of_both_services_are_one_order() -> None:
    book = Book(
        {
            STARTTLS + "montague.test": [Service(1, 0, 5222, "a.test"), Service(9, 0, 5222, "b.test")],
            DIRECT + "montague.test": [Service(5, 0, 443, "b.test.")],
        },
        {"a.test": [ONE], "b.test": [TWO]},
    )
    assert await targets(book) == [
        Target(ONE, 5222, False),
        Target(TWO, 443, True),
        Target(TWO, 5222, False),
    ]


async def test_a_dot_says_that_the_service_is_not_offered() -> None:
    refused = {STARTTLS + "montague.test": [Service(0, 0, 0, ".")]}
    assert await refusal(Book(refused, {"montague.test": [ONE]})) == "cannot-connect"
    only_direct = {**refused, DIRECT + "montague.test": [Service(0, 0, 443, "montague.test")]}
    assert await targets(Book(only_direct, {"montague.test": [ONE]})) == [Target(ONE, 443, True)]
    no_direct = {DIRECT + "montague.test": [Service(0, 0, 0, ".")]}
    assert await targets(Book(no_direct, {"montague.test": [ONE]})) == [Target(ONE, 5222, False)]


async def test_published_servers_that_cannot_be_found_are_not_replaced_by_the_domain() -> None:
    book = Book({STARTTLS + "montague.test": [Service(0, 0, 5222, "gone.test")]}, {"montague.test": [ONE]})
    assert await refusal(book) == "cannot-connect"


async def test_a_domain_that_does_not_exist() -> None:
    assert await refusal(Book()) == "unknown-host"


@pytest.mark.parametrize("missing", [DIRECT, STARTTLS, ""])
async def test_no_answer_is_not_a_negative_answer(missing: str) -> None:
    silent = Book({missing + "montague.test": None}, {missing + "montague.test": None})
    assert await refusal(silent) == "cannot-connect"
    assert await refusal(Book(never=frozenset({missing + "montague.test"}))) == "cannot-connect"


async def test_an_international_name_is_asked_as_dns_has_it() -> None:
    book = Book({}, {"xn--bcher-kva.example": [ONE]})
    assert await targets(book, "b\u00fccher.example") == [Target(ONE, 5222, False)]


@pytest.mark.parametrize("domain", [*INNER_NAMES, "127.0.0.1", "0x7f.1", "[::1]", "[fe80::1%25eth0]", ""])
async def test_l12_is_refused_without_a_question(domain: str) -> None:
    book = Book({}, {domain: [ONE]})
    assert await refusal(book, domain) == "cannot-connect"
    assert book.asked == []


@pytest.mark.parametrize("address", [*INNER, *INNER_IPV6])
async def test_l13_inner_addresses_are_never_targets(address: str) -> None:
    services = {STARTTLS + "montague.test": [Service(0, 0, 5222, "trap.test")]}
    assert await refusal(Book(services, {"trap.test": [address]})) == "cannot-connect"
    assert await refusal(Book({}, {"montague.test": [address]})) == "cannot-connect"
    mixed = Book({}, {"montague.test": [address, ONE, address]})
    assert await targets(mixed) == [Target(ONE, 5222, False)]


async def test_l13_only_three_ports_of_all() -> None:
    found = set()
    for port in range(1, 65536, 8):
        records = [Service(0, 0, number, "a.test") for number in range(port, min(port + 8, 65536))]
        book = Book({DIRECT + "montague.test": records}, {"a.test": [ONE]})
        with suppress(LoginFailed):
            found |= {target.port for target in await targets(book)}
    assert found == {443, 5222, 5223}


@pytest.mark.parametrize(
    "target", ["127.0.0.1.", "10.0.0.5", "localhost.", "a b.test", "\udc80", "", "x" * 300]
)
async def test_l13_records_that_name_no_public_host(target: str) -> None:
    addresses = {"127.0.0.1": ["127.0.0.1"], "10.0.0.5": ["10.0.0.5"], "localhost": ["::1", "127.0.0.1"]}
    book = Book({STARTTLS + "montague.test": [Service(0, 0, 5222, target)]}, addresses)
    assert await refusal(book) == "cannot-connect"


async def test_l13_networks_the_operator_opened_are_reached_at_the_three_ports() -> None:
    guard = Guard([ip_network("10.0.0.0/8")])
    records = [Service(0, 0, 22, "a.test"), Service(1, 0, 5222, "a.test")]
    book = Book({STARTTLS + "montague.test": records}, {"a.test": ["10.0.0.5"]})
    assert await targets(book, guard=guard) == [Target("10.0.0.5", 5222, False)]


async def test_p04_a_name_is_asked_once_and_the_judged_address_is_the_target() -> None:
    class Rebinding(Book):
        async def addresses(self, name: str) -> list[str] | None:
            await self._ask(name)
            return [ONE] if self.asked.count(name) == 1 else ["127.0.0.1"]

    book = Rebinding({STARTTLS + "montague.test": [Service(n, 0, 5222, "a.test") for n in range(3)]})
    assert await targets(book) == [Target(ONE, 5222, False)]
    assert book.asked.count("a.test") == 1
    assert await refusal(book) == "cannot-connect"


async def test_l15_many_records_and_addresses_make_four_targets() -> None:
    records = [Service(n, n, 5222, f"h{n}.test") for n in range(100)]
    addresses = {f"h{n}.test": [f"8.8.{n}.{i}" for i in range(100)] for n in range(100)}
    book = Book({STARTTLS + "montague.test": records, DIRECT + "montague.test": records}, addresses)
    assert await targets(book) == [
        Target(f"8.8.{n}.0", 5222, direct) for n in (0, 1) for direct in (True, False)
    ]
    assert len(book.asked) <= 10


async def test_l15_a_slow_server_does_not_hold_up_the_others() -> None:
    records = [Service(0, 0, 5222, "slow.test"), Service(1, 0, 5222, "quick.test")]
    book = Book(
        {STARTTLS + "montague.test": records},
        {"quick.test": [ONE]},
        never=frozenset({"slow.test", DIRECT + "montague.test"}),
    )
    assert await targets(book) == [Target(ONE, 5222, False)]


async def test_one_server_with_many_addresses_leaves_room_for_the_next() -> None:
    records = [Service(0, 0, 5222, "many.test"), Service(1, 0, 5222, "next.test")]
    addresses = {"many.test": [THREE, FOUR, ONE, "9.9.9.9"], "next.test": [TWO]}
    found = await targets(Book({STARTTLS + "montague.test": records}, addresses))
    assert [target.host_ip for target in found] == [THREE, ONE, TWO, FOUR]


async def test_the_operators_word_is_taken_as_it_is() -> None:
    book = Book({}, {"prosody": ["::1", "10.0.0.5", "10.0.0.5"]})
    hosts = {"localhost": ("prosody", 15222), "xn--bcher-kva.example": ("prosody", 1)}
    resolver = Resolver(Guard(), hosts, lookup=book)
    assert await resolver.targets("localhost") == [
        Target("::1", 15222, False),
        Target("10.0.0.5", 15222, False),
        Target("::1", 15222, True),
        Target("10.0.0.5", 15222, True),
    ]
    assert (await resolver.targets("b\u00fccher.example"))[0] == Target("::1", 1, False)
    assert set(book.asked) == {"local prosody"}
    with pytest.raises(LoginFailed, match="cannot-connect"):
        await Resolver(Guard(), {"x.test": ("gone", 1)}, lookup=book).targets("x.test")


async def test_closing_closes_the_lookup() -> None:
    book = Book()
    await Resolver(Guard(), lookup=book).close()
    assert book.closed


async def test_giving_up_ends_the_lookups() -> None:
    asked = asyncio.Event()

    class Waiting(Book):
        async def services(self, name: str) -> list[Service] | None:
            asked.set()
            return await super().services(name)

    book = Waiting(never=frozenset({DIRECT + "montague.test", STARTTLS + "montague.test"}))
    task = asyncio.ensure_future(Resolver(Guard(), lookup=book).targets("montague.test"))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_weights_share_the_load() -> None:
    records = [Service(0, 0, 5222, "a.test"), Service(0, 10, 5222, "b.test"), Service(0, 90, 5222, "c.test")]
    addresses = {"a.test": ["9.0.0.1"], "b.test": ["9.0.0.2"], "c.test": ["9.0.0.3"]}
    resolver = Resolver(Guard(), lookup=Book({STARTTLS + "x.test": records}, addresses), chance=dice(7))
    first = [(await resolver.targets("x.test"))[0].host_ip for _ in range(1000)]
    assert 0 < first.count("9.0.0.1") < 60
    assert 60 < first.count("9.0.0.2") < 160
    assert first.count("9.0.0.3") > 800


names = st.sampled_from(["a.test", "b.test", "c.test.", ".", "127.0.0.1", "local"])
services = st.builds(
    Service, st.integers(0, 3), st.integers(0, 65535), st.sampled_from([22, 443, 5222]), names
)
hosts = st.lists(st.sampled_from([ONE, TWO, THREE, FOUR, *INNER, *INNER_IPV6]), max_size=6)


@given(st.lists(services, max_size=12), st.lists(services, max_size=12), hosts, hosts, st.randoms())
async def test_whatever_dns_says_the_targets_are_few_public_and_in_order(
    direct: list[Service], plain: list[Service], one: list[str], two: list[str], chance: random.Random
) -> None:
    book = Book(
        {DIRECT + "x.test": direct, STARTTLS + "x.test": plain},
        {"a.test": one, "b.test": two, "x.test": two, "127.0.0.1": ["127.0.0.1"], "local": ["::1"]},
    )
    try:
        found = await Resolver(Guard(), lookup=book, chance=chance).targets("x.test")
    except LoginFailed as error:
        assert error.condition in ("cannot-connect", "unknown-host")  # noqa: PT017
        return
    assert 1 <= len(found) <= 4
    assert len(set(found)) == len(found)
    assert {target.host_ip for target in found} <= {ONE, TWO, THREE, FOUR}
    assert {target.port for target in found} <= {443, 5222}
