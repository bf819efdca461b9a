"""This room makes the values of the page that asks where something goes."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages.overview.show import ConversationView, listed
from webchat.session.session import Session
from webchat.share.state import Shared
from webchat.uploads.show import size_words

MOST = 60
"""Rows of the page; letters of a name find the others."""


_BOOKMARK = (
    "javascript:void(open('{}?url='+encodeURIComponent(location.href)+'&title='+encodeURIComponent(document.title)"
    "+'&text='+encodeURIComponent(String(getSelection()).slice(0,2000))))"
)


def bookmark(address: str) -> str:
    """What a bookmark does on any page: it opens ours at this address with what that page is."""
    return _BOOKMARK.format(address)


@dataclass(frozen=True, slots=True)
class FileView:
    """A file that waits: its name, as foreign as the file, and its size in words."""

    name: str
    size: str


@dataclass(frozen=True, slots=True)
class ShareView:
    """The page that asks; `error` is a translated sentence or "", `more` are rows that did not fit."""

    rows: tuple[ConversationView, ...]
    more: int
    text: str
    files: tuple[FileView, ...]
    held: str
    message_id: str
    to: str = ""
    q: str = ""
    error: str = ""
    left_out: bool = False
    gone: bool = False
    empty: bool = False
    posts: bool = False


async def view(
    db: AsyncSession,
    session: Session,
    language: str,
    shared: Shared,
    *,
    text: str,
    held: str = "",
    message_id: str = "",
    to: str = "",
    q: str = "",
    error: str = "",
    gone: bool = False,
    posts: bool = False,
) -> ShareView:
    """The conversations, the newest first, then contacts: all whose names or addresses have these letters."""
    found = (await listed(db, session, language, ""))["conversations"]
    letters = q.casefold()
    fitting = [row for row in found if letters in row.name.casefold() or letters in row.jid.casefold()]
    chosen = [row for row in fitting if row.jid == to]
    rows = chosen + [row for row in fitting if row.jid != to]
    return ShareView(
        tuple(rows[:MOST]),
        max(0, len(rows) - MOST),
        text,
        tuple(FileView(each.name[:200], size_words(each.size)) for each in shared.files),
        held if shared.files else "",
        message_id or str(uuid4()),
        to=to,
        q=q,
        error=error,
        left_out=shared.left_out,
        gone=gone,
        empty=not text.strip() and not shared.files,
        posts=posts,
    )
