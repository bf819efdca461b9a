"""This room draws posts that were sent to a conversation; what is known of them, another slice tells."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages.store import Line
from webchat.session.session import Session
from webchat.xmpp import post_links
from webchat.xmpp.entries import Ref

MOST = 30
"""Posts of one stretch of messages that are looked up."""


@dataclass(frozen=True, slots=True)
class SharedPost:
    """A post as a card in a conversation.

    path     its page within the site, as browsers write it
    title    "" for a post that is not here, or that this reader may not see; `who` is then where it stands
    picture  where our pages have it, "" for none
    web      its public page, "" for none
    """

    path: str
    who: str
    title: str = ""
    excerpt: str = ""
    picture: str = ""
    web: str = ""


Posts = Callable[[AsyncSession, Session, Sequence[Ref]], Awaitable[Mapping[Ref, SharedPost]]]
"""What is known of posts, as far as the reader may know it."""

_posts: Posts | None = None


def install(posts: Posts | None) -> None:
    """Ask this for posts from now on; app.py says so at the start. Without it a post is its address."""
    global _posts
    _posts = posts


async def shared(db: AsyncSession, session: Session, lines: Sequence[Line]) -> Mapping[int, SharedPost]:
    """The posts that these messages point to: message → card."""
    if _posts is None:
        return {}
    named: dict[int, Ref] = {}
    for line in lines:
        covered = line.spoiler is not None or line.encryption or line.hidden or line.gone
        if "xmpp:" in line.body and not covered and (ref := post_links.split(line.body)[1]) is not None:
            named[line.id] = ref
    if not named:
        return {}
    known = await _posts(db, session, list(dict.fromkeys(named.values()))[:MOST])
    return {id: known[ref] for id, ref in named.items() if ref in known}


def words(body: str, post: SharedPost | None) -> str:
    """The text of a message without what its card says."""
    if post is None:
        return body
    text = post_links.split(body)[0]
    before, _, last = text.rpartition("\n")
    return before.rstrip() if post.title and post.web and last.strip() == post.web else text
