"""This room is what one can type in rooms behind a slash; each is a command that a page offers too."""

from collections.abc import Awaitable, Callable
from functools import wraps

from webchat.errors import Invalid, NotFound, XmppError
from webchat.messages.state import seats
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.rooms import commands
from webchat.session.session import Session
from webchat.slice import SlashCommand
from webchat.web.language import N_
from webchat.xmpp import jid as jids

REFUSED = N_("The room did not do this. It may need more rights than you have here.")
NOBODY = N_("Nobody in this room is called so.")
NOT_KNOWN = N_("The room does not show the address of this person, so they cannot be banned by their name.")
SAY_WHAT = N_("Something is missing behind the command; /help shows what it takes.")

Run = Callable[[Session, str, str], Awaitable[str]]
IN_ROOMS = frozenset({"room"})


def _told(run: Run) -> Run:
    """What goes wrong becomes a sentence beside the text box."""

    @wraps(run)
    async def told(session: Session, jid: str, argument: str) -> str:
        try:
            return await run(session, jid, argument)
        except Invalid as error:
            raise Invalid({"text": next(iter(error.fields.values()))}) from None
        except NotFound:
            raise Invalid({"text": seats.NOT_INSIDE}) from None
        except XmppError:
            raise Invalid({"text": REFUSED}) from None

    return told


def _needed(argument: str) -> str:
    if not argument:
        raise Invalid({"text": SAY_WHAT})
    return argument


def occupant(state: RoomState | None, argument: str) -> tuple[str, str]:
    """The nick that an argument begins with, the longest that fits, and what follows. Raises Invalid."""
    given = _needed(argument).removeprefix("@")
    nicks = sorted(state.occupants if state else (), key=len, reverse=True)
    for nick in nicks:
        rest = given.removeprefix(nick)
        if given.startswith(nick) and (not rest or rest[0].isspace()):
            return nick, rest.strip()
    raise Invalid({"text": NOBODY})


@_told
async def _join(session: Session, jid: str, argument: str) -> str:
    room, _, nick = _needed(argument).partition(" ")
    state = await commands.join_room(session, room, nick.strip())
    return f"/rooms/{jids.escape_path(state.jid)}"


@_told
async def _leave(session: Session, jid: str, argument: str) -> str:
    await commands.leave_room(session, jid)
    return "/chats"


@_told
async def _nick(session: Session, jid: str, argument: str) -> str:
    await commands.set_nick(session, jid, _needed(argument))
    return ""


@_told
async def _topic(session: Session, jid: str, argument: str) -> str:
    await commands.set_subject(session, jid, argument)
    return ""


@_told
async def _invite(session: Session, jid: str, argument: str) -> str:
    person, _, reason = _needed(argument).partition(" ")
    await commands.invite(session, jid, person, reason.strip())
    return ""


@_told
async def _kick(session: Session, jid: str, argument: str) -> str:
    nick, reason = occupant(session[Rooms].get(jid), argument)
    await commands.set_role(session, jid, nick, "none", reason)
    return ""


@_told
async def _ban(session: Session, jid: str, argument: str) -> str:
    state = session[Rooms].get(jid)
    address, _, reason = _needed(argument).partition(" ")
    if "@" in address[1:]:
        await commands.set_affiliation(session, jid, address, "outcast", reason.strip())
        return ""
    nick, reason = occupant(state, argument)
    real = state.occupants[nick].jid if state else ""
    if not real:
        raise Invalid({"text": NOT_KNOWN})
    await commands.set_affiliation(session, jid, real, "outcast", reason)
    return ""


COMMANDS = (
    SlashCommand("join", N_("room@server [nickname]"), N_("Enter a room"), _join),
    SlashCommand("leave", "", N_("Leave this room"), _leave, IN_ROOMS),
    SlashCommand("nick", N_("nickname"), N_("Change your nickname here"), _nick, IN_ROOMS),
    SlashCommand("topic", N_("text"), N_("Say what this room talks about"), _topic, IN_ROOMS),
    SlashCommand("invite", N_("address [reason]"), N_("Invite somebody"), _invite, IN_ROOMS),
    SlashCommand(
        "kick", N_("nickname [reason]"), N_("Put somebody out; they may come back"), _kick, IN_ROOMS
    ),
    SlashCommand("ban", N_("nickname or address [reason]"), N_("Put somebody out for good"), _ban, IN_ROOMS),
)
