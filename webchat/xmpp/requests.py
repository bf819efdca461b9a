"""This room holds the questions we asked (RFC 6120 §8.2.3) until whoever was asked has answered."""

import asyncio
import secrets
from collections.abc import Callable, Collection
from typing import Literal
from xml.etree import ElementTree as ET

from webchat.errors import Offline, TimedOut
from webchat.xmpp import errors as stanza_errors
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns

IQ = f"{{{ns.CLIENT}}}iq"


class Requests:
    """Open requests by id.

    send   writes a stanza; False when there is no session
    """

    def __init__(self, send: Callable[[ET.Element], bool]) -> None:
        self._send = send
        self._pending: dict[str, tuple[str, asyncio.Future[ET.Element]]] = {}

    async def ask(
        self, kind: Literal["get", "set"], payload: ET.Element, to: str, timeout: float
    ) -> ET.Element:
        """The result <iq/> of a request. Raises XmppError (the answer is an error), TimedOut, Offline."""
        id = secrets.token_hex(8)
        xml = ET.Element(IQ, {"type": kind, "id": id} | ({"to": to} if to else {}))
        xml.append(payload)
        answer: asyncio.Future[ET.Element] = asyncio.get_running_loop().create_future()
        self._pending[id] = (to, answer)
        try:
            if not self._send(xml):
                raise Offline
            async with asyncio.timeout(timeout):
                result = await answer
        except TimeoutError as error:
            raise TimedOut from error
        finally:
            del self._pending[id]
        if result.get("type") == "error":
            raise stanza_errors.stanza_error(result)
        return result

    def answered(self, xml: ET.Element, own: Collection[str]) -> None:
        """Hand an answer to its asker, if it comes from who was asked.

        own   whose word counts for what was asked of our own account: no sender, our addresses, our server
        """
        to, answer = self._pending.get(xml.get("id", ""), ("", None))
        if answer is None or answer.done():
            return
        try:
            sender = jids.normalise(xml.get("from", "")) if xml.get("from") else ""
        except ValueError:
            return
        if sender == to or (to in own and sender in own):
            answer.set_result(xml)

    def fail(self) -> None:
        """The session is lost: nobody will answer."""
        for _, answer in self._pending.values():
            if not answer.done():
                answer.set_exception(Offline())
