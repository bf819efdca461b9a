"""This room makes the addresses of communities: a node may be called anything, also "a/b", "..", "50%"."""

from webchat.posts.show.paths import public_path, segment
from webchat.web.templates import installed
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Ref

LONGEST = 500
"""Characters of a service and of a node (what is longer is nobody's)."""


def server(service: str) -> str:
    """The page of a server within the site."""
    return f"/communities/{jids.escape_path(service)}"


def community(service: str, node: str, below: str = "") -> str:
    """The page of a community within the site, or one below it."""
    return f"{server(service)}/{segment(node)}{below}"


def path_of(service: str, node: str = "", below: str = "") -> str:
    """The same as browsers write it; without a node the server's."""
    return installed().url(community(service, node, below) if node else server(service))


def public(service: str, node: str, below: str = "") -> str:
    """The page that everybody may read."""
    return installed().url(f"{public_path(Ref(service, node))}{below}")


def key(service: str, node: str) -> str:
    """What a page of this community follows."""
    return f"{service}/{node}"
