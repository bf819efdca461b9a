"""The index of full text: kept with the messages, asked without a full scan, never across accounts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, text, update

from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.messages.looking import conversation, lines
from tests.messages.server import Server
from tests.messages.test_live import carbon, hears
from webchat.db.engine import Database
from webchat.markup.words import terms
from webchat.messages import commands, jobs, store
from webchat.messages.models import Message, MessageWords
from webchat.messages.store import search as index
from webchat.messages.store.search import Wanted
from webchat.xmpp.content import SharedFile

START = datetime(2025, 3, 1, 12, tzinfo=UTC)


async def found(person: Person, typed: str = "", labels: Sequence[Any] = (), **more: Any) -> list[str]:
    """The texts that a search finds."""
    async with person.session.read() as db:
        hits = await index.search(db, person.session.account_id, Wanted(terms(typed, 8), labels, **more))
    return [hit.body for hit in hits]


async def test_every_way_in_is_indexed(romeo: Person, server: Server) -> None:
    for n in range(3):
        server.said(JULIET, f"archived light {n}")
    await jobs.catch_up(romeo.session)
    await romeo.session.handled(hears("live light", stamp=START + timedelta(days=1)))
    await romeo.session.handled(carbon("carbon light", stamp=START + timedelta(days=2)))
    await commands.send_message(romeo.session, JULIET, "sent light", id="12345678")
    assert await found(romeo, "light") == [
        "sent light",
        "carbon light",
        "live light",
        "archived light 2",
        "archived light 1",
        "archived light 0",
    ]


async def test_words_accents_case_and_beginnings(romeo: Person) -> None:
    await romeo.session.handled(hears("L'Été est DÉJÀ là, Straße"))
    for typed in ("ete", "été deja", "STRASSE", "str", "là est"):
        assert await found(romeo, typed) == ["L'Été est DÉJÀ là, Straße"], typed
    assert await found(romeo, "ete w") == ["L'Été est DÉJÀ là, Straße"]
    for typed in ("tat", "ete winter", "e"):
        assert await found(romeo, typed) == [], typed


async def test_another_accounts_words_are_not_found(romeo: Person, mercutio: Person) -> None:
    await romeo.session.handled(hears("a secret of ours"))
    await mercutio.session.handled(hears("something else"))
    assert await found(mercutio, "secret") == []
    assert await found(mercutio, "", [{index.THEM}]) == ["something else"]
    ours = await conversation(romeo)
    assert await found(mercutio, "", [{index.in_conversation(ours.id)}]) == []


async def test_labels_say_where_who_and_what(romeo: Person) -> None:
    await romeo.session.handled(hears("see https://example.org"))
    await romeo.session.handled(hears("good day", MERCUTIO))
    await romeo.session.handled(carbon("good night", MERCUTIO))
    there = index.in_conversation((await conversation(romeo, MERCUTIO)).id)
    assert await found(romeo, "good", [{there}]) == ["good night", "good day"]
    assert await found(romeo, "", [{index.ME}]) == ["good night"]
    assert await found(romeo, "", [{index.LINK}]) == ["see https://example.org"]
    assert await found(romeo, "good", [{index.by(MERCUTIO)}]) == ["good day"]
    assert await found(romeo, "", [{index.by(ROMEO), index.by(JULIET)}]) == [
        "good night",
        "see https://example.org",
    ]
    assert await found(romeo, "good", [set()]) == []


async def test_times_bound_the_search(romeo: Person) -> None:
    for n in range(4):
        await romeo.session.handled(hears(f"day {n}", stamp=START + timedelta(days=n)))
    day = timedelta(days=1)
    assert await found(romeo, "day", since=START + day) == ["day 3", "day 2", "day 1"]
    assert await found(romeo, "day", until=START + day) == ["day 0"]
    assert await found(romeo, "day", since=START + day, until=START + 3 * day) == ["day 2", "day 1"]


async def test_only_unread(romeo: Person) -> None:
    for n in range(5):
        await romeo.session.handled(hears(f"line {n}"))
    await commands.mark_displayed(romeo.session, JULIET, (await lines(romeo))[2].id)
    assert await found(romeo, "line", unread=True) == ["line 4", "line 3"]


async def test_pages_meet_without_hole_or_double(romeo: Person) -> None:
    """Also where many were said in the same millisecond."""
    for n in range(9):
        await romeo.session.handled(hears(f"same {n}", id=f"an id of {n}", stamp=START))
    seen: list[str] = []
    before = None
    async with romeo.session.read() as db:
        while True:
            hits = await index.search(
                db, romeo.session.account_id, Wanted(terms("same", 8)), before=before, limit=4
            )
            seen += [hit.body for hit in hits]
            if len(hits) < 4:
                break
            before = hits[-1].moment
    assert sorted(seen) == [f"same {n}" for n in range(9)]


async def test_two_in_one_place_are_both_kept(romeo: Person) -> None:
    for n in range(2):
        await romeo.session.handled(hears(f"same {n}", id=f"an id of {n}", stamp=START))
    one, two = await lines(romeo)
    async with romeo.session.work() as work:
        taken = await work.db.scalar(select(MessageWords.moment).where(MessageWords.message_id == one.id))
        await store.drop_from_index(work.db, two.id)
        await index._write(work.db, [{"moment": taken, "message_id": two.id, "words": "1_same"}])
    assert sorted(await found(romeo, "same")) == ["same 0", "same 1"]


async def test_a_correction_is_found_by_its_newest_text(romeo: Person) -> None:
    await romeo.session.handled(hears("Wherefore art thou Tybalt"))
    (line,) = await lines(romeo)
    async with romeo.session.work() as work:
        await store.index_message(work.db, line.id, "Wherefore art thou Romeo")
    assert await found(romeo, "tybalt") == []
    assert await found(romeo, "romeo") == ["Wherefore art thou Tybalt"]


async def test_files_are_found_by_kind_and_name(romeo: Person) -> None:
    picture = SharedFile("https://x.example/1", "Sunset.jpg", "image/jpeg", description="over Vérone")
    await romeo.session.handled(hears("look", files=(picture,)))
    await romeo.session.handled(
        hears("read", files=(SharedFile("https://x.example/2", "a.pdf", "application/pdf"),))
    )
    assert await found(romeo, "", [{index.IMAGE}]) == ["look"]
    assert await found(romeo, "", [{index.FILE}]) == ["read", "look"]
    assert await found(romeo, "verone sunset") == ["look"]


async def test_what_is_retracted_hidden_or_gone_is_not_found(romeo: Person) -> None:
    for word in ("retracted", "hidden", "gone", "here"):
        await romeo.session.handled(hears(f"{word} word"))
    ids = {line.body.split()[0]: line.id for line in await lines(romeo)}
    async with romeo.session.work() as work:
        await store.drop_from_index(work.db, ids["retracted"])
        await work.db.execute(update(Message).where(Message.id == ids["hidden"]).values(hidden=True))
        await work.db.execute(delete(Message).where(Message.id == ids["gone"]))
    assert await found(romeo, "word") == ["here word"]
    async with romeo.session.read() as db:
        assert await db.scalar(select(func.count()).select_from(MessageWords)) == 2


@pytest.mark.parametrize(
    "typed",
    [
        '" OR 1=1 --',
        "') | 'x",
        "a* NEAR(b c)",
        "words : light",
        "NOT AND OR",
        "\\' \\\\ %_ [a-z]",
        "{a b} ^c -d +e",
        ":* & | ! <->",
        "light\x00dark",
        "\ud800",
        "1_light 2_light .me .c1",
        "😀",
    ],
)
async def test_u_no_typed_text_is_syntax(romeo: Person, typed: str) -> None:
    await romeo.session.handled(hears("light"))
    assert await found(romeo, typed) in ([], ["light"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(typed=st.text(max_size=40))
async def test_u_nothing_that_is_typed_breaks_a_search(romeo: Person, typed: str) -> None:
    assert isinstance(await found(romeo, typed), list)


async def test_no_full_scan(romeo: Person, database: Database) -> None:
    """What a search costs depends on what it finds, not on what there is."""
    await romeo.session.handled(hears("light"))
    keys = {
        "query": index.query(database.dialect, romeo.session.account_id, Wanted(terms("light", 8))),
        "first": 0,
        "last": 1 << 62,
        "most": 20,
        "account": romeo.session.account_id,
    }
    statement = index.statement(database.dialect)
    async with database.read() as db:
        compiled = statement.compile(db.get_bind(), compile_kwargs={"literal_binds": False})
        if database.dialect == "sqlite":
            values = {**compiled.params, **keys}
            plan = await db.execute(text(f"EXPLAIN QUERY PLAN {_named(statement)}"), values)
            steps = [row[3] for row in plan]
            assert any("VIRTUAL TABLE INDEX" in step for step in steps), steps
            scans = [step for step in steps if step.startswith("SCAN") and "VIRTUAL" not in step]
            assert scans in ([], ["SCAN found"]), steps
        else:
            await db.execute(text("SET enable_seqscan = off"))
            plan = await db.execute(text(f"EXPLAIN {_named(statement)}"), {**compiled.params, **keys})
            whole = "\n".join(row[0] for row in plan)
            assert "Seq Scan" not in whole, whole


def _named(statement: Any) -> str:
    """A statement with named parameters, as `text` takes it."""
    return str(statement.compile())


async def test_a_migrated_database_knows_what_was_there(romeo: Person, database: Database) -> None:
    """What the migration writes is what a search reads: both are made by `entry`."""
    await romeo.session.handled(hears("light"))
    (line,) = await lines(romeo)
    async with database.read() as db:
        row = (await db.execute(index._ROWS, {"ids": [line.id]})).one()
        kept = (await db.execute(select(MessageWords.moment, MessageWords.words))).one()
    entry = index.entry(row, row.body)
    assert (entry["moment"], entry["words"]) == tuple(kept)
    assert insert(MessageWords).values(**entry) is not None
