"""This room remembers for a session what it learnt by looking around."""

from dataclasses import dataclass, field

MOST_REMEMBERED = 1000


@dataclass
class Counted:
    """Row of a post → when it was asked for last, by the monotonic clock; the oldest first."""

    at: dict[int, float] = field(default_factory=dict)


@dataclass
class Home:
    """The service where the communities of the account's own server are, "" while that is not known."""

    service: str = ""
