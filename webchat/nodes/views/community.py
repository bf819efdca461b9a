"""This room answers about one community: its page, from the newest posts back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webchat.errors import NotFound
from webchat.markup import names
from webchat.nodes import commands, show
from webchat.nodes.show import paths
from webchat.nodes.state import Said
from webchat.nodes.views.directory import service_in
from webchat.posts import show as drawn
from webchat.posts import store as posts
from webchat.posts.commands import via
from webchat.posts.show.cards import sight_of
from webchat.posts.show.follow import follow_view
from webchat.posts.store import Node, Place, Post
from webchat.session.session import Session
from webchat.web.answer import done
from webchat.web.errors import missing
from webchat.web.request import signed_in
from webchat.web.scope import Scope
from webchat.web.templates import page
from webchat.xmpp import jid as jids


@dataclass(frozen=True, slots=True)
class Asked:
    """Which stretch of a community is wanted, and what its service said to that.

    place  the last post that was shown before this page, None for the newest
    more   what to go on with at the service, "" for no more; wrong: the condition why it could not be had
    """

    place: Place | None = None
    more: str = ""
    wrong: str = ""


def place(request: Request) -> tuple[str, str]:
    """Service and node in the address. Raises NotFound when they are none."""
    service, node = service_in(request), drawn.unsegment(request.path_params["node"])
    if not posts.fits(service, node):
        raise NotFound
    return service, node


async def elsewhere(request: Request) -> Response:
    """GET /communities/{service}/{node} where the node came with its slashes: on to its own address."""
    service, node = service_in(request), request.path_params["node"]
    if not posts.fits(service, node):
        raise NotFound
    return done(request, paths.community(service, node))


def asked(request: Request) -> tuple[str, Place | None]:
    """Where the address goes on: at the service, and in what is kept; what makes no sense is neither."""
    query = request.query_params
    moment, _, id = query.get("place", "").rpartition("~")
    if not (id.isascii() and id.isdecimal() and len(id) < 19 and len(moment) < 40):
        return "", None
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return "", None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    return query.get("before", "")[: paths.LONGEST], Place(found, int(id))


async def show_community(request: Request) -> Response:
    """GET /communities/{service}/{node}: what it is, what stands there; `before`, `place`: further back."""
    session, (service, node) = signed_in(request).session, place(request)
    if service != request.path_params["service"]:
        return RedirectResponse(paths.path_of(service, node), 303)
    before, after = asked(request)
    said = await commands.look(session, service, node)
    # Asked for older pages too: only the service knows whether we may read there.
    more, wrong = await commands.fetch(session, service, node, before)
    return await draw(request, service, node, said, Asked(after, more, wrong))


async def readable(db: AsyncSession, session: Session, row: Node | None, wanted: Asked) -> list[Post]:
    """The posts of this page and one more. What others brought here is shown to whom the service shows it;
    where it cannot be asked, to whom it was shown before."""
    if row is None or wanted.wrong in show.SHUT:
        return []
    return await posts.newest(
        db,
        row.via,
        before=wanted.place,
        most=commands.PAGE + 1,
        nodes=[row.id],
        sight=sight_of(session) if wanted.wrong else None,
    )


async def draw(request: Request, service: str, node: str, said: Said, wanted: Asked) -> Response:
    """The page."""
    session = signed_in(request).session
    cursor = session.feed.cursor
    async with session.read() as db:
        row = await posts.node(db, via(session), service, node)
        found = await readable(db, session, row, wanted)
        cards = await drawn.cards(db, session, found[: commands.PAGE])
        head = show.head(session, service, node, row, said)
        back = paths.community(service, node)
        follow = await follow_view(db, session, service, node, label=head.name, ways=True, back=back)
    if not cards and not (follow and follow.state) and (wanted.wrong or said.trouble) in show.GONE:
        return _gone(request, service, node)
    return page(
        request,
        "nodes/community.html",
        scope=Scope("plain") if wanted.place else Scope("node", paths.key(service, node)),
        cursor=cursor,
        community=show.allowed(head, said, follow),
        follow=follow,
        cards=cards,
        loses=show.loses(said),
        about=show.about(session, said),
        **_ways(session, head.path, found, wanted, said, row),
    )


def _gone(request: Request, service: str, node: str) -> Response:
    """There is no such community."""
    ways = ((show.OTHERS, paths.server(service)), (show.DIRECTORY, "/communities"))
    address = f"{jids.shown(service)}/{names.shown(node)}"
    return missing(request, show.NOT_THERE, show.TROUBLES["gone"], *ways, what=address)


def _ways(
    session: Session, path: str, found: list[Post], wanted: Asked, said: Said, row: Node | None
) -> dict[str, Any]:
    """What is wrong, and the addresses of other pages."""
    return {
        "trouble": show.trouble(session, wanted.wrong or said.trouble),
        "fetched": row.fetched_at if row else None,
        "older": _older(path, found, wanted.more),
        "newest": path if wanted.place else "",
    }


def _older(path: str, found: list[Post], more: str) -> str:
    """The address of the next page, "" when nothing is older."""
    if not found or (len(found) <= commands.PAGE and not more):
        return ""
    last = found[: commands.PAGE][-1].place
    query = {"place": f"{last.published.isoformat()}~{last.id}", **({"before": more} if more else {})}
    return f"{path}?{urlencode(query)}"
