"""What waits for its hour goes to nobody else, and a page that stands open touches nothing else."""

import pytest

from tests.lab.databases import KINDS
from tests.lab.people import Person
from tests.messages import test_later_reminders as reminders
from tests.messages.speaking import BALCONY, enter, says, takes_back
from tests.messages.test_later import come, listed, verbs, wait, waiting
from webchat.db.base import now
from webchat.errors import NotFound
from webchat.messages.commands import later as commands
from webchat.messages.state.occupants import Rooms
from webchat.notifications import store as notifications
from webchat.xmpp.events import OccupantChanged

DATABASES = KINDS[:1]


@pytest.mark.parametrize("id", ["", "tybalt"])
async def test_a17_a_nick_that_may_have_changed_hands_is_not_written_to_by_itself(
    romeo: Person, id: str
) -> None:
    """Hours later a nickname may be anybody's: only who is known to be the same is written to unasked."""
    enter(romeo)
    private = f"{BALCONY}/juliet"
    room = romeo.session[Rooms].ensure(BALCONY)
    room.seat(OccupantChanged(BALCONY, "juliet", True))
    row = await wait(romeo, to=private)
    room.seat(OccupantChanged(BALCONY, "juliet", True, occupant_id=id))
    await come(romeo)
    assert await verbs(romeo) == []
    (said,) = await listed(romeo)
    assert said.startswith("Not sent. This nickname may be somebody else’s by now.")
    await commands.send_now(romeo.session, row.id)
    assert await verbs(romeo) == ["But soft!"]


async def test_a_number_is_never_that_of_another_one(romeo: Person) -> None:
    """A page that stands open names what went out: that is not what was written after it."""
    row = await wait(romeo)
    await commands.send_now(romeo.session, row.id)
    other = await wait(romeo, "Good night")
    with pytest.raises(NotFound):
        await commands.delete(romeo.session, row.id)
    assert [one.id for one in await waiting(romeo)] == [other.id]


async def test_a_reminder_keeps_no_words_that_were_taken_back(romeo: Person) -> None:
    """The line under the bell still leads to where something stood, and says nothing of it."""
    await romeo.session.handled(says("Bring the ladder", "m1"))
    await commands.remind(romeo.session, 1, now())
    await reminders.come(romeo)

    async def words() -> list[str]:
        async with romeo.session.read() as db:
            return [row.text for row in await notifications.newest(db, romeo.session.account_id)]

    assert await words() == ["Bring the ladder"]
    await romeo.session.handled(takes_back("m1"))
    assert await words() == [""]
