"""This room sends a post to conversations: its public page where it has one, and its XMPP address (W§12)."""

from collections.abc import Sequence
from uuid import uuid4

from webchat.messages import commands as messages
from webchat.messages.commands import limits
from webchat.messages.commands.actions import receivers_of
from webchat.posts.store import Post
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp import atom
from webchat.xmpp.entries import Ref

NOBODY = N_("Choose who is to get this post.")


def address_of(post: Post | None, ref: Ref) -> str:
    """What those who get it open: the public page, and by the last line a card where programs draw one."""
    page = post.web if post is not None else ""
    return "\n".join(part for part in (page, atom.uri(ref)) if part)


async def send(session: Session, post: Post | None, ref: Ref, to: Sequence[str], words: str) -> list[str]:
    """Say where the post is, in these conversations. Returns them. Raises Invalid, TooMany."""
    receivers = receivers_of(to, NOBODY)
    body = "\n".join(part for part in (words.strip(), address_of(post, ref)) if part)
    for jid in receivers:
        limits.SENDING.take(session)
        await messages.send_message(session, jid, body, id=str(uuid4()), delay=0)
    return receivers
