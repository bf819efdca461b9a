"""This room opens the own blog to everybody, unless something in it was meant for fewer people."""

from webchat.errors import Invalid
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp.entries import MICROBLOG, PostItem
from webchat.xmpp.pubsub import logo, nodes, posts

MOST_LOOKED_AT = 500

HAS_RESTRICTED = N_(
    "Your blog holds posts that are for your followers only. Opened, it would show them to everybody, so it "
    "stays as it is."
)
NOT_OBEYED = N_("Your server did not do this: everything is as it was.")


async def open_blog(session: Session) -> None:
    """Let everybody read the own blog, by what the server says afterwards.

    Raises Invalid (field access): nothing was changed; XmppError, TimedOut, Offline.
    """
    await _nothing_restricted(session)
    if await nodes.ensure(session.client, MICROBLOG, "open") != "open":
        raise Invalid({"access": NOT_OBEYED})


async def _nothing_restricted(session: Session) -> None:
    """A node lets people in to all its posts at once: none of them may have been meant for followers."""
    before, seen = "", 0
    while True:
        page = await posts.page(session.client, session.jid, MICROBLOG, most=50, before=before)
        seen += len(page.items)
        unread = page.total is not None and page.total > seen and not page.more
        if any(map(_restricted, page.items)) or unread or (page.more and seen >= MOST_LOOKED_AT):
            raise Invalid({"access": HAS_RESTRICTED})
        if not page.more or page.more == before:
            return
        before = page.more


def _restricted(item: PostItem) -> bool:
    """What cannot be read may be anything."""
    if item.entry is None:
        return item.item not in (posts.PROBE, logo.ITEM)
    return not item.entry.web
