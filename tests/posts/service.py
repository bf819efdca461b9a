"""This room is services for posts in memory: what stands in nodes, who may read it, what was asked."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import pytest

from webchat.errors import XmppError
from webchat.xmpp.entries import Entry, NodeInfo, PostItem, PostPage, Ref
from webchat.xmpp.pubsub import following, nodes, posts

COMMENTS_SERVICE = "comments.montague.example"


class Services:
    """Stands where webchat.xmpp.pubsub asks the network.

    items    (service, node) → item id → what stands there
    refuses  (service, node) → condition of every answer
    """

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], dict[str, PostItem]] = {}
        self.refuses: dict[tuple[str, str], str] = {}
        self.infos: dict[tuple[str, str], NodeInfo] = {}
        self.followed: list[tuple[str, str]] = []
        self.access: dict[tuple[str, str], str] = {}
        self.options: list[str] = []
        self.hides_publisher = False

    def put(self, service: str, node: str, *items: PostItem) -> None:
        """These items stand there."""
        self.items.setdefault((service, node), {}).update({item.item: item for item in items})

    def _node(self, service: str, node: str) -> dict[str, PostItem]:
        if condition := self.refuses.get((service, node)):
            raise XmppError(condition)
        if (service, node) not in self.items:
            raise XmppError("item-not-found")
        return self.items[service, node]

    async def page(
        self, stream: Any, service: str, node: str, *, most: int = 20, before: str = ""
    ) -> PostPage:
        """The newest items: those that were put last."""
        found = list(self._node(service, node).values())[::-1]
        if before:
            found = found[[one.item for one in found].index(before) + 1 :]
        return PostPage(tuple(found[:most]), found[most - 1].item if len(found) > most else "", len(found))

    async def some(self, stream: Any, service: str, node: str, items: Sequence[str]) -> tuple[PostItem, ...]:
        """These items."""
        found = self._node(service, node)
        return tuple(found[item] for item in items if item in found)

    async def publish(
        self,
        stream: Any,
        service: str,
        node: str,
        item: str,
        entry: Entry,
        *,
        former: str = "",
        access: str = "",
    ) -> None:
        """An item is put, by whoever asks."""
        if condition := self.refuses.get((service, node)):
            raise XmppError(condition)
        if service != stream.jid and (service, node) not in self.items:
            raise XmppError("item-not-found")
        self.put(service, node, PostItem(item, "" if self.hides_publisher else stream.jid, entry))

    async def attach(self, stream: Any, service: str, node: str, item: str, payload: Element) -> None:
        """Something that is no post is put."""
        self._node(service, node)
        self.put(service, node, PostItem(item, stream.jid, None, ET.tostring(payload, "unicode")))

    async def retract(self, stream: Any, service: str, node: str, item: str) -> None:
        """An item is taken away."""
        if self._node(service, node).pop(item, None) is None:
            raise XmppError("item-not-found")

    async def info(self, stream: Any, service: str, node: str) -> NodeInfo:
        """What a node says of itself."""
        self._node(service, node)
        return self.infos.get((service, node), NodeInfo(service, node))

    async def ensure(self, stream: Any, node: str, access: str) -> str:
        """The node is there, with the access model that was set first."""
        self.items.setdefault((stream.jid, node), {})
        return self.access.setdefault((stream.jid, node), access)

    async def create_comments(self, stream: Any, service: str, node: str, access: str) -> None:
        """The node is there."""
        self.items.setdefault((service, node), {})
        self.access[service, node] = access

    async def delete(self, stream: Any, service: str, node: str) -> None:
        """The node is gone."""
        if self.items.pop((service, node), None) is None:
            raise XmppError("item-not-found")

    async def subscribe(self, stream: Any, service: str, node: str, *, jid: str = "") -> str:
        """From now on we are told."""
        if condition := self.refuses.get((service, node)):
            raise XmppError(condition)
        self.followed.append((service, node))
        return "subscribed"

    async def unsubscribe(self, stream: Any, service: str, node: str, *, jid: str = "") -> None:
        """We are told no longer."""
        self.followed[:] = [place for place in self.followed if place != (service, node)]

    async def subscriptions(self, stream: Any, service: str, node: str = "") -> tuple[Ref, ...]:
        """What we are told of."""
        return tuple(Ref(*place) for place in self.followed if place in ((service, node), (service, "")))

    async def pubsub_services(self, stream: Any, domain: str) -> tuple[str, str]:
        """The services of a server."""
        return f"pubsub.{domain}", f"comments.{domain}"

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Be asked instead of the network."""
        patch.setattr(posts, "put", self.attach)
        for name in ("page", "some", "publish", "retract"):
            patch.setattr(posts, name, getattr(self, name))
        for name in ("info", "ensure", "create_comments", "delete"):
            patch.setattr(nodes, name, getattr(self, name))
        for name in ("subscribe", "unsubscribe", "subscriptions"):
            patch.setattr(following, name, getattr(self, name))
        patch.setattr("webchat.posts.commands.publish.pubsub_services", self.pubsub_services)


def item(id: str, title: str, *, publisher: str = "", comments: Ref | None = None, **more: Any) -> PostItem:
    """A post, or what is said about one."""
    tied = {"comments": (comments,)} if comments is not None else {}
    values: Mapping[str, Any] = {"id": f"urn:uuid:{id}", **tied, **more}
    return PostItem(
        id, publisher, Entry(title=title, **values), f"<entry>{id} {title} {sorted(more)}</entry>"
    )
