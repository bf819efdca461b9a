"""This room makes the lists: servers, and the communities of one of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from webchat.markup import names as safe
from webchat.markup.colour import colour
from webchat.media import tokens
from webchat.nodes.show import paths
from webchat.nodes.store import CommunityRow
from webchat.posts.store.follows import FollowRow
from webchat.session.session import Session
from webchat.web.templates import installed
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import NodeInfo
from webchat.xmpp.pubsub.linked import without_room

SHOWN = 50
"""Communities on one page of a list."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ServerView:
    """One server; `number` of communities that we know there."""

    name: str
    path: str
    colour: int
    initial: str
    number: int


@dataclass(frozen=True, slots=True)
class CommunityView:
    """One community in a list; name, description and address are foreign."""

    name: str
    path: str
    address: str
    description: str
    colour: int
    initial: str
    picture: str
    items: int | None
    posted: datetime | None
    followed: bool


@dataclass(frozen=True, slots=True)
class ListView:
    """One page of the communities of a server; `whole` is False when the service has more than we look at."""

    rows: tuple[CommunityView, ...]
    total: int
    words: str
    whole: bool
    earlier: int
    later: int


def server_views(servers: Iterable[tuple[str, int]]) -> list[ServerView]:
    """Servers as one chooses among them."""
    return [
        ServerView(
            jids.shown(name), paths.path_of(name), colour(name), safe.initial(jids.shown(name)), number
        )
        for name, number in servers
    ]


def followed(session: Session, rows: Iterable[FollowRow]) -> list[CommunityView]:
    """The communities that the account follows, by name."""
    found = [
        CommunityView(
            name=(name := title(row.title or row.called, row.node)),
            path=paths.path_of(row.service, row.node),
            address=jids.shown(row.service),
            description="",
            colour=colour(row.node),
            initial=safe.initial(name),
            picture=picture(session, row.logo),
            items=None,
            posted=None,
            followed=False,
        )
        for row in rows
        if row.kind == "community"
    ]
    return sorted(found, key=lambda one: one.name.casefold())


def listed(
    session: Session,
    infos: Sequence[NodeInfo],
    known: Mapping[str, CommunityRow],
    followed: frozenset[str],
    words: str = "",
    page: int = 1,
    most: int = 500,
) -> ListView:
    """The communities of a service: those with the newest posts first, the others by name.

    words  only those whose name, node or description has all of them
    """
    rows = [_community(session, one, known.get(one.node), one.node in followed) for one in infos]
    needles = words.casefold().split()
    found = [row for row in rows if all(needle in _text(row) for needle in needles)]
    found.sort(key=lambda row: row.name.casefold())
    found.sort(key=lambda row: row.posted or _LONG_AGO, reverse=True)
    page = max(1, min(page, (len(found) + SHOWN - 1) // SHOWN))
    start = (page - 1) * SHOWN
    return ListView(
        rows=tuple(found[start : start + SHOWN]),
        total=len(rows),
        words=words,
        whole=len(infos) < most,
        earlier=page - 1,
        later=page + 1 if start + SHOWN < len(found) else 0,
    )


def _text(row: CommunityView) -> str:
    return f"{row.name} {row.address} {row.description}".casefold()


def _community(session: Session, info: NodeInfo, row: CommunityRow | None, followed: bool) -> CommunityView:
    name = title(info.title or (row.title if row else ""), info.node)
    return CommunityView(
        name=name,
        path=paths.path_of(info.service, info.node),
        address=safe.shown(info.node, 200),
        description=safe.shown(without_room(info.description or (row.description if row else "")), 300),
        colour=colour(info.node),
        initial=safe.initial(name),
        picture=picture(session, row.logo if row else ""),
        items=info.items,
        posted=row.posted if row else None,
        followed=followed,
    )


def title(text: str, node: str) -> str:
    """What a community is called: its title, or what its node is called."""
    return safe.shown(text, 200) or safe.shown(node, 200) or "?"


def picture(session: Session, logo: str) -> str:
    """Where our proxy has its logo, "" for none."""
    if not logo.startswith(("https://", "http://")):
        return ""
    return installed().url(tokens.path(session.jid, tokens.Link("picture", logo)))
