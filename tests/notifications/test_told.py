"""Who is told of what arrives: only what is live, new, wanted and not read yet (hands 35, 43, 44)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.lab.people import JULIET, MERCUTIO, ROMEO, Person
from tests.messages.looking import befriend, conversation, lines
from tests.messages.test_live import carbon, hears
from webchat.attention import commands, fragments
from webchat.change import Change
from webchat.errors import Invalid, NotFound
from webchat.messages import commands as messages
from webchat.messages import store
from webchat.messages.changes import ConversationChanged
from webchat.messages.models import Conversation, Message
from webchat.notifications.changes import ModeChanged, Notice
from webchat.web.page import Page
from webchat.web.partial import Partial, Ping
from webchat.web.scope import Scope
from webchat.xmpp.content import SharedFile
from webchat.xmpp.events import ArchivePage, MessageReceived

ROOM = "balcony@conference.capulet.example"


async def told(romeo: Person) -> list[dict[str, Any]]:
    """What a tab of Romeo's is told of everything that changed since this was asked last."""
    return await drawn(romeo, romeo.changes())


async def drawn(romeo: Person, changes: list[Change]) -> list[dict[str, Any]]:
    found: list[Partial | Ping] = []
    async with romeo.session.read() as db:
        page = Page(romeo.session, db, Scope("chats"), "en")
        found += await fragments.notices(page, [one for one in changes if isinstance(one, Notice)])
    return [json.loads(one.data) for one in found if isinstance(one, Ping)]


async def over(romeo: Person) -> list[str]:
    """Tags of the notices that a tab is told to take away."""
    changes = [one for one in romeo.changes() if isinstance(one, ConversationChanged)]
    async with romeo.session.read() as db:
        found = await fragments.over(Page(romeo.session, db, Scope("chats"), "en"), changes)
    return [tag for one in found if isinstance(one, Ping) for tag in json.loads(one.data)]


async def open_room(romeo: Person, *said: tuple[str, bool], **values: Any) -> list[int]:
    """Romeo's room with messages (text, mentions him), as the room's handlers write them."""
    async with romeo.session.work() as work:
        found = await store.ensure_conversation(work.db, work.account_id, ROOM)
        new = []
        for body, mentions in said:
            event = MessageReceived(ROOM, f"{ROOM}/Tybalt", False, body, f"id of {body}")
            one = await store.record_received(work.db, work.account_id, event, datetime.now(UTC))
            assert one is not None
            new.append(one.id)
            await work.db.execute(update(Message).where(Message.id == one.id).values(mentions_me=mentions))
        rooms = {"kind": "room", "title": "The balcony", "stranger": False, **values}
        rooms["mentions"] = sum(mentions for _, mentions in said)
        await work.db.execute(update(Conversation).where(Conversation.id == found.id).values(**rooms))
    return new


async def total(romeo: Person) -> int:
    async with romeo.session.read() as db:
        return await store.unread_total(db, romeo.session.account_id)


async def test_44_a_notice_names_the_sender_and_leads_to_the_chat(romeo: Person) -> None:
    await befriend(romeo, JULIET)
    await romeo.session.handled(hears("Art thou *not* Romeo?"))
    (line,) = await lines(romeo)
    assert await told(romeo) == [
        {
            "id": line.id,
            "conversation": JULIET,
            "path": f"/chats/{JULIET}",
            "title": "juliet",
            "text": "Art thou not Romeo?",
            "tag": f"chat:{JULIET}",
        }
    ]


async def test_44_a_file_without_words_is_told_as_one(romeo: Person) -> None:
    await befriend(romeo, JULIET)
    file = SharedFile("https://files.capulet.example/ring.png", "ring.png", "image/png")
    await romeo.session.handled(replace(hears(""), files=(file,)))
    (notice,) = await told(romeo)
    assert notice["text"] == "File"


async def test_44_several_at_once_are_one_notice_with_the_newest(romeo: Person) -> None:
    await befriend(romeo, JULIET, MERCUTIO)
    for text in ("one", "two"):
        await romeo.session.handled(hears(text))
    await romeo.session.handled(hears("three", MERCUTIO))
    assert [one["text"] for one in await told(romeo)] == ["two", "three"]


async def test_a24_strangers_raise_no_alarm(romeo: Person) -> None:
    await romeo.session.handled(hears("Buy this!"))
    assert await told(romeo) == []
    assert await total(romeo) == 0


@pytest.mark.parametrize(
    "event",
    [
        carbon("from my phone"),
        hears("from last night", stamp=datetime.now(UTC) - timedelta(hours=9)),
    ],
    ids=["own", "delayed"],
)
async def test_44_neither_own_nor_old_messages_are_told(romeo: Person, event: MessageReceived) -> None:
    await befriend(romeo, JULIET)
    await romeo.session.handled(event)
    assert await told(romeo) == []


async def test_44_catching_up_tells_nothing(romeo: Person) -> None:
    await befriend(romeo, JULIET)
    stamp = datetime.now(UTC)
    results = (("a1", stamp, hears("while you were away", stanza_id="a1")),)
    page = ArchivePage("", "forward", "", "", "a1", "a1", True, results)
    await romeo.session.handled(page)
    assert len(await lines(romeo)) == 1
    assert await told(romeo) == []


async def test_44_what_was_read_before_it_is_drawn_is_not_told(romeo: Person) -> None:
    await befriend(romeo, JULIET)
    await romeo.session.handled(hears("one"))
    changes = romeo.changes()
    (line,) = await lines(romeo)
    await messages.mark_displayed(romeo.session, JULIET, line.id)
    assert await drawn(romeo, changes) == []


async def test_44_reading_takes_the_notice_away(romeo: Person) -> None:
    await befriend(romeo, JULIET, MERCUTIO)
    await romeo.session.handled(hears("one"))
    await romeo.session.handled(hears("two", MERCUTIO))
    await told(romeo)
    (line,) = await lines(romeo)
    await messages.mark_displayed(romeo.session, JULIET, line.id)
    assert await over(romeo) == [f"chat:{JULIET}"]


async def test_44_the_text_can_be_hidden_and_all_of_it_turned_off(romeo: Person) -> None:
    await befriend(romeo, JULIET)
    await romeo.session.handled(hears("a secret"))
    changes = romeo.changes()
    romeo.session.preferences = {"notice_text": "off"}
    (notice,) = await drawn(romeo, changes)
    assert (notice["title"], notice["text"]) == ("juliet", "New message")
    romeo.session.preferences = {"notices": "off"}
    assert await drawn(romeo, changes) == []


async def test_35_a_muted_chat_is_quiet_and_not_counted(romeo: Person) -> None:
    await befriend(romeo, JULIET)
    await commands.set_mode(romeo.session, JULIET, mute="1h")
    assert ModeChanged(JULIET) in romeo.changes()
    await romeo.session.handled(hears("one"))
    assert await told(romeo) == []
    assert ((await conversation(romeo)).unread, await total(romeo)) == (1, 0)
    await commands.set_mode(romeo.session, JULIET, mute="off")
    await romeo.session.handled(hears("two"))
    assert [one["text"] for one in await told(romeo)] == ["two"]
    assert await total(romeo) == 2
    await commands.set_mode(romeo.session, JULIET, "never")
    await romeo.session.handled(hears("three"))
    assert await told(romeo) == []
    assert await total(romeo) == 0
    await commands.set_mode(romeo.session, JULIET, "usual")
    assert await total(romeo) == 3


async def test_43_of_a_room_only_mentions_count(romeo: Person) -> None:
    await open_room(romeo, ("We talk", False), ("Romeo: here?", True), ("And talk", False))
    assert await total(romeo) == 1
    await befriend(romeo, JULIET)
    await romeo.session.handled(hears("one"))
    assert await total(romeo) == 2
    await commands.set_mode(romeo.session, ROOM, mute="always")
    assert await total(romeo) == 1


async def test_the_mode_of_a_room_is_the_rooms(romeo: Person) -> None:
    await open_room(romeo, ("We talk", False), notify="always")
    with pytest.raises(Invalid):
        await commands.set_mode(romeo.session, ROOM, "never")
    await commands.set_mode(romeo.session, ROOM, "usual", "off")
    assert (await conversation(romeo, ROOM)).notify == "always"


async def test_44_a_room_says_who_spoke(romeo: Person) -> None:
    ids = await open_room(romeo, ("We talk", False))
    said = MessageReceived(ROOM, f"{ROOM}/Tybalt", False, "Romeo: here?", "m2", kind="room", mentions_me=True)
    await romeo.session.handled(MessageReceived(ROOM, f"{ROOM}/Tybalt", False, "Who?", "m1", kind="room"))
    await romeo.session.handled(said)
    ids += [ids[-1] + 1, ids[-1] + 2]
    told = [change.message_id for change in romeo.changes() if isinstance(change, Notice)]
    assert told == ids[2:]
    (notice,) = await drawn(romeo, [Notice(ROOM, ids[2])])
    assert (notice["title"], notice["text"]) == ("The balcony", "Tybalt: Romeo: here?")
    assert notice["path"] == f"/rooms/{ROOM}"


async def test_35_everything_is_read_at_once(romeo: Person) -> None:
    await befriend(romeo, JULIET, MERCUTIO)
    await romeo.session.handled(hears("one", markable=True))
    await romeo.session.handled(hears("two", MERCUTIO))
    await open_room(romeo, ("three", True))
    await commands.mark_all_read(romeo.session)
    assert [(await conversation(romeo, jid)).unread for jid in (JULIET, MERCUTIO, ROOM)] == [0, 0, 0]
    assert await total(romeo) == 0


async def test_35_unread_from_here_on(romeo: Person) -> None:
    await befriend(romeo, JULIET)
    for text in ("one", "two", "three"):
        await romeo.session.handled(hears(text, stanza_id=f"archive-{text}"))
    first, second, _ = await lines(romeo)
    await commands.mark_all_read(romeo.session)
    await commands.mark_unread(romeo.session, second.id)
    found = await conversation(romeo)
    assert (found.unread, found.displayed_id, found.displayed_stanza_id) == (2, first.id, "archive-one")
    await commands.mark_unread(romeo.session, first.id)
    found = await conversation(romeo)
    assert (found.unread, found.displayed_position, found.displayed_stanza_id) == (3, 0, None)
    # What is unread already stays so.
    await commands.mark_unread(romeo.session, second.id)
    assert (await conversation(romeo)).unread == 3


async def test_a_message_of_somebody_else_cannot_be_marked(romeo: Person) -> None:
    with pytest.raises(NotFound):
        await commands.mark_unread(romeo.session, 4711)
    assert romeo.session.jid == ROMEO
