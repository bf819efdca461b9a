"""This room draws what changed about people, beside the lists that other features draw."""

from collections.abc import Sequence

from webchat.contacts import show, store
from webchat.contacts.changes import OwnPresenceChanged, RequestsChanged
from webchat.session.changes import ConnectionChanged
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial


async def requests(page: Page, changes: Sequence[RequestsChanged]) -> Sequence[Partial]:
    """The open requests, all of them: there are never many."""
    waiting = await store.requests(page.db, page.session.account_id)
    values = {"requests": show.request_views(page.session, waiting)}
    return [Partial(f"#{dom.requests}", "outerMorph", "contacts/_requests.html", values)]


async def own(page: Page, changes: Sequence[OwnPresenceChanged | ConnectionChanged]) -> Sequence[Partial]:
    """Our own face in the frame, and the form beside it."""
    values = {"own": show.own_presence(page.session)}
    return [
        Partial(f"#{dom.own_face}", "outerMorph", "contacts/_own_face.html", values),
        Partial(f"#{dom.own_name}", "outerMorph", "contacts/_own_name.html", values),
        Partial(f"#{dom.own_presence}", "outerMorph", "contacts/_own_presence.html", values),
    ]
