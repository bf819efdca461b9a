"""This room asks a real name server on loopback through the real resolver library."""

from ipaddress import ip_network

from tests.egress.nameserver import SERVFAIL, Table, address, alias, name_server, srv
from webchat.egress import Guard
from webchat.xmpp.resolve import Dns, Resolver, Service, Target


async def test_services_and_addresses_are_read() -> None:
    table: Table = {
        "_xmpp-client._tcp.montague.test": [srv(5, 10, 5222, "xmpp.montague.test")],
        "xmpp.montague.test": [address("198.41.0.4"), address("2a01:4f8::1")],
        "empty.test": [],
        "broken.test": SERVFAIL,
    }
    async with name_server(table) as (where, _):
        dns = Dns([where])
        assert await dns.services("_xmpp-client._tcp.montague.test") == [
            Service(5, 10, 5222, "xmpp.montague.test")
        ]
        assert set(await dns.addresses("xmpp.montague.test") or []) == {"198.41.0.4", "2a01:4f8::1"}
        assert await dns.services("nowhere.test") == []
        assert await dns.addresses("nowhere.test") == []
        assert await dns.services("empty.test") == []
        assert await dns.addresses("empty.test") == []
        assert await dns.services("broken.test") is None
        await dns.close()


async def test_an_unknown_name_is_not_tried_inside_our_own_domain() -> None:
    async with name_server({}) as (where, server):
        dns = Dns([where])
        assert await dns.addresses("nowhere.test") == []
        assert set(server.asked) == {"nowhere.test"}
        await dns.close()


async def test_the_operators_names_are_asked_from_the_system() -> None:
    dns = Dns()
    assert "127.0.0.1" in (await dns.local_addresses("localhost") or [])
    assert await dns.local_addresses("127.0.0.1") == ["127.0.0.1"]
    await dns.close()


async def test_p04_what_stands_behind_an_alias_is_judged() -> None:
    table: Table = {
        "montague.test": [alias("inner.montague.test"), address("10.0.0.5"), address("198.41.0.4")],
    }
    async with name_server(table) as (where, _):
        resolver = Resolver(Guard(), lookup=Dns([where]))
        assert await resolver.targets("montague.test") == [Target("198.41.0.4", 5222, False)]
        opened = Resolver(Guard([ip_network("10.0.0.0/8")]), lookup=Dns([where]))
        assert {target.host_ip for target in await opened.targets("montague.test")} == {
            "10.0.0.5",
            "198.41.0.4",
        }
        await resolver.close()
        await opened.close()
