"""This room makes the head of a room and its door: where we are, what the room says, what is wrong."""

from dataclasses import dataclass

from webchat.contacts.show import avatar_path, chat_path
from webchat.markup import names as safe
from webchat.markup.colour import colour
from webchat.messages.show import room_name
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.messages.store import ConversationRow
from webchat.posts.show.paths import node_path
from webchat.rooms.show.question import QuestionView, question_view
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.web.templates import installed
from webchat.xmpp import jid as jids
from webchat.xmpp import namespaces as ns
from webchat.xmpp.entries import Ref
from webchat.xmpp.rooms import challenge
from webchat.xmpp.rooms.info import RoomInfo

LONGEST = 2000
"""Characters of a description, a subject or a reason that are shown."""

TROUBLES = {
    "not-authorized": N_("This room asks for a password."),
    "registration-required": N_("Only members may come in. Ask somebody inside to invite you."),
    "forbidden": N_("You are banned from this room."),
    "banned": N_("You were banned from this room."),
    "kicked": N_("You were put out of this room."),
    "removed": N_("Only members may be in this room, and you are not one any more."),
    "conflict": N_("Somebody in this room has your nickname already. Choose another one."),
    "service-unavailable": N_("This room is full. Try again later."),
    "resource-constraint": N_("This room lets nobody in for now. Try again later."),
    "item-not-found": N_("There is no room at this address, or it is not open yet."),
    "gone": N_("This room was closed for good."),
    "not-allowed": N_("The server does not let you open a room here."),
    "not-acceptable": N_("This room only lets you in under the nickname that you registered there."),
    "jid-malformed": N_("The room does not take this nickname. Choose another one."),
    "remote-server-not-found": N_("The server of this room cannot be found."),
    "remote-server-timeout": N_("The server of this room does not answer. Try again later."),
    "feature-not-implemented": N_("This is not the address of a room."),
    "captcha": N_("This room wants to know first whether you are a person."),
    "captcha-failed": N_("The room does not take this answer. Join again: it will ask you something else."),
    "shutdown": N_("The server of this room was stopped. You are let in again when it is back."),
    "lost": N_("The connection to this room broke off. It is tried again by itself."),
}
"""Why we are not in a room (webchat.messages.state.occupants.RoomState.trouble), as message ids."""

UNKNOWN = N_("The room did not let you in and does not say why.")
NOT_THERE = frozenset({"item-not-found", "gone", "remote-server-not-found", "feature-not-implemented"})
"""Troubles by which we know that there is nothing to go into."""

FOR_NICK = frozenset({"conflict", "not-acceptable", "jid-malformed"})
FOR_MEMBERS = frozenset({"registration-required", "removed"})
FOR_GOOD = frozenset({"forbidden", "banned", "gone", "item-not-found", "remote-server-not-found", "removed"})
"""Troubles after which one may want to have the room out of the list."""


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room as its head shows it.

    phase    "out", "entering" or "in"
    people   how many are inside, as far as known
    subject  foreign, one line
    """

    jid: str
    name: str
    path: str
    about: str
    phase: str
    people: int
    subject: str
    colour: int
    initial: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class InfoView:
    """What a room says of itself; texts are foreign, `facts` are message ids.

    communities  (name, path) of what belongs to it: by its own word, and by that of communities one follows
    """

    name: str
    description: str
    address: str
    subject: str
    people: int | None
    facts: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...]
    password: bool
    communities: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DoorView:
    """What stands where one would write while one cannot.

    phase     "out", "entering", "silent" (inside, but without a voice) or "" for an open door
    trouble   message id of a sentence, "" when nothing is wrong
    said      what the room or a moderator said beside it: foreign
    by        nick of who did it
    password  the form asks for one; `ask_nick` says that the nickname is what is wrong
    alternate (name, path) of the room that takes this one's place
    ask       only members may come in, and one can ask to become one
    question  what the room asks before it lets anybody in
    leave     the room can be put out of the list
    """

    jid: str
    path: str
    phase: str
    trouble: str
    said: str
    by: str
    nick: str
    password: bool
    ask_nick: bool
    alternate: tuple[str, str] | None
    leave: bool
    info: InfoView | None
    ask: bool = False
    question: QuestionView | None = None


def path_of(jid: str, below: str = "") -> str:
    """The page of a room, or one below it, as browsers write it."""
    return installed().url(f"/rooms/{jids.escape_path(jid)}{below}")


def room_view(session: Session, jid: str, talk: ConversationRow | None, title: str = "") -> RoomView:
    """The head; `title` is what the room says of itself where the user gave it no name."""
    state = session[Rooms].get(jid)
    phase = state.phase if state is not None and session.state == "online" else "out"
    name = room_name(jid, (talk.title if talk else "") or (state.name if state else "") or title)
    return RoomView(
        jid=jid,
        name=name,
        path=path_of(jid),
        about=path_of(jid, "/about"),
        phase=phase,
        people=len(state.occupants) if state is not None and phase == "in" else 0,
        subject=safe.shown(state.subject, LONGEST) if state else "",
        colour=colour(jid),
        initial=safe.initial(name),
        picture=avatar_path(session, jid),
    )


def door(
    session: Session, jid: str, talk: ConversationRow | None, info: RoomInfo | None, trouble: str = ""
) -> DoorView:
    """What one meets at the door. `trouble` is why `info` could not be had, for a room never entered."""
    state = session[Rooms].get(jid) or RoomState(jid)
    phase: str = state.phase if session.state == "online" else "out"
    if phase == "in":
        phase = "" if state.may_speak else "silent"
    wrong = state.trouble or trouble if phase == "out" else ""
    alternate = jids.bare(state.alternate) if state.alternate and jids.local(state.alternate) else ""
    return DoorView(
        jid=jid,
        path=path_of(jid),
        phase=phase,
        trouble=TROUBLES.get(wrong, UNKNOWN) if wrong else "",
        said=safe.shown(state.text, LONGEST) if wrong else "",
        by=safe.shown(state.by) if wrong else "",
        nick=state.nick or (talk.nick if talk else "") or jids.local(session.jid),
        password=wrong == "not-authorized" or (info is not None and info.password),
        ask_nick=wrong in FOR_NICK,
        alternate=(jids.shown(alternate), path_of(alternate)) if alternate and wrong == "gone" else None,
        leave=wrong in FOR_GOOD and talk is not None,
        info=info_view(info) if info is not None else None,
        ask=wrong in FOR_MEMBERS or (phase == "out" and info is not None and info.members_only),
        question=question_view(session, jid) if wrong == challenge.CONDITION else None,
    )


def info_view(info: RoomInfo) -> InfoView:
    """What a room says of itself, bounded and safe to show."""
    return InfoView(
        name=room_name(info.jid, info.name),
        description=safe.shown(info.description, LONGEST),
        address=jids.shown(info.jid),
        subject=safe.shown(info.subject, LONGEST),
        people=info.occupants,
        facts=facts(info.features),
        contacts=tuple((jids.shown(jid), chat_path(jid)) for jid in info.contacts[:5]),
        password=info.password,
        communities=(community_link(info.community),) if info.community else (),
    )


def community_link(ref: Ref, name: str = "") -> tuple[str, str]:
    """What a community is called, and where it is."""
    return safe.shown(name, 80) or safe.shown(ref.node, 80) or "?", installed().url(node_path(ref))


def facts(features: frozenset[str]) -> tuple[str, ...]:
    """How a room is, in sentences (XEP-0045 §15.3)."""
    if not features:
        return ()
    words = [
        N_("Only members may come in.") if "muc_membersonly" in features else N_("Everybody may come in."),
        N_("Everybody inside sees your address.")
        if "muc_nonanonymous" in features
        else N_("Only moderators see your address."),
    ]
    if not {"muc_passwordprotected", "muc_password"}.isdisjoint(features):
        words.append(N_("It asks for a password."))
    if "muc_moderated" in features:
        words.append(N_("Moderators give the right to speak."))
    words.append(
        N_("Everybody can find it in the list of its server.")
        if "muc_public" in features
        else N_("It stands in no list.")
    )
    if ns.MAM in features:
        words.append(N_("What is said is kept for those who come later."))
    if ns.OCCUPANT_ID not in features:
        words.append(N_("It knows people by their nickname only: whoever takes yours later speaks as you."))
    if "muc_temporary" in features:
        words.append(N_("It closes when the last one leaves."))
    return tuple(words)
