"""What is typed and not sent: kept, cleared by sending, never lost between two devices (hands 11)."""

import pytest

from tests.lab.people import JULIET, Person
from tests.messages.looking import conversation
from webchat.messages import commands, store
from webchat.messages.changes import ConversationChanged, DraftChanged
from webchat.messages.store import DraftRow


async def draft(romeo: Person) -> DraftRow:
    found = await conversation(romeo)
    async with romeo.session.read() as db:
        return await store.draft_of(db, found.id)


async def type_(romeo: Person, text: str, version: int) -> DraftRow:
    return await commands.save_draft(romeo.session, JULIET, text, version)


async def test_a_draft_is_kept_and_told(romeo: Person) -> None:
    kept = await type_(romeo, "But soft", 0)
    assert kept == await draft(romeo) == DraftRow("But soft", "", 1)
    assert romeo.changes() == [DraftChanged(JULIET), ConversationChanged(JULIET)]
    assert await type_(romeo, "But soft", 1) == kept
    assert romeo.changes() == []
    assert await type_(romeo, "", 1) == DraftRow("", "", 2)


async def test_two_devices_lose_nothing(romeo: Person) -> None:
    """The newest text stands, the other is offered until somebody has dealt with it."""
    await type_(romeo, "But soft", 0)
    assert await type_(romeo, "What light", 0) == DraftRow("What light", "But soft", 2)
    assert await type_(romeo, "What light through", 2) == DraftRow("What light through", "But soft", 3)
    romeo.changes()
    await commands.drop_other_draft(romeo.session, JULIET)
    assert await draft(romeo) == DraftRow("What light through", "", 4)
    assert romeo.changes() == [DraftChanged(JULIET)]


async def test_who_goes_on_from_what_was_saved_is_no_conflict(romeo: Person) -> None:
    await type_(romeo, "But soft", 0)
    assert await type_(romeo, "But soft, what light", 0) == DraftRow("But soft, what light", "", 2)


async def test_there_may_be_nothing_to_drop(romeo: Person) -> None:
    await commands.drop_other_draft(romeo.session, JULIET)
    assert romeo.changes() == []


async def test_sending_clears_the_draft(romeo: Person) -> None:
    kept = await type_(romeo, "But soft", 0)
    romeo.changes()
    await commands.send_message(romeo.session, JULIET, "But soft!", id="66666666", draft_version=kept.version)
    assert (await draft(romeo)).text == ""
    assert DraftChanged(JULIET) in romeo.changes()


async def test_a_save_that_overtook_the_sending_is_cleared_too(romeo: Person) -> None:
    await type_(romeo, "But so", 0)
    await commands.send_message(romeo.session, JULIET, "But soft!", id="66666666", draft_version=0)
    assert (await draft(romeo)).text == ""


async def test_sending_keeps_what_another_device_wrote(romeo: Person) -> None:
    await type_(romeo, "What light", 0)
    await commands.send_message(romeo.session, JULIET, "But soft!", id="66666666", draft_version=0)
    assert (await draft(romeo)).text == "What light"


@pytest.mark.parametrize(
    ("typed", "kept"), [("a\r\nb\rc", "a\nb\nc"), ("a\0b\ufffe", "ab"), ("x" * 70_000, "x" * 65_536)]
)
async def test_a_draft_holds_what_can_be_kept(romeo: Person, typed: str, kept: str) -> None:
    assert (await type_(romeo, typed, 0)).text == kept
