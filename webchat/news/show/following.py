"""This room makes the list of what is followed, and the form about one line of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.errors import XmppError
from webchat.markup import names as safe
from webchat.news.forms import FollowForm
from webchat.posts import show as posts
from webchat.posts import store as kept
from webchat.posts.show.follow import FollowView, view
from webchat.posts.store import follows as followed
from webchat.posts.store.follows import FollowRow
from webchat.session.session import Session
from webchat.web.errors import describe
from webchat.web.language import N_
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import MICROBLOG, Ref

TROUBLES = {
    "item-not-found": N_("It no longer exists on its server."),
    "gone": N_("It no longer exists on its server."),
    "remote-server-not-found": N_("Its server cannot be found."),
    "remote-server-timeout": N_("Its server does not answer."),
}
"""Why there is nothing new from it, as message ids."""

REFUSED = N_("Its server does not let you follow it any more.")
WAITING = N_("Waiting for its owner to agree")
NO_BLOG = N_("They have not published anything yet that could be followed.")

CONTACTS_ONLY = frozenset(("not-authorized", "forbidden", "presence-subscription-required"))
"""How servers say that somebody shows their posts only to contacts (XEP-0060 §6.1.3)."""


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of what is followed; trouble: message id of what is wrong with it."""

    title: str
    address: str
    path: str
    shared: bool
    trouble: str
    follow: FollowView


@dataclass(frozen=True, slots=True)
class SubscriptionsView:
    """What is followed, people first, then communities by their servers: (server, lines)."""

    people: Sequence[LineView]
    servers: Sequence[tuple[str, Sequence[LineView]]]
    shared: int
    total: int


@dataclass(frozen=True, slots=True)
class DialogView:
    """How a node is followed: its form.

    name, address  whose posts these are, or which community, and where it is; `home` its page
    title, shared  what the form holds
    contact        where the form goes that makes its owner a contact, "" for a community
    """

    name: str
    address: str
    home: str
    title: str
    shared: bool
    follow: FollowView
    contact: str = ""


async def subscriptions(db: AsyncSession, session: Session) -> SubscriptionsView:
    """All that is followed."""
    rows = await followed.follows(db, session.account_id, jids.domain(session.jid))
    firsts = {row.service for row in rows if row.node == MICROBLOG}
    rows = [row for row in rows if not row.blog or row.node == MICROBLOG or row.service not in firsts]
    names = await contacts.names(db, session.account_id, [row.service for row in rows if row.blog])
    folk = [line(row, names[row.service]) for row in rows if row.blog]
    servers: dict[str, list[LineView]] = {}
    for row in rows:
        if not row.blog:
            servers.setdefault(jids.shown(row.service), []).append(line(row))
    return SubscriptionsView(
        sorted(folk, key=_by_title),
        [(server, sorted(lines, key=_by_title)) for server, lines in servers.items()],
        sum(row.shared for row in rows),
        len(rows),
    )


def _by_title(one: LineView) -> str:
    return one.title.casefold()


def line(row: FollowRow, name: str = "") -> LineView:
    """One line of what is followed; a person is called as the user calls them."""
    title = safe.shown(row.title) or name or safe.shown(row.called) or safe.shown(row.node)
    trouble = TROUBLES.get(row.trouble, "")
    if row.state == "broken":
        trouble = trouble or REFUSED
    elif row.state == "pending":
        trouble = WAITING
    button = view(row.service, row.node, row, label=title, back="subscriptions")
    place = jids.shown(row.service) if row.blog else safe.shown(row.node)
    home = posts.node_path(Ref(row.service, row.node))
    return LineView(title, place, home, row.shared, trouble, button)


def refused(ref: Ref, error: XmppError) -> tuple[str, bool]:
    """Why a node cannot be followed: a message id, and whether its owner has to be a contact first."""
    person = "@" in ref.service
    if person and error.condition == "item-not-found":
        return NO_BLOG, False
    return describe(error).text, person and error.condition in CONTACTS_ONLY


async def dialog(db: AsyncSession, session: Session, ref: Ref, typed: FollowForm | None) -> DialogView:
    """The form about one node, with what was typed into it."""
    via = jids.domain(session.jid)
    row = await followed.follow_of(db, session.account_id, via, ref.service, ref.node)
    if "@" in ref.service:
        name = await contacts.display_name(db, session.account_id, ref.service)
        contact = f"/contacts/{jids.escape_path(ref.service)}"
    else:
        known = await kept.node(db, via, ref.service, ref.node)
        name, contact = (safe.shown(known.title) if known else "") or safe.shown(ref.node), ""
    return DialogView(
        name,
        jids.shown(ref.service),
        posts.node_path(ref),
        typed.title if typed else row.title if row else "",
        typed.shared if typed else row.shared if row else False,
        view(ref.service, ref.node, row),
        contact,
    )
