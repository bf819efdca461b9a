"""This room is what can be different about posts."""

from dataclasses import dataclass

from webchat.change import Change


@dataclass(frozen=True, slots=True)
class PostChanged(Change):
    """A post is new, different or gone; service and node say where it stands, id is its row's."""

    service: str
    node: str
    id: int


@dataclass(frozen=True, slots=True)
class TalkChanged(Change):
    """Comments or likes of a post are different; id is the post's row."""

    id: int


@dataclass(frozen=True, slots=True)
class RemovalFailed(Change):
    """A service did not let a post or a comment be taken back."""


@dataclass(frozen=True, slots=True)
class FollowsChanged(Change):
    """What the account follows is different."""


@dataclass(frozen=True, slots=True)
class NewsRead(Change):
    """The account has looked at its news."""
