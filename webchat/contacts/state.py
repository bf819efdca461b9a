"""This room is who is there now, whom we have blocked, which pictures are wanted, for a session."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, cast

from webchat.db.base import now
from webchat.web.limits import Rate
from webchat.xmpp import jid as jids
from webchat.xmpp.events import PresenceReceived

Kind = Literal["online", "chat", "away", "xa", "dnd", "offline"]

MOST_RESOURCES = 16
"""Resources remembered of one address; the others are there as well, but cannot be better than sixteen."""

MOST_STATUS = 200

_RANK = {"chat": 5, "online": 4, "dnd": 3, "away": 2, "xa": 1}


@dataclass(frozen=True, slots=True)
class Presence:
    """What is visible of an address: the kind, and what its best resource says.

    status  foreign text
    idle    since when nobody has touched the device (XEP-0319)
    """

    kind: Kind = "offline"
    status: str = ""
    idle: datetime | None = None


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
        self._left: dict[str, datetime] = {}

    def left(self, jid: str) -> datetime | None:
        """When we saw a bare JID go, if we did."""
        return self._left.get(jid)

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

    def resources(self, jid: str) -> dict[str, Presence]:
        """What each resource of a bare JID shows, by its name."""
        return {name: each.presence for name, each in self._resources.get(jid, {}).items()}

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
        after = self.best(jid)
        if after.kind == "offline" != before.kind:
            self._left[jid] = before.idle or now()
        elif after.kind != "offline":
            self._left.pop(jid, None)
        return after != before

    def forget(self, jid: str) -> bool:
        """Their presence is not for us any more; True when they were there."""
        self._left.pop(jid, None)
        return self._resources.pop(jid, None) is not None

    def _add(self, jid: str, resource: str, event: PresenceReceived) -> None:
        resources = self._resources.setdefault(jid, {})
        if resource not in resources and len(resources) >= MOST_RESOURCES:
            return
        kind = cast(Kind, event.show or "online")
        resources[resource] = _Resource(
            Presence(kind, event.status[:MOST_STATUS], event.idle), event.priority
        )

    def _remove(self, jid: str, resource: str) -> None:
        resources = self._resources.get(jid, {})
        resources.pop(resource, None)
        if not resource or not resources:
            # Unavailable from the bare address speaks for all of them (RFC 6121 §4.5.4).
            self._resources.pop(jid, None)


@dataclass
class Blocklist:
    """Whom the user blocked, as their server keeps it (XEP-0191).

    jids       bare addresses, whole servers, occupants
    offered    the server keeps such a list
    reporting  the words it takes reports in: "" (none), "1" or "0" (XEP-0377, its older version)
    """

    jids: set[str] = field(default_factory=set)
    offered: bool = False
    reporting: str = ""

    def blocks(self, jid: str) -> bool:
        """Whether nothing comes from this address: itself or its whole server (§3.2)."""
        return jid in self.jids or jids.domain(jid) in self.jids


MOST_WANTED = 500


@dataclass
class Faces:
    """Pictures by address, and those still to be fetched: (address, SHA-1, "pep" or "vcard").

    heard     what each address said last in its presence, so that saying it again costs nothing
    latest    what each announced last, SHA-1 and where: an earlier one may take longer to fetch
    own_name  what the user calls themselves: their nickname, else their name; foreign to us, "" for neither
    """

    avatars: dict[str, str] = field(default_factory=dict)
    wanted: "asyncio.Queue[tuple[str, str, str]]" = field(default_factory=lambda: asyncio.Queue(MOST_WANTED))
    asked: set[tuple[str, str, str]] = field(default_factory=set)
    heard: dict[str, str] = field(default_factory=dict)
    latest: dict[str, tuple[str, str]] = field(default_factory=dict)
    own_name: str = ""

    def show(self, jid: str, sha1: str) -> None:
        """From now on this address is drawn with this picture, with "" by its initial."""
        if sha1:
            self.avatars[jid] = sha1
        else:
            self.avatars.pop(jid, None)

    def outdated(self, jid: str, sha1: str) -> bool:
        """Whether this address has announced another picture by now, or none."""
        return self.latest.get(jid, (sha1, ""))[0] != sha1

    def told_by_node(self, jid: str) -> bool:
        """Whether the picture that was announced last stands in a node."""
        sha1, source = self.latest.get(jid, ("", ""))
        return bool(sha1) and source == "pep"

    def want(self, jid: str, sha1: str, source: str) -> None:
        """Have a picture fetched, once; what was refused is asked for again after the next login only."""
        wish = (jid, sha1, source)
        if wish not in self.asked and not self.wanted.full():
            self.asked.add(wish)
            self.wanted.put_nowait(wish)

    def forget_asked(self) -> None:
        """A new login: what failed may go well now."""
        self.asked.clear()
        self.heard.clear()
        self.latest.clear()


@dataclass
class Asking:
    """Whose profiles are asked for just now, who gave no answer the last time, whose server nobody finds."""

    jids: set[str] = field(default_factory=set)
    again: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    rate: Rate = field(default_factory=lambda: Rate(30, 60))

    def begin(self, jid: str, *, changed: bool) -> bool:
        """False when they are asked already, or too many were in the last minute.

        changed  what they tell is different from now on: who is asked already is asked once more afterwards
        """
        if jid in self.jids:
            if changed:
                self.again.add(jid)
            return False
        if self.rate.wait(""):
            return False
        self.rate.take("")
        self.jids.add(jid)
        return True

    def end(self, jid: str, *, silent: bool, lost: bool = False) -> bool:
        """They answered, or did not; true when the answer may be too old already."""
        self.jids.discard(jid)
        (self.silent.add if silent else self.silent.discard)(jid)
        (self.lost.add if lost else self.lost.discard)(jid)
        again = jid in self.again
        self.again.discard(jid)
        return again
