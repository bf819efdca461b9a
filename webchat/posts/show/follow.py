"""This room makes the button "Follow" of one node."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.markup import names
from webchat.posts.show.paths import segment
from webchat.posts.store.follows import BLOGS, FollowRow, follow_of, follows
from webchat.session.session import Session
from webchat.xmpp import jid as jids


@dataclass(frozen=True, slots=True)
class FollowView:
    """The button of a node.

    state   "" for not followed, "subscribed", "pending", "broken"
    label   its name, spoken behind the word on the button
    path    where the form goes; with "/delete" behind it to unfollow; GET is the page of how it is followed
    ways    the button has a menu beside it: whether others may see it, and the rest
    shared  others can see that it is followed
    back    the page to come back to without scripts, "" for its own page
    title   what the user calls it, "" for its own name
    tells   the user is told of each new post
    """

    service: str
    node: str
    state: str
    label: str
    path: str
    ways: bool = False
    shared: bool = False
    back: str = ""
    title: str = ""
    tells: bool = False


def dialog_path(service: str, node: str) -> str:
    """Where one says how a node is followed; its form goes there too."""
    return f"/nodes/{jids.escape_path(service)}/{segment(node)}/subscription"


def view(
    service: str,
    node: str,
    row: FollowRow | None = None,
    *,
    label: str = "",
    ways: bool = False,
    back: str = "",
) -> FollowView:
    """The button of a node of which we know how it is followed."""
    called = label or (row.title or row.called if row else "")
    spoken = names.shown(called) or (jids.shown(service) if node in BLOGS else names.shown(node))
    return FollowView(
        service,
        node,
        row.state if row else "",
        spoken,
        dialog_path(service, node),
        ways,
        row.shared if row else False,
        back,
        row.title if row else "",
        row.tells if row else False,
    )


async def follow_view(
    db: AsyncSession,
    session: Session,
    service: str,
    node: str,
    *,
    label: str = "",
    ways: bool = False,
    back: str = "",
) -> FollowView | None:
    """The button of one node, None for our own blog."""
    if service == session.jid:
        return None
    via = jids.domain(session.jid)
    row = await follow_of(db, session.account_id, via, service, node)
    return view(service, node, row, label=label, ways=ways, back=back)


async def follow_views(
    db: AsyncSession, session: Session, places: Sequence[tuple[str, str, str]], *, back: str = ""
) -> dict[tuple[str, str], FollowView]:
    """The buttons of many nodes at once: (service, node, label) → by (service, node), without our own."""
    known = await follows(db, session.account_id, jids.domain(session.jid))
    rows = {(row.service, row.node): row for row in known}
    return {
        (service, node): view(service, node, rows.get((service, node)), label=label, back=back)
        for service, node, label in places
        if service != session.jid
    }
