"""This room writes everything that is kept for an account as files, piece by piece."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import asdict, dataclass, field
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, tostring

from webchat.account import store
from webchat.db.base import now
from webchat.db.engine import Database
from webchat.errors import Conflict
from webchat.messages.store import later
from webchat.messages.store.later import LaterRow
from webchat.session.session import Session
from webchat.web.limits import PerAccount
from webchat.web.templates import partial
from webchat.xmpp import account as accounts
from webchat.xmpp import dates
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns

Pieces = AsyncIterator[str]

AN_HOUR = PerAccount(12, 3600)
"""Files of one account: each reads all that is kept for it."""


@dataclass
class _Making:
    """The files that are being written for an account."""

    files: set[str] = field(default_factory=set)


async def begin(what: str, database: Database, session: Session, language: str) -> AsyncGenerator[str, None]:
    """The pieces of one of KINDS; the first is made already: what cannot begin is an error and no half file.

    Raises Conflict while the same file is being written for this account, TooMany, and what its pieces raise.
    """
    if what in session[_Making].files:
        raise Conflict
    AN_HOUR.take(session)
    made = _made(what, database, session, language)
    first = await anext(made)
    return _chained(first, made)


async def _made(what: str, database: Database, session: Session, language: str) -> AsyncGenerator[str, None]:
    making = session[_Making].files
    making.add(what)
    try:
        async for piece in KINDS[what][1](database, session, language):
            yield piece
    finally:
        making.discard(what)


async def _chained(first: str, rest: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
    try:
        yield first
        async for piece in rest:
            yield piece
    finally:
        await rest.aclose()


async def _as_json(database: Database, session: Session, language: str) -> Pieces:
    """All messages, one object to a line of one array; behind them what waits to be sent ("send_at")."""
    yield "["
    between = "\n"
    async for rows in store.said(database, session.account_id):
        lines = []
        for row in rows:
            values = asdict(row) | {"stamp": dates.text(row.stamp), "files": list(row.files)}
            values["edited_at"] = dates.text(row.edited_at) if row.edited_at else None
            lines.append(json.dumps(values, ensure_ascii=False))
        yield between + ",\n".join(lines)
        between = ",\n"
    for waits in await _waiting(database, session):
        values = {"conversation": waits.jid, "kind": waits.kind, "body": waits.body}
        values["send_at"] = dates.text(waits.send_at)
        yield between + json.dumps(values, ensure_ascii=False)
        between = ",\n"
    yield "\n]\n"


async def _waiting(database: Database, session: Session) -> list[LaterRow]:
    async with database.read() as db:
        return await later.waiting(db, session.account_id)


async def _as_html(database: Database, session: Session, language: str) -> Pieces:
    """All messages, to be read in any browser without us."""
    page = partial("account/exported.html", language, jid=session.jid, moment=now())
    head, _, tail = page.partition("<!-- messages -->")
    yield head
    before = ""
    async for rows in store.said(database, session.account_id):
        yield partial("account/_exported.html", language, rows=rows, before=before)
        before = rows[-1].conversation
    waits = await _waiting(database, session)
    if waits:
        yield partial("account/_exported_later.html", language, rows=waits)
    yield tail


async def _as_atom(database: Database, session: Session, language: str) -> Pieces:
    """Own posts as they were published (RFC 4287)."""
    feed = Element(f"{{{ns.ATOM}}}feed")
    SubElement(feed, f"{{{ns.ATOM}}}title").text = session.jid
    SubElement(feed, f"{{{ns.ATOM}}}id").text = f"xmpp:{session.jid}"
    SubElement(feed, f"{{{ns.ATOM}}}updated").text = dates.text(now())
    author = SubElement(feed, f"{{{ns.ATOM}}}author")
    SubElement(author, f"{{{ns.ATOM}}}name").text = session.jid
    whole = tostring(feed, encoding="unicode")
    end = whole[whole.rindex("</") :]
    yield f"<?xml version='1.0' encoding='UTF-8'?>\n{whole.removesuffix(end)}\n"
    async for sources in store.entries(database, jids.domain(session.jid), session.jid):
        yield "".join(f"{_whole(source)}\n" for source in sources)
    yield end + "\n"


def _whole(source: str) -> str:
    try:
        # Stored as it was parsed from the stream; read again, so that one broken row breaks no feed.
        return tostring(fromstring(source), encoding="unicode")  # noqa: S314 (no DTD got through the stream)
    except ParseError:
        return ""


async def _as_account(database: Database, session: Session, language: str) -> Pieces:
    """What the server keeps of the account (XEP-0227)."""
    async for piece in accounts.portable(session.client):
        yield piece


KINDS: dict[str, tuple[str, Callable[[Database, Session, str], Pieces]]] = {
    "messages.json": ("application/json", _as_json),
    "messages.html": ("text/html; charset=utf-8", _as_html),
    "posts.atom": ("application/atom+xml", _as_atom),
    "account.xml": ("application/xml", _as_account),
}
"""File → (media type, what writes it)."""
