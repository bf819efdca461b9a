"""This room asks for what a new session needs before it says it is there: what the account can, carbons."""

import logging
from xml.etree.ElementTree import Element

from webchat.errors import Offline, TimedOut, XmppError
from webchat.xmpp import disco
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.parse import Context

log = logging.getLogger(__name__)


async def prepare(stream: Stream, context: Context) -> None:
    """Ask for both, whatever becomes of the one.

    Only an account that announces stanza ids takes forged ones out (XEP-0359 §6, XEP-0313 §3), so only there
    are they believed. Raises Offline, and TimedOut where asking again may help.
    """
    late = None
    for ask in (_know_account, _enable_carbons):
        try:
            await ask(stream, context)
        except Offline:
            raise
        except TimedOut as error:
            late = error
        except XmppError as error:
            log.info("the account's server refused what a session starts with (%s)", error.condition)
    if late is not None:
        raise late


async def _know_account(stream: Stream, context: Context) -> None:
    features = (await disco.own(stream, anew=True)).features
    context.sid_trusted = not {ns.SID, ns.MAM}.isdisjoint(features)


async def _enable_carbons(stream: Stream, _: Context) -> None:
    await stream.request("set", Element(f"{{{ns.CARBONS}}}enable"))  # XEP-0280 §4
