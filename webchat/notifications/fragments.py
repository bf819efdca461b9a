"""This room tells open pages of Configuration that other browsers are told by their push service."""

from collections.abc import Sequence

from webchat.notifications.changes import DevicesChanged
from webchat.web.page import Page
from webchat.web.partial import Ping


async def devices(page: Page, changes: Sequence[DevicesChanged]) -> Sequence[Ping]:
    """The list of browsers, which says of one "this browser", comes anew."""
    return [Ping("resync")] if page.scope.key == "notifications" else []
