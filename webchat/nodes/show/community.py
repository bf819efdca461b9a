"""This room makes the head of a community, what it says of itself, and what one may do there."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from webchat.contacts.show import avatar_path, person_path
from webchat.markup import names as safe
from webchat.markup.colour import colour
from webchat.messages.state.occupants import Rooms
from webchat.nodes.commands import FEW
from webchat.nodes.show import paths
from webchat.nodes.show.directory import picture, title
from webchat.nodes.state import Said
from webchat.posts.show.follow import FollowView
from webchat.posts.store import Node
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.web.templates import installed
from webchat.xmpp import atom
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import NodeMember, Ref
from webchat.xmpp.pubsub.linked import without_room

TROUBLES = {
    "item-not-found": N_("This community does not exist on its server (any more)."),
    "gone": N_("This community does not exist on its server (any more)."),
    "forbidden": N_("This community is for its members, and you are not one of them."),
    "not-authorized": N_("This community is for those whom its owner lets in. Follow it to ask."),
    "subscription-required": N_("This community is for those whom its owner lets in. Follow it to ask."),
    "not-allowed": N_("This community is for its members, and you are not one of them."),
    "payment-required": N_("The server of this community wants to be paid."),
    "remote-server-not-found": N_("The server of this community cannot be found."),
    "remote-server-timeout": N_("The server of this community does not answer. Try again later."),
    "service-unavailable": N_("There is nothing at this address that could have communities."),
    "feature-not-implemented": N_("There is nothing at this address that could have communities."),
    "too-often": N_("You have asked for much in a short time. What is new here can be had in a minute."),
}
"""Why a community cannot be read, as message ids."""

UNKNOWN = N_("The server of this community refuses and does not say why.")
NO_STREAM = N_("There is no connection to your server at the moment. Try again when it is back.")
SHUT = frozenset(("forbidden", "not-authorized", "not-allowed", "payment-required", "subscription-required"))
"""Conditions by which a service says that we may not read: what others brought home is not shown either."""

GONE = frozenset(("item-not-found", "gone"))
NOT_THERE = N_("This community is not there")
OTHERS = N_("Others on its server")
DIRECTORY = N_("All communities")

LOST_ALL = N_("This community keeps no posts: whoever was not there when one came never sees it.")
LOST_SOME = N_("This community keeps very few posts: older ones vanish with every new one.")

WRITERS = {
    "open": N_("Everybody may write."),
    "subscribers": N_("Who follows it may write."),
    "publishers": N_("Only those whom its owners chose may write."),
}
READERS = {
    "open": N_("Everybody may read."),
    "presence": N_("Contacts of its owner may read."),
    "roster": N_("Some contacts of its owner may read."),
    "authorize": N_("Who wants to read asks its owner."),
    "whitelist": N_("Only its members may read."),
}
STANDINGS = {
    "owner": N_("You are an owner."),
    "publisher": N_("You may publish."),
    "member": N_("You are a member."),
    "outcast": N_("You are shut out."),
}
MOST_ROOMS = 5
GALLERY = N_("It is a gallery: every post has a picture.")

ROLE_NAMES = {
    "owner": N_("Owners"),
    "publisher": N_("Publishers"),
    "member": N_("Members"),
    "outcast": N_("Shut out"),
}
ROLE_CHOICES = (
    ("publisher", N_("Publisher: may write")),
    ("member", N_("Member: may read, where not everybody may")),
    ("owner", N_("Owner: may do everything, as you may")),
    ("outcast", N_("Shut out: may neither read nor write")),
    ("none", N_("Nothing special")),
)


@dataclass(frozen=True, slots=True)
class HeadView:
    """A community as its pages name it; publish: where one writes, "" where one may not; room:
    where its chat room is, "" for none. All is foreign."""

    service: str
    node: str
    name: str
    path: str
    server: str
    server_path: str
    description: str
    colour: int
    initial: str
    picture: str
    gallery: bool
    publish: str
    owner: bool
    room: str = ""


@dataclass(frozen=True, slots=True)
class AboutView:
    """What a community says of itself; facts are message ids.

    room   (address, path) of the chat room that it names
    rooms  those where the reader is and that say they belong to it, which is their word alone
    """

    address: str
    uri: str
    facts: tuple[str, ...]
    created: datetime | None
    creator: str
    creator_path: str
    items: int | None
    subscribers: int | None
    public: str
    feed: str
    room: tuple[str, str] | None = None
    rooms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MemberView:
    """Somebody in a list of a community."""

    jid: str
    address: str
    path: str
    colour: int
    initial: str
    mine: bool
    pending: bool
    picture: str = ""


def head(
    session: Session,
    service: str,
    node: str,
    row: Node | None,
    said: Said | None = None,
) -> HeadView:
    """The head, from what the service says now, or from what we knew before."""
    info = said.info if said is not None else None
    name = title(info.title if info else row.title if row else "", node)
    description = info.description if info else row.description if row else ""
    kind = info.kind if info else row.layout if row else "articles"
    return HeadView(
        service=service,
        node=node,
        name=name,
        path=paths.path_of(service, node),
        server=jids.shown(service),
        server_path=paths.path_of(service),
        description=safe.shown(without_room(description), 1000),
        colour=colour(node),
        initial=safe.initial(name),
        picture=picture(session, row.logo if row else ""),
        gallery=kind == "gallery",
        publish="",
        owner=said is not None and said.owner,
        room=room_path(said.room) if said is not None and said.room else "",
    )


def room_path(jid: str) -> str:
    """The page of a chat room."""
    return installed().url(f"/rooms/{jids.escape_path(jid)}")


def allowed(head: HeadView, said: Said, follow: FollowView | None) -> HeadView:
    """The head with the way to write, where the reader may."""
    if not may_write(said, follow is not None and follow.state == "subscribed"):
        return head
    query = urlencode({"service": head.service, "node": head.node})
    return dataclasses.replace(head, publish=installed().url(f"/publish?{query}"))


def may_write(said: Said, follows: bool) -> bool:
    """Whether the service would take a post of ours, as far as it lets us know (XEP-0060 §4.1, §4.5)."""
    if said.info is None or said.standing == "outcast":
        return False
    model = said.info.publish_model
    if said.standing in ("owner", "publisher") or model == "open":
        return True
    return model == "subscribers" and follows


def about(session: Session, said: Said) -> AboutView | None:
    """The information card, None where nothing is known; what everybody may read has a page for that."""
    info = said.info
    if info is None:
        return None
    public = info.access == "open"
    facts = (
        READERS.get(info.access),
        WRITERS.get(info.publish_model),
        STANDINGS.get(said.standing),
        GALLERY if info.kind == "gallery" else None,
    )
    creator = info.creator if jids.local(info.creator) else ""
    return AboutView(
        address=f"{jids.shown(info.service)} / {safe.shown(info.node, 500)}",
        uri=atom.uri(Ref(info.service, info.node)),
        facts=tuple(fact for fact in facts if fact),
        created=info.created,
        creator=jids.shown(creator) if creator else "",
        creator_path=person_path(creator) if creator else "",
        items=info.items,
        subscribers=info.subscribers,
        public=paths.public(info.service, info.node) if public else "",
        feed=paths.public(info.service, info.node, "/feed.atom") if public else "",
        room=_room(said.room) if said.room else None,
        rooms=tuple(
            _room(state.jid)
            for state in session[Rooms]
            if state.community == (info.service, info.node) and state.phase == "in" and state.jid != said.room
        )[:MOST_ROOMS],
    )


def _room(jid: str) -> tuple[str, str]:
    return jids.shown(jid), room_path(jid)


def trouble(session: Session, condition: str) -> str:
    """Why it cannot be read, as a message id; "" for no trouble."""
    if condition and session.state != "online":
        return NO_STREAM
    return TROUBLES.get(condition, UNKNOWN) if condition else ""


def loses(said: Said) -> str:
    """What is wrong with how it keeps posts, as a message id for its owner; "" for nothing."""
    if said.keeps is None or said.keeps > FEW:
        return ""
    return LOST_SOME if said.keeps else LOST_ALL


def people(session: Session, members: Iterable[NodeMember]) -> list[MemberView]:
    """Members or subscribers."""
    return [_member(session, one) for one in members]


def _member(session: Session, one: NodeMember) -> MemberView:
    shown = jids.shown(one.jid)
    return MemberView(
        jid=one.jid,
        address=shown,
        path=person_path(one.jid),
        colour=colour(one.jid),
        initial=safe.initial(shown),
        mine=one.jid == session.jid,
        pending=one.state == "pending",
        picture=avatar_path(session, one.jid),
    )


def groups(session: Session, members: Iterable[NodeMember]) -> list[tuple[str, list[MemberView]]]:
    """Everybody who is something, by what they are (message id)."""
    known = list(members)
    return [
        (label, people(session, some))
        for role, label in ROLE_NAMES.items()
        if (some := [one for one in known if one.state == role])
    ]
