"""This room remembers for a session which posts it asked for or opened, and which nodes it may read."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil
from time import monotonic

from webchat.db.base import now
from webchat.xmpp.entries import PostReceived

AGAIN = 30.0
"""Seconds before the same post is asked for again."""

MOST = 500
MOST_NODES = 5000


@dataclass
class Asked:
    """When each post was last asked for; `nodes`: rows of those whose service gave us what stands there.

    cared  rows of nodes that this account looks after: it may take away what others wrote there
    """

    at: "OrderedDict[int, float]" = field(default_factory=OrderedDict)
    nodes: set[int] = field(default_factory=set)
    cared: set[int] = field(default_factory=set)

    def let_in(self, node_id: int) -> None:
        """A service gave this account what stands in a node, so it may read all of it."""
        if len(self.nodes) < MOST_NODES:
            self.nodes.add(node_id)

    def care(self, node_id: int, *, owner: bool) -> None:
        """Its service tells whether this account is an owner of a node."""
        if owner and len(self.cared) < MOST_NODES:
            self.cared.add(node_id)
        elif not owner:
            self.cared.discard(node_id)

    def take(self, id: int) -> bool:
        """True when it is time to ask for this post; then it counts as asked."""
        moment = monotonic()
        if moment - self.at.get(id, -AGAIN) < AGAIN:
            return False
        self.at[id] = moment
        self.at.move_to_end(id)
        while len(self.at) > MOST:
            self.at.popitem(last=False)
        return True


@dataclass
class Opened:
    """Which posts the account has opened today, so that it counts once; forgotten at midnight (UTC)."""

    day: date = date.min
    posts: set[int] = field(default_factory=set)

    def first(self, id: int) -> bool:
        """True when this post is opened for the first time today; then it counts as opened."""
        today = now().date()
        if self.day != today:
            self.day, self.posts = today, set()
        if id in self.posts or len(self.posts) >= MOST_NODES:
            return False
        self.posts.add(id)
        return True


@dataclass
class Hearing:
    """Paths of posts whose pages are open → who listens to what is said there; one subscribes at a time."""

    tasks: "dict[str, asyncio.Task[None]]" = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class Removing:
    """Rows of posts and comments that are taken back → when that begins; `going`: it has begun; `rang`: there
    is another one."""

    due: dict[int, datetime] = field(default_factory=dict)
    going: set[int] = field(default_factory=set)
    rang: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, id: int, due: datetime) -> None:
        """It goes then."""
        self.due[id] = due
        self.going.discard(id)
        self.rang.set()

    def begin(self, id: int) -> bool:
        """From now on it cannot be undone; False where that is so already."""
        if self.due.pop(id, None) is None:
            return False
        self.going.add(id)
        return True

    def drop(self, id: int) -> None:
        """It is gone, or it stays."""
        self.due.pop(id, None)
        self.going.discard(id)

    def went(self, ids: Iterable[int]) -> None:
        """They are gone already, by whose hand ever: their numbers may be those of others from now on."""
        for id in ids:
            self.drop(id)

    def hides(self, id: int) -> bool:
        """Whether pages show it no longer as if it stayed."""
        return id in self.due or id in self.going

    def seconds(self, id: int) -> int:
        """How long it can be undone, 0 for no longer."""
        due = self.due.get(id)
        return 0 if due is None else max(0, ceil((due - now()).total_seconds()))


MOST_WAITING = 100
MOST_CHARACTERS = 4 * 1024 * 1024
"""Long posts that wait to be cleaned, and how long they are together."""


@dataclass
class Waiting:
    """Long posts that came and are being cleaned, in order; the last word on an item counts."""

    posts: "OrderedDict[tuple[str, str, str], PostReceived]" = field(default_factory=OrderedDict)
    task: "asyncio.Task[None] | None" = None

    def put(self, event: PostReceived) -> bool:
        """Take one more; False where there is no room."""
        size = sum(len(each.post.xml) for each in self.posts.values()) + len(event.post.xml)
        if len(self.posts) >= MOST_WAITING or size > MOST_CHARACTERS:
            return False
        self.posts[event.service, event.node, event.post.item] = event
        return True

    def drop(self, service: str, node: str, items: Collection[str] | None = None) -> None:
        """These items of a node, or all of them, are not to be kept any more."""
        wanted = None if items is None else frozenset(items)
        for key in [key for key in self.posts if key[:2] == (service, node)]:
            if wanted is None or key[2] in wanted:
                del self.posts[key]


ASK_AGAIN = 24 * 3600.0
"""Seconds after which a contact is asked again."""

MOST_TOLD = 200
"""Nodes that are remembered."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A node that contacts follow: what they call it, and who they are."""

    service: str
    node: str
    title: str
    by: tuple[str, ...]


@dataclass
class Suggestions:
    """What contacts follow, by service and node; `asked`: when each of them was asked last."""

    found: dict[tuple[str, str], Suggestion] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)
    running: bool = False

    def wants(self, jid: str) -> bool:
        """Whether this contact is to be asked (again)."""
        since = self.asked.get(jid)
        return since is None or monotonic() - since > ASK_AGAIN

    def ask(self, jid: str) -> None:
        """They are asked now."""
        self.asked[jid] = monotonic()

    def learn(self, jid: str, service: str, node: str, title: str) -> bool:
        """They follow this; False when that says nothing new."""
        known = self.found.get((service, node))
        if known is None and len(self.found) >= MOST_TOLD:
            return False
        by = known.by if known else ()
        if jid in by:
            return False
        called = (known.title if known else "") or title
        self.found[service, node] = Suggestion(service, node, called, (*by, jid))
        return True
