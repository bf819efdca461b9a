"""This room draws what changed about people, beside the lists that other features draw."""

from collections.abc import Sequence

from webchat.contacts import store
from webchat.contacts.changes import RequestsChanged
from webchat.contacts.show import request_views
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial


async def requests(page: Page, changes: Sequence[RequestsChanged]) -> Sequence[Partial]:
    """The open requests, all of them: there are never many."""
    waiting = await store.requests(page.db, page.session.account_id)
    values = {"requests": request_views(waiting)}
    return [Partial(f"#{dom.requests}", "outerMorph", "contacts/_requests.html", values)]
