"""This room keeps the operator's page true while it is open.

What it shows of people is never pushed: the page fetches it, so that the view asks anew who that is.
"""

from collections.abc import Sequence

from webchat.admin import show
from webchat.admin.changes import NumbersChanged, SiteChanged
from webchat.session import accounts
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping

STALE = Ping("admin-stale")


async def stale(page: Page, changes: Sequence[SiteChanged]) -> Sequence[Ping]:
    """The lists fetch themselves."""
    return [STALE]


async def numbers(page: Page, changes: Sequence[NumbersChanged]) -> Sequence[Partial]:
    """Numbers that name nobody."""
    found = show.numbers(await accounts.statistics(page.db))
    return [Partial(f"#{dom.admin_numbers}", "outerMorph", "admin/_numbers.html", {"numbers": found})]
