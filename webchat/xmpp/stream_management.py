"""This room counts stanzas as XEP-0198 asks, but says "handled" only when our transaction has committed."""

from collections import deque
from typing import Any, ClassVar, Protocol, cast

from slixmpp.plugins.base import register_plugin
from slixmpp.plugins.xep_0198 import XEP_0198
from slixmpp.xmlstream.stanzabase import StanzaBase

MODULUS = 2**32
ACK_REQUEST = "<r xmlns='urn:xmpp:sm:3'/>"


class Ledger:
    """Which received stanzas are done with: numbered in order, committed in any order."""

    def __init__(self, start: int = 0) -> None:
        self._received = start
        self._open: deque[int] = deque()
        self._done: set[int] = set()

    def arrived(self, *, waits: bool) -> int:
        """Number a stanza; one that `waits` is handled only after `commit` of its number."""
        self._received += 1
        if waits:
            self._open.append(self._received)
        return self._received

    def commit(self, number: int) -> None:
        """The effects of this stanza are stored; those before it may still be under way."""
        if not self._open or number < self._open[0]:
            return
        self._done.add(number)
        while self._open and self._open[0] in self._done:
            self._done.discard(self._open.popleft())

    @property
    def handled(self) -> int:
        """How many stanzas, from the first on, are done with."""
        return self._open[0] - 1 if self._open else self._received

    @property
    def settled(self) -> bool:
        """Nothing is waiting for its commit."""
        return not self._open


class Sent(str):
    """The text of a stanza we sent, kept until acknowledged; `id` names it for the outbox."""

    __slots__ = ("id",)
    id: str


class _Acked(Protocol):
    def stanzas_acked(self, ids: list[str]) -> None: ...


class StreamManagement(XEP_0198):
    """slixmpp's negotiation and resumption with our own counting (XEP-0198 §§4-5).

    The plugin keeps what it needs to resume (`sm_id`, `seq`, `last_ack`, `unacked_queue`); `handled` comes
    from the ledger. Our own stanzas do not pass slixmpp's filters: `sent` numbers them.
    """

    name = "xep_0198"
    # slixmpp keeps what is named here in a dictionary; `handled` is a property of ours instead.
    default_config: ClassVar[dict[str, Any]] = {
        key: value for key, value in XEP_0198.default_config.items() if key != "handled"
    }

    def plugin_init(self) -> None:
        """Register for the stream features; nothing is counted before the server enabled it."""
        self.ledger = Ledger()
        self._told = 0
        self._owing = False
        super().plugin_init()  # type: ignore[no-untyped-call]

    @property
    def handled(self) -> int:
        """What we acknowledge, modulo 2^32."""
        return self.ledger.handled % MODULUS

    @handled.setter
    def handled(self, value: int) -> None:
        self.ledger = Ledger(value)

    async def _handle_sm_feature(self, features: StanzaBase) -> Any:
        self._told = self.ledger.handled
        return await super()._handle_sm_feature(features)  # type: ignore[no-untyped-call]

    def _handle_resumed(self, stanza: StanzaBase) -> None:
        # The server sends everything behind the number that <resume/> told it once more, also what was
        # committed since.
        self.ledger = Ledger(self._told)
        self._owing = False
        super()._handle_resumed(stanza)  # type: ignore[no-untyped-call]

    def _handle_incoming(self, stanza: StanzaBase) -> StanzaBase:
        return stanza

    def arrived(self, *, waits: bool) -> tuple[Ledger, int] | None:
        """Count one received stanza; None while stream management is off."""
        if not self.enabled_in:
            return None
        return self.ledger, self.ledger.arrived(waits=waits)

    def committed(self, ledger: Ledger, number: int) -> None:
        """A stanza's transaction is done; send the acknowledgement we owe once nothing waits."""
        ledger.commit(number)
        if self._owing and ledger is self.ledger and ledger.settled:
            self._owing = False
            self.send_ack()

    def requested(self) -> None:
        """The server sent <r/>: answer at once, or when the transaction under way is done."""
        if self.ledger.settled:
            self.send_ack()
        else:
            self._owing = True

    def send_ack(self) -> None:
        """Write <a/> with what is handled."""
        if self.xmpp.transport:
            self.xmpp.send_raw(f"<a xmlns='urn:xmpp:sm:3' h='{self.handled}'/>")

    def sent(self, text: Sent) -> bool:
        """Number and keep a stanza of ours; True when an acknowledgement will come."""
        if not self.enabled_out:
            return False
        self.seq = (self.seq + 1) % MODULUS
        self.unacked_queue.append((self.seq, text))
        return True

    def acked(self, handled: int) -> list[str]:
        """The server handled so many of ours: the ids of the stanzas it took over."""
        count = min((handled - self.last_ack) % MODULUS, len(self.unacked_queue))
        self.last_ack = handled
        return [getattr(self.unacked_queue.popleft()[1], "id", "") for _ in range(count)]

    def _handle_ack(self, ack: StanzaBase) -> None:
        # Also called by slixmpp with <resumed/>.
        cast(_Acked, self.xmpp).stanzas_acked(self.acked(ack["h"]))


def install() -> None:
    """Make slixmpp use this class wherever it asks for xep_0198."""
    register_plugin(StreamManagement)


__all__ = ["ACK_REQUEST", "Ledger", "Sent", "StreamManagement", "install"]
