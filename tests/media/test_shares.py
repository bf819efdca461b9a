"""Connections are few: one account, one host, one slow server or one reader who sleeps never has them all."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.media.host import Host, Page
from webchat.media import fetch, shares
from webchat.media.fetch import Fetcher, FetchFailed
from webchat.media.shares import Busy, Held, Shares

ROMEO, JULIET, TYBALT = "romeo@montague.example", "juliet@capulet.example", "tybalt@capulet.example"


async def waits(those: Shares, who: str, got: list[str], host: str = "") -> None:
    """Wait for a place, keep it for a moment."""
    async with those.place(who, host):
        got.append(who)
        await asyncio.sleep(0)


async def held(stack: AsyncExitStack, those: Shares, who: str, host: str = "") -> Held:
    """A place that is kept."""
    return await stack.enter_async_context(those.place(who, host, patience=0.05))


async def test_who_has_least_comes_first() -> None:
    """Romeo's line is long; whoever else comes need not wait for it."""
    those, got = Shares(3, each=3), list[str]()
    async with AsyncExitStack() as stack:
        mine = [await held(stack, those, ROMEO) for _ in range(3)]
        tasks = [asyncio.create_task(waits(those, ROMEO, got)) for _ in range(20)]
        await asyncio.sleep(0)
        tasks += [asyncio.create_task(waits(those, who, got)) for who in (JULIET, TYBALT)]
        await asyncio.sleep(0)
        mine[0].give_back()
        mine[0].give_back()
        await asyncio.gather(*tasks)
    assert set(got[:2]) == {JULIET, TYBALT}
    assert (len(got), those.held) == (22, 0)


async def test_nobody_has_all_and_no_host_either() -> None:
    those = Shares(10, each=2, one_host=3)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await held(stack, those, ROMEO, "slow.example")
        with pytest.raises(Busy):
            await held(stack, those, ROMEO, "other.example")
        await held(stack, those, JULIET, "slow.example")
        with pytest.raises(Busy):
            await held(stack, those, TYBALT, "slow.example")
        await held(stack, those, TYBALT, "other.example")
        assert those.held == 4
    assert those.held == 0


async def test_who_gives_up_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled while waiting, cancelled in the very moment of getting it, too many wishes."""
    monkeypatch.setattr(shares, "MOST_WAITING", 5)
    those, got = Shares(1, each=1), list[str]()
    async with those.place(ROMEO):
        tasks = [asyncio.create_task(waits(those, JULIET, got)) for _ in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await waits(those, JULIET, got)
        tasks[0].cancel()
        await asyncio.sleep(0)
    # The next in line has it now, and goes before it can use it.
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert got == [JULIET] * 3
    assert those.held == 0


@pytest.fixture
async def slow(host: Host) -> str:
    """The address of something that comes byte by byte, for ever."""
    host.pages["/slow"] = Page(b"x" * 100_000, drip=0.02)
    return f"{host.url}/slow"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long in these tests."""
    monkeypatch.setattr(shares, "PATIENCE", 0.2)


async def test_p07_slow_downloads_of_one_account_leave_room_for_others(
    fetcher: Fetcher, host: Host, slow: str
) -> None:
    """Romeo opens as many as he can, and more; Juliet gets what she asks for, of both kinds."""
    url = host.put("/a.txt", b"text")
    async with AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(fetcher.open(slow, ROMEO))
        for _ in range(3):
            with pytest.raises(FetchFailed, match="busy"):
                await stack.enter_async_context(fetcher.open(slow, ROMEO))
        assert len(host.asked) == 4
        assert (await fetcher.get(url, most=10, who=ROMEO)).data == b"text"
        assert (await fetcher.get(url, most=10, who=JULIET)).data == b"text"
        async with fetcher.open(url, JULIET) as answer:
            assert [chunk async for chunk in answer.chunks(10)] == [b"text"]
    assert fetcher.streams.held == fetcher.pages.held == 0


async def test_p07_a_server_that_brings_too_little_is_given_up(
    fetcher: Fetcher, slow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "GRACE", 0.2)

    async def read() -> None:
        async with fetcher.open(slow, ROMEO) as answer:
            async for _ in answer.chunks(1 << 30):
                assert fetcher.streams.held == 1

    with pytest.raises(FetchFailed, match="too-slow"):
        await read()
    assert fetcher.streams.held == 0


async def test_a_reader_who_sleeps_loses_the_place(
    fetcher: Fetcher, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A film that is paused: its connection serves others, and who goes on asks anew for the rest."""
    monkeypatch.setattr(fetch, "AWAY", 0.05)
    url = host.put("/film", b"x" * 3_000_000)

    async def slept() -> None:
        for _ in range(100):
            if not fetcher.streams.held:
                return
            await asyncio.sleep(0.02)

    async with fetcher.open(url, ROMEO) as answer:
        chunks: AsyncIterator[bytes] = answer.chunks(1 << 30)
        assert await anext(chunks)
        assert fetcher.streams.held == 1
        await slept()
        assert fetcher.streams.held == 0
        with pytest.raises(FetchFailed, match="unreachable"):
            await anext(chunks)
    assert fetcher.streams.held == 0


async def test_p07_headers_that_never_end(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them in time, all of them never; and a host that never takes a file."""
    monkeypatch.setattr(fetch, "DEADLINE", 0.2)
    monkeypatch.setattr(fetch, "GRACE", 0.2)
    monkeypatch.setattr(fetch, "SLOWEST", 1 << 30)

    asked: list[asyncio.StreamWriter] = []

    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(writer)
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"a: b\r\n")
            await asyncio.sleep(0.02)

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(writer)

    for answer in (drip, silent):
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(FetchFailed, match="too-slow"):
            await fetcher.open(url, ROMEO).__aenter__()
        with pytest.raises(FetchFailed, match="too-slow"):
            await fetcher.put(url, {}, io.BytesIO(b"x" * 10_000_000), 10_000_000, "text/plain", ROMEO)
        for writer in asked:
            writer.close()
        server.close()
        await server.wait_closed()
    assert fetcher.streams.held == fetcher.files.held == 0
