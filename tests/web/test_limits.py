"""Limits: how much, how often, and seen from which address."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.site import Site, running
from webchat.errors import TooMany
from webchat.web.limits import LoginLimits, Rate, network_of

JULIET = "juliet@example.org"


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_and_fills() -> None:
    clock = Clock()
    rate = Rate(2, 60, clock)
    rate.take("a")
    rate.take("a")
    rate.take("b")
    with pytest.raises(TooMany) as refused:
        rate.take("a")
    assert refused.value.retry_after == 30
    clock.now += 30
    rate.take("a")
    with pytest.raises(TooMany):
        rate.take("a")


def test_w18_five_logins_a_minute_from_one_address() -> None:
    clock = Clock()
    limits = LoginLimits(clock)
    for number in range(5):
        limits.take("192.0.2.1", f"person{number}@example.org")
    with pytest.raises(TooMany) as refused:
        limits.take("192.0.2.1", "person6@example.org")
    assert refused.value.retry_after == 12
    limits.take("192.0.2.2", "person6@example.org")


def test_l16_ten_attempts_in_five_minutes_whoever_tries() -> None:
    clock = Clock()
    limits = LoginLimits(clock)
    limits.succeeded("198.51.100.9", JULIET)
    tried = 0
    for number in range(20):
        try:
            limits.take(f"192.0.2.{number}", JULIET)
            tried += 1
        except TooMany:
            pass
    assert tried == 8
    # Two are kept for the owner, whom strangers therefore never lock out.
    limits.take("198.51.100.9", JULIET)
    limits.take("198.51.100.9", JULIET)
    with pytest.raises(TooMany):
        limits.take("198.51.100.9", JULIET)


def test_l16_the_delay_grows_with_each_failure_and_is_forgotten() -> None:
    clock = Clock()
    limits = LoginLimits(clock)
    waits = []
    for _ in range(6):
        clock.now += 61
        limits.failed("192.0.2.1", JULIET)
        try:
            limits.take("192.0.2.1", JULIET)
            waits.append(0)
        except TooMany as refused:
            waits.append(refused.retry_after)
    assert waits == [0, 0, 2, 4, 8, 16]
    clock.now += 901
    limits.failed("192.0.2.1", JULIET)
    limits.take("192.0.2.1", JULIET)
    limits.succeeded("192.0.2.1", JULIET)


def test_one_visitor_is_one_address_or_one_network() -> None:
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("somewhere") == "somewhere"


async def test_l14_one_address_holds_two_connecting_logins() -> None:
    limits = LoginLimits()
    inside: list[int] = []
    full, released = asyncio.Event(), asyncio.Event()

    async def connect(number: int) -> None:
        async with limits.connecting("192.0.2.1"):
            inside.append(number)
            if len(inside) == 2:
                full.set()
            await released.wait()

    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(connect(number))
        await full.wait()
        async with limits.connecting("192.0.2.2"):
            assert inside == [0, 1]
        released.set()
    assert inside == [0, 1, 2]


async def attempts(site: Site, peer: str, forwarded: list[str]) -> list[int]:
    """What a login with a wrong password is answered, for each value of X-Forwarded-For."""
    statuses = []
    async with site.browser() as browser:
        browser._transport.client = (peer, 1)  # type: ignore[attr-defined]
        for number, value in enumerate(forwarded):
            data = {"jid": f"p{number}@example.org", "password": "wrong"}
            answer = await browser.post("/login", data=data, headers={"x-forwarded-for": value})
            statuses.append(answer.status_code)
    return statuses


async def test_w10_forwarded_addresses_of_strangers_do_not_count(site: Site) -> None:
    statuses = await attempts(site, "192.0.2.1", [f"198.51.100.{number}" for number in range(6)])
    assert statuses == [422] * 5 + [429]


async def test_w10_trusted_proxies_tell_who_asks(tmp_path: Path) -> None:
    async with running(tmp_path, trusted_proxies="192.0.2.0/24,10.0.0.1/32") as site:
        different = [f"203.0.113.9, 198.51.100.{number}, 10.0.0.1" for number in range(6)]
        assert await attempts(site, "192.0.2.1", different) == [422] * 6
        same = [f"203.0.113.{number}, 198.51.100.77" for number in range(6)]
        assert await attempts(site, "192.0.2.1", same) == [422] * 5 + [429]


async def test_w26_large_bodies_and_many_fields_are_refused(site: Site) -> None:
    browser, _ = await site.signed_in()
    form = {"content-type": "application/x-www-form-urlencoded"}
    async with browser:
        declared = await browser.post("/logout", content=b"a" * 2_000_000, headers=form)
        fields = "&".join(f"a{number}=1" for number in range(10_000))
        many = await browser.post("/configuration/account", content=fields.encode(), headers=form)
        login = await browser.post("/login", content=fields.encode(), headers=form)
    assert declared.status_code == 413
    assert "content-security-policy" in declared.headers
    assert (many.status_code, login.status_code) == (400, 400)


async def test_w26_a_body_that_hides_its_length_is_refused_too(site: Site) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"a" * 50_000

    browser, _ = await site.signed_in()
    async with browser:
        answer = await browser.post(
            "/configuration/account",
            content=endless(),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
    assert answer.status_code == 413
