"""This room handles live corrections: another version of a message, or a message by itself (XEP-0308)."""

from webchat.db.base import now
from webchat.messages import handlers, store
from webchat.messages.handlers import facts
from webchat.session.work import Work
from webchat.xmpp.events import MessageCorrected


async def on_message_corrected(work: Work, event: MessageCorrected) -> None:
    """Another version of a message; where there is nothing of theirs to correct, what it says is a message.

    So nobody changes the words of somebody else (security case A12), and nobody's words are lost.
    """
    found = await store.conversation_by_jid(work.db, work.account_id, event.conversation)
    fact = facts.fact_of(event, now())
    if found is None or not await facts.apply(work, found, fact):
        await handlers.on_message(work, event.message)
        await facts.hold_alone(work, event, fact)
