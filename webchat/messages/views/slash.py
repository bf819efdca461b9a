"""This room reads what begins with a slash: a command is done, never said; "//x" says "/x".

What a command does belongs to the slice that offers it (webchat.slice.SlashCommand).
"""

from collections.abc import Iterable, Mapping
from uuid import uuid4

from webchat.errors import Invalid
from webchat.messages import commands, store
from webchat.messages.commands.twice import Done
from webchat.messages.commands.typed import Call, Plus, Swap, escaped, read
from webchat.session.session import Session
from webchat.slice import SlashCommand
from webchat.web.language import N_, translate
from webchat.web.reader import reader
from webchat.xmpp import jid as jids

__all__ = ["Call", "Plus", "Swap", "described", "escaped", "kind_of", "read", "run", "table"]

UNKNOWN = N_("There is no such command; /help shows them all. Put one more / in front to say this as it is.")
NOT_HERE = N_("This command is not for this kind of conversation; /help shows those that are.")
NOT_AN_EDIT = N_(
    "A command cannot take the place of a message. Put one more / in front to say this as it is."
)
NO_ADDRESS = N_("Write the address of a person behind /msg, such as name@example.org.")

HELP = "help"


def table(offered: Iterable[SlashCommand], kind: str) -> list[SlashCommand]:
    """The commands of a kind of conversation, in the order of their names."""
    return sorted((one for one in offered if kind in one.kinds), key=lambda one: one.name)


async def kind_of(session: Session, jid: str) -> str:
    """What kind of conversation this is; one that has not begun is a chat."""
    async with session.read() as db:
        found = await store.conversation_by_jid(db, session.account_id, jid)
    return found.kind if found else "chat"


async def run(
    session: Session,
    jid: str,
    call: Call,
    known: Mapping[str, SlashCommand],
    *,
    id: str,
    draft_version: int = 0,
) -> str:
    """Do it, once for each form; the path to go on to, "" to stay. Raises Invalid: nothing was said then.

    id             of the form
    draft_version  what the form knew of the draft, which the command was
    """
    command = known.get(call.name)
    if command is None:
        raise Invalid({"text": UNKNOWN})
    if await kind_of(session, jid) not in command.kinds:
        raise Invalid({"text": NOT_HERE})
    path = await _once(session, jid, call, command, id)
    await commands.save_draft(session, jid, "", draft_version)
    return path


async def _once(session: Session, jid: str, call: Call, command: SlashCommand, id: str) -> str:
    """A form whose answer was lost comes again."""
    done, key = session[Done], f"{id} {jid} /{call.name} {call.argument}"
    if (path := done.path(key)) is not None:
        return path
    done.note(key, "")
    try:
        path = await command.run(session, jid, call.argument)
    except BaseException:
        done.forget(key)
        raise
    done.note(key, path)
    return path


def described(command: SlashCommand) -> dict[str, str]:
    """A command for the list in the composer, in the reader's language."""
    language = reader.get().language
    usage = translate(command.usage, language) if command.usage else ""
    return {"name": command.name, "usage": usage, "help": translate(command.help, language)}


# ---- the commands that every conversation has


async def _msg(session: Session, jid: str, argument: str) -> str:
    """/msg ADDRESS TEXT: begin to talk with somebody, and say the text if there is one."""
    address, _, text = argument.partition(" ")
    try:
        other = jids.bare(jids.normalise(address))
    except ValueError:
        raise Invalid({"text": NO_ADDRESS}) from None
    if "@" not in other:
        raise Invalid({"text": NO_ADDRESS})
    await commands.open_conversation(session, other)
    if text.strip():
        await commands.send_message(session, other, text.strip(), id=str(uuid4()))
    return f"/chats/{jids.escape_path(other)}"


async def _help(session: Session, jid: str, argument: str) -> str:
    """/help: the page with all of them."""
    return f"/conversations/{jids.escape_path(jid)}/help"


async def _me(session: Session, jid: str, argument: str) -> str:
    """/me alone: there is nothing to say."""
    raise Invalid({"text": commands.EMPTY})


COMMANDS = (
    SlashCommand("me", N_("does something"), N_("Say what you do, with your name before it"), _me),
    SlashCommand(HELP, "", N_("Show all commands"), _help),
    SlashCommand("msg", N_("address [text]"), N_("Write to somebody"), _msg),
)
