"""This room is services for posts in memory, and what they say about who may read."""

from typing import Any

import pytest

from tests.posts.service import Services
from webchat.errors import XmppError
from webchat.xmpp.entries import Entry, NodeInfo
from webchat.xmpp.forms import Field, Form
from webchat.xmpp.pubsub import nodes


class Places(Services):
    """Services whose nodes have an access model.

    published  what went out: place, entry, former payload, access model that was asked for
    obeys      its nodes can be set otherwise
    silent     raised by whoever asks how a node is set
    """

    def __init__(self) -> None:
        super().__init__()
        self.published: list[tuple[tuple[str, str, str], Entry, str, str]] = []
        self.obeys = True
        self.silent: Exception | None = None

    def make(self, service: str, node: str, access: str) -> None:
        """There is such a node."""
        self.items.setdefault((service, node), {})
        self.access[service, node] = access
        self.infos[service, node] = NodeInfo(service, node, title=node.title(), access=access)

    async def configuration(self, stream: Any, service: str, node: str) -> Form:
        """Its owner's form."""
        if self.silent is not None:
            raise self.silent
        if (service, node) not in self.items:
            raise XmppError("item-not-found")
        return Form("form", fields=(Field("pubsub#access_model", values=(self.access[service, node],)),))

    async def ensure(self, stream: Any, node: str, access: str) -> str:
        """It is otherwise from now on, where the server obeys."""
        if self.obeys and (stream.jid, node) in self.access:
            self.access[stream.jid, node] = access
        return await super().ensure(stream, node, access)

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
        """An item is put, and what came is written down."""
        await super().publish(stream, service, node, item, entry, former=former, access=access)
        self.published.append(((service, node, item), entry, former, access))

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Be asked instead of the network."""
        super().install(patch)
        patch.setattr(nodes, "configuration", self.configuration)
