"""This room lists and runs the commands that a server, a service or a device offers (XEP-0050)."""

from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from webchat.errors import XmppError
from webchat.xmpp import disco, forms
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.context import Stream
from webchat.xmpp.forms import Form
from webchat.xmpp.xml_text import xml_text

MOST = 200
"""Commands of one list."""

MOST_NOTES = 20
LONGEST = 1000
"""Characters of a node or of the id of a run; whoever needs more is not listed, or cannot go on."""

LARGEST = 512 * 1024
"""Characters of one step that are kept."""

LOOKED = 10.0
"""Seconds that an address has to list its commands."""

PATIENCE = 40.0
"""Seconds for one step: some commands work for a while."""

Status = Literal["executing", "completed", "canceled"]
ACTIONS = ("prev", "next", "complete")

_COMMAND = f"{{{ns.COMMANDS}}}command"
_ACTIONS = f"{{{ns.COMMANDS}}}actions"
_NOTE = f"{{{ns.COMMANDS}}}note"
_ITEM = f"{{{ns.DISCO_ITEMS}}}item"

ENDED = frozenset({"session-expired", "bad-sessionid"})
"""What is said of a run that the other side knows no longer (§4.4)."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be run; `name` is foreign. `jid` may be another address than the one asked."""

    jid: str
    node: str
    name: str


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of the other side: "info", "warn" or "error"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """Where a command stands (§3.4).

    session  names the run
    actions  of ACTIONS, those that are possible beside cancelling; none while "executing" means that there
             is only one way on, "execute"
    default  the one that Enter means
    form     what is asked, or what came out
    large    there was more than can be kept, so there is no form
    """

    session: str = ""
    status: Status = "completed"
    actions: tuple[str, ...] = ()
    default: str = "execute"
    notes: tuple[Note, ...] = ()
    form: Form | None = None
    large: bool = False


async def commands(stream: Stream, jid: str) -> tuple[Command, ...]:
    """What `jid` offers (§2.2), each once, in its order; raises XmppError, TimedOut, Offline."""
    query = Element(disco.ITEMS_QUERY, {"node": ns.COMMANDS})
    answer = await stream.request("get", query, to=jid, timeout=LOOKED)
    found: dict[tuple[str, str], Command] = {}
    for item in answer.findall(f"{disco.ITEMS_QUERY}/{_ITEM}")[:MOST]:
        node = item.get("node", "")
        try:
            address = jids.normalise(item.get("jid", ""))
        except ValueError:
            continue
        if 0 < len(node) <= LONGEST:
            name = " ".join(item.get("name", "").split())[:LONGEST]
            found.setdefault((address, node), Command(address, node, name or node))
    return tuple(found.values())


async def begin(stream: Stream, jid: str, node: str, language: str = "") -> Step:
    """Run a command from its beginning (§2.4), in the reader's language where the other side has it.

    Raises XmppError, TimedOut, Offline.
    """
    try:
        return await _ask(stream, jid, {"node": node, "action": "execute"}, language)
    except XmppError as error:
        if error.specific != "bad-locale" or not language:
            raise
    return await _ask(stream, jid, {"node": node, "action": "execute"})


async def go_on(
    stream: Stream, jid: str, node: str, session: str, action: str, form: Element | None = None
) -> Step:
    """The next step: `action` is one of ACTIONS, "execute" or "cancel"; `form` what was filled in (§3.3).

    Raises XmppError (`specific` in ENDED: the other side knows nothing of it any more), TimedOut, Offline.
    """
    return await _ask(stream, jid, {"node": node, "sessionid": session, "action": action}, form=form)


async def _ask(
    stream: Stream, jid: str, said: dict[str, str], language: str = "", form: Element | None = None
) -> Step:
    command = Element(_COMMAND, {name: xml_text(value) for name, value in said.items()})
    if language:
        command.set(ns.XML_LANG, language)
    if form is not None:
        command.append(form)
    answer = await stream.request("set", command, to=jid, timeout=PATIENCE)
    found = answer.find(_COMMAND)
    return Step() if found is None else read(found)


def read(xml: Element) -> Step:
    """The <command/> of an answer. Raises XmppError for one that cannot be gone on with."""
    status: Status = "executing"
    if xml.get("status") in ("completed", "canceled"):
        status = "completed" if xml.get("status") == "completed" else "canceled"
    session = xml.get("sessionid", "")
    if len(session) > LONGEST:
        raise XmppError("undefined-condition")
    actions, default = _actions(xml)
    notes = tuple(
        Note(kind if (kind := note.get("type", "info")) in ("warn", "error") else "info", text)
        for note in xml.findall(_NOTE)[:MOST_NOTES]
        if (text := (note.text or "").strip()[: forms.LONGEST])
    )
    large = sum(len(text) for text in xml.itertext()) > LARGEST
    form = None if large else forms.read(xml)
    going = status == "executing"
    return Step(session, status, actions if going else (), default if going else "", notes, form, large)


def _actions(xml: Element) -> tuple[tuple[str, ...], str]:
    """§3.4: what is named is possible; without a default it is the next step, or the last one."""
    given = xml.find(_ACTIONS)
    offered = {} if given is None else {child.tag.partition("}")[2]: None for child in given}
    actions = tuple(action for action in ACTIONS if action in offered)
    named = "" if given is None else given.get("execute", "")
    if not actions:
        return (), "execute"
    if named in actions:
        return actions, named
    return actions, "next" if "next" in actions else actions[-1]
