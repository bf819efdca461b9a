"""This room tests that a server hears whether somebody looks (XEP-0352)."""

import asyncio
from xml.etree import ElementTree as ET

from tests.hostile.lab_certs import Lab
from tests.hostile.logins import login
from tests.hostile.server import BIND_NS, HostileServer, Script

CSI = "urn:xmpp:csi:0"
OFFERED = Script(
    instead={
        "features-sasl": f"<stream:features><bind xmlns='{BIND_NS}'/><csi xmlns='{CSI}'/></stream:features>"
    }
)


async def test_the_server_is_told_when_nobody_looks_and_when_somebody_does(lab: Lab) -> None:
    """While no tab is open the server may hold back what can wait."""
    async with HostileServer(lab, OFFERED) as server, login(lab, server) as romeo:
        await romeo.client.open()
        peer = await server.session()
        romeo.client.active(False)
        async with asyncio.timeout(5):
            while (await peer.element()).tag != f"{{{CSI}}}inactive":
                pass
        romeo.client.active(True)
        async with asyncio.timeout(5):
            while (await peer.element()).tag != f"{{{CSI}}}active":
                pass


async def test_a_server_that_does_not_know_of_it_is_not_told(lab: Lab) -> None:
    """It might end the stream over an element that it does not understand."""
    async with HostileServer(lab, Script()) as server, login(lab, server) as romeo:
        await romeo.client.open()
        romeo.client.active(False)
        romeo.client.active(True)
        romeo.client.send_xml(ET.Element("{jabber:client}message", {"id": "after"}))
        peer = await server.session()
        async with asyncio.timeout(5):
            while (heard := await peer.element()).get("id") != "after":
                assert CSI not in heard.tag
