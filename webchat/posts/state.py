"""This room remembers which posts were asked for lately, and which nodes let us read, for a session."""

from collections import OrderedDict
from dataclasses import dataclass, field
from time import monotonic

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
