"""This room proves that jobs wait for their bell, and no longer than they were told."""

import asyncio

from webchat.session.bells import called


async def test_a_bell_that_rang_before_is_heard_at_once_and_can_ring_anew() -> None:
    bell = asyncio.Event()
    for _ in range(2):
        bell.set()
        async with asyncio.timeout(5):
            await called(bell, None)
        assert not bell.is_set()


async def test_who_waits_is_called() -> None:
    bell = asyncio.Event()
    waiting = asyncio.create_task(called(bell, 60))
    asyncio.get_running_loop().call_soon(bell.set)
    async with asyncio.timeout(5):
        await waiting
    assert not bell.is_set()


async def test_a_bell_that_stays_silent_is_not_waited_for_longer_than_told() -> None:
    bell = asyncio.Event()
    async with asyncio.timeout(5):
        await called(bell, 0.001)
    assert not bell.is_set()
