"""This room writes a hundred thousand messages into one conversation and asks for what people ask of it."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import insert, select, update

from tests.bench import machine
from tests.lab.prosody import Account
from tests.lab.site import Site
from tests.lab.visitor import Visitor
from webchat.config import Settings
from webchat.db.engine import Database
from webchat.messages import store
from webchat.messages.models import FIRST, SETTLED, STEP, Conversation, Message
from webchat.messages.show import key_of
from webchat.messages.store.search import index_new
from webchat.session.models import Account as AccountRow

NUMBER = 100_000
TIMES = 12
AT_ONCE = 1000
WORDS = 20_000

BEGINNING = datetime(2018, 1, 1, tzinfo=UTC)
APART = timedelta(minutes=40)


def words() -> list[str]:
    """A language: the first words of it are common, the last ones rare."""
    chance = random.Random(1)  # noqa: S311 (figures must be the same every time)
    return ["".join(chance.choices("aeilmnorstu", k=chance.randint(3, 9))) for _ in range(WORDS)]


def _rows(account_id: int, conversation_id: int, peer: str) -> Iterator[list[dict[str, Any]]]:
    known = words()
    weights = [1 / (n + 1) for n in range(WORDS)]
    sums = list(accumulate(weights))
    chance = random.Random(2)  # noqa: S311
    for start in range(0, NUMBER, AT_ONCE):
        yield [
            {
                "account_id": account_id,
                "conversation_id": conversation_id,
                "position": FIRST + n * STEP,
                "stamp": BEGINNING + n * APART,
                "arrived_at": BEGINNING + n * APART,
                "sender": f"{peer}/phone",
                "mine": n % 3 == 0,
                "body": " ".join(chance.choices(known, cum_weights=sums, k=12)),
                "stanza_id": f"big-{n}",
                "said_id": f"big-{n}",
                "state": "sent" if n % 3 == 0 else "",
                "settled": SETTLED,
            }
            for n in range(start, start + AT_ONCE)
        ]


async def write(site: Site, account: Account, peer: Account) -> None:
    """Write the messages into the site's database, as an archive would have brought them."""
    database = Database(Settings.from_env(site.variables()).database_url)
    async with database.write() as db:
        account_id = await db.scalar(select(AccountRow.id).where(AccountRow.jid == account.jid))
        assert account_id is not None
        conversation = await store.ensure_conversation(db, account_id, peer.jid)
    for rows in _rows(account_id, conversation.id, peer.jid):
        async with database.write() as db:
            ids = await db.execute(insert(Message).returning(Message.id), rows)
            await index_new(db, list(ids.scalars()))
    async with database.write() as db:
        last = FIRST + (NUMBER - 1) * STEP
        known = {"displayed_position": last, "history_start": True}
        await db.execute(update(Conversation).where(Conversation.id == conversation.id).values(**known))
        await store.refresh(db, conversation.id)
    await database.close()


def questions(peer: Account) -> dict[str, str]:
    """What people ask of it: name → address."""
    known = words()
    middle = key_of(FIRST + NUMBER // 2 * STEP)
    day = (BEGINNING + NUMBER // 3 * APART).date().isoformat()
    common = "+".join(known[:3])
    return {
        "open": peer.path,
        "page back from the middle": f"{peer.path}?before={middle}",
        "search for a rare word": f"/search?q={known[-1]}",
        "search for three common words in it": f"/search?q={common}&in={peer.jid}",
        "search for a common word, older results": f"/search?q={known[0]}&older={1 << 62}",
        "jump to a date": f"{peer.path}?date={day}",
    }


async def ask(visitor: Visitor, path: str) -> list[float]:
    """The same page again and again, redirects followed: seconds."""
    times = []
    for _ in range(TIMES + 1):
        start = time.perf_counter()
        answer = await visitor.http.get(path, follow_redirects=True)
        times.append(time.perf_counter() - start)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        assert answer.text.count("<article") + answer.text.count("<mark") > 0, path
    return times[1:]


async def measure(visitor: Visitor, peer: Account) -> dict[str, float]:
    """Question → seconds until its answer is there, the 95th percentile."""
    return {name: machine.quantile(await ask(visitor, path), 0.95) for name, path in questions(peer).items()}
