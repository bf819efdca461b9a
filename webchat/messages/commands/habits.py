"""This room does what people type from habit: "s/old/new/" corrects what they said last, "+🎉" reacts."""

import json
from asyncio import to_thread
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat import config
from webchat.db.base import now
from webchat.errors import Invalid
from webchat.markup.emoji import one_emoji
from webchat.markup.excerpt import excerpt
from webchat.messages import commands, store
from webchat.messages.changes import DraftChanged
from webchat.messages.commands import LONGEST, TOO_LONG, actions
from webchat.messages.commands.possible import possible
from webchat.messages.commands.typed import Plus, Swap
from webchat.messages.store import facts as facts_store
from webchat.messages.store import sources
from webchat.session.session import Session
from webchat.web.language import N_

LOOKED_THROUGH = 50
"""Messages among which that of somebody else is looked for."""

NO_OWN = N_(
    "There is no message of yours here that could be corrected. Put a space in front to say this as it is."
)
NOT_IN_IT = N_(
    "What you said last does not contain these letters. Put a space in front to say this as it is."
)
NOTHING_LEFT = N_("Nothing would be left of your message: take it back in its menu.")
NO_OTHER = N_(
    "There is no message of anybody else here to react to. Put a space in front to say this as it is."
)
NO_SUCH_EMOJI = N_("There is no emoji of this name. Put a space in front to say this as it is.")

BECOMES = N_("What you said last becomes: %(text)s")
REACTS = N_("Reacts with %(emoji)s to: %(text)s")

HABITS = (
    ("+:tada:", N_("React to what was said last")),
    ("s/old/new/", N_("Correct what you said last; a g behind it means everywhere in it")),
)
"""What the page of commands says of them."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What will happen to the message `id`: `text` is what it will say, or says; `emoji` for a reaction."""

    id: int
    text: str
    emoji: str = ""
    spoiler: str | None = None


async def meant(session: Session, jid: str, said: Swap | Plus, reply: int = 0) -> Deed:
    """What this would do; `reply` is the message that the form answers. Raises Invalid: why nothing."""
    if isinstance(said, Plus):
        emoji = said.emoji if one_emoji(said.emoji) else await to_thread(_called, said.emoji.strip(":"))
        if not emoji:
            raise Invalid({"text": NO_SUCH_EMOJI})
        async with session.read() as db:
            id, text = await _theirs(db, session, jid, reply)
        return Deed(id, text, emoji)
    async with session.read() as db:
        _, tail = await store.tail(db, session.account_id, jid, LOOKED_THROUGH)
        last = next(
            (line for line in reversed(tail) if line.mine and not line.gone and line.state != "failed"), None
        )
        found = await sources.whole(db, session.account_id, last.id) if last else None
    if found is None or "edit" not in possible(found, session):
        raise Invalid({"text": NO_OWN})
    if said.old not in found.body:
        raise Invalid({"text": NOT_IN_IT})
    many = found.body.count(said.old) if said.every else 1
    if len(found.body) + many * (len(said.new) - len(said.old)) > LONGEST:
        raise Invalid({"text": TOO_LONG})
    text = found.body.replace(said.old, said.new, -1 if said.every else 1)
    if not text.strip():
        raise Invalid({"text": NOTHING_LEFT})
    return Deed(found.id, text, spoiler=found.spoiler)


async def do(
    session: Session,
    jid: str,
    said: Swap | Plus,
    *,
    typed: str,
    id: str,
    draft_version: int = 0,
    reply: int = 0,
) -> None:
    """Do it; a form that comes again changes nothing more. Raises Invalid: nothing was sent then.

    typed          the text of it, which is no draft any more
    id             of the form
    draft_version  what the form knew of the draft, which this was
    reply          the message that the form answers, 0 for none
    """
    deed = await meant(session, jid, said, reply)
    if deed.emoji:
        async with session.read() as db:
            mine = await facts_store.reactions_of(db, deed.id, "")
        if deed.emoji not in mine:
            await actions.react(session, deed.id, deed.emoji)
    else:
        cover = deed.spoiler
        await actions.correct(
            session, jid, deed.id, deed.text, new_id=id, draft_version=draft_version, spoiler=cover
        )
    async with session.work() as work:
        talk = await store.conversation_by_jid(work.db, work.account_id, jid)
        if talk is not None and await store.clear_draft(work.db, talk.id, typed, draft_version, now()):
            work.changed(DraftChanged(jid))
    await commands.say_chat_state(session, jid, "active")


async def told(session: Session, jid: str, said: Swap | Plus, reply: int = 0) -> tuple[str, dict[str, str]]:
    """What would happen, as a message id and what it speaks of."""
    try:
        deed = await meant(session, jid, said, reply)
    except Invalid as error:
        return error.fields["text"], {}
    return (REACTS if deed.emoji else BECOMES), {"emoji": deed.emoji, "text": excerpt(deed.text)}


async def _theirs(db: AsyncSession, session: Session, jid: str, reply: int) -> tuple[int, str]:
    if reply:
        wanted = [reply]
    else:
        _, tail = await store.tail(db, session.account_id, jid, LOOKED_THROUGH)
        wanted = [line.id for line in reversed(tail) if not line.mine and not line.gone][:1]
    for id in wanted:
        found = await sources.whole(db, session.account_id, id)
        if found is not None and found.jid == jid and "react" in possible(found, session):
            return id, found.body
    raise Invalid({"text": NO_OTHER})


def _called(code: str) -> str:
    """The emoji of a short name, from the tables that the composer has; "" for none."""
    for path in sorted((config.root() / "static" / "vendor").glob("emojibase-data-*/*.json")):
        for text, _, _, _, codes, *_ in json.loads(path.read_text(encoding="utf-8"))["emoji"]:
            if code in codes.split(" "):
                return str(text)
    return ""
