"""This room holds what posts are made of (RFC 4287, XEP-0277, XEP-0472) and what can arrive of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from webchat.xmpp.events import Event

MICROBLOG = "urn:xmpp:microblog:0"
"""The node of everybody's own posts."""

MICROBLOG_PRESENCE = "urn:xmpp:microblog:0:presence"
"""Our second node of own posts, for followers alone, where the first one is open to everybody (W§5)."""

COMMENTS = "urn:xmpp:microblog:0:comments/"
"""What nodes of comments begin with; the item's id follows."""

LIKE = "\N{BLACK HEART SUIT}"
"""A comment with exactly this title says "I like it"."""

LONGEST_ID = 500
"""Characters of a service, a node or an item; more could not be kept in an index."""

Kind = Literal["post", "comment", "like"]


@dataclass(frozen=True, slots=True)
class Ref:
    """Where something stands: service (a bare JID or a domain), node, and item ("" for the node itself)."""

    service: str
    node: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class EntryLink:
    """One link of a post: `rel` is "related" (a page) or "enclosure" (a file); size in bytes, or None."""

    rel: Literal["related", "enclosure"]
    href: str
    type: str = ""
    title: str = ""
    size: int | None = None
    description: str = ""
    logo: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One Atom entry, read as far as we understand it; nothing in it is trusted.

    title, summary  plain text
    text            content type="text": Markdown as its author wrote it; "" for none
    html            content type="xhtml" or "html" as a string of HTML that nobody cleaned yet; "" for none
    author          bare JID that the entry claims, "" for none
    comments        where comments are kept; none where they are not wanted
    reply_to        what it answers or shares (thr:in-reply-to); reply_id is that one's Atom id
    via             what it repeats
    web             a page of it for everybody (alternate of type text/html): its author calls the post public
    """

    title: str = ""
    summary: str = ""
    text: str = ""
    html: str = ""
    id: str = ""
    author: str = ""
    author_name: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    tags: tuple[str, ...] = ()
    links: tuple[EntryLink, ...] = ()
    comments: tuple[Ref, ...] = ()
    reply_to: Ref | None = None
    reply_id: str = ""
    via: Ref | None = None
    web: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class PostItem:
    """One item of a node.

    publisher  bare JID by whom the service says it was put there, "" if it does not say
    entry      None for what is no post (a logo, a probe, an empty item)
    xml        the payload as it came, so that what we do not understand survives an edit; "" for none
    """

    item: str
    publisher: str
    entry: Entry | None
    xml: str = ""


@dataclass(frozen=True, slots=True)
class PostPage:
    """Some items of a node, the newest first. more: id to ask for older ones with, "" when there are none
    (or the service has no result sets); total: how many there are, None if not told."""

    items: tuple[PostItem, ...]
    more: str = ""
    total: int | None = None

    @property
    def whole(self) -> bool:
        """There is nothing in the node but this, when it was the newest page that was asked for."""
        return not self.more and (self.total is None or self.total <= len(self.items))


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """What a service says of a node (XEP-0060 §5.4); "" and None for what it does not say.

    kind           "articles" or "gallery"
    access         access model; publish_model "publishers", "subscribers" or "open"
    contacts       bare JIDs of who answers for it, a room of its own among them
    """

    service: str
    node: str
    title: str = ""
    description: str = ""
    kind: Literal["articles", "gallery"] = "articles"
    access: str = ""
    publish_model: str = ""
    creator: str = ""
    created: datetime | None = None
    subscribers: int | None = None
    items: int | None = None
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Followed:
    """One line of a list of what somebody follows (XEP-0330); `xml` keeps the children we do not know."""

    service: str
    node: str
    title: str = ""
    xml: str = ""


@dataclass(frozen=True, slots=True)
class NodeMember:
    """Somebody's affiliation ("owner", "publisher", "member", "outcast") or subscription with a node."""

    jid: str
    state: str


# ---- what arrives (XEP-0060 §12)


@dataclass(frozen=True, slots=True)
class PostReceived(Event):
    """An item that is a post, a comment or a like was published or edited.

    service  who sent the notice: bare JID of a person, or a service
    live     False for what a server repeats at login (delayed)
    """

    service: str
    node: str
    post: PostItem
    live: bool = True


@dataclass(frozen=True, slots=True)
class PostAnnounced(Event):
    """An item was published and its content has to be fetched (deliver_payloads is off)."""

    service: str
    node: str
    item: str


@dataclass(frozen=True, slots=True)
class PostsRetracted(Event):
    """These items are gone."""

    service: str
    node: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NodeChanged(Event):
    """A node was deleted, emptied ("purged") or configured anew."""

    service: str
    node: str
    what: Literal["deleted", "purged", "configured"]


@dataclass(frozen=True, slots=True)
class FollowedReceived(Event):
    """News of one of our own lists of what we follow: `public` says which; `removed` are item ids."""

    public: bool
    followed: tuple[Followed, ...] = ()
    removed: tuple[str, ...] = ()
