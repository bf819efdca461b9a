"""This room holds dialogues about commands, about what a server offers, and about the blocked."""

from lxml import html

from tests.lab.commands import offer_greeting
from tests.lab.fixtures import OpenPeer, OpenVisitor
from tests.lab.prosody import DOMAIN, Lab
from tests.lab.visitor import Visitor, eventually

ACTIONS = "/configuration/actions"
BLOCKED = "/configuration/blocked"


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


async def run(him: Visitor, at: str, node: str) -> str:
    """The page of a command that was just begun."""
    return (await him.post(f"{ACTIONS}/at/{at}", node=node)).headers["location"]


async def test_the_server_says_how_long_it_is_up_and_what_it_offers(
    prosody: Lab, visitor: OpenVisitor
) -> None:
    (romeo,) = prosody.add("romeo")
    his = await visitor(romeo)
    page = await his.page(ACTIONS)
    assert "Up for" in text(page.cssselect("#uptime")[0])
    commands = {one.get("value") for one in page.cssselect("#commands [name=node]")}
    assert "uptime" in commands
    page = await his.page(await run(his, DOMAIN, "uptime"))
    assert "This server has been running for" in text(page.cssselect(".note-of-command")[0])
    assert text(page.cssselect("#outcome")[0]) == "Done"
    page = await his.page(f"{ACTIONS}/server")
    assert text(page.cssselect("header .meta")[0]).startswith("Prosody")
    has = {text(row.cssselect("b")[0]): row.get("class") for row in page.cssselect(".features li")}
    for name in ("Message archive", "All devices at once", "Safe over bad lines", "Blocking", "Rooms"):
        assert has[name] == "there", name
    for name in ("Communities", "Profiles and posts of your own", "Files and pictures", "Last activity"):
        assert has[name] == "there", name
    assert has["Quiet while nobody looks"] == has["How long it has been up"] == "there"
    assert has["Waking telephones"] == has["Reports"] == has["Whom to write to"] == "missing"


async def test_a_command_of_three_steps_and_the_list_of_the_blocked(
    prosody: Lab, peer: OpenPeer, visitor: OpenVisitor
) -> None:
    romeo, juliet = prosody.add("romeo", "juliet")
    (tybalt,) = prosody.add("tybalt")
    his, phone = await visitor(romeo), await peer(romeo, "phone")
    where = offer_greeting(await peer(juliet)).replace("/", "%2F")
    path = await run(his, where, "greet")
    await his.post(path, turn="0", do="next", **{"field.name": "Mercutio"})
    await his.post(path, turn="1", do="prev")
    await his.post(path, turn="2", do="next", **{"field.name": "Benvolio", "field.loud": "1"})
    await his.post(path, turn="3", do="complete", **{"field.tone": "rude"})
    page = await his.page(path)
    assert [text(row) for row in page.cssselect("tr")] == ["Who How", "Benvolio rude, loudly"]
    # The list changes here, and on another device.
    await his.post(BLOCKED, jid=f"xmpp:{tybalt.jid}")
    await his.post(BLOCKED, jid="evil.example")

    async def lines() -> list[str]:
        return [text(one) for one in (await his.page(BLOCKED)).cssselect("#blocked .device")]

    async def both() -> bool:
        return await lines() == ["evil.example", tybalt.jid]

    assert await eventually(both)
    await phone.ask("set", f"<unblock xmlns='urn:xmpp:blocking'><item jid='{tybalt.jid}'/></unblock>")

    async def followed() -> bool:
        return await lines() == ["evil.example"]

    assert await eventually(followed)
    await his.post(f"{BLOCKED}/delete", jid="evil.example")
    answer = await phone.ask("get", "<blocklist xmlns='urn:xmpp:blocking'/>")
    assert not answer.findall(".//{urn:xmpp:blocking}item")
