"""This room spells where a post stands as an address, and reads what others spell (XEP-0277 §2, W§3)."""

from urllib.parse import quote, unquote

from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.entries import LONGEST_ID, Ref

LONGEST_URI = 8192
# What Movim's own reader, which decodes nothing, has to find as it is, and no decoder minds.
_RAW = "!\"$'()*+,/:<>@[\\]^`{|}"


def uri(ref: Ref) -> str:
    """`xmpp:SERVICE?;node=NODE;item=ID` in this order; encoded is only what would end a part of it."""
    text = f"xmpp:{_written(ref.service)}?;node={_written(ref.node)}"
    return f"{text};item={_written(ref.item)}" if ref.item else text


def _written(text: str) -> str:
    return quote(text, safe=_RAW, errors="replace")


def attached(ref: Ref) -> str:
    """The node, at the same service, of what people attach to an item (XEP-0470 §4.2)."""
    parts = f"{quote(ref.service, safe='@')}?;node={quote(ref.node, safe='')};item={quote(ref.item, safe='')}"
    return f"{ns.ATTACHMENTS}/xmpp:{parts}"


def ref(uri: str) -> Ref | None:
    """Where an address leads, encoded or not and in whatever order; None where it leads to no node."""
    if len(uri) > LONGEST_URI or uri[:5].lower() != "xmpp:":
        return None
    path, mark, query = uri[5:].strip().lstrip("/").partition("?")
    if not mark and "%3f" in path.lower():
        path, _, query = unquote(path).partition("?")
    if "=" not in query:
        query = unquote(query)
    parts: dict[str, str] = {}
    for part in query.replace("&", ";").split(";"):
        name, _, value = part.partition("=")
        parts.setdefault(name.strip().lower(), unquote(value))
    node, item = parts.get("node", ""), parts.get("item", "")
    try:
        service = jids.bare(jids.normalise(unquote(path)))
    except ValueError:
        return None
    if not node or max(len(service), len(node), len(item)) > LONGEST_ID:
        return None
    return Ref(service, node, item)
