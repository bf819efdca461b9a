"""This room reads and writes Atom entries as posts of the network have them (RFC 4287, XEP-0277, 0472)."""

from webchat.xmpp.atom.reading import read
from webchat.xmpp.atom.uris import attached, ref, uri
from webchat.xmpp.atom.writing import write
from webchat.xmpp.atom.xhtml import shallow

__all__ = ["attached", "read", "ref", "shallow", "uri", "write"]
