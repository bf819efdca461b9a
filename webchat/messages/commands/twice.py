"""This room tells a form that came twice from one that was filled in again, under the id it had before."""

from collections import OrderedDict
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.errors import Invalid
from webchat.messages import store
from webchat.messages.store import facts, sources
from webchat.web.language import N_

BAD_ID = N_("This form is broken. Load the page again.")

MOST_DONE = 100
"""Commands of one session that are remembered."""

_NAMESPACE = UUID("6ba42a10-6c9a-4b1c-9d4e-3f5d0d0b6f51")


def derived(id: str, text: str) -> str:
    """The id of another text of the same form; the same text gets the same one."""
    return str(uuid5(_NAMESPACE, f"{id} {text}"))


async def other_id(db: AsyncSession, account_id: int, conversation_id: int, id: str, text: str) -> str:
    """Under which id a text is said whose form's id is known already; "" when this was said.

    A browser that goes back shows a form as it was, with the id of what was sent from it. Raises Invalid for
    an id of another conversation: to say nothing and call it sent would lose the text.
    """
    row = await store.said(db, conversation_id, id, mine=True)
    found = await sources.whole(db, account_id, row[0]) if row else None
    if found is None:
        raise Invalid({"id": BAD_ID})
    said = {found.body, *(version.body for version in await facts.versions(db, found.id))}
    return "" if text in said or found.gone or found.files else derived(id, text)


async def version_id(db: AsyncSession, message_id: int, id: str, text: str) -> str:
    """The same for another version of a message."""
    known = {version.said_id: version.body for version in await facts.versions(db, message_id)}
    return id if known.get(id, text) == text else derived(id, text)


class Done:
    """Commands that were done, by the id of their form: where they led to."""

    def __init__(self) -> None:
        self._paths: OrderedDict[str, str] = OrderedDict()

    def path(self, id: str) -> str | None:
        """Where the command of this form led to; None for one that was not done."""
        return self._paths.get(id)

    def note(self, id: str, path: str) -> None:
        """This one is done, or being done."""
        self._paths[id] = path
        if len(self._paths) > MOST_DONE:
            self._paths.popitem(last=False)

    def forget(self, id: str) -> None:
        """It could not be done: it may be tried again."""
        self._paths.pop(id, None)
