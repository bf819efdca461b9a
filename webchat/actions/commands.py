"""This room is what a user can do with servers: run their commands, register with gateways, block."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from webchat.actions.forms import Answers, complete, wrong
from webchat.actions.state import Run, Runs
from webchat.contacts import commands as people
from webchat.errors import Conflict, Invalid, Offline, XmppError
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp import adhoc, blocking, forms, gateways, server
from webchat.xmpp import jid as jids
from webchat.xmpp.adhoc import Command
from webchat.xmpp.events import BlocklistReceived
from webchat.xmpp.gateways import Registration
from webchat.xmpp.server import Entity

NOT_ONESELF = N_("You cannot block yourself, nor your own server.")


@dataclass(frozen=True, slots=True)
class Offered:
    """What an address offers; `trouble` is why that is not known."""

    commands: tuple[Command, ...] = ()
    trouble: XmppError | None = None


async def offered(session: Session, jid: str) -> Offered:
    """The commands of an address; none where it knows none."""
    try:
        return Offered(await adhoc.commands(session.client, jid))
    except XmppError as error:
        # RFC 6120 §8.3.3: so say those that know no commands, which is an answer.
        nothing = error.condition in ("item-not-found", "feature-not-implemented")
        return Offered(trouble=None if nothing else error)


async def overview(session: Session) -> tuple[datetime | None, tuple[Entity, ...]]:
    """Since when our own server is up, and its services; nothing of both while there is no connection."""
    home = jids.domain(session.jid)
    try:
        return await asyncio.gather(
            server.started(session.client, home), server.services_of(session.client, home)
        )
    except Offline:
        return None, ()


# ---- commands


async def begin(session: Session, jid: str, node: str, name: str, language: str) -> Run:
    """Run a command. Raises XmppError, TimedOut, Offline."""
    step = await adhoc.begin(session.client, jid, node, language)
    return session[Runs].add(jid, node, name or node, step)


async def go_on(session: Session, run: Run, turn: int, action: str, answers: Answers) -> None:
    """Go from one step to another.

    Raises Conflict when that step is over (another tab was faster), Invalid with what is wrong with the
    answers by field, XmppError (the step stays), TimedOut, Offline.
    """
    if run.busy or not run.going or turn != run.turn:
        raise Conflict
    form = run.step.form
    filled = None
    if form is not None and form.kind == "form" and action not in ("cancel", "prev"):
        given = complete(form, answers)
        if mistakes := wrong(form, given):
            raise Invalid(mistakes)
        filled = forms.fill(form, given)
    run.busy = True
    try:
        run.step = await adhoc.go_on(session.client, run.jid, run.node, run.step.session, action, filled)
        run.turn += 1
    except XmppError as error:
        run.over = error.specific in adhoc.ENDED
        if not run.over and action != "cancel":
            raise
        run.over = True
    finally:
        run.busy = False


# ---- gateways


async def registration(session: Session, jid: str) -> Registration:
    """What a gateway asks for. Raises XmppError, TimedOut, Offline."""
    return await gateways.ask(session.client, jid)


async def register(session: Session, jid: str, asked: Registration, answers: Answers) -> None:
    """Register with a gateway. Raises Invalid with what is wrong by field, XmppError, TimedOut, Offline."""
    given = complete(asked.form, answers)
    if mistakes := wrong(asked.form, given):
        raise Invalid(mistakes)
    await gateways.register(session.client, jid, asked, given)


async def unregister(session: Session, jid: str) -> None:
    """End the registration with a gateway. Raises XmppError, TimedOut, Offline."""
    await gateways.unregister(session.client, jid)


# ---- blocking


async def block(session: Session, jid: str) -> None:
    """Hear nothing more from an address or a whole server.

    Raises Invalid for what cannot be meant, XmppError, TimedOut, Offline.
    """
    if jids.bare(jid) in (session.jid, jids.domain(session.jid)):
        raise Invalid({"jid": NOT_ONESELF})
    await people.block(session, jid)


async def unblock(session: Session, jid: str) -> None:
    """Take one line off the list; its server stays blocked where that has a line of its own (XEP-0191 §3.5).

    Raises XmppError, TimedOut, Offline.
    """
    await blocking.unblock(session.client, jid)
    await session.handled(BlocklistReceived((jid,), blocked=False))
