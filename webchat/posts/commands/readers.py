"""This room lets an account count among the readers of a post: once a day, and never for its own ones."""

from webchat.posts.state import Opened
from webchat.posts.store import Post, readers
from webchat.session.session import Session


async def count_reader(session: Session, post: Post) -> None:
    """The account has opened a post (M97)."""
    if post.author == session.jid or not session[Opened].first(post.id):
        return
    async with session.work() as work:
        await readers.count(work.db, post.id)
