"""Who is cancelled in the moment of the answer is cancelled: a session that ends waits for everybody."""

import asyncio
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from webchat.xmpp.requests import Requests

PING = "{urn:xmpp:ping}ping"


def _lost(requests: Requests, _: ET.Element) -> None:
    requests.fail()


def _answered(requests: Requests, asked: ET.Element) -> None:
    requests.answered(ET.Element("iq", {"type": "result", "id": asked.get("id", "")}), {""})


@pytest.mark.parametrize("happens", [_lost, _answered])
async def test_who_is_cancelled_with_the_answer_is_cancelled(
    happens: Callable[[Requests, ET.Element], None],
) -> None:
    sent: list[ET.Element] = []

    def send(xml: ET.Element) -> bool:
        sent.append(xml)
        return True

    requests = Requests(send)
    asking = asyncio.create_task(requests.ask("get", ET.Element(PING), "", 10))
    while not sent:
        await asyncio.sleep(0)
    happens(requests, sent[0])
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
