"""This room makes what the operator blocked vanish from everybody's pages."""

from webchat.posts.changes import PostChanged, TalkChanged
from webchat.posts.store.hidden import forget_hidden
from webchat.session.registry import Sessions

MOST_SAID = 100
"""Items that open pages are told of; of more they learn when they are opened again."""


async def hide(sessions: Sessions, kind: str, value: str) -> int:
    """Forget what an address or a domain published, whoever received it; how many items that were."""
    async with sessions.database.write() as db:
        gone = await forget_hidden(db, kind, value)
    changes = [PostChanged(each.service, each.node, each.id) for each in gone[:MOST_SAID]]
    talks = {each.about_id for each in gone[:MOST_SAID] if each.about_id is not None}
    for session in sessions.running if gone else ():
        session.feed.publish([*changes, *(TalkChanged(id) for id in talks)])
    return len(gone)
