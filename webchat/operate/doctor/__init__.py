"""This room looks at everything that an installation needs, and says what is wrong and what mends it."""

import asyncio

from webchat.config import Settings
from webchat.operate import revisions
from webchat.operate.doctor import contradictions, domain, site, storage, uploads
from webchat.operate.doctor.finding import Finding
from webchat.xmpp import tls
from webchat.xmpp.resolve import Dns, Lookup

__all__ = ["Finding", "examine"]


async def examine(settings: Settings, asked: str = "", lookup: Lookup | None = None) -> list[Finding]:
    """All findings, in the order in which one would mend them.

    asked   an XMPP domain to look at too; without it, the site's default domain if there is one
    lookup  who is asked instead of DNS
    """
    name = (asked or settings.default_domain).lower().removesuffix(".")
    ca_file = str(settings.xmpp_ca_file) if settings.xmpp_ca_file else None
    # Reading them takes a while: the clock of the stream must not stand still meanwhile.
    await asyncio.to_thread(revisions.known)
    found = contradictions.look(settings) + await asyncio.to_thread(storage.look, settings)
    looks = [storage.database(settings), site.look(settings)]
    asks = lookup or Dns()
    try:
        if name:
            looks.append(domain.look(settings, name, tls.context(ca_file), asks))
            looks += [uploads.look(settings, name, asks), domain.clock(name, asks)]
        for each in await asyncio.gather(*looks):
            found += each
    finally:
        await asks.close()
    return found
