"""This room makes the values of the page that sends files."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages import show, store
from webchat.session.session import Session


@dataclass(frozen=True, slots=True)
class FormView:
    """The form that sends files; `error` is a translated sentence or "". See templates/files/form.html."""

    jid: str
    name: str
    path: str
    action: str
    message_id: str
    caption: str = ""
    description: str = ""
    error: str = ""


async def form(
    db: AsyncSession,
    session: Session,
    jid: str,
    *,
    message_id: str = "",
    caption: str = "",
    description: str = "",
    error: str = "",
) -> FormView:
    """The form for a conversation, with what was typed beside why it did not go."""
    found = await store.conversation_by_jid(db, session.account_id, jid)
    kind = found.kind if found is not None else "chat"
    return FormView(
        jid=jid,
        name=await show.name_of(db, session.account_id, jid, found),
        path=show.path_of(jid, kind),
        action=f"{show.actions_of(jid)}/files",
        message_id=message_id or str(uuid4()),
        caption=caption,
        description=description,
        error=error,
    )
