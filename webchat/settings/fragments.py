"""This room tells open tabs how they look from now on."""

import json
from collections.abc import Sequence

from webchat.settings.changes import LookChanged
from webchat.web import shell
from webchat.web.page import Page
from webchat.web.partial import Ping


async def look(page: Page, changes: Sequence[LookChanged]) -> Sequence[Ping]:
    """Looks at once; another language comes with the next page that the tab visits."""
    chosen = page.session.preferences
    values = {**shell.looks(chosen), "language": chosen.get("language", "")}
    return [Ping("look", json.dumps(values, separators=(",", ":")))]
