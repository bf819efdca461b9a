"""Forwarding, and the page of one message on which it stands."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.lab.databases import KINDS
from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.looking import bodies
from tests.messages.speaking import corrects, reacts, says, sent, takes_back
from webchat.errors import Invalid
from webchat.messages import commands
from webchat.messages.commands import actions
from webchat.messages.store.sources import whole
from webchat.xmpp.content import SharedFile
from webchat.xmpp.verbs import SendMessage

DATABASES = KINDS[:1]

BENVOLIO = "benvolio@montague.example"
PICTURE = SharedFile("https://up.capulet.example/1/view.jpg", "view.jpg", "image/jpeg", 54321)


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


async def test_to_several_by_ticks_and_an_address(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("Wherefore?", "m1"))
    await romeo.session.handled(says("A plague!", "m2", sender=MERCUTIO))
    page = await web.get("/messages/1")
    ticks = [tick.get("value") for tick in page.cssselect("#forward input[type=checkbox]")]
    assert ticks == [MERCUTIO, JULIET]
    answer = await web.client.post("/messages/1/forward", data={"to": [MERCUTIO, f" {BENVOLIO.upper()} "]})
    assert answer.headers["location"] == f"/chats/{MERCUTIO}"
    assert await bodies(romeo, MERCUTIO) == ["A plague!", "Wherefore?"]
    assert await bodies(romeo, BENVOLIO) == ["Wherefore?"]
    assert [verb.to for verb in await sent(romeo, SendMessage)] == [MERCUTIO, BENVOLIO]


async def test_files_go_along(romeo: Person) -> None:
    await romeo.session.handled(says("Look", "m1", files=(PICTURE,)))
    await actions.forward(romeo.session, 1, [MERCUTIO])
    first, second = await sent(romeo, SendMessage)
    assert (first.files, first.body) == ((PICTURE,), "")
    assert (second.files, second.body) == ((), "Look")
    async with romeo.session.read() as db:
        row = await whole(db, romeo.session.account_id, 2)
    assert row is not None
    assert row.files == (PICTURE,)


@pytest.mark.parametrize("to", [[], [""], ["@"], [f"a{n}@verona.example" for n in range(21)]])
async def test_nobody_or_too_many(romeo: Person, to: list[str]) -> None:
    await romeo.session.handled(says("Wherefore?", "m1"))
    with pytest.raises(Invalid):
        await actions.forward(romeo.session, 1, to)
    assert await sent(romeo, SendMessage) == []


async def test_what_was_taken_back_goes_nowhere(romeo: Person) -> None:
    await romeo.session.handled(says("Wherefore?", "m1"))
    await romeo.session.handled(takes_back("m1"))
    with pytest.raises(Invalid):
        await actions.forward(romeo.session, 1, [MERCUTIO])


# ---- the page of one message


async def test_everything_about_a_message(romeo: Person, web: Browser) -> None:
    text = "long " * 3000
    await romeo.session.handled(says("Ay mee!", "m1", stanza_id="a1"))
    await romeo.session.handled(corrects(says(text, "m2"), "m1"))
    await romeo.session.handled(reacts("m1", "👍", mine=True))
    page = await web.get("/messages/1")
    assert page.cssselect(".whole-text")[0].text_content() == text
    assert page.cssselect(".reactors")[0].text_content() == "👍 romeo"
    codes = [code.text_content() for code in page.cssselect(".facts code")]
    assert codes == ["m1", "a1"]
    assert f"{JULIET}/balcony" in page.cssselect(".facts")[0].text_content()
    assert len(page.cssselect("#versions li")) == 2


async def test_what_can_be_done(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("Ay me!", "m1"))
    await commands.send_message(romeo.session, JULIET, "But soft!", id=str(uuid4()))

    async def entries(row: int) -> set[str]:
        answer = await web.client.get(f"/messages/{row}/menu")
        assert answer.status_code == 200
        found = {
            part.split('"')[0] for word in ("action", "href") for part in answer.text.split(f'{word}="')[1:]
        }
        return {one.removeprefix(f"/messages/{row}").lstrip("/") for one in found}

    theirs, own = await entries(1), await entries(2)
    assert {"reactions", "save", "hide"} <= theirs
    assert {"save", "hide", "#retract"} <= own
    assert "#retract" not in theirs
    assert "retraction" not in own, "it is asked for once more on the page of the message"
    page = await web.get("/messages/2")
    assert page.cssselect("form#retract")[0].get("action") == "/messages/2/retraction"
    assert "reactions" not in own, "nobody has it yet"
    await web.get("/messages/99", status=404)
    assert (await web.client.get("/messages/99/menu")).status_code == 404
