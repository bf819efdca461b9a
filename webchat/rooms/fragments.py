"""This room redraws what a page shows of a room when something about it changed."""

from collections.abc import Sequence

from webchat.messages import store as messages
from webchat.messages.overview.fragments import drawn
from webchat.rooms import show, store
from webchat.rooms.changes import InvitationsChanged, OccupantsChanged, RoomChanged
from webchat.web import dom
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping

STALE = Ping("members-stale")


async def room(page: Page, changes: Sequence[RoomChanged]) -> Sequence[Partial | Ping]:
    """Rows of the list; on the page of one of these rooms its head and its door too."""
    rows = await drawn(page, [change.jid for change in changes])
    jid = page.scope.key
    if page.scope.kind != "conversation" or not any(change.jid == jid for change in changes):
        return rows
    talk = await messages.conversation_by_jid(page.db, page.session.account_id, jid)
    if talk is not None and talk.kind != "room":
        return rows
    door = show.door(page.session, jid, talk, None)
    shut = Partial(f"#{dom.door(jid)}", "outerMorph", "rooms/_door.html", {"door": door})
    return [*rows, *await _head(page), shut, STALE]


async def occupants(page: Page, changes: Sequence[OccupantsChanged]) -> Sequence[Partial | Ping]:
    """The number of people in the head; the list of them fetches itself where it is open."""
    if not any(change.jid == page.scope.key for change in changes):
        return []
    return [*await _head(page), STALE]


async def _head(page: Page) -> list[Partial]:
    jid = page.scope.key
    account = page.session.account_id
    talk = await messages.conversation_by_jid(page.db, account, jid)
    kept = await store.room(page.db, account, jid)
    view = show.room_view(page.session, jid, talk, kept.title if kept else "")
    return [
        Partial(f"#{dom.room_name(jid)}", "outerMorph", "rooms/_name.html", {"room": view}),
        Partial(f"#{dom.room(jid)}", "outerMorph", "rooms/_state.html", {"room": view}),
    ]


async def invitations(page: Page, changes: Sequence[InvitationsChanged]) -> Sequence[Partial | Ping]:
    """The number in the list; the page of invitations shows them themselves."""
    counters = Ping("counters")
    if page.scope.kind != "rooms":
        return [counters]
    rows = show.invitation_views(page.session, await store.invitations(page.db, page.session.account_id))
    return [
        counters,
        Partial(f"#{dom.invitations}", "outerMorph", "rooms/_invitations.html", {"invitations": rows}),
    ]
