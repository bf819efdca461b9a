"""Answers (XEP-0461): what is quoted, where it leads, and what old clients are shown."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.lab.databases import KINDS
from tests.lab.inside import Browser, browser
from tests.lab.people import JULIET, MERCUTIO, Person
from tests.messages.server import Server
from tests.messages.speaking import BALCONY, answers, enter, in_room, says, sent, shown
from webchat.messages import commands, jobs
from webchat.xmpp.content import Reply
from webchat.xmpp.events import MessageFailed
from webchat.xmpp.verbs import SendMessage

DATABASES = KINDS[:1]


@pytest.fixture
async def web(romeo: Person, tmp_path: Path) -> AsyncIterator[Browser]:
    """Romeo's browser."""
    async with browser(romeo, tmp_path) as web:
        yield web


def form(text: str, **fields: str) -> dict[str, str]:
    return {"message_id": str(uuid4()), "text": text, **fields}


async def test_an_answer_quotes_its_source_and_leads_there(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("But *soft*! <b>", "m1", mine=True))
    await romeo.session.handled(answers("What?", "m2", "m1"))
    page = await web.get(f"/chats/{JULIET}")
    (quote,) = page.cssselect(".message .source")
    assert quote.get("href") == f"/chats/{JULIET}?at=1"
    assert quote.cssselect(".whom")[0].text_content() == "romeo"
    assert quote.cssselect(".excerpt")[0].text_content() == "But soft! <b>"


@pytest.mark.parametrize(
    ("carries", "note"),
    [
        ({"spoiler": ""}, "A covered message"),
        ({"encryption": "urn:xmpp:omemo:2"}, "An encrypted message"),
    ],
)
async def test_what_is_covered_is_not_quoted(romeo: Person, carries: dict[str, Any], note: str) -> None:
    await romeo.session.handled(says("the end of the play", "m1", **carries))
    await romeo.session.handled(answers("What?", "m2", "m1"))
    reply = (await shown(romeo))[1].reply
    assert reply is not None
    assert (reply.excerpt, reply.note) == ("", note)


async def test_a_source_that_is_not_here_is_found_in_the_archive(
    romeo: Person, web: Browser, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PAGE", 3)
    monkeypatch.setattr(commands, "PAGE", 3)
    server.keep(says("But soft!", "m1", mine=True))
    for n in range(8):
        server.keep(says(f"line {n}", f"n{n}"))
    server.keep(answers("What?", "m2", "m1"))
    server.keep(answers("And?", "m3", "nowhere"))
    await jobs.catch_up(romeo.session)
    page = await web.get(f"/chats/{JULIET}")
    first, second = page.cssselect(".message .source")
    assert first.text_content().split() == ["A", "message", "that", "is", "further", "up"]
    answer = await web.client.get(first.get("href", ""))
    found = await web.get(answer.headers["location"])
    assert "But soft!" in found.cssselect("article")[0].text_content()
    missing = await web.client.get(second.get("href", ""))
    assert missing.headers["location"] == f"/chats/{JULIET}?at=0"
    assert "This message is not here." in (await web.get(missing.headers["location"])).text_content()


async def test_the_id_of_another_conversation_is_not_quoted(romeo: Person) -> None:
    await romeo.session.handled(says("secret", "m1", sender=MERCUTIO))
    await romeo.session.handled(answers("What?", "m2", "m1"))
    reply = (await shown(romeo))[0].reply
    assert reply is not None
    assert (reply.id, reply.excerpt) == (0, "")


async def test_in_a_room_the_room_s_id_outweighs_one_that_somebody_chose(romeo: Person) -> None:
    await romeo.session.handled(in_room("genuine", "m1", "juliet"))
    await romeo.session.handled(in_room("forged", "r-m1", "tybalt"))
    answer = in_room("What?", "m3", "romeo", mine=True, reply=Reply("r-m1", f"{BALCONY}/juliet"))
    await romeo.session.handled(answer)
    reply = (await shown(romeo, BALCONY))[2].reply
    assert reply is not None
    assert (reply.author, reply.excerpt) == ("juliet", "genuine")


# ---- the user


async def test_the_user_answers(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("Wherefore art thou?\nDeny thy father", "m1"))
    page = await web.get(f"/chats/{JULIET}?reply=1")
    assert page.cssselect("[data-composer] input[name=reply_id]")[0].get("value") == "1"
    assert "Wherefore art thou?" in page.cssselect("[data-composer]")[0].text_content()
    await web.post(f"/conversations/{JULIET}/messages", form("Here", reply_id="1"))
    (verb,) = await sent(romeo, SendMessage)
    assert (verb.reply, verb.quoted) == (
        Reply("m1", f"{JULIET}/balcony"),
        "Wherefore art thou?\nDeny thy father",
    )
    reply = (await shown(romeo))[1].reply
    assert reply is not None
    assert (reply.id, reply.author) == (1, JULIET)


async def test_the_form_alone_for_scripts(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("Wherefore art thou?", "m1"))
    answer = await web.client.get(f"/conversations/{JULIET}/composer?reply=1", headers={"hx-request": "true"})
    assert 'name="reply_id" value="1"' in answer.text
    for query in ("", "?reply=99", "?edit=1", "?reply=x", "?edit=9999999999999999999999"):
        answer = await web.client.get(f"/conversations/{JULIET}/composer{query}")
        assert answer.status_code == 200
        assert "reply_id" not in answer.text
        assert "correct_id" not in answer.text


async def test_what_is_refused_keeps_its_source(romeo: Person, web: Browser) -> None:
    await romeo.session.handled(says("Wherefore art thou?", "m1"))
    answer = await web.client.post(
        f"/conversations/{JULIET}/messages",
        data=form(" ", reply_id="1", spoiler="on", spoiler_hint="the end"),
        headers={"hx-request": "true"},
    )
    assert answer.status_code == 422
    assert 'name="reply_id" value="1"' in answer.text
    assert 'value="the end"' in answer.text


async def test_in_a_room_the_room_s_id_and_the_occupant_are_named(romeo: Person) -> None:
    enter(romeo)
    await romeo.session.handled(in_room("Villain!", "m1", "tybalt"))
    await commands.send_message(romeo.session, BALCONY, "Me?", id=str(uuid4()), reply_id=1)
    (verb,) = await sent(romeo, SendMessage)
    assert (verb.reply, verb.kind) == (Reply("r-m1", f"{BALCONY}/tybalt"), "room")


async def test_a_message_of_another_conversation_cannot_be_answered_here(romeo: Person) -> None:
    await romeo.session.handled(says("secret", "m1", sender=MERCUTIO))
    await commands.send_message(romeo.session, JULIET, "Hm", id=str(uuid4()), reply_id=1)
    (verb,) = await sent(romeo, SendMessage)
    assert (verb.reply, verb.quoted) == (None, "")


async def test_sent_again_it_is_the_same(romeo: Person) -> None:
    await romeo.session.handled(says("Wherefore art thou?", "m1"))
    id = str(uuid4())
    await commands.send_message(romeo.session, JULIET, "Here", id=id, reply_id=1, spoiler="where")
    (first,) = await sent(romeo, SendMessage)
    await romeo.session.handled(MessageFailed(JULIET, id, "service-unavailable"))
    await commands.retry_message(romeo.session, 2)
    assert await sent(romeo, SendMessage) == [first]


async def test_a_spoiler_is_covered_on_the_page(romeo: Person, web: Browser) -> None:
    """XEP-0382, both ways."""
    await romeo.session.handled(says("they die", "m1", spoiler="the <end>"))
    await web.post(f"/conversations/{JULIET}/messages", form("both", spoiler="on", spoiler_hint="  who?  "))
    (verb,) = await sent(romeo, SendMessage)
    assert verb.spoiler == "who?"
    page = await web.get(f"/chats/{JULIET}")
    covers = page.cssselect(".message details.spoiler")
    assert [cover.cssselect("summary")[0].text_content().strip() for cover in covers] == ["the <end>", "who?"]
    assert "they die" in covers[0].cssselect(".body")[0].text_content()


async def test_what_cannot_be_read_says_so(romeo: Person, web: Browser) -> None:
    """XEP-0380."""
    await romeo.session.handled(says("I sent you an OMEMO message", "m1", encryption="urn:xmpp:omemo:2"))
    page = await web.get(f"/chats/{JULIET}")
    said = page.cssselect(".message .said")[0].text_content()
    assert said.strip() == "This message is encrypted and cannot be read here."


async def test_unstyled_text_keeps_its_marks(romeo: Person, web: Browser) -> None:
    """XEP-0393 §7; links stay links."""
    await romeo.session.handled(says("*bold* https://verona.example", "m1", unstyled=True))
    page = await web.get(f"/chats/{JULIET}")
    (body,) = page.cssselect(".message .body")
    assert not body.cssselect("strong")
    assert body.cssselect("a")
    assert body.text_content().startswith("*bold*")
