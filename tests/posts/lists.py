"""This room is services that know who follows what, and everybody's two lists of it."""

from typing import Any

import pytest

from tests.lab.people import Person
from tests.posts.service import Services
from webchat.errors import XmppError
from webchat.xmpp.entries import Followed, Ref
from webchat.xmpp.pubsub import following

Line = tuple[str, str]


async def settled(person: Person) -> None:
    """Background work of this person is over."""
    for task in [task for task in person.session._tasks if task.get_name() not in ("inbox", "client")]:
        await task


class Lists(Services):
    """Services in memory, with what W§7 keeps.

    private, public  our own lists: (service, node) → the line
    others           contacts' public lists
    told             (service, node) that the services say we follow; `silent`: services that do not say
    states           (service, node) → what a subscription becomes
    said             what was asked, in order
    """

    def __init__(self) -> None:
        super().__init__()
        self.private: dict[Line, Followed] = {}
        self.public: dict[Line, Followed] = {}
        self.others: dict[str, list[Followed]] = {}
        self.told: set[Line] = set()
        self.silent: set[str] = set()
        self.states: dict[Line, str] = {}
        self.said: list[tuple[str, ...]] = []
        self.broken_lists = ""

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on they are asked."""
        super().install(monkeypatch)
        for name in ("subscribe", "unsubscribe", "subscriptions", "lists", "put", "take"):
            monkeypatch.setattr(following, name, getattr(self, f"{name}_" if name == "put" else name))

    async def subscribe(self, stream: Any, service: str, node: str, *, jid: str = "") -> str:
        """Followed, pending, or refused."""
        self.said.append(("subscribe", service, node))
        if condition := self.refuses.get((service, node)):
            raise XmppError(condition)
        state = self.states.get((service, node), "subscribed")
        if state == "subscribed":
            self.told.add((service, node))
        return state

    async def unsubscribe(self, stream: Any, service: str, node: str, *, jid: str = "") -> None:
        """Followed no longer."""
        self.said.append(("unsubscribe", service, node))
        if condition := self.refuses.get((service, node)):
            raise XmppError(condition)
        self.told.discard((service, node))

    async def subscriptions(self, stream: Any, service: str, node: str = "") -> tuple[Ref, ...]:
        """What we follow at a service."""
        if service in self.silent:
            raise XmppError("remote-server-timeout")
        return tuple(Ref(at, node) for at, node in sorted(self.told) if at == service)

    async def lists(self, stream: Any, jid: str = "", *, public: bool) -> tuple[Followed, ...]:
        """Ours, or a contact's."""
        if jid:
            self.said.append(("lists", jid))
            return tuple(self.others.get(jid, ()))
        if self.broken_lists:
            raise XmppError(self.broken_lists)
        return tuple((self.public if public else self.private).values())

    async def put_(self, stream: Any, followed: Followed, *, public: bool) -> None:
        """A line of ours."""
        if self.broken_lists:
            raise XmppError(self.broken_lists)
        (self.public if public else self.private)[followed.service, followed.node] = followed

    async def take(self, stream: Any, service: str, node: str, *, public: bool) -> None:
        """Not any more."""
        if self.broken_lists:
            raise XmppError(self.broken_lists)
        (self.public if public else self.private).pop((service, node), None)
