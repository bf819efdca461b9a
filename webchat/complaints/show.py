"""This room finds what somebody wants to report, as far as they can read it themselves."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.markup import html
from webchat.markup import names as safe
from webchat.messages import show as messages
from webchat.messages.state.occupants import Rooms
from webchat.messages.store import sources
from webchat.posts import show as posts
from webchat.posts import store
from webchat.session.complaints import LONGEST_EXCERPT, About, Told
from webchat.session.session import Session
from webchat.xmpp import atom
from webchat.xmpp import jid as jids


@dataclass(frozen=True, slots=True)
class ComplaintView:
    """The page that reports something.

    told    what will be noted, but for the reason and the words
    name    whose it is, safe to show
    back    the page where it stands
    person  the page where they can be blocked, "" where nobody knows their address
    """

    told: Told
    name: str
    path: str
    back: str
    person: str


async def about_message(db: AsyncSession, session: Session, id: int) -> ComplaintView | None:
    """A message of somebody else; None when there is none with this number, or nothing is left of it."""
    found = await sources.whole(db, session.account_id, id)
    if found is None or found.mine or found.gone:
        return None
    said = "\n".join([found.body, *(file.url for file in found.files if file.url not in found.body)])
    subject = jids.bare(found.sender) if found.kind == "chat" else _speaker(session, found.sender)
    told = Told("message", str(id), subject, found.jid, said.strip()[:LONGEST_EXCERPT])
    return _view(told, f"/reports/message/{id}", f"{messages.path_of(found.jid, found.kind)}?at={id}")


def _speaker(session: Session, seat: str) -> str:
    """Who sits there: their own address, where the room shows it and they are still in."""
    room = session[Rooms].get(jids.bare(seat))
    occupant = room.occupants.get(jids.resource(seat)) if room is not None else None
    return occupant.jid if occupant is not None and occupant.jid else seat


async def about_post(db: AsyncSession, session: Session, id: int, about: About) -> ComplaintView | None:
    """A post or a comment of somebody else; None for one that this account cannot read."""
    via = jids.domain(session.jid)
    post = await store.by_id(db, via, id)
    if post is None or post.kind != about or post.author == session.jid:
        return None
    page = post
    if about == "comment":
        above = await store.talked_about(db, via, post.service, post.node)
        if not above:
            return None
        page = above[0]
    if await posts.readable(db, session, page.ref) is None:
        return None
    words = html.text_of(html.beginning(post.body, 4 * LONGEST_EXCERPT))
    said = f"{post.title}\n{words}".strip()[:LONGEST_EXCERPT]
    uri = atom.uri(post.ref)
    told = Told(about, uri, post.author or post.service, uri, said)
    return _view(told, f"/reports/{about}/{id}", posts.path_of(page.ref))


def _view(told: Told, path: str, back: str) -> ComplaintView:
    # The seat of somebody in a room is no address of a person.
    known = "/" not in told.subject and "@" in told.subject
    person = f"/people/{jids.escape_path(told.subject)}/report" if known else ""
    return ComplaintView(told, safe.shown(told.subject, 300), path, back, person)
