"""This room sends files to a conversation."""

import re
from collections.abc import Sequence

from webchat.db.base import now
from webchat.errors import Invalid
from webchat.messages import commands as messages
from webchat.messages import store
from webchat.messages.changes import ConversationChanged, MessageChanged
from webchat.session.session import Session
from webchat.uploads import commands as uploads
from webchat.uploads.commands import CannotSend, Given, Media
from webchat.web.language import N_
from webchat.xmpp.content import SharedFile
from webchat.xmpp.verbs import SendMessage

CHOOSE = N_("Choose a file first.")

_ID = re.compile(r"[A-Za-z0-9._-]{8,56}")


async def send_files(
    session: Session, media: Media, to: str, given: Sequence[Given], *, id: str, caption: str = ""
) -> None:
    """Bring files to the user's server, each in a message of its own, and the caption after the last.

    The caption is a message too: clients that know only addresses would show either it or the picture.

    Raises CannotSend, TooMany, Offline; files before the one that failed are sent.
    """
    if not given and not caption.strip():
        raise CannotSend(CHOOSE)
    if not _ID.fullmatch(id):
        raise Invalid({"message_id": messages.BAD_ID})
    for number, each in enumerate(given):
        of_this = id if len(given) == 1 else f"{id}.{number}"
        if not await _is_sent(session, of_this):
            await _say(session, to, of_this, await uploads.send_up(session, media, each))
    if caption.strip():
        await messages.send_message(session, to, caption, id=f"{id}-text")


async def _is_sent(session: Session, id: str) -> bool:
    async with session.read() as db:
        return await store.is_said(db, session.account_id, id)


async def _say(session: Session, to: str, id: str, shared: SharedFile) -> None:
    async with session.work() as work:
        conversation = await store.ensure_conversation(work.db, work.account_id, to)
        new = await store.add_outgoing(
            work.db, work.account_id, to, "", id=id, sender=work.jid, moment=now(), files=(shared,)
        )
        if new is None:
            return
        work.send(SendMessage(to, "", id, kind=conversation.kind, files=(shared,)))
        work.changed(MessageChanged(to, new.id), ConversationChanged(to))
        if conversation.stranger:
            await store.welcome(work.db, conversation.id)
    await messages.mark_displayed(session, to, new.id)
