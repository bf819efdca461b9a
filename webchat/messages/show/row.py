"""This room makes of one row the value that templates/messages/_message.html draws."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from webchat.contacts import store as contacts
from webchat.contacts.show import avatar_path, seat_picture
from webchat.emoji.show import dressing
from webchat.markup import names as safe
from webchat.markup.body import LIMIT, action_text, is_action, render_body
from webchat.markup.colour import colour
from webchat.messages import store
from webchat.messages.jobs.cards import CardView
from webchat.messages.show import speakers
from webchat.messages.show.beside import NOTHING, Beside, ReactionView, ReplyView
from webchat.messages.show.paths import path_of
from webchat.messages.show.shared import SharedPost, words
from webchat.messages.show.speakers import Speaker
from webchat.messages.state.occupants import Rooms, RoomState
from webchat.messages.store import ConversationRow, Line
from webchat.messages.store.timeline import Talk
from webchat.session.session import Session
from webchat.uploads import show as uploads
from webchat.uploads.show import FileView
from webchat.web.language import N_
from webchat.web.reader import reader
from webchat.web.templates import installed
from webchat.xmpp import jid as jids

TOGETHER = timedelta(minutes=5)

ERRORS = {
    "item-not-found": N_("This address does not exist or takes no messages."),
    "service-unavailable": N_("This address does not exist or takes no messages."),
    "recipient-unavailable": N_("This address does not exist or takes no messages."),
    "gone": N_("This address does not exist or takes no messages."),
    "jid-malformed": N_("This address is not valid."),
    "remote-server-not-found": N_("Their server cannot be reached."),
    "remote-server-timeout": N_("Their server cannot be reached."),
    "forbidden": N_("Their server does not allow it."),
    "not-allowed": N_("Their server does not allow it."),
    "not-authorized": N_("Their server does not allow it."),
    "policy-violation": N_("Their server does not allow it."),
    "not-acceptable": N_("A server refused this message."),
    "resource-constraint": N_("Their server has no room for it now."),
    "subscription-required": N_("They only accept messages from their contacts."),
    "unreadable": N_("The form in which it waited here cannot be read any more. Try again."),
}
"""Why a message came back (RFC 6120 §8.3.3), as message ids."""

REFUSED = N_("It came back from the server.")


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message; see templates/messages/_message.html.

    page_path    all of it, what becomes of it and what can be done with it; the actions stand below this path
    gone         "", "retracted" (its author took it back) or "moderated" (by `gone_by`, for `gone_reason`)
    spoiler      the hint of a covered message ("" for none), None for an open one
    encryption   the scheme of a message that cannot be read here
    edit_error   why its newest version came back: others see the one before, "" for none
    undo         it is not sent yet and can be taken back
    post         the one that was sent with it
    meant_at     when it was to go out by itself, if that was earlier
    """

    id: int
    key: str
    mine: bool
    author: str
    author_jid: str
    colour: int
    body: Markup
    action: bool
    source: str
    stamp: datetime
    day: date | None
    starts_group: bool
    state: str
    state_at: datetime | None
    show_state: bool
    error: str
    path: str
    retry_path: str
    remove_path: str
    copy_text: str
    whole_path: str = ""
    speaker: Speaker | None = None
    page_path: str = ""
    reply: ReplyView | None = None
    reactions: tuple[ReactionView, ...] = ()
    edited_at: datetime | None = None
    gone: str = ""
    gone_by: str = ""
    gone_reason: str = ""
    hidden: bool = False
    spoiler: str | None = None
    encryption: str = ""
    saved: bool = False
    undo: bool = False
    files: tuple[FileView, ...] = ()
    cards: tuple[CardView, ...] = ()
    post: SharedPost | None = None
    edit_error: str = ""
    meant_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Both sides of a conversation, as pages call them."""

    jid: str
    name: str
    own_jid: str
    own_name: str
    kind: str = "chat"
    own_nick: str = ""
    room: RoomState | None = None
    picture: Callable[[str, str], str] = lambda jid, sha1: ""
    face: Callable[[str], str] = lambda jid: ""


def key_of(position: int) -> str:
    """What a message is sorted by in a page."""
    return f"{position:019d}-1"


def position_of(key: str) -> int | None:
    """Back from a key; None for anything else."""
    number = key.partition("-")[0]
    is_key = len(number) == 19 and number.isdecimal() and number.isascii() and int(number) < 1 << 63
    return int(number) if is_key else None


async def name_of(db: AsyncSession, account_id: int, jid: str, found: ConversationRow | Talk | None) -> str:
    """What a conversation is called: a room by its title, a whisper by the nick, a person by their name."""
    if found is not None and found.kind == "room":
        return room_name(jid, found.title)
    if jids.resource(jid):
        return safe.shown(jids.resource(jid)) or jids.shown(jid)
    return await contacts.display_name(db, account_id, jid)


def room_name(jid: str, title: str) -> str:
    """The title of a room, safe to show; else the name in its address."""
    return safe.shown(title, 80) or safe.shown(jids.local(jid)) or jids.shown(jid)


async def authors(
    db: AsyncSession, session: Session, jid: str, found: ConversationRow | Talk | None = None
) -> Author:
    """What both sides are called; in a room it is each message that knows its author.

    found  their conversation, where somebody has read it already
    """
    if found is None:
        found = await store.conversation_by_jid(db, session.account_id, jid)
    own_name = jids.local(session.jid) or jids.shown(session.jid)
    if found is None or found.kind == "chat":
        name = await contacts.display_name(db, session.account_id, jid)
        return Author(jid, name, session.jid, own_name)
    name = await name_of(db, session.account_id, jid, found)
    room = session[Rooms].get(jids.bare(jid))
    nick = room.nick if room is not None and room.nick else found.nick
    picture, face = partial(seat_picture, session), partial(avatar_path, session)
    return Author(jid, name, session.jid, own_name, found.kind, nick, room, picture, face)


def message(
    line: Line, before: Line | None, author: Author, last_own: int | None, beside: Beside = NOTHING
) -> MessageView:
    """One message; `before` is the one above it, which decides about day and grouping."""
    seat = (author.jid, author.own_nick, author.room, author.picture, author.face, author.own_jid)
    speaker = speakers.speaker(line, *seat) if author.kind == "room" else None
    jid, name = (author.own_jid, author.own_name) if line.mine else (author.jid, author.name)
    if speaker is not None:
        jid, name = speaker.jid, speaker.name
    zone = reader.get().zone
    day = line.stamp.astimezone(zone).date()
    new_day = before is None or before.stamp.astimezone(zone).date() != day
    together = before is not None and not new_day and _together(before, line, speaker)
    post = beside.posts.get(line.id)
    said = words(line.body, post)
    action = is_action(said)
    path = path_of(author.jid, author.kind)
    return MessageView(
        id=line.id,
        key=key_of(line.position),
        mine=line.mine,
        author=name,
        author_jid=jid,
        colour=speaker.colour if speaker is not None else colour(jid),
        body=render_body(
            action_text(said) if action else said, styled=not line.unstyled, pictures=_pictures(line, author)
        ),
        action=action,
        source=line.body,
        stamp=line.stamp,
        day=day if new_day else None,
        starts_group=not together,
        state=line.state,
        state_at=line.state_at,
        show_state=line.id == last_own,
        error=ERRORS.get(line.error_condition, REFUSED) if line.state == "failed" else "",
        path=f"{path}?at={line.id}",
        retry_path=f"/messages/{line.id}/retry",
        remove_path=f"/messages/{line.id}/delete",
        copy_text=line.body,
        whole_path=f"/messages/{line.id}" if len(line.body) > LIMIT else "",
        speaker=speaker,
        page_path=f"/messages/{line.id}",
        reply=beside.replies.get(line.reply_id) if not line.gone else None,
        reactions=beside.reactions.get(line.id, ()),
        edited_at=None if line.gone else line.edited_at,
        gone=line.gone,
        gone_by=safe.shown(line.gone_by, 80),
        gone_reason=safe.shown(line.gone_reason, 400),
        hidden=line.hidden,
        spoiler=line.spoiler,
        encryption=line.encryption,
        saved=line.id in beside.saved,
        undo=line.mine and line.said_id in beside.undo,
        files=_files(line, author),
        cards=_cards(beside.cards.get(line.id, ()), post),
        post=post,
        edit_error=ERRORS.get(line.edit_error, REFUSED) if line.edit_error and not line.gone else "",
        meant_at=line.meant_at,
    )


def _together(before: Line, line: Line, speaker: Speaker | None) -> bool:
    """Whether two messages of one day are drawn as said in one breath."""
    same = before.mine == line.mine and (speaker is None or speakers.together(before, line))
    return same and abs(line.stamp - before.stamp) <= TOGETHER


def _cards(cards: Sequence[CardView], post: SharedPost | None) -> tuple[CardView, ...]:
    """What the pages say of themselves, but not the page of a post that is a card itself."""
    return tuple(card for card in cards if post is None or card.url != post.web)


def _pictures(line: Line, author: Author) -> tuple[tuple[str, str], ...]:
    """What stands for words of a message; a stranger's words stay words."""
    if not line.emoji or line.strange:
        return ()
    return dressing(line.emoji, author.own_jid, line.sender, installed().prefix)


def _files(line: Line, author: Author) -> tuple[FileView, ...]:
    """What came with a message; nothing is left of one that is gone."""
    if line.gone:
        return ()
    return tuple(uploads.file(author.own_jid, one, ask=line.strange) for one in line.files)


def messages(
    lines: Sequence[Line],
    before: Line | None,
    author: Author,
    last_own: int | None,
    beside: Beside = NOTHING,
) -> list[MessageView]:
    """A stretch of messages; `before` is the one above the first."""
    above = [before, *lines]
    return [message(line, above[n], author, last_own, beside) for n, line in enumerate(lines)]
