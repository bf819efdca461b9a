"""This room reads what stands beside messages in tables of its own: reactions, sources of answers, marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from webchat.markup import names as safe
from webchat.markup.body import action_text
from webchat.markup.colour import colour
from webchat.markup.excerpt import excerpt
from webchat.messages.jobs.cards import CardView, cards_of
from webchat.messages.show.paths import path_of
from webchat.messages.show.shared import SharedPost, shared
from webchat.messages.show.speakers import NOBODY, real
from webchat.messages.store import Line, facts, sources
from webchat.session import outbox
from webchat.session.session import Session
from webchat.web.language import N_
from webchat.xmpp import jid as jids

if TYPE_CHECKING:
    from webchat.messages.show.row import Author

MOST_CHIPS = 30
"""Different reactions to one message that are drawn, one's own first; of the others the number is told."""

MOST_NAMES = 20
"""People of one reaction that are named; of the others the number is told."""

TAKEN_BACK = N_("This message was taken back.")
MODERATED = N_("This message was removed by the room.")
HIDDEN = N_("You hid this message.")
COVERED = N_("A covered message")
ENCRYPTED = N_("An encrypted message")
NOTES = {
    "retracted": TAKEN_BACK,
    "moderated": MODERATED,
    "hidden": HIDDEN,
    "covered": COVERED,
    "encrypted": ENCRYPTED,
    "picture": N_("Picture"),
    "voice": N_("Voice message"),
    "sound": N_("Sound"),
    "film": N_("Video"),
    "file": N_("File"),
}
"""What stands in one line in the place of words that are not to be read there, as message ids."""

NOT_HERE = N_("A message that is further up")


class Said(Protocol):
    """Whatever knows who said it."""

    @property
    def mine(self) -> bool:
        """Said by the user."""

    @property
    def sender(self) -> str:
        """Full JID as the stanza had it."""

    @property
    def occupant_id(self) -> str:
        """XEP-0421, "" where the room gives none."""


@dataclass(frozen=True, slots=True)
class ReactionView:
    """One chip: an emoji, and who reacts with it. `names` are safe to show; the user is told by `mine`."""

    emoji: str
    count: int
    mine: bool
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReplyView:
    """What an answer quotes.

    id       row id, 0 when the message is not here
    author   "" when nobody is known
    excerpt  one plain line of it; "" when `note`, a message id, stands in its place
    path     leads to it, wherever it is
    """

    id: int
    author: str
    colour: int
    mine: bool
    excerpt: str
    note: str
    path: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a stretch of messages.

    reactions  message → chips, the most used first
    replies    id that an answer names → what it quotes
    saved      messages on the page "Saved"
    undo       own ids of stanzas that can still be taken back
    cards      message → what the pages say to which it links
    posts      message → the post that was sent with it
    """

    reactions: Mapping[int, tuple[ReactionView, ...]] = field(default_factory=dict)
    replies: Mapping[str, ReplyView] = field(default_factory=dict)
    saved: frozenset[int] = frozenset()
    undo: frozenset[str] = frozenset()
    cards: Mapping[int, tuple[CardView, ...]] = field(default_factory=dict)
    posts: Mapping[int, SharedPost] = field(default_factory=dict)


NOTHING = Beside()


async def beside(
    db: AsyncSession, session: Session, conversation_id: int, author: "Author", lines: Sequence[Line]
) -> Beside:
    """All of it for these messages."""
    if not lines:
        return NOTHING
    found = await facts.reactions(db, [line.id for line in lines if line.reacted])
    answered = {line.reply_id: line.id for line in lines if line.reply_id and not line.gone}
    known = await sources.sources(db, conversation_id, list(answered))
    pending = [line.said_id for line in lines if line.mine and line.state == "pending"]
    held = await outbox.held_until(db, session.account_id, pending) if pending else {}
    return Beside(
        reactions={id: chips(rows, author) for id, rows in found.items()},
        replies={id: reply(known.get(id), author, row) for id, row in answered.items()},
        saved=frozenset(line.id for line in lines if line.saved),
        undo=frozenset(held),
        cards=await cards_of(db, session, author.kind, author.jid, lines),
        posts=await shared(db, session, lines),
    )


def named(said: Said, author: "Author") -> tuple[str, int]:
    """What somebody is called, and their colour."""
    if author.kind != "room":
        jid, name = (author.own_jid, author.own_name) if said.mine else (author.jid, author.name)
        return name, colour(jid)
    sat = jids.bare(said.sender) == author.jid
    nick = jids.resource(said.sender) if sat else author.own_nick if said.mine else ""
    return safe.shown(nick) or NOBODY, colour(real(said, author.room, author.own_jid) or nick)


def chips(rows: Sequence[facts.ReactionRow], author: "Author") -> tuple[ReactionView, ...]:
    """The reactions to one message, added up."""
    people: dict[str, list[facts.ReactionRow]] = {}
    for row in rows:
        for emoji in row.emojis:
            people.setdefault(emoji, []).append(row)
    own = {emoji for row in rows if row.mine for emoji in row.emojis}
    order = sorted(
        people, key=lambda emoji: (len(people) > MOST_CHIPS and emoji not in own, -len(people[emoji]))
    )
    views = [
        ReactionView(
            emoji=emoji,
            count=len(people[emoji]),
            mine=emoji in own,
            names=tuple(named(row, author)[0] for row in people[emoji][:MOST_NAMES]),
        )
        for emoji in order[:MOST_CHIPS]
    ]
    others = len(order) - len(views)
    return (*views, *([ReactionView("", others, False, ())] if others else ()))


def reply(source: sources.SourceRow | None, author: "Author", answer: int) -> ReplyView:
    """The quotation above an answer (`answer`: its row, by which the source is found later)."""
    if source is None:
        return ReplyView(0, "", 0, False, "", NOT_HERE, f"/messages/{answer}/source")
    from_whom, hue = named(source, author)
    note = note_of(source.gone, source.hidden, source.spoiler, source.encryption)
    words = "" if note else excerpt(action_text(source.body))
    path = f"{path_of(author.jid, author.kind)}?at={source.id}"
    return ReplyView(source.id, from_whom, hue, source.mine, words, note, path)


def quotation(source: sources.Whole, author: "Author") -> ReplyView:
    """What stands above the box while one answers."""
    from_whom, hue = named(source, author)
    note = note_of(source.gone, source.hidden, source.spoiler, source.encryption)
    words = "" if note else excerpt(action_text(source.body))
    if not note and not words and source.files:
        words = source.files[0].name
    path = f"{path_of(author.jid, author.kind)}?at={source.id}"
    return ReplyView(source.id, from_whom, hue, source.mine, words, note, path)


def note_of(gone: str, hidden: bool, spoiler: str | None, encryption: str) -> str:
    """The one of NOTES for a message, "" for none."""
    if gone:
        return NOTES[gone]
    if hidden:
        return HIDDEN
    if encryption:
        return ENCRYPTED
    return "" if spoiler is None else COVERED
