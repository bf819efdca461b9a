"""The log of a real login and conversation, everything in it that can be said: nothing of the people."""

import base64
import json
import logging
from pathlib import Path

import pytest

from tests.lab.fixtures import TALKING, OpenPeer
from tests.lab.insider import inside
from tests.lab.prosody import Lab
from tests.operate.test_logs import logging_to_stderr
from webchat.messages import commands
from webchat.session.session import Session
from webchat.slice import Slice


async def test_a_login_messages_and_an_error_name_nobody(
    prosody: Lab,
    peer: OpenPeer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    hers = await peer(juliet)
    mine, theirs = "My name, dear saint, is hateful", "My ears have not yet drunk"

    async def fails(session: Session) -> None:
        raise ValueError(f"{session.jid}, {romeo.password}: {theirs} from {juliet.jid}")

    with logging_to_stderr(tmp_path / "log"):
        assert logging.getLogger("webchat").isEnabledFor(logging.DEBUG)
        async with inside(romeo, prosody, (*TALKING, Slice("broken", sync=[fails])), tmp_path) as his:
            await his.until(lambda: not his.session.outbox._held)
            hers.send(romeo.jid, theirs)
            await his.reads(juliet.jid, theirs)
            await commands.send_message(
                his.session, juliet.jid, mine, id="6f1a3f8e-0000-4000-8000-000000000001"
            )
            await hers.hears_body(mine)
    said = capsys.readouterr().err
    lines = [json.loads(line) for line in said.splitlines()]
    assert any(line["level"] == "error" and "ValueError" in line.get("exception", "") for line in lines)
    secrets = (romeo.password, base64.b64encode(romeo.password.encode()).decode(), "hateful", "drunk")
    addresses = (romeo.jid, juliet.jid, *(jid.partition("@")[0] for jid in (romeo.jid, juliet.jid)))
    assert [private for private in (*secrets, *addresses) if private in said] == []
