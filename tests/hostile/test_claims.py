"""This room lets strangers claim to be others within a session (A01, A05-A09, A20, A31)."""

import asyncio
from xml.etree import ElementTree as ET

import pytest

from tests.hostile.lab_certs import Lab
from tests.hostile.logins import arrival, message, session
from tests.hostile.server import BIND_NS
from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp.entries import PostsRetracted
from webchat.xmpp.events import RosterPushed

# ---- A09: answers of others


def answer(id: str, sender: str | None, text: str) -> str:
    """A result for the request with this id."""
    came = "" if sender is None else f" from='{sender}'"
    return f"<iq type='result' id='{id}'{came}><query xmlns='urn:x'>{text}</query></iq>"


async def test_a09_only_whom_we_asked_may_answer(lab: Lab) -> None:
    async with session(lab) as (romeo, peer):
        asking = asyncio.ensure_future(
            romeo.client.request("get", ET.Element("{urn:x}query"), to="juliet@capulet.test/balcony")
        )
        id = (await peer.element()).get("id", "")
        for forger in (
            None,
            "mercutio@montague.test/web",
            "montague.test",
            "romeo@montague.test",
            "romeo@montague.test/other",
            "capulet.test",
            "juliet@capulet.test",
            "juliet@capulet.test/other",
            "juliet@capulet.test.montague.test/balcony",
            "@",
        ):
            await peer.send(answer(id, forger, "FORGED"))
        await peer.send(answer("other", "juliet@capulet.test/balcony", "FORGED"))
        await peer.send(answer(id, "juliet@capulet.test/balcony", "true"))
        await peer.send(answer(id, "juliet@capulet.test/balcony", "FORGED, twice"))
        found = await asyncio.wait_for(asking, 5)
        assert found.findtext("{urn:x}query") == "true"
        assert await arrival(romeo, peer) == []


@pytest.mark.parametrize("sender", [None, "romeo@montague.test", "montague.test", "romeo@montague.test/web"])
async def test_a09_our_own_server_answers_for_our_account(lab: Lab, sender: str | None) -> None:
    async with session(lab) as (romeo, peer):
        asking = asyncio.ensure_future(romeo.client.request("get", ET.Element("{urn:x}query")))
        id = (await peer.element()).get("id", "")
        await peer.send(answer(id, "juliet@capulet.test", "FORGED"))
        await peer.send(answer(id, "romeo@montague.test.capulet.test", "FORGED"))
        await peer.send(answer(id, sender, "true"))
        assert (await asyncio.wait_for(asking, 5)).findtext("{urn:x}query") == "true"


async def test_a09_late_answers_count_for_nothing(lab: Lab) -> None:
    async with session(lab) as (romeo, peer):
        with pytest.raises(TimedOut):
            await romeo.client.request("get", ET.Element("{urn:x}query"), timeout=0.05)
        id = (await peer.element()).get("id", "")
        await peer.send(answer(id, None, "late"))
        assert await arrival(romeo, peer) == []


async def test_a09_a_lost_stream_answers_all_who_wait(lab: Lab) -> None:
    async with session(lab) as (romeo, peer):
        asking = asyncio.ensure_future(romeo.client.request("get", ET.Element("{urn:x}query")))
        await peer.element()
        peer.wire.close()
        with pytest.raises(Offline):
            await asyncio.wait_for(asking, 5)
        with pytest.raises(Offline):
            await romeo.client.request("get", ET.Element("{urn:x}query"))


async def test_an_error_is_told_as_an_error(lab: Lab) -> None:
    async with session(lab) as (romeo, peer):
        asking = asyncio.ensure_future(romeo.client.request("set", ET.Element("{urn:x}query")))
        id = (await peer.element()).get("id", "")
        await peer.send(
            f"<iq type='error' id='{id}'><error type='cancel'><item-not-found "
            "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        )
        with pytest.raises(XmppError, match="item-not-found"):
            await asyncio.wait_for(asking, 5)


# ---- A01, A05, A07, A08, A31: claims about who said it, at the level of the stream

CARBON = (
    "<message from='{}' to='romeo@montague.test/web' type='chat'><received xmlns='urn:xmpp:carbons:2'>"
    "<forwarded xmlns='urn:xmpp:forward:0'>" + message("FORGED") + "</forwarded></received></message>"
).replace("<message from='juliet", "<message xmlns='jabber:client' from='juliet")

RESULT = (
    "<message from='{}' to='romeo@montague.test/web'><result xmlns='urn:xmpp:mam:2' queryid='Q' id='z'>"
    "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/>"
    + message("FORGED")
    + "</forwarded></result></message>"
).replace("<message from='juliet", "<message xmlns='jabber:client' from='juliet")

STRANGERS = (
    "mercutio@verona.test/x",
    "montague.test",
    "romeo@montague.test/other",
    "romeo@montague.test/web",
    "r@muc.montague.test/romeo@montague.test",
    "romeo@montague.test.verona.test",
)


@pytest.mark.parametrize(
    "wrapped", [CARBON, RESULT, CARBON.replace("received", "sent")], ids=["carbon", "archive", "sent"]
)
@pytest.mark.parametrize("sender", STRANGERS)
async def test_a01_a05_wrapped_messages_of_strangers_are_silent(lab: Lab, wrapped: str, sender: str) -> None:
    async with session(lab) as (romeo, peer):
        await peer.send(wrapped.format(sender))
        assert await arrival(romeo, peer) == []


async def test_a01_a_carbon_of_our_own_account_arrives(lab: Lab) -> None:
    async with session(lab) as (romeo, peer):
        await peer.send(CARBON.format("romeo@montague.test"))
        assert await arrival(romeo, peer) == ["FORGED"]


@pytest.mark.parametrize("sender", ["mercutio@verona.test/x", "montague.test", "romeo@montague.test/other"])
async def test_a07_contacts_change_only_by_our_own_account(lab: Lab, sender: str) -> None:
    async with session(lab) as (romeo, peer):
        await peer.send(
            f"<iq type='set' from='{sender}' id='1'><query xmlns='jabber:iq:roster'>"
            "<item jid='juliet@capulet.test' subscription='remove'/></query></iq>"
        )
        reply = await asyncio.wait_for(peer.element(), 5)
        assert (reply.get("type"), reply.get("id"), reply.get("to")) == ("error", "1", sender)
        assert not any(isinstance(event, RosterPushed) for event in romeo.events)


@pytest.mark.parametrize(
    "node", ["urn:xmpp:bookmarks:1", "storage:bookmarks", "urn:xmpp:mds:displayed:0", "urn:x"]
)
@pytest.mark.parametrize("content", ["<item id='trap'><x xmlns='urn:x'/></item>", "<retract id='trap'/>", ""])
@pytest.mark.parametrize("sender", STRANGERS)
async def test_a08_events_of_strangers_change_nothing(lab: Lab, node: str, content: str, sender: str) -> None:
    async with session(lab) as (romeo, peer):
        told = len(romeo.events)
        await peer.send(
            f"<message from='{sender}' type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'>"
            f"<items node='{node}'>{content}</items></event></message>"
        )
        assert await arrival(romeo, peer) == []
        # Whoever says that a post is gone speaks of nodes of their own, under their own address.
        gone = PostsRetracted(sender, node, ("trap",))
        assert len([event for event in romeo.events if event != gone]) == told + 1
        assert peer.wire.secure.count(b"<presence") == 0


@pytest.mark.parametrize(
    "asked",
    [
        "<query xmlns='jabber:iq:version'/>",
        "<query xmlns='jabber:iq:last'/>",
        "<query xmlns='jabber:iq:private'/>",
        "<query xmlns='jabber:iq:roster'/>",
        "<query xmlns='jabber:iq:oob'><url>http://127.0.0.1/</url></query>",
        "<command xmlns='http://jabber.org/protocol/commands' node='x' action='execute'/>",
        f"<bind xmlns='{BIND_NS}'><resource>x</resource></bind>",
        "",
    ],
)
@pytest.mark.parametrize("kind", ["get", "set"])
async def test_a31_requests_of_strangers_are_answered_by_an_error(lab: Lab, asked: str, kind: str) -> None:
    async with session(lab) as (_, peer):
        await peer.send(f"<iq type='{kind}' from='mercutio@verona.test/x' id='q'>{asked}</iq>")
        reply = await asyncio.wait_for(peer.element(), 5)
        assert (reply.tag, reply.get("type"), reply.get("id")) == ("{jabber:client}iq", "error", "q")
        assert reply.get("to") == "mercutio@verona.test/x"


async def test_a20_nobody_is_let_in_or_told_without_a_click(lab: Lab) -> None:
    async with session(lab) as (romeo, peer):
        for kind in ("subscribe", "subscribed", "unsubscribe", "unsubscribed", "probe"):
            await peer.send(f"<presence from='mercutio@verona.test' type='{kind}'/>" * 50)
        await peer.send(
            "<message from='mercutio@verona.test/x' type='chat' id='1'><body>hi</body>"
            "<request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>"
        )
        assert await arrival(romeo, peer) == ["hi"]
        asking = asyncio.ensure_future(romeo.client.request("get", ET.Element("{urn:x}query")))
        assert (await asyncio.wait_for(peer.element(), 5)).tag == "{jabber:client}iq"
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
