"""This room is what a user can do about the browsers that are told by their push service."""

from webchat.db.base import now
from webchat.errors import Invalid, NotFound
from webchat.notifications import jobs, store
from webchat.notifications.changes import DevicesChanged
from webchat.notifications.forms import NO_BROWSER, SubscribeForm
from webchat.notifications.jobs import Message, Outcome, Pusher
from webchat.session.session import Session
from webchat.web.language import N_, translate
from webchat.web.templates import installed

TITLE = N_("A test")
TEXT = N_("This is how you will be told while no page is open.")


def pusher() -> Pusher:
    """Who reaches push services. Raises NotFound where the operator wants none."""
    found = jobs.installed()
    if found is None:
        raise NotFound
    return found


async def subscribe(session: Session, login_id: str, form: SubscribeForm, language: str) -> None:
    """This browser is told from now on. Raises Invalid, NotFound."""
    if not pusher().takes(form.endpoint):
        raise Invalid({"endpoint": NO_BROWSER})
    values = {
        "endpoint": form.endpoint,
        "shared": form.shared,
        "secret": form.secret,
        "language": language,
        "created_at": now(),
    }
    async with session.work() as work:
        if not await store.subscribe(work.db, work.account_id, login_id, values, renewed=form.renewed):
            raise Invalid({"endpoint": NO_BROWSER})
        work.changed(DevicesChanged())
    await jobs.look(session)


async def switch(session: Session, id: int, *, active: bool) -> None:
    """Whether a browser is told. Raises NotFound."""
    async with session.work() as work:
        if not await store.change_subscription(work.db, work.account_id, id, active=active):
            raise NotFound
        work.changed(DevicesChanged())
    await jobs.look(session)


async def unsubscribe(session: Session, id: int) -> None:
    """Forget a browser; one that is forgotten already stays so."""
    async with session.work() as work:
        if await store.unsubscribe(work.db, work.account_id, id):
            work.changed(DevicesChanged())
    await jobs.look(session)


async def test(session: Session, id: int) -> Outcome:
    """Have one browser told something now; what its push service says. Raises NotFound, TooMany."""
    async with session.read() as db:
        found = [one for one in await store.subscriptions(db, session.account_id) if one.id == id]
    if not found:
        raise NotFound
    words = {
        "tag": "test",
        "title": translate(TITLE, found[0].language),
        "text": translate(TEXT, found[0].language),
        "path": installed().url("/configuration/notifications"),
    }
    message = Message(jobs.written(words), jobs.topic("test"), lasts=300)
    return await pusher().test(session, found[0], message)
