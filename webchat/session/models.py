"""This room holds the tables that every request reads: accounts, logins, blocks, reports, the outbox."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from webchat.db.base import Base, Id, Jid


class Account(Base):
    """A JID that signed in here at least once.

    resource   asked for at every login, so that a server lets go of the session of a killed process
    mechanism  the best SASL mechanism used so far; a weaker offer is refused
    """

    __tablename__ = "account"

    id: Mapped[Id]
    jid: Mapped[Jid] = mapped_column(unique=True)
    resource: Mapped[str] = mapped_column(String(64))
    mechanism: Mapped[str] = mapped_column(String(32), default="")
    preferences: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Login(Base):
    """One browser's signed-in state; `id` is derived from its cookie and does not lead back to it.

    sealed   the credential, locked with cookie and pepper together; NULL when nothing may be kept
    keep     False for "only while I am here"
    """

    __tablename__ = "login"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(200))
    keep: Mapped[bool]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class OutboxRow(Base):
    """A durable verb that the server has not taken over yet; `stanza_id` is its stanza's id.

    held_until  it may be taken back till then and is not sent before, None for at once
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("account_id", "stanza_id"),
        Index("ix_outbox_account_id_id", "account_id", "id"),
        Index(
            "ix_outbox_held",
            "account_id",
            "held_until",
            sqlite_where=text("held_until IS NOT NULL"),
            postgresql_where=text("held_until IS NOT NULL"),
        ),
        # Rows are sent in the order of their ids: an id must never be used twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    stanza_id: Mapped[str] = mapped_column(String(255))
    verb: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    held_until: Mapped[datetime | None]


class BlockedLogin(Base):
    """Who may not log in here, by word of the operator.

    kind   "address" (a bare JID) or "domain"
    hides  nobody here is shown what they publish, either
    """

    __tablename__ = "blocked_login"
    __table_args__ = (UniqueConstraint("kind", "value"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[Jid]
    reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    hides: Mapped[bool] = mapped_column(server_default=false(), default=False)


class Complaint(Base):
    """What somebody told the people who run this site about somebody else.

    account_id  who told it, as long as it is open
    thing       a hash of what is meant: nobody reports it twice
    about       "person", "room", "message", "post" or "comment"
    subject     who is meant: bare JID, or the seat of somebody in a room
    place       where it stands: a JID, or the XMPP address of a post
    excerpt     what was said, "" where somebody as a whole is meant
    """

    __tablename__ = "complaint"
    __table_args__ = (UniqueConstraint("account_id", "thing"),)

    id: Mapped[Id]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    thing: Mapped[str] = mapped_column(String(64))
    about: Mapped[str] = mapped_column(String(16))
    subject: Mapped[Jid]
    place: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
