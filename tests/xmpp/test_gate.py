"""The gate: few logins at once, slow servers hold up only their own, nobody waits before a page for ever."""

import asyncio

import pytest

from webchat.xmpp.gate import Gate, Lane


async def take(gate: Gate, domain: str, lane: Lane, free: asyncio.Event) -> None:
    async with gate.enter(domain, lane):
        await free.wait()


async def test_strangers_at_the_login_page_hold_no_session_back() -> None:
    gate, free = Gate(per_domain=2, at_once=2), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for domain in ("slow.example", "slower.example"):
            tasks.create_task(take(gate, domain, "login", free))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            async with gate.enter("verona.example", "login", patience=0.01):
                pytest.fail("all places are taken")
        async with gate.enter("slow.example", "return", patience=5):
            free.set()


async def test_who_has_a_place_keeps_it_longer_than_one_may_wait() -> None:
    gate = Gate()
    clock = asyncio.get_running_loop()
    async with gate.enter("verona.example", "login", patience=0.01):
        until = clock.time() + 0.03
        while clock.time() < until:
            await asyncio.sleep(0.01)


async def test_one_domain_fills_only_its_own_places() -> None:
    gate, free = Gate(per_domain=1, at_once=5), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(take(gate, "slow.example", "login", free))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            async with gate.enter("slow.example", "login", patience=0.01):
                pytest.fail("its place is taken")
        async with gate.enter("verona.example", "login", patience=5):
            free.set()
