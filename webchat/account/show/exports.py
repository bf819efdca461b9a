"""This room writes everything that is kept for an account as files, piece by piece."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, tostring

from webchat.account import store
from webchat.db.base import now
from webchat.db.engine import Database
from webchat.session.session import Session
from webchat.web.templates import partial
from webchat.xmpp import account as accounts
from webchat.xmpp import dates
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns

Pieces = AsyncIterator[str]


async def chained(first: str, rest: Pieces) -> Pieces:
    """The piece that was asked for already, then the others."""
    yield first
    async for piece in rest:
        yield piece


async def _as_json(database: Database, session: Session, language: str) -> Pieces:
    """All messages, one object to a line of one array."""
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
    yield "\n]\n"


async def _as_html(database: Database, session: Session, language: str) -> Pieces:
    """All messages, to be read in any browser without us."""
    page = partial("account/exported.html", language, jid=session.jid, moment=now())
    head, _, tail = page.partition("<!-- messages -->")
    yield head
    before = ""
    async for rows in store.said(database, session.account_id):
        yield partial("account/_exported.html", language, rows=rows, before=before)
        before = rows[-1].conversation
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
