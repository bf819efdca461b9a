"""This room tries words that programs take for orders, and what happens when somebody is put out."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.hostile.lab_certs import Lab
from tests.hostile.logins import PASSWORD, Fixed, at
from tests.hostile.scene import BALCONY, Scene, chat, in_room, sits
from tests.hostile.server import HostileServer
from tests.hostile.statements import SQL, listening
from tests.house.test_posts import FORMS, romeo, site
from tests.lab.databases import KINDS, empty_database
from tests.lab.people import JULIET
from tests.web.site import Site, Tab
from webchat.db.base import Base
from webchat.messages import commands
from webchat.session.registry import Sessions
from webchat.session.session import Behaviour
from webchat.xmpp import client as client_room
from webchat.xmpp.connector import Connector

assert romeo, site  # fixtures

# ---- W17: words that databases give a meaning to

LAST = ("/configuration/account/delete", "/configuration/account/leave", "/logout", "/login")


async def test_w17_no_field_of_any_form_reaches_the_text_of_a_statement(
    site: Site, romeo: httpx.AsyncClient
) -> None:
    """Every form of the program with such words in every field: what is kept is bound to a statement.

    `make attack` sends each of them by itself."""
    with listening(site.sessions.database) as heard:
        for address, fields in FORMS.values():
            if address not in LAST:
                spoiled = {name: f"{value}zqx'\"`;--%_\\*:({{$1" for name, value in fields.items()}
                answer = await romeo.post(address, data=spoiled)
                assert answer.status_code < 500 or answer.status_code in (502, 503, 504), address
    assert heard.asked > 200
    assert (heard.spelled, heard.failed) == ([], [])


@pytest.mark.parametrize("scene", KINDS, indirect=True)
async def test_w17_search_and_pages_are_asked_with_words_and_never_by_them(scene: Scene) -> None:
    """Where words come nearest to a language of the database: full text, completions, places in a list."""
    database: Any = scene.romeo.session._database
    web = scene.web.client
    for number, words in enumerate(SQL[::7]):
        await commands.send_message(scene.romeo.session, JULIET, words, id=f"22222222-{number}")
    with listening(database) as heard:
        for words in SQL[::2]:
            spelled = quote(words.replace("\x00", ""), safe="")
            answer = await web.get(f"/search?q={spelled}&in={spelled}&before={spelled}")
            assert answer.status_code == 200, words
        for path in (
            f"/conversations/{JULIET}/people?q=", "/switcher?q=", f"/chats/{JULIET}?before=",
            f"/chats/{JULIET}?at=",
            "/news?before=", "/explore?before=", "/saved?tag=", "/search?q=zqx&from=", "/people?q=",
            "/communities?q=",
            "/configuration/preferences/undo?change=", f"/rooms/{BALCONY}?list=", "/publish/drafts?before=",
        ):  # fmt: skip
            answer = await web.get(path + quote("".join(SQL[:12]), safe=""))
            assert answer.status_code < 500 or answer.status_code == 503, path
    assert heard.asked > 100
    assert (heard.spelled, heard.failed) == ([], [])


# ---- W19: somebody is put out


async def test_w19_who_is_put_out_by_the_operator_is_out_at_once(
    site: Site, romeo: httpx.AsyncClient
) -> None:
    """Their tab is told, their cookie opens nothing, their stream is closed, within a second."""
    juliet, me = await site.signed_in(JULIET)
    tab = Tab(site, juliet, "/stream/plain/")
    await tab.opened()
    client: Any = me.session.client
    async with asyncio.timeout(2):
        assert (await romeo.post("/admin/end", data={"jid": JULIET})).status_code == 303
        assert "event: signed-out" in await tab.ended()
        assert client.closed == [False]
    async with juliet:
        assert (await juliet.get("/chats")).headers["location"].startswith("/login")


async def test_w19_an_account_that_its_server_deletes_is_out_here_too(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream ends, the next login is refused, and with it all ends: nobody reads on from the cache."""
    monkeypatch.setattr(client_room, "BACKOFF_MAX", 0.01)
    monkeypatch.setattr(client_room, "BACKOFF_WATCHED", 0.01)
    gone = "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
    async with empty_database(KINDS[0], tmp_path, Base.metadata) as database, HostileServer(lab) as server:
        connector = Connector(Fixed(at(server)), str(lab.ca_file))
        sessions = Sessions(database, Behaviour(), connector, b"pepper" * 6)
        token, session = await sessions.login("romeo@montague.test", PASSWORD, keep=True)
        assert await sessions.signed_in(token) is not None
        server.script.password = "nobody knows"
        await (await server.session()).send(gone)
        async with asyncio.timeout(5):
            while sessions.running:
                await asyncio.sleep(0.01)
        assert session.feed.closed
        assert await sessions.signed_in(token) is None
        await sessions.stop()


# ---- W24: names that a language gives a meaning to

NAMES = (
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "__class__",
    "__init__",
    "self",
)


async def test_w24_names_of_a_language_are_names_like_others(scene: Scene) -> None:
    """As nick, body, draft and search; pages are drawn, nothing is found that was not said."""
    for number, word in enumerate(NAMES):
        await scene.hear(sits(word))
        await scene.hear(in_room(word, word, f"n{number}"))
        await scene.hear(chat(word, f"p{number}", sender=f"{JULIET}/b"))
        emoji = f"<reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>{word}</reaction></reactions>"
        await scene.hear(chat("", f"e{number}", emoji, sender=f"{JULIET}/b"))
    assert (await scene.bodies())[-len(NAMES) :] == list(NAMES)
    for path in (f"/chats/{JULIET}", f"/rooms/{BALCONY}", f"/rooms/{BALCONY}/about"):
        page = await scene.web.get(path)
        assert "__proto__" in page.text_content() or path.endswith("about")
    for word in NAMES[:2]:
        found = await scene.web.get(f"/search?q={word}")
        assert found.text_content().count(word) >= 1


async def test_w24_a_field_that_no_form_has_is_no_field(site: Site, romeo: httpx.AsyncClient) -> None:
    """What is sent beside the form sets nothing: neither an attribute of ours nor a column."""
    more = {name: "1" for name in (*NAMES, "account_id", "jid", "id", "admin", "mechanism", "preferences")}
    before = next(session for session in site.sessions.running).preferences
    answer = await romeo.post("/configuration/preferences", data={"language": "fr", "theme": "dark", **more})
    assert answer.status_code == 303
    after = next(session for session in site.sessions.running).preferences
    assert not (set(after) - set(before)) & set(more)
    answer = await romeo.post("/presence", data={"show": "dnd", "status": "x", **more})
    assert answer.status_code == 303
