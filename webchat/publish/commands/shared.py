"""This room tells conversations of posts that were sent there: what is here of them, else where they are."""

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.messages.show.shared import SharedPost
from webchat.posts import show
from webchat.session.session import Session
from webchat.xmpp import jid as jids
from webchat.xmpp.entries import Ref


async def shared(db: AsyncSession, session: Session, refs: Sequence[Ref]) -> Mapping[Ref, SharedPost]:
    """These posts as this reader may see them; nothing is asked of any service (law 4)."""
    here = {ref: post for ref in refs if (post := await show.readable(db, session, ref)) is not None}
    cards = {card.id: card for card in await show.cards(db, session, list(here.values()))}
    found = {}
    for ref in refs:
        post = here.get(ref)
        card = cards.get(post.id) if post is not None and post.kind == "post" else None
        if post is None or card is None:
            found[ref] = SharedPost(show.url(show.path_of(ref)), jids.shown(ref.service))
            continue
        picture = card.picture.path if card.picture and not card.nsfw else ""
        excerpt = "" if card.nsfw else card.excerpt
        title = card.title or card.excerpt
        found[ref] = SharedPost(card.path, card.who.name, title, excerpt, picture, post.web)
    return found
