"""This room redraws the head of a chat when something about the other side changed."""

from collections.abc import Sequence

from webchat.change import Change
from webchat.contacts import store as contacts
from webchat.contacts.changes import ContactChanged
from webchat.contacts.show import contact_view
from webchat.db.base import now
from webchat.messages import store as messages
from webchat.notifications.show import mode_view
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial
from webchat.xmpp import jid as jids


async def person(page: Page, changes: Sequence[ContactChanged]) -> Sequence[Partial]:
    """The head, if the page is about one of these people."""
    return await head(page, changes) if any(change.jid == page.scope.key for change in changes) else []


async def head(page: Page, changes: Sequence[Change]) -> Sequence[Partial]:
    """The head of the page, unless it is that of a room."""
    jid = page.scope.key
    talk = await messages.conversation_by_jid(page.db, page.session.account_id, jid)
    if jids.resource(jid) or (talk is not None and talk.kind != "chat"):
        return []
    contact = await contacts.contact(page.db, page.session.account_id, jid)
    told = await messages.telling(page.db, page.session.account_id, jid)
    values = {
        "contact": contact_view(page.session, jid, contact, page.language),
        "mode": mode_view(jid, told, now()),
    }
    return [Partial(f"#{dom.presence(jid)}", "outerMorph", "chats/_head.html", values)]
