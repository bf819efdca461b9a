"""This room says where posts, nodes and tags have their pages, and reads such a path back.

A node or an item may hold any sign. "/" and "%" are written twice encoded, because the web framework decodes
a path once before it is cut into its parts: so every part stays one part.
"""

from urllib.parse import quote, unquote

from webchat.web.templates import installed
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Ref

_AGAIN = str.maketrans({"%": "%25", "/": "%2F"})
_DOTS = {".": "%2E", "..": "%2E%2E"}


def segment(text: str) -> str:
    """A node or an item as one part of a path."""
    once = text.translate(_AGAIN)
    return quote(_DOTS.get(once, once), safe="@:+,~!$()*;=")


def unsegment(part: str) -> str:
    """Back from a path parameter, which the framework has decoded once already."""
    return unquote(part)


def path_of(ref: Ref) -> str:
    """The page of a post within the site."""
    return f"/posts/{jids.escape_path(ref.service)}/{segment(ref.node)}/{segment(ref.item)}"


def node_path(ref: Ref) -> str:
    """The page of a node within the site: of a person or of a community."""
    if "@" in ref.service:
        return f"/people/{jids.escape_path(ref.service)}"
    return f"/communities/{jids.escape_path(ref.service)}/{segment(ref.node)}"


def tag_path(tag: str) -> str:
    """The page of a tag within the site."""
    return f"/explore/tags/{segment(tag)}"


def public_path(ref: Ref) -> str:
    """The page of an open post for readers without a login."""
    item = f"/{segment(ref.item)}" if ref.item else ""
    if "@" in ref.service:
        return f"/@{jids.escape_path(ref.service)}{item}"
    return f"/c/{jids.escape_path(ref.service)}/{segment(ref.node)}{item}"


def ref_of(path: str) -> Ref | None:
    """The post whose page has this path (as `path_of` made it); None for any other path."""
    parts = path.split("/")
    if len(parts) != 5 or parts[:2] != ["", "posts"] or not all(parts[2:]):
        return None
    service, node, item = (unquote(part) for part in parts[2:])
    return Ref(service, unsegment(node), unsegment(item))


def url(path: str) -> str:
    """A path within the site as browsers must write it; "" stays ""."""
    return installed().url(path) if path else ""
