"""This room holds the tables of what was said: conversations, messages, receipts, drafts, archive marks."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from webchat.db.base import Base, BigInt, Id, Jid

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


class Message(Base):
    """One message as its sender wrote it; what others say about it are rows of their own.

    position     where it stands in its conversation; ascending, with room between
    stamp        when it was said: the archive's word where there is one
    arrived_at   when it came here
    sender       full JID as the stanza had it
    stanza_id    given by our own archive (XEP-0359 §3.1), None until known
    origin_id    only for own messages: origin-id, else the stanza's own id; None when the id is used twice
    said_id      the stanza's own id, what receipts and markers point at
    state        own messages: pending, sent, received, displayed or failed; others ""
    settled      how much of its place is the archive's word: LIVE, DATED or SETTLED
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("uq_message_conversation_id_position", "conversation_id", "position", unique=True),
        Index(
            "uq_message_account_id_stanza_id",
            "account_id",
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
        Index(
            "ix_message_open",
            "conversation_id",
            "position",
            sqlite_where=text(OPEN_STATES),
            postgresql_where=text(OPEN_STATES),
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
