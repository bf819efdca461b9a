"""This room is what a user can choose: preferences here, and two things that their server keeps."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from webchat.errors import Invalid, NotFound, XmppError
from webchat.posts.commands.public import choose_public
from webchat.posts.store.public import public_row
from webchat.session.registry import Sessions
from webchat.session.session import Session
from webchat.settings.changes import LookChanged
from webchat.settings.state import Undoing
from webchat.web.language import N_
from webchat.xmpp import archive_prefs
from webchat.xmpp.archive_prefs import ArchivePrefs
from webchat.xmpp.entries import MICROBLOG
from webchat.xmpp.pubsub import nodes, posts

T = TypeVar("T")

PATIENCE = 3.0
"""Seconds that the page waits for what the server says."""

MOST_LOOKED_AT = 500
NO_BLOG = "none"
"""Instead of an access model: there is no blog yet, so nobody can read it."""

LOOKS = frozenset({"theme", "accent", "density", "size", "language"})

RESTRICTED = N_(
    "Your blog holds posts that are for your followers only. Opened, it would show them to everybody, so it "
    "stays as it is."
)
NOT_OBEYED = N_("Your server did not do this: everything is as it was.")
NOT_NOW = N_("Your server does not answer at the moment. Nothing was changed; please try again later.")
CANNOT_UNDO = N_("This cannot be undone from here. Choose who may read the blog below.")
UNDONE_ALREADY = N_("There is nothing to undo any more.")


@dataclass(frozen=True, slots=True)
class AtServer:
    """What the server says: `archive` None where nobody can choose, `readers` "" where it does not say."""

    archive: ArchivePrefs | None
    readers: str


async def look(session: Session) -> AtServer:
    """Ask the server for both; what does not come in time is not offered."""
    archive, readers = await asyncio.gather(
        _soon(archive_prefs.fetch(session.client, PATIENCE)), _soon(_readers(session))
    )
    return AtServer(archive, readers or "")


async def _soon(asked: Awaitable[T]) -> T | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await asked
    except (XmppError, TimeoutError):
        return None


async def _readers(session: Session) -> str:
    try:
        return nodes.access_of(await nodes.configuration(session.client, session.jid, MICROBLOG))
    except XmppError as error:
        if error.condition == "item-not-found":
            return NO_BLOG
        raise


# ---- each of these changes something and gives the name to undo it by


async def choose(sessions: Sessions, session: Session, wanted: Mapping[str, str | None]) -> str:
    """Other preferences from now on, here and in open tabs; None is what was never chosen."""
    before = dict(session.preferences)
    after = {**before, **wanted}
    kept = {name: value for name, value in after.items() if value is not None}
    await sessions.set_preferences(session.account_id, kept)
    different = {name for name in wanted if before.get(name) != wanted[name]}
    if different & LOOKS:
        session.feed.publish([LookChanged()])
    if "last_seen" in different:
        session.tell_presence()
    return session[Undoing].keep("preferences", {name: before.get(name) for name in wanted})


async def show_to_world(session: Session, nickname: str, *, public: bool) -> str:
    """Whether the blog has a public page, and its short name. Raises Invalid."""
    async with session.read() as db:
        before = await public_row(db, session.account_id)
    await choose_public(session, nickname, public=public)
    former = {"nickname": before.nickname, "public": "1" if before.public else ""}
    return session[Undoing].keep("public", former)


async def keep_in_archive(session: Session, default: str) -> str:
    """What the archive keeps; its lists of exceptions stay as they are. Raises Invalid, XmppError."""
    before = await archive_prefs.fetch(session.client)
    after = await archive_prefs.put(session.client, replace(before, default=default))
    if after.default != default:
        raise Invalid({"default": NOT_OBEYED})
    return session[Undoing].keep("archive", {"default": before.default})


async def let_read(session: Session, access: str) -> str:
    """Who may read the blog: "open" or "presence". Raises Invalid, XmppError."""
    before = await _readers(session)
    if access == "open" and before not in ("open", NO_BLOG):
        await _nothing_restricted(session)
    if await nodes.ensure(session.client, MICROBLOG, access) != access:
        raise Invalid({"access": NOT_OBEYED})
    return session[Undoing].keep("readers", {"access": before})


async def _nothing_restricted(session: Session) -> None:
    """A node lets people in to all its posts at once: none of them may have been meant for followers."""
    before, seen = "", 0
    while True:
        page = await posts.page(session.client, session.jid, MICROBLOG, most=50, before=before)
        seen += len(page.items)
        unread = page.total is not None and page.total > seen and not page.more
        restricted = any(item.entry is None or not item.entry.web for item in page.items)
        if restricted or unread or (page.more and seen >= MOST_LOOKED_AT):
            raise Invalid({"access": RESTRICTED})
        if not page.more or page.more == before:
            return
        before = page.more


async def undo(sessions: Sessions, session: Session, change: str) -> None:
    """Put back what held before. Raises NotFound when that is not known any more, Invalid, XmppError."""
    former = session[Undoing].take(change)
    if former is None:
        raise NotFound
    values = former.values
    match former.kind:
        case "preferences":
            await choose(sessions, session, values)
        case "public":
            await show_to_world(session, values["nickname"] or "", public=bool(values["public"]))
        case "archive":
            await keep_in_archive(session, values["default"] or "")
        case "readers":
            former_access = values["access"] or ""
            if former_access not in ("open", "presence"):
                # There was no blog, or one with a rule that is not ours to make.
                raise Invalid({"access": CANNOT_UNDO})
            await let_read(session, former_access)
