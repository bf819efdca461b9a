"""This room makes cards of links: who may have us look at a page, looking once for everybody, drawing it.

We fetch, so that no page learns who reads: in the background, behind the guard, and never for strangers.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.db.base import now
from webchat.errors import TooMany
from webchat.markup import links, webpage
from webchat.markup.names import shown_host
from webchat.markup.webpage import WebPage
from webchat.media import tokens
from webchat.media.fetch import Fetcher, FetchFailed
from webchat.media.shares import Busy, Shares
from webchat.messages.changes import MessageChanged
from webchat.messages.state.occupants import Rooms
from webchat.messages.store import Line
from webchat.messages.store import cards as store
from webchat.session.session import Session
from webchat.session.work import Work
from webchat.web.limits import Rate
from webchat.xmpp import jid as jids

log = logging.getLogger(__name__)

MOST = 2
"""Cards of one message."""

LONGEST = 2048
READ = 4096
"""Characters of a message in which pages are looked for."""

BYTES = 512 * 1024
SECONDS = 5.0
PATIENCE = 60.0
"""Seconds that a page waits for its turn."""

AT_ONCE = 4
PER_HOST = 30
PER_ACCOUNT = 20
"""Pages a minute."""

REMEMBERED = 60.0
"""Seconds for which all who saw the same message share one answer."""

FRESH = timedelta(days=7)
FRESH_NOTHING = timedelta(hours=1)
"""So long nobody asks a page again; one that had nothing to say may have it sooner."""

TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class CardView:
    """What a page says of itself, as text; `picture` is a path of our own proxy or ""."""

    url: str
    host: str
    title: str
    description: str
    site: str
    picture: str


class Pages:
    """Asks pages, for the whole process: each once, a few at a time, one server not too often.

    own  the origin of our own site, whose pages need no card
    """

    def __init__(self, fetcher: Fetcher, own: str = "") -> None:
        self._fetcher = fetcher
        self.own = own
        self._asked: OrderedDict[str, tuple[float, asyncio.Task[WebPage]]] = OrderedDict()
        self._places = Shares(AT_ONCE, each=2)
        self._hosts = Rate(PER_HOST, 60)
        self._accounts = Rate(PER_ACCOUNT, 60)

    async def ask(self, url: str, account: str) -> WebPage:
        """What the page says of itself, an empty one when nothing comes of it. Raises TooMany."""
        moment = asyncio.get_running_loop().time()
        while self._asked and next(iter(self._asked.values()))[0] < moment - REMEMBERED:
            self._asked.popitem(last=False)
        if url not in self._asked:
            self._accounts.take(account)
            self._hosts.take(urlsplit(url).hostname or "")
            self._asked[url] = moment, asyncio.create_task(self._ask(url, account), name="web page")
        return await asyncio.shield(self._asked[url][1])

    async def _ask(self, url: str, account: str) -> WebPage:
        try:
            async with self._places.place(account, patience=PATIENCE):
                return await self._read(url, account)
        except Busy:
            raise TooMany(round(PATIENCE)) from None
        except FetchFailed as error:
            log.info("no card: %s", error.reason)
            return WebPage()

    async def _read(self, url: str, account: str) -> WebPage:
        data = bytearray()
        begun = self._fetcher.begun(url, account, deadline=SECONDS, accept="text/html", secure=True)
        async with begun as answer:
            if answer.media_type not in TYPES:
                return WebPage()
            # What matters stands at the beginning; a page may be as long as it likes.
            async for chunk in answer.chunks(1 << 40):
                data += chunk[: BYTES - len(data)]
                if len(data) >= BYTES or b"</head" in data[-len(chunk) - 8 :]:
                    break
            found, charset = answer.url, answer.charset
        page = await asyncio.to_thread(webpage.read, bytes(data), charset)
        return WebPage(page.title, page.description, page.site, self._picture(found, page.picture))

    def _picture(self, page: str, address: str) -> str:
        """The picture's address if we may go there (security case P12)."""
        with suppress(FetchFailed, ValueError):
            return str(self._fetcher.check(urljoin(page, address), secure=True)) if address else ""
        return ""


_pages: Pages | None = None


def install(pages: Pages | None) -> None:
    """Ask pages with this from now on; app.py says so at the start. Without it no page is asked."""
    global _pages
    _pages = pages


def offered(session: Session) -> bool:
    """False when the user turned cards off in Configuration."""
    return session.preferences.get("link_cards", "on") != "off"


def addresses(body: str, most: int = MOST) -> list[str]:
    """The pages that a message links to, as far as they may have a card, at most so many."""
    if "https://" not in body:
        return []
    if len(body) > READ:
        # No address is cut in two.
        body = body[:READ].rsplit(None, 1)[0]
    return list(_addresses(body, _pages.own if _pages is not None else "", most))


@lru_cache(maxsize=4096)
def _addresses(body: str, own: str, most: int) -> tuple[str, ...]:
    # Each page with the message asks for them, and a body may be as long as it likes.
    found: dict[str, None] = {}
    for piece in links.split(body):
        if isinstance(piece, str) or not piece.external or not piece.href.startswith("https://"):
            continue
        url = piece.href.partition("#")[0]
        if len(url) <= LONGEST and not (own and f"{url}/".startswith(f"{own}/")):
            found[url] = None
        if len(found) == most:
            break
    return tuple(found)


def look(work: Work, id: int, body: str) -> None:
    """After the commit, find out in the background what the pages in a new message are."""
    session = work.session
    if _pages is not None and "https://" in body and offered(session):
        work.after(lambda: _start(session, id))


def _start(session: Session, id: int) -> None:
    session.spawn(bring(session, id), "link cards")


async def bring(session: Session, id: int) -> None:
    """Ask the pages of a message that nobody has asked lately; who shows the message is told."""
    async with session.read() as db:
        source = await store.link_source(db, session.account_id, id)
        if source is None or source.covered or not await _may(db, session, source):
            return
        urls = addresses(source.body)
        known = await store.cards(db, urls)
    moment = now()
    old = [url for url in urls if url not in known or _stale(known[url], moment - known[url].fetched_at)]
    news = [await _bring(session, url) for url in old]
    if any(news):
        session.feed.publish([MessageChanged(source.jid, id)])


async def learn(session: Session, urls: Sequence[str]) -> Mapping[str, store.CardRow]:
    """What pages say of themselves, for somebody who writes about them: asked if nobody did lately."""
    if not offered(session):
        return {}
    async with session.read() as db:
        known = await store.cards(db, urls)
    moment = now()
    old = [url for url in urls if url not in known or _stale(known[url], moment - known[url].fetched_at)]
    await asyncio.gather(*(_bring(session, url) for url in old))
    async with session.read() as db:
        return await store.cards(db, urls)


async def _bring(session: Session, url: str) -> bool:
    if _pages is None:
        return False
    try:
        page = await _pages.ask(url, session.jid)
    except TooMany:
        return False
    async with session.work() as work:
        await store.put_card(work.db, url, page, now())
    return bool(page.title)


def _stale(card: store.CardRow, age: timedelta) -> bool:
    return age > (FRESH if card.page.title else FRESH_NOTHING)


async def _may(db: AsyncSession, session: Session, source: store.LinkSource) -> bool:
    """Whether this message may have us go somewhere (security case P14)."""
    if source.mine:
        return True
    if source.kind == "room":
        room = session[Rooms].get(source.jid)
        return room is not None and room.phase == "in"
    return source.kind == "chat" and await contacts.is_contact(db, session.account_id, source.jid)


async def cards_of(
    db: AsyncSession, session: Session, kind: str, jid: str, lines: Sequence[Line]
) -> Mapping[int, tuple[CardView, ...]]:
    """The cards of a stretch of messages, as far as their pages are known: message → cards."""
    if not offered(session):
        return {}
    wanted = {line.id: urls for line in lines if not _hides(line) and (urls := addresses(line.body))}
    if not wanted:
        return {}
    known = await store.cards(db, [url for urls in wanted.values() for url in urls])
    # What somebody else was shown is no reason to show a stranger's.
    friend = kind == "room" or (
        kind == "chat" and await contacts.is_contact(db, session.account_id, jids.bare(jid))
    )
    mine = {line.id for line in lines if line.mine}
    return {
        id: tuple(_view(session, known[url]) for url in urls if url in known and known[url].page.title)
        for id, urls in wanted.items()
        if friend or id in mine
    }


def _hides(line: Line) -> bool:
    return line.spoiler is not None or bool(line.encryption) or line.hidden or bool(line.gone)


def _view(session: Session, card: store.CardRow) -> CardView:
    page = card.page
    host = shown_host((urlsplit(card.url).hostname or "").removeprefix("www."))
    picture = tokens.path(session.jid, tokens.Link("picture", page.picture)) if page.picture else ""
    return CardView(card.url, host, page.title, page.description, page.site, picture)
