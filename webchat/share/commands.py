"""This room sends on what was shared: to a conversation, or onto the sheet of a post."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from webchat.errors import Invalid
from webchat.messages.overview.store import entries
from webchat.session.session import Session
from webchat.share.forms import ShareForm
from webchat.share.state import Shared
from webchat.uploads.commands import Given, Media
from webchat.web.language import N_

CHOOSE = N_("Choose first to whom this goes.")
NOTHING = N_("There is nothing to send yet: write something.")


class Send(Protocol):
    """How files and words get into a conversation; see webchat.files.commands.send_files."""

    def __call__(
        self, session: Session, media: Media, to: str, given: Sequence[Given], *, id: str, caption: str = ""
    ) -> Awaitable[None]: ...


Begin = Callable[[Session, Media, str, Sequence[Given]], Awaitable[str]]
"""(session, media, words, files) → the page of a sheet that has them."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where what was shared can go; app.py says so. `begin` None: this site has no posts."""

    send: Send
    begin: Begin | None = None


async def send(session: Session, media: Media, ways: Ways, form: ShareForm, shared: Shared) -> None:
    """Send words and files to one of the user's own conversations or contacts.

    Raises Invalid, CannotSend, TooMany, Offline; files before the one that failed are sent.
    """
    async with session.read() as db:
        known = await entries(db, session.account_id, [form.to]) if form.to else []
    if not known:
        raise Invalid({"to": CHOOSE})
    if not form.text.strip() and not shared.files:
        raise Invalid({"text": NOTHING})
    _rewind(shared)
    await ways.send(session, media, form.to, shared.files, id=form.message_id, caption=form.text)


async def begin(session: Session, media: Media, ways: Ways, form: ShareForm, shared: Shared) -> str:
    """Put words and files onto a sheet, where they wait for another click; its page.

    Raises Invalid, CannotSend, TooMany, Offline.
    """
    if ways.begin is None:
        raise Invalid({"to": CHOOSE})
    _rewind(shared)
    return await ways.begin(session, media, form.text, shared.files)


def _rewind(shared: Shared) -> None:
    # What failed the first time was read to its end, perhaps.
    for each in shared.files:
        each.body.seek(0)
