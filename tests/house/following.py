"""This room is what the tests of forms follow, and the lists of it on Romeo's server."""

import pytest

from tests.nodes.service import HOME
from tests.posts.lists import Lists
from webchat.xmpp.pubsub import following

_ROUTE = "/nodes/{service}/{node}/subscription"
_VERONA = f"/nodes/{HOME}/verona/subscription"

PAGES = ("/news", "/explore", "/explore/tags/verona", "/subscriptions", _VERONA)
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    _ROUTE: (_VERONA, {"title": "Fair Verona"}),
    "/explore": ("/explore", {"language": "fr"}),
    f"{_ROUTE}/notices": (f"{_VERONA}/notices", {"tells": "1"}),
    f"{_ROUTE}/delete": (f"{_VERONA}/delete", {"back": "subscriptions"}),
}
"""Route → an address of it and what a form would send, in an order in which one person can do all of it."""


def begin(patch: pytest.MonkeyPatch) -> None:
    """Services that let themselves be followed, and lists that are empty."""
    lists = Lists()
    for name in ("subscribe", "unsubscribe", "subscriptions", "lists", "take"):
        patch.setattr(following, name, getattr(lists, name))
    patch.setattr(following, "put", lists.put_)
