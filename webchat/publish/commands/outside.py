"""This room begins a sheet with what somebody shared from another program; it goes out by another click."""

from collections.abc import Sequence

from webchat.publish import commands
from webchat.publish.commands import AttachFailed
from webchat.publish.forms import Sheet
from webchat.session.session import Session
from webchat.uploads.commands import Given, Media
from webchat.web.reader import reader


async def begin_sheet(session: Session, media: Media, words: str, given: Sequence[Given]) -> str:
    """Keep a new sheet with these words, and these files on the user's server; the path of its page.

    Raises CannotPublish, CannotSend, TooMany, Offline; there is no sheet then.
    """
    id = commands.fresh_id()
    key = commands.key_of("", "", "", id)
    sheet = Sheet(key=key, id=id, text=words, language=reader.get().language)
    try:
        sheet = await commands.attach(session, media, sheet, given)
    except AttachFailed as failed:
        raise failed.error from None
    await commands.save(session, sheet)
    return f"/publish?draft={key}"
