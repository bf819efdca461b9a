"""This room makes what pages and scripts show of notices, and the places the quick switcher leads to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.attention.show.told import NotificationView, notifications
from webchat.attention.store import waiting_total
from webchat.config import Settings
from webchat.contacts import store as contacts
from webchat.db.base import now
from webchat.markup import names as safe
from webchat.messages import store
from webchat.messages.overview import overview, rows
from webchat.messages.show import path_of, room_name
from webchat.messages.show.beside import NOTES
from webchat.messages.store import NoticeRow
from webchat.notifications import jobs as pushes
from webchat.notifications import store as kept
from webchat.notifications.changes import Happened
from webchat.notifications.show import ModeView, PushView, mode_view, push_view, tag, words
from webchat.notifications.store import NotificationRow
from webchat.session.registry import SignedIn
from webchat.session.session import NEEDED_FOR, Session
from webchat.web.keys import EVERYWHERE, POSTS
from webchat.web.language import N_, translate
from webchat.web.templates import installed
from webchat.xmpp import jid as jids

MOST = 500
"""Places that the quick switcher knows."""

ACTIONS = (
    (N_("New chat"), "/chats#start-jid", ""),
    (N_("Join a room"), "/rooms/join", ""),
    (N_("Search"), "/search", ""),
    (N_("Sent later, reminders"), "/later", ""),
    (N_("Configuration"), "/configuration/preferences", ""),
    (N_("Notification settings"), "/configuration/notifications", ""),
    (N_("Mark all as read"), "/conversations/read", "post"),
    (N_("Light theme"), "/configuration/theme?theme=light", "post"),
    (N_("Dark theme"), "/configuration/theme?theme=dark", "post"),
    (N_("Theme of my system"), "/configuration/theme?theme=system", "post"),
    (N_("Log out"), "/logout", "post"),
)
"""What the switcher does besides going somewhere: words, path, how; shown where the site has the path."""

REMINDER = N_("Reminder: %(name)s")
WORDS = {
    "none": N_("Nothing has this name."),
    "unread": N_("unread"),
    "keys": N_("Keys"),
    "close": N_("Close"),
}


@dataclass(frozen=True, slots=True)
class NoticeView:
    """What a browser shows of a message; `tag` makes one notice of all that a conversation says."""

    id: int
    conversation: str
    path: str
    title: str
    text: str
    tag: str


async def notices(
    db: AsyncSession, session: Session, found: Sequence[NoticeRow], language: str
) -> list[NoticeView]:
    """The newest of these messages for each conversation, in words."""
    newest = {row.jid: row for row in found}
    return await _notices(db, session, list(newest.values()), language)


async def reminders(
    db: AsyncSession, session: Session, ids: Sequence[int], language: str
) -> list[NoticeView]:
    """Each of these messages, of which the user wanted to hear now, in words."""
    found = await store.notices_of(db, session.account_id, list(ids)) if ids else []
    return [_reminding(view, language) for view in await _notices(db, session, found, language)]


async def _notices(
    db: AsyncSession, session: Session, found: Sequence[NoticeRow], language: str
) -> list[NoticeView]:
    names = await contacts.names(db, session.account_id, [row.jid for row in found if row.kind == "chat"])
    hide = _hides(session)
    return [_notice(row, names.get(row.jid, ""), hide=hide, language=language) for row in found]


def _hides(session: Session) -> bool:
    """Whether notices say that there is something and not what."""
    return session.preferences.get("notice_text", "on") == "off"


def _reminding(view: NoticeView, language: str) -> NoticeView:
    """The same as a reminder: it leads to the message, and is no part of what the conversation says now."""
    title = translate(REMINDER, language) % {"name": view.title}
    return replace(view, path=f"{view.path}?at={view.id}", title=title, tag=f"reminder:{view.id}")


def _notice(row: NoticeRow, name: str, *, hide: bool, language: str) -> NoticeView:
    text = words(row.body, encryption=row.encryption, spoiler=row.spoiler, hide=hide, language=language)
    # What brings only a file has no words of its own.
    text = text or translate(NOTES["file"], language)
    nick = safe.shown(jids.resource(row.sender))
    if row.kind == "room":
        name = room_name(row.jid, row.title)
        text = f"{nick}: {text}" if nick else text
    elif row.kind == "whisper":
        name = f"{nick} ({room_name(jids.bare(row.jid), '')})"
    path = installed().url(path_of(row.jid, row.kind))
    return NoticeView(row.id, row.jid, path, name, text, tag(row.jid))


async def deeds(
    db: AsyncSession, session: Session, changes: Sequence[Happened], language: str
) -> list[NoticeView]:
    """What people did about the user's posts and is not seen yet, where that is to be told at all."""
    if not changes or session.preferences.get("notice_posts", "on") == "off":
        return []
    wanted = [(change.kind, change.about) for change in changes]
    rows = await kept.about(db, session.account_id, wanted)
    views = await notifications(db, session, rows, language)
    hide = _hides(session)
    return [_deed(row, view, hide=hide) for row, view in zip(rows, views, strict=True)]


def _deed(row: NotificationRow, view: NotificationView, *, hide: bool) -> NoticeView:
    """What somebody did as a notice; its number is no message's, and another one when it is done again."""
    words = view.said if hide else f"{view.said} {view.title}"
    number = -int(row.happened_at.timestamp() * 1_000_000)
    return NoticeView(number, "", view.path, words, "" if hide else view.text, f"told:{row.id}")


async def waiting(db: AsyncSession, session: Session) -> dict[str, object]:
    """How much is unread, the tags of conversations in which something is, whether anybody asks or did
    something that was not seen yet."""
    ends = await store.unread_ends(db, session.account_id)
    total = await store.unread_total(db, session.account_id)
    asks = await waiting_total(db, session.account_id)
    return {"unread": total, "tags": [tag(jid) for jid, _ in ends[:MOST]], "asks": asks}


async def push(db: AsyncSession, asks: SignedIn, settings: Settings, tested: str) -> PushView | None:
    """The browsers that are told by their push service; None where the operator wants none.

    tested  what became of a test, "" for none
    """
    pusher = pushes.installed()
    if pusher is None:
        return None
    found = await kept.subscriptions(db, asks.account_id)
    keep = asks.keep and settings.linger_hours > 0
    days = int(max(settings.linger_hours * 3600, NEEDED_FOR) // (24 * 3600))
    return push_view(pusher.sender.public, found, asks.login_id, keep=keep, days=days, tested=tested)


@dataclass(frozen=True, slots=True)
class ChosenView:
    """A conversation that tells something else than usual."""

    name: str
    path: str
    mode: ModeView


async def chosen(db: AsyncSession, account_id: int) -> list[ChosenView]:
    """Conversations with a mode of their own or a mute."""
    moment = now()
    found = await store.chosen(db, account_id, moment)
    names = await contacts.names(db, account_id, [jid for jid, _, told in found if told.kind == "chat"])
    return [
        ChosenView(
            names.get(jid) or _name_in_room(jid, title),
            path_of(jid, told.kind),
            mode_view(jid, told, moment),
        )
        for jid, title, told in found
        if told.muted(moment) or not told.is_usual
    ]


def _name_in_room(jid: str, title: str) -> str:
    return safe.shown(jids.resource(jid)) or room_name(jids.bare(jid), title)


# ---- the quick switcher


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go: a chat, room, whisper, contact or action; `method` is "post" for what acts."""

    kind: str
    name: str
    detail: str
    path: str
    method: str = ""
    unread: int = 0
    meant: int = 0
    colour: int = 0
    initial: str = ""


async def places(db: AsyncSession, session: Session, language: str) -> list[Place]:
    """Conversations, the newest first, then contacts; those with which nothing was said among them."""
    entries = (await overview(db, session.account_id))[:MOST]
    moment = now()
    told = {entry.jid: entry.conversation for entry in entries}
    found = []
    for view in rows(session, entries, language, ""):
        talk = told[view.jid]
        quiet = talk is not None and talk.muted_until is not None and talk.muted_until > moment
        found.append(
            Place(
                kind="contact" if view.contact_only else view.kind,
                name=view.name,
                detail=jids.shown(view.jid),
                path=view.path,
                unread=view.unread,
                meant=0 if quiet or view.stranger else view.mentions,
                colour=view.colour,
                initial=view.initial,
            )
        )
    return found


def switcher(found: Sequence[Place], known: frozenset[str], language: str) -> dict[str, object]:
    """Everything the quick switcher and the list of keys show, as JSON.

    known  the paths that the site has
    """
    url = installed().url
    actions = [
        Place("action", translate(label, language), "", url(path), method)
        for label, path, method in ACTIONS
        if path.partition("#")[0].partition("?")[0] in known
    ]
    keys = EVERYWHERE + (POSTS if "/news" in known else ())
    return {
        "places": [asdict(place) for place in (*found, *actions)],
        "words": {key: translate(label, language) for key, label in WORDS.items()},
        "keys": [[key, translate(label, language)] for key, label in keys],
    }
