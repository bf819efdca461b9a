"""This room knows how a community and its chat room name each other.

A community names its room in its description, which every server keeps and everybody can read. A room names
its community in its configuration (`muc#roomconfig_pubsub`), where its server has that, as Movim does.
"""

import re
from urllib.parse import quote, unquote

from webchat.xmpp import atom
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Ref

ROOM_FIELD = "muc#roomconfig_pubsub"

_NAMED = re.compile(r"xmpp:([^\s:?]{3,1500})\?join(?![\w=-])", re.IGNORECASE)
MOST_READ = 10_000


def room_in(text: str) -> str:
    """The room that a description names (XEP-0045 §17.1), "" for none."""
    for found in _NAMED.finditer(text[:MOST_READ]):
        try:
            jid = jids.bare(jids.normalise(unquote(found[1])))
        except ValueError:
            continue
        if jids.local(jid) and len(jid) <= 1000:
            return jid
    return ""


def without_room(text: str) -> str:
    """A description without the address that `with_room` has added."""
    words = text.rstrip().rsplit(maxsplit=1)
    return "".join(words[:-1]) if words and _NAMED.fullmatch(words[-1]) else text


def with_room(text: str, room: str) -> str:
    """A description that names this room with its last word; "" for none."""
    text = without_room(text)
    return f"{text.rstrip()} xmpp:{quote(room, safe='@.[]')}?join".lstrip() if room else text


def community_of(uri: str) -> Ref | None:
    """The community that a room names (`muc#roominfo_pubsub`), None for anything else."""
    found = atom.ref(uri.strip())
    return Ref(found.service, found.node) if found is not None and "@" not in found.service else None
