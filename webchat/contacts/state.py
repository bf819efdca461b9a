"""This room is who is there now: the resources of our contacts and our own, as long as the stream lasts."""

from dataclasses import dataclass
from typing import Literal, cast

from webchat.xmpp import jid as jids
from webchat.xmpp.events import PresenceReceived

Kind = Literal["online", "chat", "away", "xa", "dnd", "offline"]

MOST_RESOURCES = 16
"""Resources remembered of one address; the others are there as well, but cannot be better than sixteen."""

MOST_STATUS = 200

_RANK = {"chat": 5, "online": 4, "dnd": 3, "away": 2, "xa": 1}


@dataclass(frozen=True, slots=True)
class Presence:
    """What is visible of an address: the kind, and the text that its best resource gives (foreign)."""

    kind: Kind = "offline"
    status: str = ""


OFFLINE = Presence()


@dataclass(frozen=True, slots=True)
class _Resource:
    presence: Presence
    priority: int

    @property
    def merit(self) -> tuple[int, int]:
        return self.priority, _RANK[self.presence.kind]


class Presences:
    """Resources by bare JID. Only addresses in `known` are listened to: the others cost nothing.

    known  the contacts whose presence we may see and our own address; None until somebody said it
    """

    def __init__(self) -> None:
        self.known: set[str] | None = None
        self._resources: dict[str, dict[str, _Resource]] = {}

    def clear(self) -> bool:
        """The stream is a new one: who is there will be said again. True when somebody was there."""
        somebody = bool(self._resources)
        self._resources.clear()
        return somebody

    def best(self, jid: str) -> Presence:
        """Presence of a bare JID: of its resource with the highest priority, then the most available one."""
        resources = self._resources.get(jid)
        if not resources:
            return OFFLINE
        return max(resources.values(), key=lambda resource: resource.merit).presence

    def apply(self, event: PresenceReceived) -> bool:
        """Note what one resource says; True when the visible presence of its address is different now."""
        jid = jids.bare(event.jid)
        resource = jids.resource(event.jid)
        if self.known is not None and jid not in self.known:
            return False
        before = self.best(jid)
        if event.available:
            self._add(jid, resource, event)
        else:
            self._remove(jid, resource)
        return self.best(jid) != before

    def forget(self, jid: str) -> bool:
        """Their presence is not for us any more; True when they were there."""
        return self._resources.pop(jid, None) is not None

    def _add(self, jid: str, resource: str, event: PresenceReceived) -> None:
        resources = self._resources.setdefault(jid, {})
        if resource not in resources and len(resources) >= MOST_RESOURCES:
            return
        kind = cast(Kind, event.show or "online")
        resources[resource] = _Resource(Presence(kind, event.status[:MOST_STATUS]), event.priority)

    def _remove(self, jid: str, resource: str) -> None:
        resources = self._resources.get(jid, {})
        resources.pop(resource, None)
        if not resource or not resources:
            # Unavailable from the bare address speaks for all of them (RFC 6121 §4.5.4).
            self._resources.pop(jid, None)
