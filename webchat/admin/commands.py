"""This room holds what an operator can do in the browser: end logins, block somebody, close a report."""

import logging
from collections.abc import Collection

from webchat.admin.forms import BlockForm
from webchat.errors import Invalid
from webchat.posts.commands.hidden import hide
from webchat.session import accounts, blocks, complaints
from webchat.session.registry import Sessions
from webchat.web.language import N_
from webchat.xmpp import jid as jids

log = logging.getLogger(__name__)

_NEITHER = N_("This is neither an address nor a domain. It looks like name@example.org or example.org.")
_OURSELVES = N_("That would lock out somebody who runs this site.")


async def end(sessions: Sessions, jid: str) -> int:
    """Sign out one address, or (empty) everybody; how many browsers that were."""
    ended = await accounts.end(sessions, jid)
    log.info("an operator ended %d logins", ended)
    return ended


def meant(who: str, admins: Collection[str]) -> tuple[str, str]:
    """(kind, value) of a block that may be made. Raises Invalid."""
    try:
        kind, value = blocks.meant(who)
    except ValueError:
        raise Invalid({"who": _NEITHER}) from None
    if any(value in (admin, jids.domain(admin)) for admin in admins):
        raise Invalid({"who": _OURSELVES})
    return kind, value


async def affected(sessions: Sessions, kind: str, value: str) -> int:
    """How many accounts would be signed out by a block."""
    async with sessions.database.read() as db:
        return len(await blocks.signed_in(db, kind, value))


async def block(sessions: Sessions, form: BlockForm, admins: Collection[str]) -> int:
    """From now on nobody logs in with it; who is signed in is signed out: how many. Raises Invalid.

    Where that is wanted nobody here reads what it publishes, either; the report that led to it is closed.
    """
    kind, value = meant(form.who, admins)
    ended = await blocks.block(sessions, kind, value, form.reason, hides=form.hides)
    log.info("an operator blocked logins (%s), %d accounts were signed out", kind, ended)
    if form.hides:
        log.info("%d posts and comments are not shown any more", await hide(sessions, kind, value))
    if form.report:
        await close(sessions, form.report)
    return ended


async def close(sessions: Sessions, id: int) -> None:
    """A report was looked at; nothing when somebody else was faster."""
    async with sessions.database.write() as db:
        closed = await complaints.close(db, id)
    if closed:
        log.info("an operator closed a report")


async def unblock(sessions: Sessions, kind: str, value: str) -> bool:
    """They may log in again; False when nothing was blocked."""
    async with sessions.database.write() as db:
        removed = await blocks.remove(db, kind, value)
    log.info("an operator allowed logins again (%s)", kind)
    return removed
