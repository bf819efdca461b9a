"""This room reads and writes posts that messages point to (XEP-0372 §3.2, as Movim shares them: W§12).

In the text of a message a post is its last line: the address of the item. On the wire it is a reference, and
where everybody can read the post on a page, the text is that page alone.
"""

from xml.etree.ElementTree import Element, SubElement

from webchat.xmpp import atom
from webchat.xmpp import namespaces as ns
from webchat.xmpp.entries import Ref

MOST = 20
"""References of one message that are looked at."""

LONGEST = 2000

_REFERENCE = f"{{{ns.REFERENCE}}}reference"
_OOB = f"{{{ns.OOB}}}x"


def split(body: str) -> tuple[str, Ref | None]:
    """The words of a message, and the post that its last line names; None for no post."""
    words, _, last = body.rstrip().rpartition("\n")
    found = _post(last) if last.startswith("xmpp:") else None
    return (words.rstrip(), found) if found is not None else (body, None)


def _post(uri: str) -> Ref | None:
    uri = uri.strip()
    found = atom.ref(uri) if 0 < len(uri) <= LONGEST and not any(map(str.isspace, uri)) else None
    return found if found is not None and found.service and found.item else None


def read(xml: Element, body: str) -> str:
    """The text of a message with the post that it points to in its last line."""
    if split(body)[1] is not None:
        return body
    for reference in xml.findall(_REFERENCE)[:MOST]:
        found = _post(reference.get("uri", "")) if reference.get("type") == "data" else None
        if found is not None:
            return f"{body.rstrip()}\n{atom.uri(found)}".lstrip("\n")
    return body


def write(xml: Element, body: str) -> str:
    """Put a reference to the post that a text ends with into a message; the text as it is sent."""
    words, post = split(body)
    if post is None:
        return body
    uri = atom.uri(post)
    SubElement(xml, _REFERENCE, {"type": "data", "uri": uri})
    SubElement(SubElement(xml, _OOB), f"{{{ns.OOB}}}url").text = uri
    page = words.rpartition("\n")[2].startswith(("https://", "http://"))
    return words if page else body
