"""Commands, from what a server says to the HTML and back."""

from xml.etree.ElementTree import Element

import pytest
from lxml import html

from tests.actions.server import COMMANDS, HOME, Server, form, step
from tests.lab.inside import Browser
from tests.lab.people import Person
from webchat.actions.state import MOST, Runs
from webchat.errors import TimedOut, XmppError

ACTIONS = "/configuration/actions"
AT = f"{ACTIONS}/at/{HOME}"
D = "{jabber:x:data}"


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def submitted(payload: Element) -> dict[str, list[str]]:
    fields = payload.findall(f"{D}x/{D}field")
    return {field.get("var", ""): [value.text or "" for value in field] for field in fields}


async def begun(web: Browser, node: str = "greet") -> str:
    """The page of a command that was just begun."""
    return (await web.post(AT, {"node": node, "name": "Greet"})).headers["location"]


def turn(page: html.HtmlElement) -> str:
    return str(page.cssselect("input[name=turn]")[0].get("value"))


def buttons(page: html.HtmlElement) -> list[str]:
    return [one.get("value") for one in page.cssselect("main button[name=do]")]


FIRST = form(
    "<title>Whom?</title><instructions>One at a time</instructions>"
    "<field var='FORM_TYPE' type='hidden'><value>greet</value></field>"
    "<field type='fixed'><value>About them</value></field>"
    "<field var='name' type='text-single' label='Name'><required/></field>"
    "<field var='loud' type='boolean' label='Loud'><value>1</value></field>"
    "<field var='secret' type='text-private' label='Secret'/>"
    "<field var='to' type='jid-multi' label='To'/>"
    "<field var='from' type='jid-single' label='From'/>"
    "<field var='tone' type='list-single' label='Tone'><value>kind</value>"
    "<option label='Kind'><value>kind</value></option>"
    "<option label='Rude'><value>rude</value></option></field>"
    "<field var='tags' type='list-multi' label='Tags'><value>a</value>"
    "<option><value>a</value></option></field>"
    "<field var='words' type='text-multi' label='Words'/>"
    "<field var='picture' label='Proof'><media xmlns='urn:xmpp:media-element'><uri type='image/png'>"
    "https://evil.example/x.png</uri></media></field>"
)
LAST = form(
    "<reported><field var='who' label='Who'/><field var='how' label='How'/></reported>"
    "<item><field var='who'><value>&lt;b&gt;Juliet</value></field>"
    "<field var='how'><value>kindly</value></field></item>"
    "<item><field var='how'><value>rudely</value></field></item>"
    "<field var='count' label='Count' type='text-single'><value>2</value></field>"
    "<field var='fine' label='Fine' type='boolean'><value>true</value></field>",
    "result",
)


def greet(action: str, payload: Element) -> str:
    """Two steps and an end."""
    if payload.get("sessionid") is None:
        return step(f"<actions execute='next'><next/><complete/></actions>{FIRST}")
    if action == "cancel":
        return step(status="canceled")
    if action in ("next", "prev"):
        return step("<actions><prev/><complete/></actions><note type='warn'>Sure?</note>")
    note = "<note>Greeted</note><note type='error'>Not all</note><note type='odd'>Odd</note>"
    return step(f"{note}{LAST}", "completed")


async def test_the_page_of_actions(web: Browser, server: Server) -> None:
    server.commands["greet"] = greet
    server.names["greet"] = "Greet &lt;i&gt;"
    page = await web.get(ACTIONS)
    assert [text(one) for one in page.cssselect("#commands button")] == ["Greet <i>"]
    assert "Up for 3 days 4 hours" in text(page.cssselect("#uptime")[0])
    (gateway,) = page.cssselect("#gateways-title ~ ul a")
    assert (text(gateway), gateway.get("href")) == ("IRC <b>", f"{ACTIONS}/gateways/irc.{HOME}")
    assert text(page.cssselect("#tabs [aria-current]")[0]) == "Actions"
    assert page.cssselect(f"a[href='{ACTIONS}/server']")


async def test_a_server_that_says_nothing(web: Browser, server: Server, romeo: Person) -> None:
    server.silent.add(HOME)
    page = await web.get(ACTIONS)
    assert not page.cssselect("#uptime")
    assert "does not offer this" in text(page.cssselect("#commands [role=alert]")[0])
    romeo.client.connected = False
    server.silent.clear()
    await web.get(ACTIONS)
    await web.get(f"{ACTIONS}/server", 503)


async def test_any_address_can_be_asked(web: Browser, server: Server) -> None:
    answer = await web.client.get(f"{ACTIONS}?jid=xmpp:Room@Chat.Example.org/My%20phone")
    assert answer.headers["location"] == f"{ACTIONS}/at/room@chat.example.org%2FMy%20phone"
    page = await web.get(answer.headers["location"])
    assert "It has no commands for you" in text(page)
    assert server.asked[-1][1] == "room@chat.example.org/My phone"
    page = await web.get(f"{ACTIONS}?jid=no%20address", 422)
    assert page.cssselect("#actions-address")[0].get("value") == "no address"
    assert "not a valid address" in text(page.cssselect("#actions-address-error")[0])
    await web.get(f"{ACTIONS}/at/@", 404)


async def test_from_the_first_step_to_the_result(web: Browser, server: Server) -> None:
    server.commands["greet"] = greet
    path = await begun(web)
    page = await web.get(path)
    assert text(page.cssselect("h1")[0]) == "Greet"
    assert buttons(page) == ["next", "complete", "cancel"]
    assert "About them" in text(page)
    assert page.cssselect("input[name='field.loud'][checked]")
    assert page.cssselect("input[name='field.secret'][type=password]")
    assert not page.cssselect("main img")
    assert not page.cssselect("[name='field.FORM_TYPE']")
    fields = {
        "turn": "0",
        "do": "next",
        "field.name": "Juliet",
        "field.to": "juliet@capulet.example",
        "field.tone": "rude",
        "field.FORM_TYPE": "forged",
        "field.words": "a\r\nb",
    }
    await web.post(path, fields)
    said = server.asked[-1][2]
    assert (said.get("sessionid"), said.get("action"), said.get("node")) == ("s1", "next", "greet")
    assert submitted(said) == {
        "FORM_TYPE": ["greet"],
        "name": ["Juliet"],
        "loud": ["0"],
        "secret": [],
        "to": ["juliet@capulet.example"],
        "from": [],
        "tone": ["rude"],
        "tags": [],
        "words": ["a", "b"],
        "picture": [],
    }
    page = await web.get(path)
    assert buttons(page) == ["complete", "prev", "cancel"]
    assert text(page.cssselect(".note-of-command.warn")[0]) == "Sure?"
    await web.post(path, {"turn": turn(page), "do": "prev"})
    await web.post(path, {"turn": "2", "do": "complete"})
    page = await web.get(path)
    assert [one.get("class") for one in page.cssselect(".note-of-command")] == [
        "note-of-command info",
        "note-of-command error",
        "note-of-command info",
    ]
    assert [text(row) for row in page.cssselect("table tr")] == ["Who How", "<b>Juliet kindly", "rudely"]
    assert "Count 2 Fine Yes" in text(page.cssselect("dl")[0])
    assert not buttons(page)
    assert text(page.cssselect("#outcome")[0]) == "Done"


async def test_wrong_answers_stay_on_the_page(web: Browser, server: Server) -> None:
    server.commands["greet"] = greet
    path = await begun(web)
    asked = len(server.asked)
    fields = {"turn": "0", "do": "next", "field.to": "juliet@capulet.example\nno address", "field.from": "@"}
    page = await web.post_page(path, {**fields, "field.words": "<x>", "field.secret": "rose"}, 422)
    errors = [text(one) for one in page.cssselect(".field-error")]
    assert errors == [
        "Name: This field is needed.",
        "To: One of these lines is not a valid address.",
        "From: This is not a valid address.",
    ]
    assert len(server.asked) == asked
    assert page.cssselect("textarea[name='field.words']")[0].text.strip() == "<x>"
    assert not page.cssselect("input[name='field.secret']")[0].get("value")
    assert not page.cssselect("input[name='field.loud'][checked]")


async def test_what_the_server_refuses_can_be_mended(web: Browser, server: Server) -> None:
    def refuse(action: str, payload: Element) -> str:
        if payload.get("sessionid") is None:
            return step(form("<field var='name' label='Name'/>"))
        if submitted(payload)["name"] == ["Romeo"]:
            raise XmppError("not-acceptable", "Not <him>")
        if submitted(payload)["name"] == ["slow"]:
            raise TimedOut
        return step(status="completed")

    server.commands["greet"] = refuse
    path = await begun(web)
    page = await web.get(path)
    assert buttons(page) == ["execute", "cancel"]
    page = await web.post_page(path, {"turn": "0", "do": "execute", "field.name": "Romeo"}, 422)
    assert "does not accept this as it is" in text(page.cssselect(".trouble")[0])
    assert "Not <him>" in text(page.cssselect(".trouble")[0])
    assert page.cssselect("input[name='field.name']")[0].get("value") == "Romeo"
    page = await web.post_page(path, {"turn": turn(page), "do": "execute", "field.name": "slow"}, 422)
    assert "does not answer" in text(page.cssselect(".trouble")[0])
    await web.post(path, {"turn": turn(page), "do": "execute", "field.name": "Paris"})


@pytest.mark.parametrize("condition", ["session-expired", "bad-sessionid"])
async def test_a_command_that_expired_can_be_begun_again(
    web: Browser, server: Server, condition: str
) -> None:
    def expire(action: str, payload: Element) -> str:
        if payload.get("sessionid") is None:
            return step(FIRST)
        raise XmppError("not-allowed", specific=condition)

    server.commands["greet"] = expire
    path = await begun(web)
    await web.post(path, {"turn": "0", "do": "execute", "field.name": "Juliet"})
    page = await web.get(path)
    assert "This took too long" in text(page)
    assert not buttons(page)
    (again,) = page.cssselect(f"main form[action='{AT}']")
    assert again.cssselect("[name=node]")[0].get("value") == "greet"


async def test_two_tabs_have_commands_of_their_own(web: Browser, server: Server) -> None:
    server.commands["greet"] = greet
    one, other = await begun(web), await begun(web)
    assert one != other
    await web.post(one, {"turn": "0", "do": "cancel"})
    assert text((await web.get(one)).cssselect("#outcome")[0]) == "Cancelled"
    await web.post(other, {"turn": "0", "do": "next", "field.name": "Juliet"})
    page = await web.post_page(other, {"turn": "0", "do": "next", "field.name": "Again"}, 409)
    assert "had gone on elsewhere" in text(page)
    assert turn(page) == "1"
    page = await web.post_page(one, {"turn": "1", "do": "next"}, 409)
    assert "Cancelled" in text(page)


async def test_a_command_that_is_not_known_any_more(web: Browser, server: Server, romeo: Person) -> None:
    for answer in (
        await web.client.get(f"{ACTIONS}/runs/forgotten"),
        await web.post(f"{ACTIONS}/runs/forgotten", {"do": "next"}),
    ):
        assert answer.headers["location"] == f"{ACTIONS}?gone=1"
    assert "That command is over" in text(await web.get(f"{ACTIONS}?gone=1"))
    server.commands["greet"] = greet
    first = await begun(web)
    for _ in range(MOST):
        await begun(web)
    assert (await web.client.get(first)).status_code == 303
    assert len(romeo.session[Runs]._runs) == MOST


async def test_cancelling_what_does_not_answer(web: Browser, server: Server) -> None:
    def mute(action: str, payload: Element) -> str:
        if action == "cancel":
            raise TimedOut
        return step("<actions><next/></actions>")

    server.commands["greet"] = mute
    path = await begun(web)
    page = await web.get(path)
    assert "It asks nothing" in text(page)
    await web.post(path, {"turn": "0", "do": "cancel"})
    assert not buttons(await web.get(path))


async def test_a_hostile_command_is_bounded_and_only_text(web: Browser, server: Server) -> None:
    many = "".join(f"<field var='v{n}' label='&lt;script&gt;{n}'/>" for n in range(500))
    rows = "".join("<item><field var='a'><value>&lt;img&gt;</value></field></item>" for _ in range(2000))
    columns = "".join(f"<field var='{n}'/>" for n in ["a", *range(100)])
    answers = {
        "many": step(form(many)),
        "table": step(form(f"<reported>{columns}</reported>{rows}", "result"), "completed"),
        "large": step(form(f"<instructions>{'x' * 600_000}</instructions>"), "completed"),
        "nothing": "",
        "long": step(session="s" * 2000),
    }
    server.commands |= {node: (lambda *_, node=node: answers[node]) for node in answers}
    page = await web.get(await begun(web, "many"))
    assert len(page.cssselect("[name^='field.']")) == 200
    assert "more in this than can be shown" in text(page)
    assert not page.cssselect("main script")
    page = await web.get(await begun(web, "table"))
    assert (len(page.cssselect("tbody tr")), len(page.cssselect("th"))) == (500, 20)
    assert not page.cssselect("td img")
    assert "too large to be shown" in text(await web.get(await begun(web, "large")))
    assert text((await web.get(await begun(web, "nothing"))).cssselect("#outcome")[0]) == "Done"
    await web.post(AT, {"node": "long"}, 502)
    await web.post(AT, {"node": "unheard-of"}, 502)
    await web.post(AT, {"node": ""}, 422)


async def test_the_reader_is_answered_in_their_language(web: Browser, server: Server) -> None:
    asked = []

    def speak(action: str, payload: Element) -> str:
        asked.append(payload.get("{http://www.w3.org/XML/1998/namespace}lang"))
        if asked[-1]:
            raise XmppError("bad-request", specific="bad-locale")
        return step(status="completed")

    server.commands["greet"] = speak
    web.client.headers["accept-language"] = "fr"
    await begun(web)
    assert asked == ["fr", None]
    assert COMMANDS in server.asked[-1][2].tag
