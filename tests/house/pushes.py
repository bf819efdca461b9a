"""This room is a browser that is told by a push service which nobody reaches, for the tests of forms."""

import pytest

from tests.web.site import Site
from webchat.db.base import now
from webchat.notifications import jobs, store
from webchat.notifications.jobs import Pusher
from webchat.session.registry import SignedIn

FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "/push/{id:int}": ("/push/1", {"active": "1"}),
    "/push/{id:int}/test": ("/push/1/test", {}),
    "/push/{id:int}/delete": ("/push/1/delete", {}),
}
"""Route → an address of it and what a form would send, in an order in which one person can do all of it."""


def begin(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    """Push services are wanted here, and none can be reached."""
    monkeypatch.setattr(
        jobs, "_pusher", Pusher.of(site.app.state.media.fetcher, site.settings, lambda _: None)
    )


async def subscribed(me: SignedIn) -> None:
    """This login's browser is told."""
    values = {"endpoint": "https://push.example/1", "shared": b"key", "secret": b"secret", "language": "en"}
    async with me.session.work() as work:
        await store.subscribe(work.db, me.account_id, me.login_id, values | {"created_at": now()})
