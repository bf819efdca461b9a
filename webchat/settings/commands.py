"""This room is what a user can choose: preferences here, and two things that their server keeps."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from webchat.errors import Invalid, NotFound, XmppError
from webchat.posts.commands.blog import NOT_OBEYED, open_blog
from webchat.posts.commands.public import choose_public
from webchat.posts.store.public import public_row
from webchat.session.session import Session
from webchat.settings import store
from webchat.settings.changes import ChoicesChanged
from webchat.settings.state import Choosing
from webchat.web.language import N_
from webchat.xmpp import archive_prefs
from webchat.xmpp.archive_prefs import ArchivePrefs
from webchat.xmpp.entries import MICROBLOG
from webchat.xmpp.pubsub import nodes

T = TypeVar("T")

PATIENCE = 3.0
"""Seconds that the page waits for what the server says."""

NO_BLOG = "none"
"""Instead of an access model: there is no blog yet, so nobody can read it."""

NOT_NOW = N_("Your server does not answer at the moment. Nothing was changed; please try again later.")
CANNOT_UNDO = N_("This cannot be undone from here. Choose who may read the blog below.")
UNDONE_ALREADY = N_("There is nothing to undo any more.")
CHANGED_SINCE = N_("This was changed again since. The newer choice stays.")
FULL = N_("The server keeps no more exceptions than these.")


@dataclass(frozen=True, slots=True)
class AtServer:
    """What the server says: `archive` None where nobody can choose, `readers` "" where it does not say."""

    archive: ArchivePrefs | None
    readers: str


async def look(session: Session) -> AtServer:
    """What the server says of both, a minute ago at most; what does not come in time is not offered."""
    known = session[Choosing].known()
    if isinstance(known, AtServer):
        return known
    archive, readers = await asyncio.gather(
        _soon(archive_prefs.fetch(session.client, PATIENCE)), _soon(_readers(session))
    )
    found = AtServer(archive, readers or "")
    session[Choosing].learn(found)
    return found


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


# ---- each of these changes something and gives the name to undo it by, "" where all was so before


async def choose(session: Session, wanted: store.Values) -> str:
    """Other preferences from now on, here and in open tabs; None is what was never chosen."""
    former = await _prefer(session, wanted)
    return await _keep(session, "preferences", former, {key: wanted[key] for key in former})


async def _prefer(session: Session, wanted: store.Values) -> store.Values:
    former = await session.prefer(wanted)
    if "last_seen" in former:
        session.tell_presence()
    return former


async def show_to_world(session: Session, nickname: str, *, public: bool) -> str:
    """Whether the blog has a public page, and its short name. Raises Invalid."""
    async with session[Choosing].lock:
        before = await _public(session)
        await choose_public(session, nickname, public=public)
        return await _kept(session, "public", before, await _public(session))


async def _public(session: Session) -> dict[str, str | None]:
    async with session.read() as db:
        row = await public_row(db, session.account_id)
    return {"nickname": row.nickname, "public": "1" if row.public else ""}


async def keep_in_archive(session: Session, default: str) -> str:
    """What the archive keeps; its lists of exceptions stay as they are. Raises Invalid, XmppError."""
    before, after = await _archive(session, lambda prefs: replace(prefs, default=default))
    return await _kept(session, "archive", {"default": before.default}, {"default": after.default})


async def except_in_archive(session: Session, jid: str, where: str) -> str:
    """What is said with this address is kept "always", "never" or, "", like everything else.

    Raises Invalid, XmppError.
    """
    before, after = await _archive(session, lambda prefs: _with(prefs, jid, where))
    former, now = ({"jid": jid, "list": _list_of(prefs, jid)} for prefs in (before, after))
    return await _kept(session, "exception", former, now)


def _with(prefs: ArchivePrefs, jid: str, where: str) -> ArchivePrefs:
    always, never = (
        tuple(one for one in had if one != jid) + ((jid,) if name == where else ())
        for name, had in (("always", prefs.always), ("never", prefs.never))
    )
    if max(len(always), len(never)) > archive_prefs.MOST:
        raise Invalid({"jid": FULL})
    return replace(prefs, always=always, never=never)


def _list_of(prefs: ArchivePrefs, jid: str) -> str:
    return "always" if jid in prefs.always else "never" if jid in prefs.never else ""


async def _archive(
    session: Session, changed: Callable[[ArchivePrefs], ArchivePrefs]
) -> tuple[ArchivePrefs, ArchivePrefs]:
    """What held before, and what holds now that the server has obeyed."""
    session[Choosing].learn(None)
    async with session[Choosing].lock:
        before = await archive_prefs.fetch(session.client)
        wanted = changed(before)
        after = await archive_prefs.put(session.client, wanted)
    if (after.default, set(after.always), set(after.never)) != (
        wanted.default,
        set(wanted.always),
        set(wanted.never),
    ):
        raise Invalid({"default": NOT_OBEYED})
    return before, after


async def let_read(session: Session, access: str) -> str:
    """Who may read the blog: "open" or "presence". Raises Invalid, XmppError."""
    session[Choosing].learn(None)
    async with session[Choosing].lock:
        before = await _readers(session)
        if access == "open" and before not in ("open", NO_BLOG):
            await open_blog(session)
        elif await nodes.ensure(session.client, MICROBLOG, access) != access:
            raise Invalid({"access": NOT_OBEYED})
    return await _kept(session, "readers", {"access": before}, {"access": access})


async def _kept(session: Session, kind: str, before: store.Values, after: store.Values) -> str:
    session[Choosing].learn(None)
    session.feed.publish([ChoicesChanged()])
    return await _keep(session, kind, before, after)


async def _keep(session: Session, kind: str, before: store.Values, after: store.Values) -> str:
    if before == after:
        return ""
    async with session.work() as work:
        return await store.keep(work.db, work.account_id, kind, before, after)


# ---- undoing


async def can_undo(session: Session, change: str) -> bool:
    """Whether what this name stands for can be put back."""
    async with session.read() as db:
        return bool(change) and await store.find(db, session.account_id, change) is not None


async def undo(session: Session, change: str) -> None:
    """Put back what held before, as far as nothing newer was chosen since.

    Raises NotFound when that is not known any more, Invalid when it cannot be, and XmppError, after which it
    can be tried again.
    """
    async with session.read() as db:
        former = await store.find(db, session.account_id, change)
    if former is None:
        raise NotFound
    try:
        await _put_back(session, former.kind, former.before, former.after)
    except Invalid:
        await _forget(session, change)
        raise
    await _forget(session, change)


async def _forget(session: Session, change: str) -> None:
    async with session.work() as work:
        await store.forget(work.db, work.account_id, change)


async def _put_back(session: Session, kind: str, before: store.Values, after: store.Values) -> None:
    if kind == "preferences":
        chosen = session.preferences
        same = {key: value for key, value in before.items() if chosen.get(key) == after[key]}
        if not same:
            raise Invalid({"page": CHANGED_SINCE})
        await _prefer(session, same)
        return
    if await _now(session, kind, after) != after:
        raise Invalid({"page": CHANGED_SINCE})
    match kind:
        case "public":
            await show_to_world(session, before["nickname"] or "", public=bool(before["public"]))
        case "archive":
            await keep_in_archive(session, before["default"] or "")
        case "exception":
            await except_in_archive(session, before["jid"] or "", before["list"] or "")
        case "readers":
            access = before["access"] or ""
            if access not in ("open", "presence"):
                # There was no blog, or one with a rule that is not ours to make.
                raise Invalid({"access": CANNOT_UNDO})
            await let_read(session, access)


async def _now(session: Session, kind: str, after: store.Values) -> dict[str, str | None]:
    """What holds at this moment of what the change was about."""
    if kind == "public":
        return await _public(session)
    if kind == "readers":
        return {"access": await _readers(session)}
    prefs = await archive_prefs.fetch(session.client)
    if kind == "archive":
        return {"default": prefs.default}
    jid = after["jid"] or ""
    return {"jid": jid, "list": _list_of(prefs, jid)}
