"""Background work of a session: what fails begins anew, and does not end before the session."""

import asyncio
import logging

import pytest

from tests.session.conftest import PEPPER
from tests.session.fakes import FakeConnector
from webchat.db.engine import Database
from webchat.session import session as sessions
from webchat.session.registry import Sessions
from webchat.session.session import Behaviour, Session


async def test_work_that_fails_begins_anew(
    accounts: Database,
    connector: FakeConnector,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One error, or a cancelling that was not meant for it, does not end it; one line says so."""
    monkeypatch.setattr(sessions, "JOB_AGAIN", 0.0)
    began, over = 0, asyncio.Event()

    async def watch(session: Session) -> None:
        nonlocal began
        began += 1
        if began < 3:
            raise OSError if began == 1 else asyncio.CancelledError
        over.set()

    made = Sessions(accounts, Behaviour(jobs=[watch]), connector, PEPPER)  # type: ignore[arg-type]
    with caplog.at_level(logging.ERROR):
        await made.login("romeo@example.org", "secret", keep=True)
        await asyncio.wait_for(over.wait(), 5)
    await made.stop()
    assert began == 3
    assert [each.getMessage() for each in caplog.records] == 2 * [
        "background work failed and begins anew: watch"
    ]
