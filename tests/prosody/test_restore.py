"""What waited to be sent when a backup was made: after a restore it is neither lost nor sent twice."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from tests.lab.fixtures import TALKING, OpenPeer
from tests.lab.insider import Insider, inside
from tests.lab.prosody import Lab
from tests.operate.conftest import migrated
from webchat.__main__ import main
from webchat.messages import commands
from webchat.session import outbox


async def waits(his: Insider) -> bool:
    """Whether something of his is still to be sent."""
    async with his.session.read() as db:
        return await outbox.oldest(db) is not None


async def synced(his: Insider) -> None:
    """His archive was read, and what waited may leave."""
    await his.until(lambda: not his.session.outbox._held)


async def write(his: Insider, to: str, text: str) -> None:
    """He writes while nothing can leave."""
    await synced(his)
    his.session.outbox.hold()
    await commands.send_message(his.session, to, text, id=str(uuid4()))
    assert await waits(his)


async def test_what_waited_is_neither_lost_nor_doubled(
    prosody: Lab, peer: OpenPeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    path = tmp_path / f"{romeo.jid.partition('@')[0]}.sqlite"
    path.write_bytes(await asyncio.to_thread(migrated))
    monkeypatch.setenv("WEBCHAT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WEBCHAT_DATABASE_URL", f"sqlite:///{path}")

    async def typed(command: str, file: str) -> None:
        assert await asyncio.to_thread(main, [command, str(tmp_path / file)]) == 0

    async with inside(romeo, prosody, TALKING, tmp_path) as his:
        await write(his, juliet.jid, "It is the east")
        await typed("backup", "one.tar")
        his.session.outbox.release()
        await hers.hears_body("It is the east")
    await typed("restore", "one.tar")
    async with inside(romeo, prosody, TALKING, tmp_path) as his:
        await his.reads(juliet.jid, "It is the east")
        await synced(his)
        assert not await waits(his), "the archive showed that it had gone out"
        await write(his, juliet.jid, "and Juliet is the sun")
        await typed("backup", "two.tar")
    await typed("restore", "two.tar")
    async with inside(romeo, prosody, TALKING, tmp_path) as his:
        await hers.hears_body("and Juliet is the sun")
        await his.reads(juliet.jid, "It is the east", "and Juliet is the sun")
    heard = [each.body for each in await hers.archive(romeo.jid) if each.body]
    assert heard == ["It is the east", "and Juliet is the sun"]
