"""This room keeps what a user types below a post until it is said."""

from webchat.db.base import now
from webchat.posts.store import Post
from webchat.posts.store import drafts as store
from webchat.session.session import Session


async def keep_draft(session: Session, post: Post, text: str) -> None:
    """Keep a comment that is not sent yet; one that is empty or was said meanwhile is forgotten."""
    text = text.replace("\0", "").replace("\r\n", "\n")
    async with session.work() as work:
        said = await store.said_already(work.db, post, work.jid, text.strip())
        await store.put_draft(work.db, work.account_id, post.ref, "" if said else text, now())


async def draft_of(session: Session, post: Post) -> str:
    """What was typed below this post and not sent, "" for nothing."""
    async with session.read() as db:
        return await store.draft(db, session.account_id, post.ref)
