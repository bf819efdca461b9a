"""Whatever comes live, late, twice or not at all: the order becomes the archive's, once each (R10, R23)."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lab.people import JULIET, MERCUTIO, Person, signed_in
from tests.messages.looking import bodies, conversation, counted_unread, lines
from tests.messages.server import BEGINNING, Server
from webchat.contacts import slice as contacts
from webchat.db.engine import Database
from webchat.messages import commands, handlers, jobs, store
from webchat.messages import slice as messages
from webchat.messages.store import Line
from webchat.xmpp import archive
from webchat.xmpp.events import ArchivePage, MessageReceived, StanzaAcked

PEOPLE = (JULIET, MERCUTIO)
STEPS = (
    "theirs",
    "theirs lost",
    "ours",
    "ours from the phone",
    "ours from the phone, lost",
    "ours, refused",
    "arrive",
    "display",
    "ask",
    "answer",
    "older",
)

steps = st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(PEOPLE)), min_size=1, max_size=40)


class Walk:
    """One random afternoon: what happens at the server, and when Romeo's client hears of it."""

    def __init__(self, romeo: Person, server: Server, page: int) -> None:
        self.romeo = romeo
        self.server = server
        self.page = page
        self.said = 0
        self.under_way: list[tuple[str, str, str]] = []
        self.local: dict[str, list[str]] = {JULIET: [], MERCUTIO: []}
        self.answers: list[ArchivePage] = []
        self.displayed: dict[str, set[str]] = {JULIET: set(), MERCUTIO: set()}

    def body(self) -> str:
        """A text that nobody has said yet."""
        self.said += 1
        return f"line {self.said}"

    async def hear(self, event: MessageReceived) -> None:
        """A live message comes in."""
        await self.romeo.session.handled(event)

    async def step(self, name: str, jid: str) -> None:
        """One thing happens."""
        do: dict[str, Callable[[str], Awaitable[None]]] = {
            "ours": self.ours,
            "ours, refused": self.refused,
            "arrive": self.arrive,
            "display": self.display,
            "ask": self.ask,
            "answer": self.answer,
            "older": self.older,
        }
        if name in do:
            await do[name](jid)
        elif name.startswith("theirs"):
            event = self.server.said(jid, self.body())
            if "lost" not in name:
                await self.hear(event)
        else:
            event = self.server.sent(jid, self.body())
            self.displayed[jid].add(event.body)
            if "lost" not in name:
                await self.hear(event)

    async def ours(self, jid: str) -> None:
        """Romeo writes; his message is on its way."""
        id, body = str(uuid4()), self.body()
        await commands.send_message(self.romeo.session, jid, body, id=id)
        self.under_way.append((jid, id, body))
        self.displayed[jid].add(body)

    async def refused(self, jid: str) -> None:
        """Romeo writes, and it never reaches the archive."""
        body = self.body()
        await commands.send_message(self.romeo.session, jid, body, id=str(uuid4()))
        self.local[jid].append(body)
        self.displayed[jid].add(body)

    async def arrive(self, _: str) -> None:
        """What Romeo wrote first reaches the server."""
        if self.under_way:
            jid, id, body = self.under_way.pop(0)
            self.server.sent(jid, body, id)
            await self.romeo.session.handled(StanzaAcked(id))

    async def here(self, jid: str) -> list[Line]:
        """What is in the database."""
        async with self.romeo.session.read() as db:
            found = await store.conversation_by_jid(db, self.romeo.session.account_id, jid)
            return await store.lines(db, found.id, limit=1000) if found else []

    async def display(self, jid: str) -> None:
        """Romeo reads what is there."""
        here = await self.here(jid)
        if here:
            self.displayed[jid].add(here[-1].body)
            await commands.mark_displayed(self.romeo.session, jid, here[-1].id)

    async def ask(self, _: str) -> None:
        """The client asks for what is new; the answer is computed now."""
        async with self.romeo.session.read() as db:
            last, _filled = await store.archive_state(db, self.romeo.session.account_id)
        if not self.answers:
            client = self.romeo.session.client
            self.answers.append(await archive.page(client, after=last, limit=self.page))

    async def answer(self, _: str) -> None:
        """The answer is handled, after whatever came in the meantime."""
        while self.answers:
            await self.romeo.session.handled(self.answers.pop())

    async def older(self, jid: str) -> None:
        """Romeo scrolls up: what appears above everything else he has seen thereby."""
        before = await self.here(jid)
        await commands.load_older(self.romeo.session, jid)
        after = await self.here(jid)
        above = [line.id for line in after].index(before[0].id) if before else len(after)
        if above:
            self.displayed[jid].add(after[above - 1].body)

    async def end(self) -> None:
        """Everything arrives, and the client reads the archive to its end."""
        while self.under_way:
            await self.arrive("")
        await self.answer("")
        await jobs.catch_up(self.romeo.session)

    def unread(self, jid: str, here: list[Line]) -> int:
        """Messages of others behind the last one that anything says was displayed."""
        behind = 0
        for line in here:
            behind = 0 if line.body in self.displayed[jid] else behind + (not line.mine)
        return behind

    async def check(self) -> None:
        """The database and the server say the same."""
        for jid in PEOPLE:
            expected = self.server.bodies(jid)
            if not expected and not self.local[jid]:
                continue
            here = await bodies(self.romeo, jid)
            unarchived = set(self.local[jid])
            assert [body for body in here if body not in unarchived] == expected
            assert [body for body in here if body in unarchived] == self.local[jid]
            found = await conversation(self.romeo, jid)
            assert found.unread == self.unread(jid, await lines(self.romeo, jid))
            assert found.unread == await counted_unread(self.romeo, jid)
            last = (await lines(self.romeo, jid))[-1]
            assert (found.last_message_id, found.last_position) == (last.id, last.position)


_numbers = itertools.count()


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    before=st.integers(0, 6),
    events=steps,
    page=st.sampled_from((1, 2, 3, 100)),
    seconds=st.sampled_from((0.0, 1.0)),
    skew=st.sampled_from((0, -90_000, 90_000)),
)
async def test_the_order_is_the_archives(
    database: Database,
    before: int,
    events: list[tuple[str, str]],
    page: int,
    seconds: float,
    skew: int,
) -> None:
    jid = f"romeo{next(_numbers)}@montague.example"
    with pytest.MonkeyPatch.context() as patch:
        async with signed_in(database, jid, [contacts, messages]) as romeo:
            server = Server(romeo, seconds)
            clock = local_clock(server, skew)
            for module in (handlers, commands):
                patch.setattr(module, "now", clock)
            for module in (jobs, commands):
                patch.setattr(module, "PAGE", page)
            patch.setattr(jobs, "FIRST_FILL", 100)
            walk = Walk(romeo, server, page)
            for n in range(before):
                walk.displayed[PEOPLE[n % 2]].add(server.said(PEOPLE[n % 2], walk.body()).body)
            await jobs.catch_up(romeo.session)
            for name, jid in events:
                await walk.step(name, jid)
            await walk.end()
            await walk.check()


def local_clock(server: Server, skew: int) -> Callable[[], datetime]:
    """Our own clock: it goes on, and may be wrong by a day."""

    def local() -> datetime:
        server.clock += timedelta(microseconds=1)
        return server.clock + timedelta(seconds=skew)

    return local


async def test_a_thousand_messages_arrive_in_order_while_others_come_live(romeo: Person) -> None:
    """Hands expect: a catch-up of 1,000 messages equals the archive (line 29)."""
    server = Server(romeo, seconds=0.1)
    await jobs.catch_up(romeo.session)
    events = [server.said(JULIET, f"line {n}") for n in range(1000)]
    last_id, answered = "", False
    while not answered:
        page = await archive.page(romeo.session.client, after=last_id, limit=100)
        await romeo.session.handled(server.said(JULIET, f"live after {last_id}"))
        await romeo.session.handled(page)
        last_id, answered = page.last, page.complete
    await romeo.session.handled(events[500])
    assert await bodies(romeo) == server.bodies(JULIET)
    assert len(server.kept) == 1011
    assert (await conversation(romeo)).unread == 1011
    assert (await lines(romeo))[0].stamp > BEGINNING
