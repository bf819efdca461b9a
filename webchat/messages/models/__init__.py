"""This room holds the tables of what was said: conversations, messages, receipts, drafts, archive marks."""

from datetime import datetime

from sqlalchemy import (
    DDL,
    BigInteger,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    event,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from webchat.db.base import Base, BigInt, Id, Jid
from webchat.db.words import statements

FIRST = 1 << 62
"""Position of the first message of a conversation: as much room before it as after it, always 19 digits."""

STEP = 1 << 32
"""Distance of neighbours at either end of a conversation."""

INNER = 1 << 16
"""Distance of neighbours that are put between two others, as long as there is room for it."""

LIVE, DATED, SETTLED = 0, 1, 2
"""How much the archive has said of a message's place: nothing yet; only its time, because not everything that
lies before it was read; the place itself."""

OPEN_STATES = "state IN ('pending', 'sent', 'received')"
"""Own messages that a marker can still carry further; written as the partial index has it."""


class Conversation(Base):
    """One timeline of one account.

    displayed_position   everything up to here was displayed; 0 for nothing, None while the first fill runs
    displayed_id         the row that stands there, so that the mark follows it when it moves
    displayed_stanza_id  newest archive id up to there, what XEP-0490 tells other clients
    published_stanza_id  what they were told, by us or by one of them
    mark_stanza_id       a mark of another client whose message is not here yet
    unread               counted by SQL in the transaction that changes what it depends on
    history_start        the archive holds nothing older than what is here
    stranger             not in the roster when it began and never answered: shown, but no alarms
    kind                 "chat", "room" or "whisper" (`jid` is then an occupant's full room JID)
    title                what the user or the room calls it; "" for people, who have names of their own
    nick                 what we are called in this room
    joined               the user wants to be in this room; whether we are is in the session's memory
    pinned               stands at the top of the list
    notify               "", "never", "on-mention" or "always"; "" is the default of the kind
    muted_until          no alarms before this moment
    archive_id           newest id of the room's archive that was read, "" when it was empty, None for never
    """

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("account_id", "jid"),
        Index(None, "account_id", "last_at"),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInt, ForeignKey("account.id", ondelete="CASCADE"))
    jid: Mapped[Jid]
    kind: Mapped[str] = mapped_column(String(16), server_default="chat")
    unread: Mapped[int] = mapped_column(server_default="0")
    mentions: Mapped[int] = mapped_column(server_default="0")
    displayed_position: Mapped[int | None] = mapped_column(BigInteger)
    displayed_id: Mapped[int | None] = mapped_column(BigInteger)
    displayed_stanza_id: Mapped[str | None] = mapped_column(Text)
    published_stanza_id: Mapped[str | None] = mapped_column(Text)
    mark_stanza_id: Mapped[str | None] = mapped_column(Text)
    last_message_id: Mapped[int | None] = mapped_column(BigInteger)
    last_position: Mapped[int | None] = mapped_column(BigInteger)
    last_at: Mapped[datetime | None]
    history_start: Mapped[bool] = mapped_column(server_default=false())
    stranger: Mapped[bool] = mapped_column(server_default=false())
    title: Mapped[str] = mapped_column(Text, server_default="")
    nick: Mapped[str] = mapped_column(Text, server_default="")
    joined: Mapped[bool] = mapped_column(server_default=false())
    pinned: Mapped[bool] = mapped_column(server_default=false())
    notify: Mapped[str] = mapped_column(String(16), server_default="")
    muted_until: Mapped[datetime | None]
    archive_id: Mapped[str | None] = mapped_column(Text)


class Message(Base):
    """One message as its sender wrote it; what others say about it are rows of their own.

    position     where it stands in its conversation; ascending, with room between
    stamp        when it was said: the archive's word where there is one
    arrived_at   when it came here
    sender       full JID as the stanza had it
    stanza_id    given by our own archive or by the room (XEP-0359 §3.1), None until known
    origin_id    only for own messages: origin-id, else the stanza's own id; None when the id is used twice
    said_id      the stanza's own id, what receipts and markers point at
    state        own messages: pending, sent, received, displayed or failed; others ""
    settled      how much of its place is the archive's word: LIVE, DATED or SETTLED
    occupant_id  XEP-0421, in rooms that give it
    reply_id     XEP-0461: what it answers, and whom (`reply_to`), "" for nothing
    spoiler      XEP-0382: the hint of a covered message, None for an open one
    encryption   XEP-0380: the text is only a stand-in
    mentions_me  it names the user: counted apart from the rest (by XEP-0372 or by the nick)
    hidden       the user does not want to see it; nobody else is told
    edited_at    when its sender last corrected it (XEP-0308); `body` is then the newest version
    edit_error   why our newest version came back (RFC 6120 §8.3.3), "" for none: others see an older one
    gone         "", "retracted" by its sender (XEP-0424) or "moderated" by the room (XEP-0425)
    gone_by      nick or bare JID of the moderator as far as the room told; `gone_reason` why
    meant_at     when it was to be sent by itself, for one that went out later than that
    emoji        pictures that stand for words of it, in lines of "content-id words"
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("uq_message_conversation_id_position", "conversation_id", "position", unique=True),
        Index(
            "uq_message_conversation_id_stanza_id",
            "conversation_id",
            "stanza_id",
            unique=True,
            sqlite_where=text("stanza_id IS NOT NULL"),
            postgresql_where=text("stanza_id IS NOT NULL"),
        ),
        Index(
            "uq_message_conversation_id_origin_id",
            "conversation_id",
            "origin_id",
            unique=True,
            sqlite_where=text("origin_id IS NOT NULL"),
            postgresql_where=text("origin_id IS NOT NULL"),
        ),
        Index("ix_message_conversation_id_mine_position", "conversation_id", "mine", "position"),
        Index("ix_message_account_id_said_id", "account_id", "said_id"),
        Index("ix_message_account_id_stanza_id", "account_id", "stanza_id"),
        Index(
            "ix_message_open",
            "conversation_id",
            "position",
            sqlite_where=text(OPEN_STATES),
            postgresql_where=text(OPEN_STATES),
        ),
        Index(
            "ix_message_conversation_id_reply_id",
            "conversation_id",
            "reply_id",
            sqlite_where=text("reply_id <> ''"),
            postgresql_where=text("reply_id <> ''"),
        ),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(BigInt, ForeignKey("account.id", ondelete="CASCADE"))
    conversation_id: Mapped[int] = mapped_column(BigInt, ForeignKey("conversation.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(BigInteger)
    stamp: Mapped[datetime]
    arrived_at: Mapped[datetime]
    sender: Mapped[Jid]
    mine: Mapped[bool]
    body: Mapped[str] = mapped_column(Text)
    stanza_id: Mapped[str | None] = mapped_column(Text)
    origin_id: Mapped[str | None] = mapped_column(Text)
    said_id: Mapped[str] = mapped_column(Text, server_default="")
    state: Mapped[str] = mapped_column(String(16), server_default="")
    state_at: Mapped[datetime | None]
    error_condition: Mapped[str] = mapped_column(String(64), server_default="")
    error_text: Mapped[str] = mapped_column(Text, server_default="")
    markable: Mapped[bool] = mapped_column(server_default=false())
    settled: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    occupant_id: Mapped[str] = mapped_column(Text, server_default="")
    reply_id: Mapped[str] = mapped_column(Text, server_default="")
    reply_to: Mapped[str] = mapped_column(Text, server_default="")
    spoiler: Mapped[str | None] = mapped_column(Text)
    unstyled: Mapped[bool] = mapped_column(server_default=false())
    encryption: Mapped[str] = mapped_column(String(64), server_default="")
    mentions_me: Mapped[bool] = mapped_column(server_default=false())
    hidden: Mapped[bool] = mapped_column(server_default=false())
    edited_at: Mapped[datetime | None]
    edit_error: Mapped[str] = mapped_column(String(64), server_default="")
    gone: Mapped[str] = mapped_column(String(16), server_default="")
    gone_by: Mapped[str] = mapped_column(Text, server_default="")
    gone_reason: Mapped[str] = mapped_column(Text, server_default="")
    meant_at: Mapped[datetime | None]
    emoji: Mapped[str] = mapped_column(Text, server_default="")


class Attachment(Base):
    """One file of a message, as its sender described it (webchat.xmpp.content.SharedFile).

    url     "" when there is nothing that could be fetched
    hashes  lines of "algorithm value"
    """

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("message_id", "place"),)

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(BigInt, ForeignKey("message.id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(SmallInteger)
    url: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, server_default="")
    media_type: Mapped[str] = mapped_column(Text, server_default="")
    size: Mapped[int | None] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration: Mapped[float | None]
    hashes: Mapped[str] = mapped_column(Text, server_default="")
    description: Mapped[str] = mapped_column(Text, server_default="")
    inline: Mapped[bool] = mapped_column(server_default=true())
    voice: Mapped[bool] = mapped_column(server_default=false())


class Receipt(Base):
    """XEP-0184, XEP-0333: `sender` (bare) got or displayed our message `said_id`, which is not here yet."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("conversation_id", "said_id", "kind", "sender"),)

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(BigInt, ForeignKey("conversation.id", ondelete="CASCADE"))
    said_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))
    sender: Mapped[Jid]
    stamp: Mapped[datetime]


class RemovedMessage(Base):
    """An own message that failed and was removed here; the archive may still have it (XEP-0313)."""

    __tablename__ = "removed_message"

    conversation_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    said_id: Mapped[str] = mapped_column(Text, primary_key=True)


class Draft(Base):
    """What is typed and not sent; `other_text` is what another device had typed when both saved at once."""

    __tablename__ = "draft"

    conversation_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    text: Mapped[str] = mapped_column(Text, server_default="")
    other_text: Mapped[str] = mapped_column(Text, server_default="")
    version: Mapped[int] = mapped_column(server_default="0")
    updated_at: Mapped[datetime]


class ArchiveState(Base):
    """How far the account's archive was read.

    last_id  archive id of the newest result of a page, "" when the archive was empty
    filled   the first fill is over: from now on what comes is new
    """

    __tablename__ = "archive_state"

    account_id: Mapped[int] = mapped_column(
        BigInt, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    last_id: Mapped[str] = mapped_column(Text, server_default="")
    filled: Mapped[bool] = mapped_column(server_default=false())
    updated_at: Mapped[datetime]


class Gap(Base):
    """After this message something may be missing: the server had forgotten where we stood.

    lost  the archive holds nothing that could fill it
    """

    __tablename__ = "gap"
    __table_args__ = (UniqueConstraint("conversation_id", "message_id"),)

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(BigInt, ForeignKey("conversation.id", ondelete="CASCADE"))
    message_id: Mapped[int] = mapped_column(BigInt, ForeignKey("message.id", ondelete="CASCADE"))
    lost: Mapped[bool] = mapped_column(server_default=false())


class MessageWords(Base):
    """What full text search knows a message by; webchat.messages.store.search makes and reads it.

    moment  when it was said, in milliseconds, and a number that makes it unique: results come in its order
    words   separated by spaces, each beginning with the account, so that no search sees another account's
    """

    __tablename__ = "message_words"

    moment: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    message_id: Mapped[int] = mapped_column(BigInt, ForeignKey("message.id", ondelete="CASCADE"), unique=True)
    words: Mapped[str] = mapped_column(Text)


FULL_TEXT = statements("message_words", "message_fts")

for _dialect, _statements in FULL_TEXT.items():
    for _statement in _statements:
        event.listen(MessageWords.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]


class LinkCard(Base):
    """What a web page says of itself, fetched once for everybody; without a title there is nothing to show.

    key  hash of the address, which may be longer than an index takes
    """

    __tablename__ = "link_card"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text, server_default="")
    description: Mapped[str] = mapped_column(Text, server_default="")
    site: Mapped[str] = mapped_column(Text, server_default="")
    picture: Mapped[str] = mapped_column(Text, server_default="")
    fetched_at: Mapped[datetime] = mapped_column(index=True)
