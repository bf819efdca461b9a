"""What is told to whoever watches over the process, and what it means to be alive and ready."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.web.site import ROMEO, Site, Tab, running
from webchat import account, app
from webchat.db.base import now
from webchat.db.engine import Database
from webchat.session import complaints, measures
from webchat.session.complaints import Told
from webchat.session.models import OutboxRow
from webchat.web.metrics import _COUNTERS, _GAUGES, Metrics, Stall
from webchat.xmpp.context import Tally
from webchat.xmpp.events import SubscriptionRequested
from webchat.xmpp.verbs import SendMessage


async def told(metrics: Metrics) -> dict[str, float]:
    """The samples by name."""
    lines = (await metrics.text()).splitlines()
    return {
        name: float(value) for name, _, value in (each.rpartition(" ") for each in lines if each[0] != "#")
    }


async def test_sessions_database_and_streams_are_told(site: Site) -> None:
    metrics, tally = Metrics(), Tally()
    measures.offer(metrics.gauge, site.sessions, tally)
    before = await told(metrics)
    assert before["webchat_sessions"] == before["webchat_outbox_age_seconds"] == 0
    _, me = await site.signed_in(ROMEO)
    me.session.client.connected = False  # type: ignore[misc]
    async with me.session.work() as work:
        work.send(SendMessage(to="juliet@example.net", body="Soft!", id="m1"))
    async with site.sessions.database.write() as db:
        await complaints.add(db, me.account_id, Told("person", "x", "tybalt@example.net"))
        await db.execute(update(OutboxRow).values(created_at=now() - timedelta(minutes=5)))
    tally.stanzas = 7
    tally.dropped.update({"carbon": 2, "address": 1})
    after = await told(metrics)
    assert after["webchat_sessions"] == 1
    assert (before["webchat_reports_open"], after["webchat_reports_open"]) == (0, 1)
    assert 299 < after["webchat_outbox_age_seconds"] < 330
    assert after["webchat_inbox_depth"] == 0
    assert after["webchat_stanzas_total"] == 7
    assert after['webchat_stanzas_dropped_total{kind="carbon"}'] == 2
    assert after['webchat_stanzas_dropped_total{kind="address"}'] == 1
    assert after["webchat_database_statements_total"] > before["webchat_database_statements_total"]
    assert after["webchat_database_seconds_total"] > before["webchat_database_seconds_total"]


async def test_what_cannot_be_had_is_left_out_and_the_rest_is_told() -> None:
    metrics = Metrics()

    async def broken() -> float:
        raise OSError

    metrics.gauge("outbox_age_seconds", broken)
    metrics.add("logins", 3)
    found = await told(metrics)
    assert found["webchat_logins_total"] == 3
    assert "webchat_outbox_age_seconds" not in found


async def test_a_loop_that_is_held_up_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stall, "NAP", 0.01)
    metrics = Metrics()
    async with metrics.watching():
        async with asyncio.timeout(5):
            while (await told(metrics))["webchat_loop_stall_seconds"] < 0.1:
                await asyncio.sleep(0)
                time.sleep(0.15)  # noqa: ASYNC251 (this is what is looked for)
                await asyncio.sleep(0.02)


async def test_what_waits_and_what_happens_in_tabs_is_counted(site: Site) -> None:
    """Tabs while they are open, events until they are handled, a tab that fell behind, memory."""
    metrics: Metrics = site.app.state.metrics
    measures.offer(metrics.gauge, site.sessions, Tally())
    browser, me = await site.signed_in(ROMEO)
    tab = Tab(site, browser, "/stream/plain/?after=another.1")
    while "resync" not in await tab.next():
        pass
    for number in range(3):
        me.session.inbox.put(SubscriptionRequested(f"juliet{number}@example.net"))
    # Nothing in between gives the session its turn.
    waiting = await told(metrics)
    assert waiting["webchat_inbox_depth"] == 3
    assert waiting["webchat_streams_open"] == 1
    assert waiting["webchat_stream_resyncs_total"] == 1
    assert 10_000_000 < waiting["webchat_memory_bytes"] < 10_000_000_000
    await tab.close()
    await browser.aclose()
    after = await told(metrics)
    assert after["webchat_streams_open"] == 0


def _gone(_: Database) -> None:
    raise OSError


@asynccontextmanager
async def _hangs(_: Database) -> AsyncIterator[None]:
    await asyncio.Event().wait()
    yield


async def test_alive_is_the_process_ready_is_its_database_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, (account.slice,)) as site, site.browser() as probe:
        # A probe knows an address and no name.
        assert (await probe.get("/livez", headers={"host": "10.0.0.7"})).text == "ok\n"
        assert (await probe.get("/readyz", headers={"host": "10.0.0.7"})).text == "ok\n"
        monkeypatch.setattr(Database, "read", _gone)
        assert (await probe.get("/livez")).status_code == 200
        answer = await probe.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the database does not answer\n")


async def test_a_database_that_hangs_and_a_site_that_stops_are_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "READY_WITHIN", 0.01)
    async with running(tmp_path, (account.slice,)) as site, site.browser() as probe:
        monkeypatch.setattr(Database, "read", _hangs)
        assert (await probe.get("/readyz")).status_code == 503
        monkeypatch.undo()
        site.app.state.streams.closing = True
        answer = await probe.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "the site stops\n")
        assert (await probe.get("/livez")).status_code == 200


def test_alerts_and_paper_name_what_is_told() -> None:
    """Every metric that the samples of an operator name exists."""
    known = (
        {"webchat_info"}
        | {f"webchat_{name}" for name in _GAUGES}
        | {f"webchat_{name}_total" for name in _COUNTERS}
    )
    root = Path(__file__).resolve().parents[2]
    alerts = (root / "deploy/prometheus/webchat.yml").read_text(encoding="utf-8")
    paper = (root / "docs/operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"webchat_[a-z_]+", alerts + paper)) - {"webchat_"}
    assert named <= known
    told = set(
        re.findall(r"`([a-z_]+)(?:\{kind\})?`", paper.partition("Worth a look")[2].partition("\n\n")[0])
    )
    assert {f"webchat_{name}" for name in told} <= known
    assert len(told) > 10
