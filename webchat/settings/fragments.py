"""This room tells open tabs what was chosen in another one."""

import json
from collections.abc import Sequence

from webchat.change import Change
from webchat.session.changes import PreferenceChanged
from webchat.web import shell
from webchat.web.page import Page
from webchat.web.partial import Ping

FRAME = frozenset(
    {
        "theme",
        "accent",
        "density",
        "size",
        "language",
        "enter",
        "keys",
        "notice_sound",
        "notice_tone",
        "offline",
    }
)
"""Preferences that stand in the frame of every page; others are asked where something is drawn or done."""

COVERS = frozenset({"adult"})
"""What pages with posts look different with."""


async def frame(page: Page, changes: Sequence[PreferenceChanged]) -> Sequence[Ping]:
    """Looks and keys at once; another language as soon as nothing that is being written would be lost."""
    if not any(change.key in FRAME for change in changes):
        return []
    return [Ping("look", json.dumps(shell.chosen(page.session.preferences), separators=(",", ":")))]


async def choices(page: Page, changes: Sequence[Change]) -> Sequence[Ping]:
    """A page of Configuration fetches itself anew; what was touched there and not sent stays as it is."""
    return [Ping("resync")]


async def covers(page: Page, changes: Sequence[PreferenceChanged]) -> Sequence[Ping]:
    """A page with posts does, where covers come or go."""
    return [Ping("resync")] if any(change.key in COVERS for change in changes) else []
