"""What a session starts with: carbons, and what the account can do; neither depends on the other."""

import ssl
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from webchat.egress import Guard
from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import namespaces as ns
from webchat.xmpp.auth import Password
from webchat.xmpp.client import Access, Client
from webchat.xmpp.gate import Gate
from webchat.xmpp.resolve import Resolver

CARBONS = f"{{{ns.CARBONS}}}enable"
INFO = f"{{{ns.DISCO_INFO}}}query"


@pytest.mark.parametrize(
    ("answer", "raised", "asked"),
    [
        (XmppError("service-unavailable"), None, [INFO, CARBONS]),
        (TimedOut(), TimedOut, [INFO, CARBONS]),
        (Offline(), Offline, [INFO]),
    ],
)
async def test_carbons_are_asked_for_whatever_the_account_says_of_itself(
    monkeypatch: pytest.MonkeyPatch, answer: XmppError, raised: type[XmppError] | None, asked: list[str]
) -> None:
    client = Client(
        "romeo@example.org",
        "webchat",
        Access(Password("secret")),
        resolver=Resolver(Guard()),
        tls=ssl.create_default_context(),
        gate=Gate(),
        on_event=lambda *_: None,
    )
    seen: list[str] = []

    async def request(kind: str, payload: Element, *_: Any, **__: Any) -> Element:
        seen.append(payload.tag)
        if payload.tag == INFO:
            raise answer
        return Element("iq")

    monkeypatch.setattr(client, "request", request)
    if raised is None:
        await client.prepare()
    else:
        with pytest.raises(raised):
            await client.prepare()
    assert seen == asked
