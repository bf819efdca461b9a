"""This room listens to a database: foreign words may be bound to a statement and never be part of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from webchat.db.engine import Database

SQL = (
    "zqx'", 'zqx"', "zqx`", "zqx\\", "zqx' OR '1'='1", 'zqx" OR ""="', "zqx'--", "zqx' #", "zqx'/*",
    "zqx'; DROP TABLE message--",
    "zqx') OR ('1'='1", "zqx' UNION SELECT jid FROM account--", "zqx' AND SLEEP(5)--", "zqx'||pg_sleep(5)--",
    "zqx'; SELECT pg_sleep(5)--", "zqx' AND randomblob(900000000)--", "zqx' AND (SELECT 1 FROM nothing)--",
    "zqx' ORDER BY 99--", "zqx' LIMIT 1 OFFSET 0--", "zqx%' ESCAPE '!", "zqx_%", "zqx[a-z]", "zqx*", "zqx:*",
    "zqx NEAR(a b)", '"zqx" OR "a"', "words:zqx", "^zqx", "-zqx", "{words}:zqx", "zqx AND", "NOT zqx",
    "(zqx", "zqx)",
    "'zqx':*A & !'b'", "zqx & | !", "zqx <-> b", ":zqx", ":1 zqx", "?zqx", "%(zqx)s", "$1zqx", "{zqx}",
    "0zqx", "1e999zqx",
    "zqx\u2019", "zqx\uff07", "zqx\u02bc", "zqx\u00a0OR\u00a01", "zqx\x1a", "zqx\u0000'", "zqx\r\n--",
    "zqx;", "zqx=zqx", "-1zqx",
)  # fmt: skip
"""What databases give a meaning to: quotes, comments, ends, patterns, the languages of full text."""

MARK = "zqx"


class Heard:
    """What was noticed while somebody listened.

    spelled  statements with the foreign word in their text
    failed   what a database refused
    asked    how many statements there were
    """

    def __init__(self) -> None:
        self.spelled: list[str] = []
        self.failed: list[str] = []
        self.asked = 0


@contextmanager
def listening(database: Database, mark: str = MARK) -> Iterator[Heard]:
    """Note every statement inside the block."""
    heard = Heard()
    engines = {database.engine.sync_engine, database.reader.sync_engine}

    def statement(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        heard.asked += 1
        if mark in text.lower():
            heard.spelled.append(text)

    def failure(context: Any) -> None:
        heard.failed.append(f"{type(context.original_exception).__name__}: {context.statement}")

    for engine in engines:
        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "handle_error", failure)
    try:
        yield heard
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", statement)
            event.remove(engine, "handle_error", failure)
