"""This room redraws the list of conversations and the head of one when something about them changed."""

from collections.abc import Sequence

from webchat.change import Change
from webchat.chats import show, store
from webchat.contacts import store as contacts
from webchat.contacts.changes import ContactChanged
from webchat.contacts.show import contact_view
from webchat.messages.changes import ConversationChanged
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial

_IN_PLACE = "upsert key:data-key sort:desc"


async def rows(page: Page, changes: Sequence[ConversationChanged]) -> Sequence[Partial]:
    """The rows of these conversations; a row whose key is another one moves."""
    return await _rows(page, [change.jid for change in changes])


async def people(page: Page, changes: Sequence[ContactChanged]) -> Sequence[Partial]:
    """The rows of these people, and the head if the page is about one of them."""
    jids = [change.jid for change in changes]
    head = await _head(page) if page.scope.kind == "conversation" and page.scope.key in jids else []
    return [*await _rows(page, jids), *head]


async def everything(page: Page, changes: Sequence[Change]) -> Sequence[Partial]:
    """The whole list and the head: people came or went, or nothing is known of them for a while."""
    entries = await store.overview(page.db, page.session.account_id)
    views = show.rows(page.session, entries, page.language, _current(page))
    whole = Partial(f"#{dom.conversations}", "outerMorph", "chats/_list.html", {"conversations": views})
    return [whole, *(await _head(page) if page.scope.kind == "conversation" else [])]


def _current(page: Page) -> str:
    return page.scope.key if page.scope.kind == "conversation" else ""


async def _rows(page: Page, jids: list[str]) -> list[Partial]:
    found = await store.entries(page.db, page.session.account_id, jids)
    views = show.rows(page.session, found, page.language, _current(page))
    return [
        Partial(f"#{dom.conversations}", _IN_PLACE, "chats/_conversation.html", {"conversation": view})
        for view in views
    ]


async def _head(page: Page) -> list[Partial]:
    jid = page.scope.key
    contact = await contacts.contact(page.db, page.session.account_id, jid)
    values = {"contact": contact_view(page.session, jid, contact, page.language)}
    return [Partial(f"#{dom.presence(jid)}", "outerMorph", "chats/_head.html", values)]
