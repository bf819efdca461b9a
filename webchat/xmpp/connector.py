"""This room makes clients: what they share (resolver, TLS context, gate) is made once for the process."""

import ssl
from collections.abc import Sequence

from webchat.xmpp import tls
from webchat.xmpp.client import Access, Client, OnEvent
from webchat.xmpp.context import Tally
from webchat.xmpp.gate import Gate
from webchat.xmpp.resolve import Resolver


class Connector:
    """Makes clients that share one resolver, one TLS context and one gate, and count into one `tally`.

    ca_file   further certificate authorities for XMPP servers
    """

    def __init__(self, resolver: Resolver, ca_file: str | None = None) -> None:
        self._resolver = resolver
        self._tls: ssl.SSLContext = tls.context(ca_file)
        self._gate = Gate()
        self.tally = Tally()

    def client(
        self, jid: str, resource: str, access: Access, on_event: OnEvent, features: Sequence[str]
    ) -> Client:
        """A client for one account; nothing is connected yet."""
        return Client(
            jid,
            resource,
            access,
            resolver=self._resolver,
            tls=self._tls,
            gate=self._gate,
            on_event=on_event,
            features=features,
            tally=self.tally,
        )
