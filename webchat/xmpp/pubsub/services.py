"""This room finds the places of our server where communities and comments are kept (XEP-0060 §5.1)."""

import asyncio

from webchat.errors import Offline, XmppError
from webchat.xmpp import disco
from webchat.xmpp import jid as jids
from webchat.xmpp.context import Stream

MOST_SERVICES = 30
"""Items of a server that are asked what they are."""

ASKED = 8.0
"""Seconds an item has to say what it is."""


async def pubsub_services(stream: Stream, domain: str) -> tuple[str, str]:
    """(communities, comments): the services of this server for both, "" for none.

    Comments go where the address begins with "comments.", as everybody has it, else where communities are.
    Raises XmppError, TimedOut, Offline when the server itself does not answer.
    """
    asked = [jid for jid in await disco.items(stream, domain, MOST_SERVICES) if jid == jids.domain(jid)]
    told = await asyncio.gather(*(_is_pubsub(stream, jid) for jid in asked))
    found = [jid for jid, yes in zip(asked, told, strict=True) if yes]
    comments = next((jid for jid in found if jid.startswith("comments.")), "")
    others = [jid for jid in found if not jid.startswith(("comments.", "spaces."))]
    communities = next((jid for jid in others if jid.startswith("pubsub.")), (others or [""])[0])
    return communities, comments or communities


async def _is_pubsub(stream: Stream, jid: str) -> bool:
    try:
        known = await disco.info(stream, jid, ASKED)
    except Offline:
        raise
    except XmppError:
        return False
    return any((category, kind) == ("pubsub", "service") for category, kind, _ in known.identities)
