"""This room remembers where people say that they are, for as long as a session lasts."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from webchat.xmpp.geoloc import Place

FRESH = timedelta(hours=1)
"""After this time somebody is likely to be elsewhere."""

MOST = 1000


@dataclass
class Places:
    """Places by bare JID: those of contacts, and our own."""

    known: dict[str, Place] = field(default_factory=dict)

    def put(self, jid: str, place: Place | None) -> bool:
        """Note what somebody says; True where that is news."""
        if place is None:
            return self.known.pop(jid, None) is not None
        before = self.known.get(jid)
        if before is None and len(self.known) >= MOST:
            return False
        self.known[jid] = place
        return before != place

    def fresh(self, jid: str, moment: datetime) -> Place | None:
        """Where somebody was within the last hour, None where nobody knows."""
        place = self.known.get(jid)
        return place if place and place.since and moment - place.since < FRESH else None
