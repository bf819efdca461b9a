"""This room redraws the list of the blocked when it changed, here or on another device."""

from collections.abc import Sequence

from webchat.actions import show
from webchat.change import Change
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial


async def blocked(page: Page, changes: Sequence[Change]) -> Sequence[Partial]:
    """The whole list, as far as the page shows it."""
    values = {"blocked": await show.blocked(page.db, page.session, page.scope.key)}
    return [Partial(f"#{dom.blocked}", "outerMorph", "actions/_blocked.html", values)]
