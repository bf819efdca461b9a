"""This room holds posts and nodes as values, and the columns they are read from."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table

from webchat.posts import models
from webchat.xmpp.entries import Ref

NODE = cast(Table, models.Node.__table__)
POST = cast(Table, models.Post.__table__)
TAG = cast(Table, models.PostTag.__table__)
N, P, T = NODE.c, POST.c, TAG.c


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list that is ordered by time: what comes after it is older."""

    published: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Node:
    """A node as a value; see models.Node."""

    id: int
    via: str
    service: str
    node: str
    kind: str
    about_id: int | None
    title: str
    description: str
    layout: str
    access: str
    publish_model: str
    creator: str
    created: datetime | None
    subscribers: int | None
    logo: str
    fetched_at: datetime | None
    trouble: str

    @property
    def ref(self) -> Ref:
        """Where it is."""
        return Ref(self.service, self.node)


@dataclass(frozen=True, slots=True)
class Post:
    """A post, comment or like as a value; see models.Post. service, node and node_kind are of its node."""

    id: int
    node_id: int
    via: str
    item: str
    kind: str
    author: str
    author_name: str
    verified: bool
    editor: str
    named: str
    title: str
    excerpt: str
    body: str
    whole: bool
    markdown: str
    source: str
    links: list[dict[str, Any]]
    atom_id: str
    language: str
    nsfw: bool
    web: str
    reply_service: str
    reply_node: str
    reply_item: str
    comments_service: str
    comments_node: str
    published: datetime
    updated: datetime
    received_at: datetime
    service: str
    node: str
    node_kind: str
    node_title: str
    node_access: str

    @property
    def ref(self) -> Ref:
        """Where it stands."""
        return Ref(self.service, self.node, self.item)

    @property
    def reply_to(self) -> Ref | None:
        """What it answers or shares."""
        found = Ref(self.reply_service, self.reply_node, self.reply_item)
        return found if found.service and found.node else None

    @property
    def comments(self) -> Ref | None:
        """Where its comments are kept, None where they are not wanted."""
        found = Ref(self.comments_service, self.comments_node)
        return found if found.service and found.node else None

    @property
    def place(self) -> Place:
        """Its place in lists."""
        return Place(self.published, self.id)

    @property
    def open(self) -> bool:
        """Its author says that everybody may read it on the web (W§5)."""
        return bool(self.web)

    @property
    def edited(self) -> bool:
        """It is not as it was first published."""
        return (self.updated - self.published).total_seconds() > 60


@dataclass(frozen=True, slots=True)
class Talk:
    """What people say about a post: comments, the oldest first, and who likes it, each once; of those who are
    `sure` a service says that it was they."""

    comments: list[Post] = field(default_factory=list)
    likes: tuple[str, ...] = ()
    sure: frozenset[str] = frozenset()


NODE_COLUMNS: tuple[ColumnElement[Any], ...] = tuple(N[each.name] for each in fields(Node))
_OF_NODE: dict[str, ColumnElement[Any]] = {
    "service": N.service,
    "node": N.node,
    "node_kind": N.kind.label("node_kind"),
    "node_title": N.title.label("node_title"),
    "node_access": N.access.label("node_access"),
}
POST_COLUMNS: tuple[ColumnElement[Any], ...] = tuple(
    _OF_NODE[each.name] if each.name in _OF_NODE else P[each.name] for each in fields(Post)
)
JOINED = POST.join(NODE, N.id == P.node_id)


def as_node(row: Any) -> Node:
    """A row of NODE_COLUMNS as a value."""
    return Node(*row)


def as_post(row: Any) -> Post:
    """A row of POST_COLUMNS as a value."""
    return Post(*row)
