"""This room is the index of full text: its tables, how it is asked, how rows come into it.

A table of words has a column `moment`, its key and the order of results; a column that names the row it is
about; and `words`, separated by spaces, each beginning with a prefix: whoever asks with one prefix reaches
nothing of another.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import BigInteger, Table, column, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

ROUNDS = 10

ANYTIME = (1 << 63) - 1
"""Later than everything."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROOM = 21
"""Bits of a moment that tell rows of the same millisecond apart."""

_LAST = (1 << 63 - _ROOM) - 1
"""The last millisecond that has a place in the order, in 2109."""


class Word(Protocol):
    """One word that is looked for; `open` also finds the words that begin with it."""

    @property
    def text(self) -> str:
        """The word, folded."""

    @property
    def open(self) -> bool:
        """Whether it may go on."""


def statements(table: str, name: str) -> Mapping[str, Sequence[str]]:
    """By dialect: what makes the index `name` over a table of words; neither database describes it in a way
    that the other understands."""
    # Names of tables are ours, here and below; nothing foreign comes near this text.
    index = f"INSERT INTO {name}"
    insert = f"{index} (rowid, words) VALUES (new.moment, new.words)"
    delete = f"{index} ({name}, rowid, words) VALUES ('delete', old.moment, old.words)"
    return {
        "sqlite": (
            f"CREATE VIRTUAL TABLE {name} USING fts5(words, content='{table}', content_rowid='moment',"
            " detail=none, columnsize=0, tokenize=\"ascii tokenchars '._'\")",
            f"CREATE TRIGGER {table}_inserted AFTER INSERT ON {table} BEGIN {insert}; END",
            f"CREATE TRIGGER {table}_deleted AFTER DELETE ON {table} BEGIN {delete}; END",
        ),
        "postgresql": (
            f"CREATE INDEX {name} ON {table} USING gin (array_to_tsvector(string_to_array(words, ' ')))",
        ),
    }


def spelling(index: str) -> Mapping[str, Sequence[str]]:
    """By dialect: what makes the list of all words in an index that `statements` made, as `{index}_words`."""
    made = f"CREATE VIRTUAL TABLE IF NOT EXISTS {index}_words USING fts5vocab({index}, 'row')"
    return {"sqlite": (made,), "postgresql": ()}


async def completions(db: AsyncSession, index: str, beginning: str, most: int) -> list[str] | None:
    """The words that begin so, where there are at most so many; None for more, or where nobody tells.

    SQLite makes a list of all that a beginning finds before it gives the first one; of whole words it gives
    one after the other, which is what a page needs.
    """
    if db.get_bind().dialect.name != "sqlite":
        return None
    # The name is ours.
    asked = text(f"SELECT term FROM {index}_words WHERE term >= :first AND term < :last LIMIT :most")  # noqa: S608 (our own name)
    keys = {"first": beginning, "last": beginning + chr(0x10FFFF), "most": most + 1}
    found = list(await db.scalars(asked, keys))
    return found if len(found) <= most else None


def moment_of(stamp: datetime, number: int = 0) -> int:
    """Where something stands in the order of search."""
    milliseconds = min(max(0, (stamp - _EPOCH) // timedelta(milliseconds=1)), _LAST)
    return int(milliseconds) << _ROOM | number & (1 << _ROOM) - 1


async def write(db: AsyncSession, table: Table, key: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows into a table of words; `key` names the column of what they are about."""
    insert = (postgresql if db.get_bind().dialect.name == "postgresql" else sqlite).insert
    statement = insert(table).on_conflict_do_nothing().returning(table.c[key])
    left = [dict(row) for row in rows]
    for _ in range(ROUNDS):
        written = set((await db.execute(statement, left)).scalars())
        # Two in one place are next to impossible, and then the later one stands behind the other.
        left = [row | {"moment": row["moment"] + 1} for row in left if row[key] not in written]
        if not left:
            break


def found(dialect: str, table: str, name: str) -> Any:
    """The moments of rows that a query finds, the newest first, as a subquery with the parameters `query`,
    `first`, `last` (excluded) and `most`."""
    said = {
        "sqlite": f"SELECT rowid AS moment FROM {name} WHERE {name} MATCH :query"  # noqa: S608 (our own names)
        " AND rowid >= :first AND rowid < :last ORDER BY rowid DESC LIMIT :most",
        "postgresql": f"SELECT moment FROM {table}"  # noqa: S608 (our own names)
        " WHERE array_to_tsvector(string_to_array(words, ' ')) @@ CAST(:query AS tsquery)"
        " AND moment >= :first AND moment < :last ORDER BY moment DESC LIMIT :most",
    }
    return text(said[dialect]).columns(column("moment", BigInteger)).subquery("found")


def query(dialect: str, prefix: str, terms: Sequence[Word], labels: Sequence[Collection[str]] = ()) -> str:
    """Every term and one label of each group, in the language of the database's full text; every word is
    quoted. "" asks for nothing."""
    quote, star, both, one = (
        ("'", ":*", " & ", " | ") if dialect == "postgresql" else ('"', "*", " AND ", " OR ")
    )
    word = f"{quote}{prefix}_{{}}{quote}"
    parts = [word.format(_bare(term.text)) + (star if term.open else "") for term in terms]
    parts += [
        f"({one.join(word.format(_bare(label)) for label in sorted(group))})" for group in labels if group
    ]
    return both.join(parts)


def _bare(word: str) -> str:
    # Terms and labels are made of letters and digits; nothing else may ever become syntax.
    return "".join(char for char in word if char.isalnum() or char == ".")
