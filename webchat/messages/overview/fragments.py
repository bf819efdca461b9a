"""This room redraws the list of conversations when something about a row of it changed."""

from collections.abc import Sequence

from webchat.change import Change
from webchat.contacts.changes import ContactChanged
from webchat.messages.changes import ConversationChanged, TypingChanged
from webchat.messages.overview import show, store
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial

_IN_PLACE = "upsert key:data-key sort:desc"


async def rows(page: Page, changes: Sequence[ConversationChanged]) -> Sequence[Partial]:
    """The rows of these conversations; a row whose key is another one moves."""
    return await drawn(page, [change.jid for change in changes])


async def people(page: Page, changes: Sequence[ContactChanged]) -> Sequence[Partial]:
    """The rows of these people."""
    return await drawn(page, [change.jid for change in changes])


async def typing(page: Page, changes: Sequence[TypingChanged]) -> Sequence[Partial]:
    """The rows in which somebody began or stopped to write, if the list says so."""
    told = show.tells_typing(page.session)
    return await drawn(page, [change.conversation for change in changes]) if told else []


async def everything(page: Page, changes: Sequence[Change]) -> Sequence[Partial]:
    """The whole list: people or rooms came or went, or nothing is known of them for a while."""
    entries = await store.overview(page.db, page.session.account_id)
    views = show.rows(page.session, entries, page.language, _current(page))
    return [Partial(f"#{dom.conversations}", "outerMorph", "messages/_list.html", {"conversations": views})]


async def drawn(page: Page, jids: Sequence[str]) -> list[Partial]:
    """The rows of these addresses, each where it belongs."""
    found = await store.entries(page.db, page.session.account_id, jids)
    views = show.rows(page.session, found, page.language, _current(page))
    return [
        Partial(f"#{dom.conversations}", _IN_PLACE, "messages/_conversation.html", {"conversation": view})
        for view in views
    ]


def _current(page: Page) -> str:
    return page.scope.key if page.scope.kind == "conversation" else ""
